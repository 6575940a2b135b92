// The outbox: messages that wait for the socket, and behind them calls of `write()` that wait for
// room. Both are bounded in bytes, since nobody makes a program await its writes.

import { Channel, take } from "../channel/channel.ts";
import type { OpOptions } from "../channel/mod.ts";
import { describe } from "../frame/describe.ts";
import { charge } from "../message/message.ts";
import type { Message } from "../message/message.ts";
import { TextBytes } from "../message/text_bytes.ts";
import { transferred } from "../message/transfer.ts";
import type { LimitWatcher } from "./limit_hit.ts";
import type { ConnectionLimits } from "./limits.ts";

/** A message that its writer wants sent as it is, although others are compressed. */
export class Uncompressed {
  readonly message: Message;

  constructor(message: Message) {
    this.message = message;
  }
}

/** What waits. */
export type Outgoing = Message | Uncompressed;

/** Options of `write()`. */
export interface PutOptions extends OpOptions {
  readonly compress?: boolean | undefined;
  readonly transfer?: boolean | undefined;
}

/** Hot: `message`, marked when it is to be sent as it is. */
export function outgoing(message: Message, options?: PutOptions): Outgoing {
  const compress = options?.compress;
  if (compress === undefined || compress === true) return message;
  if (compress === false) return new Uncompressed(message);
  throw new TypeError(`Cannot write: compress is ${describe(compress)}, must be true or false`);
}

/** The same for what has to wait: it must not change under the caller's hands. */
export function kept(message: Message, options?: PutOptions): Outgoing {
  return outgoing(typeof message === "string" ? message : copyOfBytes(message), options);
}

/**
 * Hot: the message, in memory that is ours where its writer gives it away and that is possible.
 *
 * @param isRefused Nobody will send it: its writer keeps it.
 */
export function given(message: Message, options: PutOptions, isRefused: boolean): Message {
  const { transfer } = options;
  if (transfer === undefined || transfer === false) return message;
  if (transfer !== true) {
    throw new TypeError(`Cannot write: transfer is ${describe(transfer)}, must be true or false`);
  }
  outgoing(message, options); // throws what it has to throw before anything is taken
  return isRefused || typeof message === "string" ? message : transferred(message);
}

/** Hot: the message itself. */
export function plain(outgoing: Outgoing): Message {
  return outgoing instanceof Uncompressed ? outgoing.message : outgoing;
}

/** Hot: bytes, or UTF-16 code units of a text. */
export function sizeOf(outgoing: Outgoing): number {
  return plain(outgoing).length;
}

function costOf(outgoing: Outgoing): number {
  return charge(plain(outgoing));
}

function copyOfBytes(bytes: Uint8Array): Uint8Array {
  return bytes instanceof TextBytes ? new TextBytes(bytes) : new Uint8Array(bytes);
}

/** What a connection has still to send. */
export class Outbox {
  readonly #channel: Channel<Outgoing>;
  readonly #waitingMax: number;
  readonly #watcher: LimitWatcher;
  #waiting = 0; // what the calls that wait are charged
  #largest = 0; // what the dearest of them was, since the last time that none waited

  constructor(limits: ConnectionLimits, watcher: LimitWatcher) {
    const { outboxMessagesMax, outboxSizeMax, outboxWaitingMax } = limits;
    this.#channel = new Channel(outboxMessagesMax, { cost: costOf, costMax: outboxSizeMax });
    this.#waitingMax = outboxWaitingMax;
    this.#watcher = watcher;
  }

  /** Messages that wait for the socket. */
  get messages(): number {
    return this.#channel.size;
  }

  /** What they are charged, with those that wait for room. */
  get size(): number {
    return this.#channel.cost + this.#waiting;
  }

  /** Hot: puts a message in, if there is room. */
  tryPut(message: Outgoing): boolean {
    return this.#channel.trySend(message);
  }

  /**
   * Puts a message in when there is room. Rejects as {@linkcode Channel.send} does, and with
   * `RangeError` when too much waits. The largest that waits does not count: or a large message,
   * whose writer awaits it, would take the turn of another who does the same.
   */
  put(message: Outgoing, options?: OpOptions): Promise<void> {
    const cost = costOf(message);
    const others = this.#others(cost);
    if (others > this.#waitingMax) return Promise.reject(this.#tooManyWaiting(others));
    this.#waiting += cost;
    this.#largest = Math.max(this.#largest, cost);
    const waited = (): void => {
      this.#waiting -= cost;
      if (this.#waiting === 0) this.#largest = 0;
    };
    const refused = (error: unknown): never => {
      waited();
      throw error;
    };
    return this.#channel.send(message, options).then(waited, refused);
  }

  /** Whether {@linkcode put} would refuse it, since too much waits. */
  refuses(message: Message): boolean {
    return this.#others(charge(message)) > this.#waitingMax;
  }

  /** What would wait besides the largest. */
  #others(cost: number): number {
    return this.#waiting + cost - Math.max(this.#largest, cost);
  }

  /** Hot: takes the oldest message out; `undefined` when there is none. */
  take(): Outgoing | undefined {
    return take(this.#channel);
  }

  /** Takes no message any more, and refuses those that wait for room. */
  close(): void {
    this.#channel.close();
  }

  #tooManyWaiting(others: number): RangeError {
    const limit = this.#waitingMax;
    this.#watcher.limitHit({ name: "outboxWaitingMax", limit, found: others, closeCode: null });
    return new RangeError(
      `Cannot write: calls that wait would hold ${others} bytes besides the largest, must be <= ` +
        `${limit} (outboxWaitingMax): await each write()`,
    );
  }
}
