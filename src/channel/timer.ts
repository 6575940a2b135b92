// Timers as channels: a select with a deadline is a select with one more case.
//
//   after(50)    one value, once 50 ms have passed; then never again
//   tick(50)     a value each 50 ms; ticks that nobody took are dropped, the beat is kept
//   never        no value
//
// A timer is a time, not a process: whether it is due is read off the clock, and a setTimeout()
// runs only while somebody waits. So a select that was won by another case leaves nothing behind,
// and there is nothing to stop. The time counts from the creation: a timer that is used in five
// selects is one deadline for all of them.

import { COMMIT, PARK, READY, type Selectable } from "./case.ts";
import { type OpOptions, type Received, receiveFrom } from "./receiver.ts";
import { type Receiver, ReceiverIterator } from "./receiver.ts";
import { type Place, PlaceQueue } from "./waiters.ts";

/** The longest delay of setTimeout(), in ms; it takes a longer one for 1. */
const DELAY_MAX = 2 ** 31 - 1;

/**
 * Yields one value when `ms` milliseconds have passed, then nothing more. `after(0)`, as any time
 * in the past, is ready at once. The value is the time of delivery as performance.now() tells it.
 */
export function after(ms: number): Receiver<number> {
  if (typeof ms !== "number" || Number.isNaN(ms)) {
    throw new RangeError(`Cannot wait: found ${String(ms)} ms, must be a number`);
  }
  return new Timer(Math.max(0, ms), Infinity);
}

/**
 * Yields a value each `ms` milliseconds, for ever. A receiver that is late gets one tick, not a
 * burst, and the next one in time with the first. The value is the time of delivery as
 * performance.now() tells it.
 */
export function tick(ms: number): Receiver<number> {
  if (!(typeof ms === "number" && ms > 0)) {
    throw new RangeError(`Cannot tick: found a period of ${String(ms)} ms, must be a number > 0`);
  }
  return new Timer(ms, ms);
}

class Timer implements Receiver<number>, Selectable {
  /** The time of the next value, by performance.now(); Infinity when there will be none. */
  #due: number;
  readonly #period: number;
  readonly #queue: PlaceQueue = new PlaceQueue(() => this.#disarmIfIdle());
  /** What setTimeout() returned; null while none runs. One runs exactly while somebody waits. */
  #handle: ReturnType<typeof setTimeout> | null = null;

  constructor(ms: number, period: number) {
    this.#due = performance.now() + ms;
    this.#period = period;
  }

  receive(options?: OpOptions): Promise<Received<number>> {
    return receiveFrom(this, options);
  }

  tryReceive(): Received<number> | undefined {
    return this[READY]() ? this[COMMIT]() : undefined;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<number, undefined> {
    return new ReceiverIterator(this);
  }

  /** What is due while somebody waits is theirs, although the event loop has yet to notice. */
  [READY](): boolean {
    return !this.#queue.hasPlaces() && this.#due <= performance.now();
  }

  [COMMIT](): { readonly value: number; readonly done: false } {
    return { value: this.#advance(), done: false };
  }

  [PARK](place: Place): void {
    // Nobody can be served any more: a queue would only keep those who wait from being collected.
    if (this.#due === Infinity) return;
    this.#queue.push(place);
    if (this.#handle === null) this.#arm(this.#due - performance.now());
  }

  /** Moves on to the first beat that is still to come; returns the time. */
  #advance(): number {
    const now = performance.now();
    const missed = Math.max(0, Math.floor((now - this.#due) / this.#period));
    this.#due += (missed + 1) * this.#period;
    return now;
  }

  #arm(ms: number): void {
    const slice = Math.min(Math.max(0, Math.ceil(ms)), DELAY_MAX);
    this.#handle = globalThis.setTimeout(() => this.#elapsed(ms - slice), slice);
  }

  /** Serves the first who waits. The clock is not asked again: the two differ by up to 1 ms. */
  #elapsed(rest: number): void {
    this.#handle = null;
    if (rest > 0) return this.#arm(rest);
    const place = this.#queue.shift();
    const now = this.#advance();
    if (this.#queue.size > 0 && this.#due < Infinity) this.#arm(this.#due - now);
    place?.waiter.received(place, now, false);
  }

  #disarmIfIdle(): void {
    if (this.#queue.size > 0 || this.#handle === null) return;
    globalThis.clearTimeout(this.#handle);
    this.#handle = null;
  }
}

/** Yields nothing, ever: Go's nil channel, for places that need a receiver. */
export const never: Receiver<never> = new Timer(Infinity, Infinity) as unknown as Receiver<never>;
