// Chance that a seed repeats: whatever a test draws, the number that it prints brings it back.

/** Numbers that look random: mulberry32. */
export class Random {
  #state: number;

  /**
   * @param index Which of the inputs that are drawn from one seed it is for. Each has a state of
   * its own, so that any one can be had again without those before it.
   */
  constructor(seed: number, index: number = 0) {
    this.#state = Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b) ^ (index >>> 15);
  }

  /** A whole number in [0, limit), `limit` being 2^32 at most. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** Whether one of `times` comes true. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of `list`, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}
