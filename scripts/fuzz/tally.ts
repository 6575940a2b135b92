// What became of the inputs, counted: whoever reads it sees whether a fuzzer gets anywhere.

/** Counts by name. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** One more. */
  note(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** The most frequent first. */
  toString(): string {
    const byCount = [...this.#counts].sort(([, one], [, other]) => other - one);
    return byCount.map(([name, count]) => `${count} ${name}`).join(", ");
  }
}
