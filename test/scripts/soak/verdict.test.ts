// What is flat, and what is not, by how long one has looked.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findingsOf, QUANTITIES, warmUpMs } from "../../../scripts/soak/verdict.ts";
import { samplesOf } from "./samples.ts";

const test = suite("scripts/soak/verdict");

/** The names of what is not flat. */
function growing(minutes: number, leakMib: number): string[] {
  const findings = findingsOf(samplesOf(minutes, leakMib));
  return findings.filter(({ isFlat }) => !isFlat).map(({ name }) => name);
}

test("findingsOf() calls flat what is flat, and looks at each quantity", () => {
  assert.equal(growing(20, 0), []);
  assert.is(findingsOf(samplesOf(20, 0)).length, QUANTITIES.length);
});

test("findingsOf() finds 20 MiB an hour in 20 minutes, and 2 MiB in three hours", () => {
  assert.equal(growing(20, 20), ["heap after collection"]);
  assert.equal(growing(20, 2), []);
  assert.equal(growing(180, 2), ["heap after collection"]);
});

test("findingsOf() holds a long run to 1 MiB an hour, and 20 minutes to 2 MiB in all", () => {
  const limit = (minutes: number): number => findingsOf(samplesOf(minutes, 0))[0].limit;
  assert.is(limit(180), 1);
  assert.ok(Math.abs(limit(20) - 2 / (16 / 60)) < 0.1); // the last 16 of them
});

test("warmUpMs() is a fifth of the run, 20 minutes at most", () => {
  assert.is(warmUpMs(samplesOf(20, 0)), 4 * 60_000);
  assert.is(warmUpMs(samplesOf(180, 0)), 20 * 60_000);
});

test.run();
