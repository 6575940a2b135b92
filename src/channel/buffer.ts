// What a channel holds: a ring that is bounded in number and, if its values have a cost, in cost.
// Each value is weighed once, and gives back exactly what it was charged.

import { Ring } from "./ring.ts";

/** A bounded ring that never refuses: its user asks fits() first. */
export class Buffer<T> extends Ring<T> {
  /** An integer >= 0, or Infinity. */
  readonly capacity: number;
  readonly #costOf: ((value: T) => number) | undefined;
  readonly #costMax: number;

  constructor(capacity: number, costOf: ((value: T) => number) | undefined, costMax: number) {
    super(costOf !== undefined);
    this.capacity = capacity;
    this.#costOf = costOf;
    this.#costMax = costMax;
  }

  /** Do values have a cost? If not, it is 0 everywhere. */
  get counts(): boolean {
    return this.#costOf !== undefined;
  }

  /**
   * Asks the user's function for the cost of `value`. It may do anything, also use the channel.
   *
   * Throws a RangeError unless the answer is a finite number >= 0.
   */
  weigh(value: T): number {
    const costOf = this.#costOf;
    if (costOf === undefined) return 0;
    const cost = costOf(value);
    if (Number.isFinite(cost) && cost >= 0) return cost;
    throw new RangeError(`Cannot weigh value: found cost ${cost}, must be finite and >= 0`);
  }

  /** Hot: is there room for one more value of this cost? The first one may be however dear. */
  fits(cost: number): boolean {
    const { size } = this;
    return size < this.capacity && (size === 0 || this.cost + cost <= this.#costMax);
  }

  /** Puts `value` in, and returns what had to be dropped to make room for it, oldest first. */
  displace(value: T, cost: number): T[] {
    const dropped: T[] = [];
    while (!this.fits(cost)) dropped.push(this.shift());
    this.push(value, cost);
    return dropped;
  }
}
