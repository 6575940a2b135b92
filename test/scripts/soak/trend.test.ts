// Slopes of known lines, with noise and with outliers.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { medianOf, trendOf } from "../../../scripts/soak/trend.ts";
import { Random } from "../../../src/testing/random.ts";

const test = suite("scripts/soak/trend");

type Points = readonly (readonly [number, number])[];

/** `count` points of a line, each off by up to `noise` either way. */
function line(slope: number, count: number, noise = 0): Points {
  const random = new Random(7);
  const off = (): number => (random.below(2001) / 1000 - 1) * noise;
  return Array.from({ length: count }, (_, x) => [x, 100 + slope * x + off()] as const);
}

test("trendOf() finds the slope of a line without noise, and is sure of it", () => {
  for (const slope of [-2, 0, 0.5]) {
    const trend = trendOf(line(slope, 20));
    for (const found of Object.values(trend)) assert.ok(Math.abs(found - slope) < 1e-9);
  }
});

test("trendOf() is as unsure as the line is noisy, and the slope is within", () => {
  const [calm, wild] = [trendOf(line(1, 100, 1)), trendOf(line(1, 100, 30))];
  assert.ok(calm.high - calm.low < wild.high - wild.low);
  for (const { low, high } of [calm, wild]) assert.ok(low < 1 && 1 < high);
});

test("trendOf() is not moved by a tenth of the points that are far out", () => {
  const points = line(0, 100, 1).map(([x, y]) => [x, x % 10 === 9 ? y + 1e6 : y] as const);
  const { slope, low, high } = trendOf(points);
  assert.ok(Math.abs(slope) < 0.1, `slope is ${slope}`);
  assert.ok(low < 0 && 0 < high);
});

test("trendOf() takes some of very many points, and finds the same", () => {
  assert.ok(Math.abs(trendOf(line(3, 5000, 1)).slope - 3) < 0.01);
});

test("trendOf() refuses less than three points", () => {
  assert.throws(() => trendOf(line(1, 2)), /found 2 points, must be >= 3/);
});

test("medianOf() is the middle one, or between the middle two", () => {
  assert.is(medianOf([1, 2, 9]), 2);
  assert.is(medianOf([1, 2, 4, 9]), 3);
});

test.run();
