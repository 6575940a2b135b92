// Who waits, and where. Go keeps the two apart as `g` and `sudog`, and so do we:
//
//   Waiter   one pending promise: of a receive(), a send(), a select(), an iterator's next()
//   Place    one place in one queue, for one waiter
//
//   const p = select({ a, b, stop: signal })      one waiter with three places:
//
//     a's receivers        [place] [place] [ O ]
//     b's receivers        [ O ]
//     the signal's queue   [place] [ O ]
//
// A waiter is a place by itself, for most wait in one queue only: there it stands in person.
//
// Everything that can end a wait is a queue: those of a channel, a timer, an AbortSignal, and an
// iterator, whose return() ends its pending next(). So there is one way to wait, one way to be
// served, and one way to give up: leave all queues.
//
// Invariants
//   - a waiter is pending, and its places are in their queues; or settled, with no place in any
//   - who serves a place has taken it out with shift(), so it is served once
//   - a waiter leaves all its queues, settles, and then tells them: they may serve others in turn,
//     who never see half of a waiter
//
// A place of one copy of the package may stand in a queue of another: property names in this file
// are a contract between versions. See case.ts.

import { forget, remember } from "./debug.ts";

/** One place in one queue. Links are fields of the place itself, so leaving costs O(1). */
export class Place {
  readonly waiter: Waiter;
  /** The label of the case in `select`; null for an operation that waits for one thing. */
  readonly label: string | null;
  /** What a sender offers; a receiver's place leaves it undefined. */
  value: unknown = undefined;
  /** What `value` costs, in a channel that counts. */
  cost = 0;

  /** The queue it stands in; null when it has been served, or never queued. */
  queue: PlaceQueue | null = null;
  previous: Place | null = null;
  next: Place | null = null;
  /** Another place of the same waiter. */
  readonly sibling: Place | null;

  /** @param waiter Whose place it is; `null`: it is a waiter itself. */
  constructor(waiter: Waiter | null, label: string | null, sibling: Place | null) {
    this.waiter = waiter ?? (this as Place as Waiter);
    this.label = label;
    this.sibling = sibling;
  }
}

/** Places in order of arrival. */
export class PlaceQueue {
  head: Place | null = null;
  tail: Place | null = null;
  size = 0;
  /** Called when somebody gave up: a timer may stop, a sender that was too dear blocks no more. */
  readonly onLeave: (() => void) | null;
  /** The signal whose queue it is, if it is one's. */
  readonly signal: AbortSignal | null;

  constructor(onLeave: (() => void) | null = null, signal: AbortSignal | null = null) {
    this.onLeave = onLeave;
    this.signal = signal;
  }

  /**
   * Hot: is there anybody to be served? Not the one whose signal is aborted, although the event has
   * not come to us yet: other listeners run before ours, and may ask.
   */
  hasPlaces(): boolean {
    while (this.head !== null && this.head.waiter.noticeAbort());
    return this.head !== null;
  }

  push(place: Place): void {
    place.queue = this;
    place.previous = this.tail;
    if (this.tail === null) this.head = place;
    else this.tail.next = place;
    this.tail = place;
    this.size++;
  }

  /** Takes out the first place, to be served at once; null when nobody waits. */
  shift(): Place | null {
    if (!this.hasPlaces()) return null;
    const place = this.head!;
    this.unlink(place);
    place.queue = null;
    return place;
  }

  /** Takes out `place`, wherever it stands; its `queue` still tells where that was. */
  unlink(place: Place): void {
    if (place.previous === null) this.head = place.next;
    else place.previous.next = place.next;
    if (place.next === null) this.tail = place.previous;
    else place.next.previous = place.previous;
    place.previous = null;
    place.next = null;
    this.size--;
  }
}

/** The queue of every channel where nobody has waited yet. Nobody ever joins it. */
export const NOBODY: PlaceQueue = new PlaceQueue();

