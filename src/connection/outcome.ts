// How a connection ended, once it has. Most never ask, so the promise is made for whoever does.

import type { Closure } from "../protocol/endpoint.ts";

/** What is known in the end. */
export class Outcome {
  /** `null` until the connection has ended; for others to read. */
  closure: Closure | null = null;
  #promise: Promise<Closure> | null = null;
  #resolve: ((closure: Closure) => void) | null = null;

  /** Fulfils when the connection has ended. */
  get promise(): Promise<Closure> {
    if (this.#promise !== null) return this.#promise;
    if (this.closure !== null) return (this.#promise = Promise.resolve(this.closure));
    return (this.#promise = new Promise((resolve) => (this.#resolve = resolve)));
  }

  /** The connection has ended. */
  settle(closure: Closure): void {
    this.closure = closure;
    this.#resolve?.(closure);
    this.#resolve = null;
  }
}
