// A time by which something must have happened.

import type { Clock } from "./clock.ts";
import { setImmediate } from "./turn.ts";

/** A timer that is so much too late tells that the event loop stood still. */
const LATE_MS = 20;

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

  /**
   * Calls `onMissed` in `delayMs` milliseconds, unless it is set anew or met by then.
   *
   * Timers run before sockets are looked at: after our process slept, or a handler blocked it, what
   * meets the deadline may lie there unread. So one that is noticed late gets a turn of the event
   * loop more.
   */
  set(delayMs: number, onMissed: () => void): void {
    this.meet();
    const lateFrom = this.#clock.now() + delayMs + LATE_MS;
    const timer = this.#clock.setTimeout(() => {
      if (this.#clock.now() < lateFrom) return this.#miss(timer, onMissed);
      setImmediate(() => this.#miss(timer, onMissed));
    }, delayMs);
    this.#timer = timer;
  }

  /** It has happened, or does not matter any more. */
  meet(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #miss(timer: unknown, onMissed: () => void): void {
    if (this.#timer !== timer) return; // met, or set anew, in that turn
    this.#timer = null;
    onMissed();
  }
}

/** The error for one that was missed. */
export function timedOut(message: string): DOMException {
  return new DOMException(message, "TimeoutError");
}
