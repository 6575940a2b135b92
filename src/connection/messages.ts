// The messages of a connection, to loop over and to wait for.

import { COMMIT, PARK, READY } from "../channel/case.ts";
import type { Selectable } from "../channel/case.ts";
import type { OpOptions, Received, Receiver } from "../channel/mod.ts";
import { ReceiverIterator } from "../channel/receiver.ts";
import type { Place } from "../channel/waiters.ts";
import type { Message } from "../message/message.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { quiet } from "./quiet.ts";
import type { ReadLoop } from "./read_loop.ts";

/** Throws at the end when the connection was lost. */
export class MessageIterator extends ReceiverIterator<Message> {
  readonly #lifecycle: Lifecycle;

  constructor(lifecycle: Lifecycle) {
    super(messagesOf(lifecycle.readLoop));
    this.#lifecycle = lifecycle;
  }

  /** Hot. */
  override next(): Promise<Received<Message>> {
    if (this.returned) return super.next();
    const { readLoop } = this.#lifecycle;
    return readLoop.receiveReady() ?? (readLoop.ended ? super.next() : this.wait());
  }

  protected override get mayFloat(): boolean {
    return true;
  }

  protected override atEnd(): Promise<Received<never>> {
    return quiet(this.#end());
  }

  async #end(): Promise<Received<never>> {
    await null; // all that there is to say of the end is known a moment later
    if (!this.#lifecycle.closeReceived) throw this.#lifecycle.closedError("read");
    return { value: undefined, done: true };
  }
}

/** All that has arrived by the time it is asked, in an array; waits while that is nothing. */
export class BatchIterator implements AsyncIterableIterator<Message[], undefined> {
  readonly #readLoop: ReadLoop;
  readonly #single: MessageIterator;

  constructor(lifecycle: Lifecycle) {
    this.#readLoop = lifecycle.readLoop;
    this.#single = new MessageIterator(lifecycle);
  }

  next(): Promise<IteratorResult<Message[], undefined>> {
    return this.#single.next().then(({ value, done }) => {
      if (done) return { value: undefined, done: true };
      return { value: this.#readLoop.receiveMore(value), done: false };
    });
  }

  return(): Promise<IteratorResult<Message[], undefined>> {
    void this.#single.return();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The messages as the receiving end of a channel, so that `select` can wait for them. */
export function messagesOf(readLoop: ReadLoop): Receiver<Message> {
  return new Messages(readLoop);
}

/** All who wait here, in `read()` or in a loop, stand in one queue. */
class Messages implements Receiver<Message>, Selectable {
  readonly #readLoop: ReadLoop;

  constructor(readLoop: ReadLoop) {
    this.#readLoop = readLoop;
  }

  receive(options?: OpOptions): Promise<Received<Message>> {
    return this.#readLoop.receive(options);
  }

  tryReceive(): Received<Message> | undefined {
    return this.#readLoop.tryReceive();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return new ReceiverIterator(this);
  }

  [READY](): boolean {
    return this.#readLoop.inbox[READY]();
  }

  /** By way of the read loop, which may have to resume the socket. */
  [COMMIT](): Received<Message> {
    return this.#readLoop.tryReceive()!;
  }

  [PARK](place: Place): void {
    this.#readLoop.inbox[PARK](place);
  }
}
