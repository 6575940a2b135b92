// A queue in a circle: the buffer of a channel.
//
//   slots   [ e . . . a b c d ]       head = 4, size = 5: the oldest is `a`, the newest is `e`
//             ^ (head + 4) & 7        the next push goes to (head + 5) & 7
//   costs   [ 2 . . . 1 1 3 1 ]       in step with the slots, where values have a cost
//
// Invariants
//   - the number of slots is 0 or a power of two, so a bit mask wraps an index
//   - slots outside the queue hold `undefined`: what was taken can be collected
//   - size <= number of slots; a full ring doubles, so each value is moved less than twice
//   - cost is the sum of the costs of what is in the queue, as they were when it was pushed
//
// An array with push() and shift() would move everything that waits at each shift: three orders of
// magnitude at a depth of 60,000.

/** Slots of the first allocation, which the first push makes. */
const SLOTS_MIN = 8;

/** An emptied ring with more slots than this lets them go: one burst must not cost for ever. */
const SLOTS_KEPT = 256;

/** A first-in-first-out queue that grows. `undefined` is a value like any other: ask `size`. */
export class Ring<T> {
  /** How many values are in the queue; for others to read. */
  size = 0;
  /** What they cost in all, 0 where costs are not kept; for others to read. */
  cost = 0;
  #slots: (T | undefined)[] = NO_SLOTS;
  #costs: number[] | null;
  #head = 0;

  /** @param counts Whether values have a cost. */
  constructor(counts = false) {
    this.#costs = counts ? NO_SLOTS : null;
  }

  /** Hot: puts `value` at the end. */
  push(value: T, cost = 0): void {
    if (this.size === this.#slots.length) this.#grow();
    const at = (this.#head + this.size) & (this.#slots.length - 1);
    this.#slots[at] = value;
    this.size++;
    if (this.#costs === null) return;
    this.#costs[at] = cost;
    this.cost += cost;
  }

  /** Hot: takes the oldest value. The ring must not be empty. */
  shift(): T {
    const at = this.#head;
    const value = this.#slots[at] as T;
    this.#slots[at] = undefined;
    this.#head = (at + 1) & (this.#slots.length - 1);
    this.size--;
    // Fractions do not add up and subtract to 0 exactly, so an empty ring starts afresh.
    if (this.#costs !== null) this.cost = this.size === 0 ? 0 : this.cost - this.#costs[at];
    if (this.size === 0 && this.#slots.length > SLOTS_KEPT) this.#release();
    return value;
  }

  #grow(): void {
    const count = Math.max(SLOTS_MIN, this.#slots.length * 2);
    this.#slots = this.#moved(this.#slots, new Array<T | undefined>(count).fill(undefined));
    if (this.#costs !== null) this.#costs = this.#moved(this.#costs, new Array(count).fill(0));
    this.#head = 0;
  }

  /** `larger`, with what `old` holds at its front. */
  #moved<V>(old: readonly V[], larger: V[]): V[] {
    for (let at = 0; at < old.length; at++) larger[at] = old[(this.#head + at) & (old.length - 1)];
    return larger;
  }

  #release(): void {
    this.#slots = NO_SLOTS;
    if (this.#costs !== null) this.#costs = NO_SLOTS;
  }
}

/** Shared by all empty rings and never written: a push finds it full, and grows from index 0. */
const NO_SLOTS: never[] = [];
