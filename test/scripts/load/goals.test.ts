// Goals on both sides of their bounds.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { atLeast, atMost, exactly, isMet, verdictOf } from "../../../scripts/load/goals.ts";
import type { Goal } from "../../../scripts/load/goals.ts";

const test = suite("scripts/load/goals");

const GOALS: readonly (readonly [Goal, boolean])[] = [
  [atMost("a", 100, 100, "ms"), true],
  [atMost("a", 100.1, 100, "ms"), false],
  [atMost("a", NaN, 100, "ms"), false],
  [atLeast("a", 100, 100, ""), true],
  [atLeast("a", 99, 100, ""), false],
  [atLeast("a", NaN, 0, ""), false],
  [exactly("a", 0, 0, ""), true],
  [exactly("a", 1, 0, ""), false],
  [exactly("a", NaN, 0, ""), false],
];

test("isMet() compares with the bound, and takes no number for a goal that is missed", () => {
  for (const [goal, due] of GOALS) assert.is(isMet(goal), due, verdictOf(goal));
});

test("verdictOf() says the number and the bound", () => {
  const line = "  MISSED  p99 of an echo: 100.3 ms, must be <= 100 ms";
  assert.is(verdictOf(atMost("p99 of an echo", 100.25, 100, "ms")), line);
});

test.run();
