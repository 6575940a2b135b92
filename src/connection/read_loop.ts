// The read loop: what arrived goes into the inbox, whoever reads takes it out. It is the only
// sender on the inbox and so the one to close it: readers get what is left, then the end.
//
// The inbox never refuses, since what a read of the socket brought is here already. It is bounded
// by stopping the source instead: above its limit the socket is paused, at half of it resumed.

import type { Selectable } from "../channel/case.ts";
import { Channel, take } from "../channel/channel.ts";
import type { OpOptions, Received } from "../channel/mod.ts";
import { receiveFrom, waitAt } from "../channel/receiver.ts";
import { refusalBy } from "../channel/signal.ts";
import type { WaiterOwner } from "../channel/waiters.ts";
import { charge } from "../message/message.ts";
import type { Message } from "../message/message.ts";
import type { Share } from "./budget.ts";
import type { ConnectionLimits } from "./limits.ts";
import { PauseReason } from "./pause_reason.ts";
import { quiet } from "./quiet.ts";
import { stackless } from "./stackless.ts";
import { setImmediate } from "./turn.ts";

/** After so many messages at a stretch a reader lets the event loop turn: others wait, too. */
const YIELD_EVERY = 256;

/** What a {@linkcode ReadLoop} asks of its owner. */
export interface ReadLoopOwner {
  /** Stop reading from the socket: nobody reads what has arrived. */
  pauseInput(reason: number): void;
  /** Read from it again. */
  resumeInput(reason: number): void;
  /** The error for a read past the last message. */
  closedError(act: string): Error;
}

/** Who is told that messages have come, or the end of them. */
export interface MessageConsumer {
  messagesCame(): void;
}

/** The incoming half of a connection. */
export class ReadLoop implements WaiterOwner {
  /** Takes the messages that no reader waits for, when they have come. */
  consumer: MessageConsumer | null = null;
  /** Told when less waits to be read. */
  share: Share | null = null;
  readonly #owner: ReadLoopOwner;
  readonly #inbox: Channel<Message> = new Channel<Message>(Infinity, { cost: charge });
  readonly #limits: ConnectionLimits;
  #paused = false;
  #discarding = false;
  #stretch = 0;
  /** The turn of the event loop that readers wait for, so that none overtakes another. */
  #turn: Promise<void> | null = null;

  constructor(owner: ReadLoopOwner, limits: ConnectionLimits) {
    this.#owner = owner;
    this.#limits = limits;
  }

  /** The inbox as a case of `select`. */
  get inbox(): Selectable {
    return this.#inbox as unknown as Selectable; // a channel does not show how it works
  }

  /** Whether no message will come any more, besides those that wait. */
  get ended(): boolean {
    return this.#inbox.closed;
  }

  /** Messages that wait to be read. */
  get messages(): number {
    return this.#inbox.size;
  }

  /** What they are charged. */
  get size(): number {
    return this.#inbox.cost;
  }

  /** Hot: a message arrived. */
  deliver(message: Message): void {
    if (this.drops()) return;
    this.#inbox.trySend(message);
  }

