// Who runs side by side: nobody may disturb what another is measured by.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allContestants, nameOf, wavesOf } from "../../../scripts/pull_and_push/contestants.ts";

const test = suite("scripts/pull_and_push/contestants");

const namesOf = (intervalsMs: readonly number[], clients: number): string[][] =>
  wavesOf(allContestants(intervalsMs), clients).map((wave) => wave.map(nameOf));

test("wavesOf() lets who asks often run alone, and keeps who is told away from who asks", () => {
  assert.equal(namesOf([100, 1000, 2000], 200), [
    ["poll, 0.1 s"],
    ["poll 304, 0.1 s"],
    ["poll, 1 s", "poll 304, 1 s", "poll, 2 s", "poll 304, 2 s"],
    ["long poll", "events", "websocket"],
  ]);
});

test("wavesOf() lets 2,000 questions a second run side by side, and not one more", () => {
  assert.is(namesOf([100], 100).length, 2);
  assert.is(namesOf([100], 101).length, 3);
});

test("wavesOf() lets a contestant run that is more than that by itself", () => {
  assert.equal(namesOf([1], 100).map((wave) => wave.length), [1, 1, 3]);
});

test.run();