/** For whom a waiter waits, if not for the `{ value, done }` of a receive. */
export interface WaiterOwner {
  /** What to settle the promise with: a value, or a promise to follow. */
  answer(value: unknown, done: boolean): unknown;
}

/** One pending promise. Each of the last five methods settles it, and it is settled once. */
export class Waiter extends Place {
  readonly promise: Promise<unknown>;
  readonly #resolve: Settle;
  readonly #reject: Settle;
  readonly #mayFloat: boolean;
  /** For whom it waits: an iterator's return() has to find its own. */
  readonly owner: WaiterOwner | null;
  /** Stands it in the queue of a signal, too? */
  hasSignal = false;
  #places: Place | null = null;

  /** @param mayFloat Nobody may be looking: a rejection must not count as unhandled. */
  constructor(mayFloat = false, owner: WaiterOwner | null = null) {
    super(null, null, null);
    this.promise = new Promise(capture);
    this.#resolve = lastResolve;
    this.#reject = lastReject;
    lastResolve = lastReject = ignore; // or they would keep the promise, and the value in it
    this.#mayFloat = mayFloat;
    this.owner = owner;
    remember(this);
  }

  /** A place for this waiter, for the caller to put into a queue. */
  place(label: string | null = null): Place {
    const isFirst = label === null && this.#places === null;
    return (this.#places = isFirst ? this : new Place(this, label, this.#places));
  }

  /** The value offered at `place` was taken. */
  sent({ label }: Place): void {
    const places = this.#leave();
    this.#resolve(label === null ? undefined : { case: label, value: undefined, done: false });
    tellQueues(places);
  }

  /** A value came to `place`, or the end (`done`). */
  received({ label }: Place, value: unknown, done: boolean): void {
    const places = this.#leave();
    if (done && this.#mayFloat) this.promise.catch(ignore); // the owner may answer by a rejection
    if (label !== null) this.#resolve({ case: label, value, done });
    else if (this.owner !== null) this.#resolve(this.owner.answer(value, done));
    else this.#resolve({ value, done });
    tellQueues(places);
  }

  /** The signal in whose queue `place` stood was aborted: a case of `select`, or the way out. */
  aborted(place: Place, reason: unknown): void {
    if (place.label === null) this.refused(reason);
    else this.received(place, reason, true);
  }

  /**
   * Is a signal of its aborted? Then it is settled now, before the event. Its last place comes
   * first, which is that of the option `signal` of a select, where there is one.
   */
  noticeAbort(): boolean {
    if (!this.hasSignal) return false;
    for (let place = this.#places; place !== null; place = place.sibling) {
      const signal = place.queue?.signal;
      if (!signal?.aborted) continue;
      this.aborted(place, signal.reason);
      return true;
    }
    return false;
  }

  /** There is nothing to wait for any more. */
  refused(reason: unknown): void {
    const places = this.#leave();
    if (this.#mayFloat) this.promise.catch(ignore);
    this.#reject(reason);
    tellQueues(places);
  }

  #leave(): Place | null {
    forget(this);
    const places = this.#places;
    this.#places = null;
    for (let place = places; place !== null; place = place.sibling) place.queue?.unlink(place);
    return places;
  }
}

/** The place that was served is in no queue any more; the queues of the others hear of it. */
function tellQueues(places: Place | null): void {
  for (let place = places; place !== null; place = place.sibling) place.queue?.onLeave?.();
}

/** Promise.reject(reason), but no unhandled rejection if nobody looks at it. */
export function rejectQuietly(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(ignore);
  return promise;
}

function ignore(): void {}

type Settle = (value: unknown) => void;

/** What the last `new Promise(capture)` gave out: one function for all promises, no closures. */
let lastResolve: Settle = ignore;
let lastReject: Settle = ignore;

function capture(resolve: Settle, reject: Settle): void {
  lastResolve = resolve;
  lastReject = reject;
}
