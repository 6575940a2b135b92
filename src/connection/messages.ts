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
import { stackless } from "./stackless.ts";

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
    const { closeReceived } = this.#lifecycle;
    if (!closeReceived) throw stackless(() => this.#lifecycle.closedError("read"));
    return { value: undefined, done: true };
  }
}

/** What next() of a {@linkcode BatchIterator} answers. */
type Batch = IteratorResult<Message[], undefined>;

/** All that has arrived by the time it is asked, in an array; waits while that is nothing. */
export class BatchIterator implements AsyncIterableIterator<Message[], undefined> {
  readonly #readLoop: ReadLoop;
  readonly #single: MessageIterator;
  /** How many next() are pending, and the last of them. */
  #pending = 0;
  #last: Promise<Batch> | null = null;

  constructor(lifecycle: Lifecycle) {
    this.#readLoop = lifecycle.readLoop;
    this.#single = new MessageIterator(lifecycle);
  }

  /**
   * Any number may be pending. Each takes its first message when those before it are answered:
   * between its first and the rest a batch is open, and what another took then would be missing.
   */
  next(): Promise<Batch> {
    const batch = this.#last === null ? this.#take() : this.#last.then(this.#take, this.#take);
    this.#pending++;
    this.#last = batch;
    return batch;
  }

  return(): Promise<Batch> {
    void this.#single.return();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #take = (): Promise<Batch> => this.#single.next().then(this.#answer, this.#refuse);

  readonly #answer = ({ value, done }: Received<Message>): Batch => {
    this.#settled();
    if (done) return { value: undefined, done: true };
    return { value: this.#readLoop.receiveMore(value), done: false };
  };

  /** The last alone might float: each of the others has the next one behind it. */
  readonly #refuse = (error: unknown): never => {
    void quiet(this.#last!);
    this.#settled();
    throw error;
  };

  /** When all is answered lets go of the last batch, which is its reader's. */
  #settled(): void {
    if (--this.#pending === 0) this.#last = null;
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
