// What a channel holds: a ring that is bounded in number and, if its values have a cost, in cost.
//
// The costs queue up in a second ring, in step with the values: each value is weighed once and
// gives back exactly what it was charged. Without `cost` there is no second ring.

import { Ring } from "./ring.ts";

/** A bounded ring that never refuses: its user asks fits() first. */
export class Buffer<T> extends Ring<T> {
  /** An integer >= 0, or Infinity. */
  readonly capacity: number;
  readonly #costOf: ((value: T) => number) | undefined;
  readonly #costMax: number;
  readonly #costs: Ring<number> | null;
  #cost = 0;

  constructor(capacity: number, costOf: ((value: T) => number) | undefined, costMax: number) {
    super();
    this.capacity = capacity;
    this.#costOf = costOf;
    this.#costMax = costMax;
    this.#costs = costOf === undefined ? null : new Ring();
  }

  /** Do values have a cost? If not, it is 0 everywhere. */
  get counts(): boolean {
    return this.#costs !== null;
  }

  /** The sum of the costs of the values. */
  get cost(): number {
    return this.#cost;
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
    return size < this.capacity && (size === 0 || this.#cost + cost <= this.#costMax);
  }

  /** Hot: puts `value` at the end. */
  put(value: T, cost: number): void {
    this.push(value);
    if (this.#costs !== null) {
      this.#costs.push(cost);
      this.#cost += cost;
    }
  }

  /** Hot: takes the oldest value out; there must be one. */
  take(): T {
    if (this.#costs !== null) {
      const cost = this.#costs.shift();
      // Fractions do not add up and subtract to 0 exactly, so an empty buffer starts afresh.
      this.#cost = this.#costs.size === 0 ? 0 : this.#cost - cost;
    }
    return this.shift();
  }
}
