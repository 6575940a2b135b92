// Connections that are closed one after the other: all of them, each once, and spread.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Drain } from "../../src/server/drain.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";

const test = suite("server/drain");

const COUNT = 1000;
const SPREAD_MS = 10_000;

/** Numbers instead of connections: when each was closed. */
function drained(spreadMs: number, truncates: boolean): Map<number, number> {
  const clock = new FakeClock({ truncates });
  const start = clock.now();
  const closed = new Map<number, number>();
  new Drain(Array.from({ length: COUNT }, (_, index) => index), spreadMs, clock, (index) => {
    assert.not.ok(closed.has(index), `${index} is closed for the second time`);
    closed.set(index, clock.now() - start);
  });
  if (spreadMs === 0) assert.is(closed.size, COUNT);
  clock.advanceSync(spreadMs + 1);
  assert.is(clock.pending, 0);
  return closed;
}

test("Drain without a spread closes all at once", () => {
  for (const time of drained(0, false).values()) assert.is(time, 0);
});

for (const spreadMs of [SPREAD_MS, 100]) {
  test(`Drain closes ${COUNT} within ${spreadMs} ms, as many in each tenth`, () => {
    const closed = drained(spreadMs, true);
    assert.is(closed.size, COUNT);
    const tenths = new Array<number>(10).fill(0);
    for (const time of closed.values()) tenths[Math.min(9, Math.floor((time * 10) / spreadMs))]++;
    for (const count of tenths) assert.ok(count >= 80 && count <= 120, tenths.join());
  });
}

test("Drain closes in an order by chance, at moments by chance", () => {
  const [first, second] = [drained(SPREAD_MS, false), drained(SPREAD_MS, false)];
  assert.not.equal([...first.keys()], [...second.keys()]);
  assert.not.equal([...first.values()], [...second.values()]);
});

test("Drain.stop() closes no more", () => {
  const clock = new FakeClock();
  const closed: number[] = [];
  const drain = new Drain([1, 2, 3], SPREAD_MS, clock, (index) => closed.push(index));
  while (closed.length === 0) clock.advanceSync(1);
  drain.stop();
  clock.advanceSync(2 * SPREAD_MS);
  assert.is(closed.length, 1);
  assert.is(clock.pending, 0);
});

test.run();
