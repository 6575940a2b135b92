// A time by which something must have happened, and an event loop that stood still meanwhile.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../src/connection/clock.ts";
import { Deadline } from "../../src/connection/deadline.ts";
import { turn } from "./support.ts";

/** A clock whose alarm goes off when the test says so, as late as it says. */
class LateClock implements Clock {
  #now = 1000;
  #alarm: (() => void) | null = null;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void): unknown {
    return (this.#alarm = callback);
  }

  clearTimeout(timer: unknown): void {
    if (this.#alarm === timer) this.#alarm = null;
  }

  goOff(afterMs: number): void {
    const alarm = this.#alarm;
    this.#alarm = null;
    this.#now += afterMs;
    alarm?.();
  }
}

const test = suite("connection/deadline");

/** What happens behind an alarm, before the event loop has turned: how often it is missed. */
const TURNS: readonly (readonly [
  what: string,
  afterMs: number,
  then: (deadline: Deadline) => void,
  missed: readonly [at: number, turnLater: number],
])[] = [
  ["in time is missed at once", 101, () => {}, [1, 1]],
  ["noticed late is missed a turn later", 5000, () => {}, [0, 1]],
  ["noticed late is met by what lay there unread", 5000, (deadline) => deadline.meet(), [0, 0]],
  ["noticed late may be set anew", 5000, (deadline) => deadline.set(100, () => {}), [0, 0]],
];

for (const [what, afterMs, then, [at, turnLater]] of TURNS) {
  test(`A Deadline that is ${what}`, async () => {
    const clock = new LateClock();
    const deadline = new Deadline(clock);
    let missed = 0;
    deadline.set(100, () => missed++);
    clock.goOff(afterMs);
    assert.is(missed, at);
    assert.is(deadline.isSet, at === 0);
    then(deadline);
    await turn();
    assert.is(missed, turnLater);
  });
}

test.run();
