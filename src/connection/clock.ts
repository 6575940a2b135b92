// Time, as something that is handed in: a test turns the hands itself.

/** A clock with an alarm. */
export interface Clock {
  /** Milliseconds from some moment on, never going back. */
  now(): number;
  /** Calls `callback` once, after `delayMs` milliseconds. It keeps no process alive. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  /** Calls off what `setTimeout` returned. */
  clearTimeout(timer: unknown): void;
}

/** The longest delay of Node's setTimeout(), 25 days; it takes a longer one for 1 ms. */
const DELAY_MAX = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, DELAY_MAX)).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
