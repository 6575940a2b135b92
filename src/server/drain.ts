// Connections closed one after the other: ten thousand clients that lose their connections in one
// moment come back in one moment, and what they find is a server that has just begun.
//
//   0                                spread
//   |  x   |x     |    x |   x  |x     |      as many parts as connections, in each of them one
//                                             close at a moment by chance

import type { Clock } from "../connection/clock.ts";

/** Closes each of `connections` at some moment of the next `spreadMs`, in an order by chance. */
export class Drain<T> {
  readonly #clock: Clock;
  readonly #waiting: T[];
  readonly #partMs: number;
  readonly #close: (connection: T) => void;
  readonly #began: number;
  #done = 0;
  #timer: unknown = null;

  /** @param close Called once for each; it may have closed by then. */
  constructor(
    connections: Iterable<T>,
    spreadMs: number,
    clock: Clock,
    close: (connection: T) => void,
  ) {
    this.#clock = clock;
    this.#waiting = shuffled([...connections]);
    this.#partMs = spreadMs / this.#waiting.length;
    this.#close = close;
    this.#began = clock.now();
    this.#next();
  }

  /** Closes no more of them. */
  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#done = this.#waiting.length;
  }

  /** A timer of Node's takes a millisecond at least, in which several may be due. */
  #next(): void {
    while (this.#done < this.#waiting.length) {
      const due = this.#began + (this.#done + Math.random()) * this.#partMs;
      const delayMs = due - this.#clock.now(); // below 0 when the last timer was late
      if (delayMs > 0) {
        this.#timer = this.#clock.setTimeout(() => this.#closeAndGoOn(), delayMs);
        return;
      }
      this.#close(this.#waiting[this.#done++]);
    }
  }

  #closeAndGoOn(): void {
    this.#close(this.#waiting[this.#done++]);
    this.#next();
  }
}

/** Fisher and Yates: every order is as likely as any other. */
function shuffled<T>(list: T[]): T[] {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other], list[last]];
  }
  return list;
}
