// A time by which something must have happened.

import type { Clock } from "./clock.ts";

/** At most one alarm: to set it anew calls the last one off. */
export class Deadline {
  readonly #clock: Clock;
  #timer: unknown = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is set, and neither missed nor met. */
  get isSet(): boolean {
    return this.#timer !== null;
  }

  /** Calls `onMissed` in `delayMs` milliseconds, unless it is set anew or met by then. */
  set(delayMs: number, onMissed: () => void): void {
    this.meet();
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      onMissed();
    }, delayMs);
  }

  /** It has happened, or does not matter any more. */
  meet(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The error for one that was missed. */
export function timedOut(message: string): DOMException {
  return new DOMException(message, "TimeoutError");
}
