// The picture of a soak: all curves, with axes, whatever the figures are.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { plotOf } from "../../../scripts/soak/plot.ts";
import { samplesOf } from "./samples.ts";

const ABOUT = {
  date: "2026-01-31",
  cpu: "2 x <Fast & small>",
  node: "v20.0.0",
  connections: 5000,
  churn: 200,
};

const test = suite("scripts/soak/plot");

const svg = plotOf(samplesOf(20, 0), ABOUT);

test("plotOf() draws six panels over time, with a curve for each quantity", () => {
  const [, ...panels] = svg.split("<g ");
  assert.equal(panels.map((panel) => panel.match(/<polyline/g)?.length), [3, 2, 3, 2, 1, 1]);
  assert.is(svg.match(/>minutes</g)?.length, 6);
  for (const panel of panels) assert.match(panel, />20</); // the last minute has a tick
});

test("plotOf() has a place for every value, also where all of them are 0", () => {
  const nothing = samplesOf(1, 0).map((sample) => ({ ...sample, delayMedianMs: 0, delayP99Ms: 0 }));
  for (const text of [svg, plotOf(nothing, ABOUT)]) {
    assert.not.match(text, /NaN|Infinity|undefined/);
  }
});

test("plotOf() says what was run, and makes text of what would be markup", () => {
  assert.match(svg, "5000 connections for 20 minutes, 200 of them replaced each second");
  assert.match(svg, "2 x &lt;Fast &amp; small>");
});

test.run();
