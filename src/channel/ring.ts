// A queue in a circle: the buffer of a channel.
//
//   slots   [ e . . . a b c d ]       head = 4, size = 5: the oldest is `a`, the newest is `e`
//             ^ (head + 4) & 7        the next push goes to (head + 5) & 7
//
// Invariants
//   - the number of slots is 0 or a power of two, so a bit mask wraps an index
//   - slots outside the queue hold `undefined`: what was taken can be collected
//   - size <= number of slots; a full ring doubles, so each value is moved less than twice
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
  #slots: (T | undefined)[] = NO_SLOTS;
  #head = 0;

  /** Hot: puts `value` at the end. */
  push(value: T): void {
    if (this.size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.size) & (this.#slots.length - 1)] = value;
    this.size++;
  }

  /** Hot: takes the oldest value. The ring must not be empty. */
  shift(): T {
    const value = this.#slots[this.#head] as T;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.size--;
    if (this.size === 0 && this.#slots.length > SLOTS_KEPT) this.#release();
    return value;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Array<T | undefined>(Math.max(SLOTS_MIN, old.length * 2)).fill(undefined);
    for (let at = 0; at < old.length; at++) slots[at] = old[(this.#head + at) & (old.length - 1)];
    this.#slots = slots;
    this.#head = 0;
  }

  #release(): void {
    this.#slots = NO_SLOTS;
    this.#head = 0;
  }
}

/** Shared by all empty rings and never written: a push finds it full and grows first. */
const NO_SLOTS: never[] = [];
