// The outbox: messages that wait for the socket, and behind them calls of `write()` that wait for
// room. Both are bounded in bytes, since nobody makes a program await its writes.

import { Channel } from "../channel/mod.ts";
import type { OpOptions } from "../channel/mod.ts";
import { charge } from "../message/message.ts";
import type { Message } from "../message/message.ts";
import type { ConnectionLimits } from "./limits.ts";

/** What a connection has still to send. */
export class Outbox {
  readonly #channel: Channel<Message>;
  readonly #waitingMax: number;
  #waiting = 0; // what the calls that wait are charged

  constructor({ outboxMessagesMax, outboxSizeMax, outboxWaitingMax }: ConnectionLimits) {
    this.#channel = new Channel(outboxMessagesMax, { cost: charge, costMax: outboxSizeMax });
    this.#waitingMax = outboxWaitingMax;
  }

  /** Messages that wait for the socket. */
  get messages(): number {
    return this.#channel.size;
  }

  /** What they are charged, with those that wait for room. */
  get size(): number {
    return this.#channel.cost + this.#waiting;
  }

  /** Whether it takes no message any more. */
  get closed(): boolean {
    return this.#channel.closed;
  }

  /** Hot: puts a message in, if there is room. */
  tryPut(message: Message): boolean {
    return this.#channel.trySend(message);
  }

  /** Puts a message in when there is room. Rejects as {@linkcode Channel.send} does. */
  put(message: Message, options?: OpOptions): Promise<void> {
    const cost = charge(message);
    if (this.#waiting > 0 && this.#waiting + cost > this.#waitingMax) {
      return Promise.reject(this.#tooManyWaiting(cost));
    }
    this.#waiting += cost;
    const waited = (): void => {
      this.#waiting -= cost;
    };
    const refused = (error: unknown): never => {
      waited();
      throw error;
    };
    return this.#channel.send(message, options).then(waited, refused);
  }

  /** Hot: takes the oldest message out; `undefined` when there is none. */
  take(): Message | undefined {
    return this.#channel.tryReceive()?.value;
  }

  /** Takes no message any more, and refuses those that wait for room. */
  close(): void {
    this.#channel.close();
  }

  #tooManyWaiting(cost: number): RangeError {
    return new RangeError(
      `Cannot write: calls that wait would hold ${this.#waiting + cost} bytes, must be <= ` +
        `${this.#waitingMax} (outboxWaitingMax): await each write()`,
    );
  }
}
