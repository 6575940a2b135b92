// An AbortSignal is one more queue to stand in: whoever waits with a signal stands in the queue of
// what it waits for and in the queue of the signal. What comes first wins, and takes the waiter
// out of the other in the same step, so a value is either delivered or still in the channel.
//
// All who wait on one signal share one listener. Adding and removing one per operation costs more
// than all the rest of a receive, and Node warns of a leak from the eleventh on.

import { COMMIT, PARK, READY, type Selectable } from "./case.ts";
import { type Place, PlaceQueue, rejectQuietly, type Waiter } from "./waiters.ts";

const queues = new WeakMap<AbortSignal, SignalQueue>();

/** The queue of `signal`, which is also its case in `select`. */
export function queueOf(signal: AbortSignal): Selectable {
  let queue = queues.get(signal);
  if (queue === undefined) queues.set(signal, (queue = new SignalQueue(signal)));
  return queue;
}

/** From now on, the abort of `signal` ends the wait of `waiter`. It must not be aborted yet. */
export function standBy(signal: AbortSignal, waiter: Waiter): void {
  queueOf(signal)[PARK](waiter.place());
}

/**
 * Hot: how an operation with `signal` ends before it begins: rejected with the reason if that is
 * aborted, and with a TypeError if it is no signal. `null`: it may go on. Asked before anybody
 * waits: who found out only in the queue of the signal would stand in another one already.
 *
 * @param mayFloat Nobody may be looking: the rejection must not count as unhandled.
 */
export function refusalBy(
  signal: AbortSignal | null | undefined,
  mayFloat = false,
): Promise<never> | null {
  if (signal === undefined || signal === null) return null;
  const isOne = isSignal(signal);
  if (isOne && !signal.aborted) return null;
  const reason: unknown = isOne ? signal.reason : noSignal(signal);
  return mayFloat ? rejectQuietly(reason) : Promise.reject(reason);
}

/** Is it an AbortSignal, of whichever library or realm? */
export function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== "object" || value === null) return false;
  return "aborted" in value && "reason" in value && "addEventListener" in value;
}

/** The usual mistake is `{ signal: controller }`. */
function noSignal(found: unknown): TypeError {
  const kind = Object.prototype.toString.call(found).slice("[object ".length, -1);
  return new TypeError(`Cannot wait: signal is ${kind}, must be an AbortSignal`);
}

class SignalQueue implements Selectable {
  readonly #signal: AbortSignal;
  readonly #queue: PlaceQueue;
  #listens = false;
  /** Microtasks until an idle listener is removed; 0 when it is not about to be. */
  #countdown = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#queue = new PlaceQueue(() => this.#left(), signal);
  }

  [READY](): boolean {
    return this.#signal.aborted;
  }

  [COMMIT](): { readonly value: unknown; readonly done: boolean } {
    return { value: this.#signal.reason as unknown, done: true };
  }

  [PARK](place: Place): void {
    place.waiter.hasSignal = true;
    this.#queue.push(place);
    if (this.#countdown > 0) this.#countdown = IDLE_TURNS;
    if (this.#listens) return;
    this.#listens = true;
    this.#signal.addEventListener("abort", this.#abort);
  }

  /**
   * Node keeps an AbortSignal.any() alive while it has a listener, so an idle one must go. But not
   * at once, for a task that receives in a loop is back in the queue a few microtasks later.
   */
  #left(): void {
    if (this.#queue.size > 0 || this.#countdown > 0) return;
    this.#countdown = IDLE_TURNS;
    void RESOLVED.then(this.#idle);
  }

  readonly #idle = (): void => {
    this.#countdown = this.#queue.size > 0 ? 0 : this.#countdown - 1;
    if (this.#countdown > 0) void RESOLVED.then(this.#idle);
    else if (this.#queue.size === 0) this.#ignore();
  };

  readonly #abort = (): void => {
    this.#ignore();
    this.#queue.hasPlaces(); // no, for all in it are aborted, and now notice it
  };

  #ignore(): void {
    this.#listens = false;
    this.#signal.removeEventListener("abort", this.#abort);
  }
}

/** Microtasks that a signal may be idle before its listener goes. */
const IDLE_TURNS = 3;

const RESOLVED: Promise<void> = Promise.resolve();
