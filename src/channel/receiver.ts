// The receiving half of a channel, which timers have too: an end that values come out of.

import { PARK, type Selectable } from "./case.ts";
import { refusalBy, standBy } from "./signal.ts";
import { Waiter, type WaiterOwner } from "./waiters.ts";

/**
 * What came out: a value, or the end. It is the result of an iterator, so it narrows after
 * `const { value, done } = …`, and it carries any value unharmed, `undefined` and promises too.
 */
export type Received<T> =
  | { readonly value: T; readonly done: false }
  | { readonly value: undefined; readonly done: true };

/** Options of an operation that may wait. */
export interface OpOptions {
  /** Ends the wait: the promise rejects with the reason, and the channel is as if never asked. */
  readonly signal?: AbortSignal | undefined;
}

/** Go's `<-chan T`: the end that values come out of. */
export interface Receiver<out T> extends AsyncIterable<T> {
  /**
   * Waits for a value or the end. Rejects, and takes nothing, only with the reason of `signal`, or
   * with a TypeError if that is no AbortSignal.
   */
  receive(options?: OpOptions): Promise<Received<T>>;
  /** What can be had without waiting; undefined when that is nothing, not even the end. */
  tryReceive(): Received<T> | undefined;
}

/** The receive() of everything that has a tryReceive(). */
export function receiveFrom<T>(source: Receiver<T>, options?: OpOptions): Promise<Received<T>> {
  const signal = options?.signal;
  const refusal = refusalBy(signal);
  if (refusal !== null) return refusal;
  const received = source.tryReceive();
  if (received !== undefined) return Promise.resolve(received);
  return waitAt(source, null, signal).promise as Promise<Received<T>>;
}

/**
 * Hot: waits at `source`, which has nothing to give now. What comes is for `owner` to shape.
 *
 * @param signal One that refusalBy() lets pass.
 * @param mayFloat Nobody may be looking: a rejection must not count as unhandled.
 */
export function waitAt(
  source: Receiver<unknown>,
  owner: WaiterOwner | null,
  signal?: AbortSignal | null,
  mayFloat = false,
): Waiter {
  const waiter = new Waiter(mayFloat, owner);
  (source as Receiver<unknown> & Selectable)[PARK](waiter.place());
  if (signal) standBy(signal, waiter);
  return waiter;
}

/** What next() answers at the end: `done`, or a promise that rejects if that was no good end. */
export type End = Received<never> | Promise<Received<never>>;

/**
 * Iterates over what comes out of a receiver, until the end. Leaving the loop closes nothing.
 *
 * Written by hand: a generator would queue return() behind a pending next(), which then hangs, and
 * swallows the value that frees it.
 */
export class ReceiverIterator<T> implements AsyncIterableIterator<T, undefined>, WaiterOwner {
  readonly #source: Receiver<T>;
  /** The last next() that had to wait, behind all the others that still do. */
  #last: Waiter | null = null;
  #returned = false;

  constructor(source: Receiver<T>) {
    this.#source = source;
  }

  /** Any number may be pending: they are served in order. */
  next(): Promise<Received<T>> {
    if (this.#returned) return Promise.resolve(done());
    const received = this.#source.tryReceive();
    if (received !== undefined) return Promise.resolve(received.done ? this.atEnd() : received);
    return this.wait();
  }

  /** Ends the iteration, also of every next() that is still pending. */
  return(): Promise<Received<never>> {
    this.#returned = true;
    for (let place = this.#last?.queue?.head ?? null; place !== null; ) {
      const { next, waiter } = place;
      if (waiter.owner === this) waiter.received(place, undefined, true);
      place = next;
    }
    return Promise.resolve(done());
  }

  /** What a next() that waited answers. */
  answer(value: unknown, isEnd: boolean): Received<T> | End {
    if (!isEnd) return { value: value as T, done: false };
    return this.#returned ? done() : this.atEnd();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  protected get returned(): boolean {
    return this.#returned;
  }

  /** Hot: a next() that has to wait, since the source has nothing now. */
  protected wait(): Promise<Received<T>> {
    this.#last = waitAt(this.#source, this, null, this.mayFloat);
    return this.#last.promise as Promise<Received<T>>;
  }

  /** Whether a rejection of `atEnd()` must not count as unhandled. */
  protected get mayFloat(): boolean {
    return false;
  }

  /** Asked once for each next() that meets the end. */
  protected atEnd(): End {
    return done();
  }
}

function done(): Received<never> {
  return { value: undefined, done: true };
}
