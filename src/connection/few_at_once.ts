// What is due for many connections at one moment, done a few in each turn of the event loop: to cut
// a connection takes a tenth of a millisecond, most of it the kernel's, and ten thousand that have
// stalled or gone silent together would keep all others waiting for a second if they were cut
// together.

import type { Clock } from "./clock.ts";
import { setImmediate } from "./turn.ts";

/** About five milliseconds of cuts. */
const PER_TURN = 64;

/** Acts that wait for their turn. */
class FewAtOnce {
  readonly #waiting: (() => void)[] = [];
  #room = PER_TURN;
  #isDue = false;

  add(act: () => void): void {
    this.#waiting.push(act);
    this.#run();
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#turn());
  }

  /** A new turn: there is room again. */
  #turn(): void {
    this.#room = PER_TURN;
    this.#isDue = this.#waiting.length > 0;
    if (this.#isDue) setImmediate(() => this.#turn());
    this.#run();
  }

  #run(): void {
    const acts = this.#waiting.splice(0, this.#room);
    this.#room -= acts.length;
    for (const act of acts) act();
  }
}

const byClock = new WeakMap<Clock, FewAtOnce>();

/**
 * Calls `act` at once, or in one of the next turns when this one has done enough by this clock: by
 * then it may not be due any more, which `act` has to see.
 */
export function fewAtOnce(clock: Clock, act: () => void): void {
  let acts = byClock.get(clock);
  if (acts === undefined) byClock.set(clock, (acts = new FewAtOnce()));
  acts.add(act);
}
