// The value that changes, those who wait for it, and what a client that asks for it is told.

import { Random } from "../../src/testing/random.ts";

/** Proxies give up on an answer after a minute, some after half of it. */
const HELD_MAX_MS = 25_000;

/** An answer of HTTP's, for any server. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
}

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

  /** @param tag The client's If-None-Match: with the tag of this value, it gets a 304. */
  answer(tag: string | null): Answer {
    const own = `"${this.version}"`;
    const headers = { ETag: own, "Cache-Control": "no-cache" };
    if (tag === own) return { status: 304, headers, text: null };
    const { text } = this;
    const length = String(text.length); // it is ASCII; without a length it would be chunked
    const content = { "Content-Type": "application/json", "Content-Length": length };
    return { status: 200, headers: { ...headers, ...content }, text };
  }

  /** The same, but when the client has this value it gets the next one, or 304 after a while. */
  async nextAnswer(tag: string | null): Promise<Answer> {
    if (tag === `"${this.version}"`) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const held = new Promise<void>((resolve) => (timer = setTimeout(resolve, HELD_MAX_MS)));
      await Promise.race([this.changed, held]);
      clearTimeout(timer);
    }
    return this.answer(tag);
  }

  #renew(): void {
    const changedAt = new Date().toISOString();
    this.text = JSON.stringify({ version: this.version, price: this.#cents / 100, changedAt });
    this.changed = new Promise((resolve) => (this.#announce = resolve));
  }
}
