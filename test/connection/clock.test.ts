// The clock of the machine, and deadlines on one that stands still.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../src/connection/clock.ts";
import { Deadline } from "../../src/connection/deadline.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("connection/clock");

test("systemClock calls back once, not too early, unless it is called off", async () => {
  const start = systemClock.now();
  let calledOff = false;
  systemClock.clearTimeout(systemClock.setTimeout(() => (calledOff = true), 1));
  await withTimeout(new Promise<void>((resolve) => systemClock.setTimeout(resolve, 5)), "5 ms");
  assert.ok(systemClock.now() - start >= 4);
  assert.is(calledOff, false);
});

test("systemClock keeps no process alive", () => {
  const timer = systemClock.setTimeout(() => {}, 1000) as NodeJS.Timeout;
  assert.is(timer.hasRef(), false);
  systemClock.clearTimeout(timer);
});

for (const delayMs of [Infinity, 2 ** 31, 2 ** 53]) {
  test(`systemClock takes ${delayMs} ms for long, not for 1 ms as Node does`, async () => {
    let fired = false;
    const timer = systemClock.setTimeout(() => (fired = true), delayMs);
    await new Promise((resolve) => setTimeout(resolve, 10));
    systemClock.clearTimeout(timer);
    assert.is(fired, false);
  });
}

test("Deadline calls back when it is missed, once", () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock);
  let missed = 0;
  assert.is(deadline.isSet, false);
  deadline.set(10, () => missed++);
  assert.is(deadline.isSet, true);
  clock.advanceSync(9);
  assert.is(missed, 0);
  clock.advanceSync(1);
  assert.is(missed, 1);
  assert.is(deadline.isSet, false);
  clock.advanceSync(100);
  assert.is(missed, 1);
});

test("Deadline that is met calls nobody, and may be met again", () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock);
  deadline.meet();
  deadline.set(10, () => assert.unreachable());
  deadline.meet();
  deadline.meet();
  assert.is(deadline.isSet, false);
  assert.is(clock.pending, 0);
  clock.advanceSync(100);
});

test("Deadline that is set anew forgets the last time", () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock);
  const missed: string[] = [];
  deadline.set(10, () => missed.push("first"));
  clock.advanceSync(5);
  deadline.set(10, () => missed.push("second"));
  assert.is(clock.pending, 1);
  clock.advanceSync(9);
  assert.equal(missed, []);
  clock.advanceSync(1);
  assert.equal(missed, ["second"]);
});

test("Deadline may be set anew when it calls back", () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock);
  let missed = 0;
  const again = (): void => {
    missed++;
    deadline.set(10, again);
  };
  deadline.set(10, again);
  clock.advanceSync(35);
  assert.is(missed, 3);
  assert.is(deadline.isSet, true);
});

test.run();
