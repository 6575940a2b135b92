// The picture: everything that was measured is in it, and nothing else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allContestants } from "../../../scripts/pull_and_push/contestants.ts";
import type { Outcome } from "../../../scripts/pull_and_push/outcome.ts";
import { plotOf } from "../../../scripts/pull_and_push/plot.ts";

const test = suite("scripts/pull_and_push/plot");

const PLAN = { clients: 200, seconds: 20, meanChangeMs: 2000 };
const MACHINE = { date: "2026-01-31", cpu: "2 x <Fast & small>", node: "v20.0.0" };
const OUTCOMES: readonly Outcome[] = allContestants([100, 1000]).map((contestant, index) => ({
  ...contestant,
  changes: 10,
  requests: 100,
  wastedPercent: 10 * index,
  missedPercent: 5 * index,
  delayMs: { median: 1 + index, p95: 10 + index, max: 100 + index },
  bytesSent: 10 * index,
  bytesReceived: 20 * index,
  connections: 0,
  cpuMicroseconds: 30 + index,
  residentMiB: 60,
  unheard: 0,
}));

const svg = plotOf(PLAN, OUTCOMES, MACHINE);

test("plotOf() draws a point for each contestant, two where a panel has two curves", () => {
  const [head, ...panels] = svg.split("<g ");
  const points = (text: string): number => text.match(/<circle/g)?.length ?? 0;
  assert.is(points(head), 5); // the legend
  assert.equal(panels.map(points), [14, 7, 7, 7]);
});

test("plotOf() says how often the value did change, not how often it was to", () => {
  assert.match(svg, "200 clients, one value that changes every 2 s on average");
  const fewer = OUTCOMES.map((outcome) => ({ ...outcome, changes: 5 }));
  assert.match(plotOf(PLAN, fewer, MACHINE), "every 4 s on average");
});

test("plotOf() has a place for every value, zero on a logarithmic axis too", () => {
  assert.not.match(svg, /NaN|Infinity|undefined/);
});

test("plotOf() makes text of what would be markup, and refers to no other file", () => {
  assert.match(svg, "2 x &lt;Fast &amp; small>");
  assert.is(svg.match(/https?:/g)?.length, 1); // the name of SVG itself
});

test.run();
