// One timer looks at all who are watched at one interval; and no time is too odd to be kept.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/keepalive (rounds)");

const PING = "8900";

/** Times that no eighth of a millisecond fits. */
const ODD_TIMES: readonly (readonly [intervalMs: number, timeoutMs: number])[] = [
  [15, 15],
  [2000, 15],
  [500, 1],
  [1, 1_000_000],
  [1_000_000_000, 1_000_000_000],
];

for (const [interval, timeout] of ODD_TIMES) {
  test(`Keepalive is never early: interval ${interval}, timeout ${timeout}`, async () => {
    const line = new Line({ keepalive: { interval, timeout }, truncates: true });
    const step = Math.max(1, interval / 1000);
    let elapsed = 0;
    const until = async (done: () => boolean): Promise<number> => {
      for (; !done(); elapsed += step) {
        line.clock.advanceSync(step);
        await turn();
      }
      return elapsed;
    };
    const pingedAt = await until(() => line.transport.sent !== "");
    const lateMax = interval / 4 + 2 * step;
    assert.ok(pingedAt >= interval && pingedAt <= interval + lateMax, `pinged at ${pingedAt}`);
    line.clock.advanceSync(timeout - step);
    await turn();
    assert.is(line.transport.destroys, 0);
    line.clock.advanceSync(2 * step);
    await turn();
    assert.is(line.transport.destroys, 1);
  });
}

test("Keepalive looks at many connections with one timer", async () => {
  const clock = new FakeClock();
  const lines = Array.from({ length: 50 }, () => new Line({ keepalive: {}, clock }));
  assert.is(clock.pending, 1);
  clock.advanceSync(12_000);
  const late = new Line({ keepalive: {}, clock }); // between two looks
  clock.advanceSync(8_000);
  await turn();
  for (const line of lines) assert.is(line.transport.sent, PING);
  clock.advanceSync(11_999);
  await turn();
  assert.is(late.transport.sent, "");
  clock.advanceSync(501);
  await turn();
  assert.is(late.transport.sent, PING);
  for (const line of [...lines, late]) line.disconnect();
  assert.is(clock.pending, 0);
});

test.run();
