// The value that changes, and those who wait for it.

import { Random } from "../fuzz/random.ts";

/** A price that walks at random. */
export class ChangingValue {
  version = 0;
  text = "";
  /** Fulfils at the next change. */
  changed!: Promise<void>;
  readonly #random = new Random(1, 0);
  #cents = 10_000;
  #announce!: () => void;

  constructor() {
    this.#renew();
  }

  change(): void {
    this.version++;
    this.#cents += this.#random.below(201) - 100;
    const announce = this.#announce;
    this.#renew();
    announce();
  }

  #renew(): void {
    const changedAt = new Date().toISOString();
    this.text = JSON.stringify({ version: this.version, price: this.#cents / 100, changedAt });
    this.changed = new Promise((resolve) => (this.#announce = resolve));
  }
}