  /** Hot: all that one read of the socket brought is delivered. */
  chunkDelivered(): void {
    if (this.consumer !== null) this.consumer.messagesCame();
    if (this.#paused || this.#discarding || !this.#isFull()) return;
    this.#paused = true;
    this.#owner.pauseInput(PauseReason.INBOX);
  }

  /** Hot: the oldest message, `done` at the end, or `undefined` when none waits. */
  tryReceive(): Received<Message> | undefined {
    const value = this.tryRead();
    if (value !== undefined) return { value, done: false };
    return this.#inbox.closed ? { value: undefined, done: true } : undefined;
  }

  /** Hot: the oldest message; `undefined` when none waits, at the end too. */
  tryRead(): Message | undefined {
    const message = take(this.#inbox);
    if (this.#paused && this.#isHalfEmpty()) this.#resume();
    if (this.share !== null) this.share.changed();
    return message;
  }

  /** Hot: the next message, or `done` at the end. Waiting readers are served in their order. */
  receive(options?: OpOptions): Promise<Received<Message>> {
    const refusal = refusalBy(options?.signal);
    if (refusal !== null) return refusal;
    const ready = this.receiveReady();
    if (ready !== undefined) return ready;
    return this.#paced(receiveFrom(this.#inbox, options));
  }

  /** Hot: the next message if it is here already, and a turn of the event loop now and then. */
  receiveReady(): Promise<Received<Message>> | undefined {
    const value = this.tryRead();
    if (value !== undefined) return this.#inStretch(Promise.resolve({ value, done: false }));
    this.#stretch = 0;
    return undefined;
  }

  /** Hot: the next message alone. At the end rejects with what the owner has to say of it. */
  read(options?: OpOptions): Promise<Message> {
    const signal = options?.signal;
    const refusal = refusalBy(signal, true);
    if (refusal !== null) return refusal;
    const message = this.tryRead();
    if (message !== undefined) return this.#inStretch(Promise.resolve(message));
    this.#stretch = 0;
    if (this.#inbox.closed) return quiet(this.#pastEnd());
    return this.#paced(waitAt(this.#inbox, this, signal, true).promise as Promise<Message>);
  }

  /** What a `read()` that waited answers. */
  answer(message: unknown, isEnd: boolean): unknown {
    return isEnd ? this.#pastEnd() : message;
  }

  /** Rejects a moment later, when all that there is to say of the end is known. */
  async #pastEnd(): Promise<never> {
    await null;
    throw stackless(() => this.#owner.closedError("read"));
  }

  /** Hot: what is ready, the latest of a stretch without a turn of the event loop. */
  #inStretch<T>(ready: Promise<T>): Promise<T> {
    if (++this.#stretch >= YIELD_EVERY && this.#turn === null) this.#beginTurn();
    return this.#paced(ready);
  }

  /** Hot: `answer`, behind the turn of the event loop, if there is one to wait for. */
  #paced<T>(answer: Promise<T>): Promise<T> {
    if (this.#turn === null) return answer;
    return quiet(Promise.all([answer, this.#turn]).then(([first]) => first));
  }

  /** Hot: `first` and what waits behind it, as much as one may take at a stretch. */
  receiveMore(first: Message): Message[] {
    const messages = [first];
    while (messages.length < YIELD_EVERY) {
      const message = this.tryRead();
      if (message === undefined) break;
      messages.push(message);
    }
    this.#stretch += messages.length;
    return messages;
  }

  /**
   * We have begun to close, and the peer's Close is behind whatever it still sends: reads on even
   * when nobody takes the messages, and drops what the inbox has no room for.
   */
  discard(): void {
    this.#discarding = true;
    this.#resume();
  }

  /** Whether it would drop a message that comes now. */
  drops(): boolean {
    return this.#discarding && this.#isFull();
  }

  /** Forgets what nobody has read. */
  drop(): void {
    while (take(this.#inbox) !== undefined);
  }

  /** No message will come any more. */
  end(): void {
    this.#inbox.close();
    this.discard();
    if (this.consumer !== null) queueMicrotask(() => this.consumer?.messagesCame());
  }

  /**
   * Calls back when the messages are read, or when a turn of the event loop has passed in which
   * none was: a handler that does not read is not waited for.
   */
  whenReaderRests(callback: () => void): void {
    const before = this.#inbox.size;
    setImmediate(() => {
      const left = this.#inbox.size;
      if (left > 0 && left < before) this.whenReaderRests(callback);
      else callback();
    });
  }

  #beginTurn(): void {
    this.#stretch = 0;
    this.#turn = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#turn = null;
    });
  }

  /** Whether it should get no more for now. While it drops what does not fit it may get all. */
  isFull(): boolean {
    return !this.#discarding && this.#isFull();
  }

  #isFull(): boolean {
    const { inboxSizeMax, inboxMessagesMax } = this.#limits;
    return this.#inbox.cost > inboxSizeMax || this.#inbox.size >= inboxMessagesMax;
  }

  #isHalfEmpty(): boolean {
    const { inboxSizeMax, inboxMessagesMax } = this.#limits;
    return this.#inbox.cost <= inboxSizeMax / 2 && this.#inbox.size <= inboxMessagesMax / 2;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#owner.resumeInput(PauseReason.INBOX);
  }
}
