// When the value changes, and what arithmetic makes of it: the formulas against a client that is
// simulated question by question.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as prediction from "../../../scripts/pull_and_push/prediction.ts";
import { scheduleOf } from "../../../scripts/pull_and_push/schedule.ts";

const test = suite("scripts/pull_and_push/schedule");

const MEAN_MS = 2000;
const SECONDS = 100_000;
const schedule = scheduleOf(1, MEAN_MS, SECONDS);

test("scheduleOf() gives the same moments for a seed, and others for another", () => {
  assert.equal(scheduleOf(1, MEAN_MS, SECONDS), schedule);
  assert.is.not(scheduleOf(2, MEAN_MS, SECONDS)[0], schedule[0]);
});

test("scheduleOf() gives moments that rise and lie within the window", () => {
  for (const [index, moment] of schedule.entries()) {
    assert.ok(moment >= (schedule[index - 1] ?? 0) && moment < SECONDS * 1000, String(index));
  }
});

test("scheduleOf() gives exponential gaps: 1/e of them are longer than the mean", () => {
  near((SECONDS * 1000) / schedule.length, MEAN_MS, 0.02 * MEAN_MS);
  const long = schedule.filter((moment, index) => moment - (schedule[index - 1] ?? 0) > MEAN_MS);
  near(long.length / schedule.length, 1 / Math.E, 0.01);
});

test("scheduleOf() has one change at least, however short the window", () => {
  assert.equal(scheduleOf(1, 1e9, 1), [500]);
});

for (const intervalMs of [100, 1000, 2000, 10_000]) {
  test(`what is predicted is what a client finds that asks each ${intervalMs} ms`, () => {
    const { wasted, missed, median } = simulate(intervalMs);
    near(prediction.wastedPercent(intervalMs, MEAN_MS), wasted, 0.5);
    near(prediction.missedPercent(intervalMs, MEAN_MS), missed, 0.5);
    near(prediction.medianDelayMs(intervalMs), median, 0.02 * intervalMs);
  });
}

/** A client that asks at once, and then at each interval, and is answered in no time. */
function simulate(intervalMs: number): Record<"wasted" | "missed" | "median", number> {
  let [requests, wasted, seen, known] = [0, 0, 0, 0];
  const delays: number[] = [];
  for (let at = 0; at < SECONDS * 1000; at += intervalMs) {
    const before = known;
    for (; known < schedule.length && schedule[known] <= at; known++) {
      delays.push(at - schedule[known]);
    }
    requests++;
    if (known === before) wasted++;
    else seen++;
  }
  delays.sort((a, b) => a - b);
  return {
    wasted: (100 * wasted) / requests,
    missed: 100 * (1 - seen / delays.length),
    median: delays[delays.length >> 1],
  };
}

function near(found: number, due: number, apart: number): void {
  assert.ok(Math.abs(found - due) <= apart, `found ${found}, must be within ${apart} of ${due}`);
}

test.run();
