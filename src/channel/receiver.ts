// The receiving half of a channel, which timers have too: an end that values come out of.

import { PARK, type Selectable } from "./case.ts";
import { standBy } from "./signal.ts";
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
  /** Waits for a value or the end. Rejects only with the reason of `signal`, and takes nothing. */
  receive(options?: OpOptions): Promise<Received<T>>;
  /** What can be had without waiting; undefined when that is nothing, not even the end. */
  tryReceive(): Received<T> | undefined;
}

/** The receive() of everything that has a tryReceive(). */
export function receiveFrom<T>(source: Receiver<T>, options?: OpOptions): Promise<Received<T>> {
  const signal = options?.signal;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const received = source.tryReceive();
  if (received !== undefined) return Promise.resolve(received);
  const waiter = waitAt(source);
  if (signal) standBy(signal, waiter);
  return waiter.promise as Promise<Received<T>>;
}

/** What next() answers at the end: `done`, or a promise that rejects if that was no good end. */
export type End = Received<never> | Promise<Received<never>>;

/**
 * Iterates over what comes out of a receiver, until the end. Leaving the loop closes nothing.
 *
 * Written by hand: a generator would queue return() behind a pending next(), which then hangs, and
 * swallows the value that frees it.
 */
export class ReceiverIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: Receiver<T>;
  readonly #atEnd: () => End;
  /** The last next() that had to wait, behind all the others that still do. */
  #last: Waiter | null = null;
  #returned = false;

  /** @param atEnd Asked at the end, once for each next() that meets it. */
  constructor(source: Receiver<T>, atEnd: () => End = done) {
    this.#source = source;
    this.#atEnd = atEnd;
  }

  /** Any number may be pending: they are served in order. */
  next(): Promise<Received<T>> {
    if (this.#returned) return Promise.resolve(done());
    const received = this.#source.tryReceive();
    if (received !== undefined) return Promise.resolve(received.done ? this.#atEnd() : received);
    this.#last = waitAt(this.#source, this);
    return this.#last.promise as Promise<Received<T>>;
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

  /** What a next() that waited answers at the end. */
  end(): End {
    return this.#returned ? done() : this.#atEnd();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function waitAt(source: Receiver<unknown>, owner: WaiterOwner | null = null): Waiter {
  const waiter = new Waiter(false, owner);
  (source as Receiver<unknown> & Selectable)[PARK](waiter.place());
  return waiter;
}

function done(): Received<never> {
  return { value: undefined, done: true };
}
