// How often each of a few things has happened. Where a name might be of a peer's choice it is made
// one of few before it comes here.

/** A count for each name. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string, times: number = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  /** Adds each of `others`. */
  addAll(others: Counts): void {
    for (const [name, times] of others.#counts) this.add(name, times);
  }

  /** A copy, as a plain object. */
  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
