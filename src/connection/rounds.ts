// Rounds: one timer that looks at everybody who is watched at one interval. One for each connection
// was 350 bytes, a twentieth of what an idle connection took. The price is that what is due is seen
// up to an eighth of the interval late, and for all of them at once.

import type { Clock } from "./clock.ts";

/** Who is looked at. */
export interface Watched {
  /** Is something due? */
  look(now: number): void;
}

/** Looks in each interval. */
const LOOKS_PER_INTERVAL = 8;

/** All who are watched at one interval. */
export class Rounds {
  readonly intervalMs: number;
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();
  #timer: unknown = null;

  /** Use {@linkcode roundsOf}. */
  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.intervalMs = intervalMs;
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer === null) this.#setTimer();
  }

  delete(watched: Watched): void {
    if (!this.#watched.delete(watched) || this.#watched.size > 0) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #setTimer(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#setTimer();
      const now = this.#clock.now();
      for (const watched of this.#watched) watched.look(now);
    }, this.intervalMs / LOOKS_PER_INTERVAL);
  }
}

/** The rounds of a clock, by their interval; few, since servers use few. */
const roundsByClock = new WeakMap<Clock, Map<number, Rounds>>();

/** Intervals that are kept: a server that draws them at random gets rounds of its own for more. */
const ROUNDS_MAX = 64;

/** The rounds at this interval, shared by all who look at this clock. */
export function roundsOf(clock: Clock, intervalMs: number): Rounds {
  let ofClock = roundsByClock.get(clock);
  if (ofClock === undefined) roundsByClock.set(clock, (ofClock = new Map()));
  const known = ofClock.get(intervalMs);
  if (known !== undefined) return known;
  const rounds = new Rounds(clock, intervalMs);
  if (ofClock.size < ROUNDS_MAX) ofClock.set(intervalMs, rounds);
  return rounds;
}
