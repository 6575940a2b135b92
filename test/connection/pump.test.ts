// A connection that is busy leaves room for the rest of the process.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/pump");

const MESSAGES = 1_000_000;
const PER_CHUNK = 1000;
const TIMER_MS = 5;
/** A loop of promises alone would let a timer wait for all of it, more than half a second. */
const LATE_MAX_MS = 50;

/** A machine that is busy with other things is late by itself: one good run of these will do. */
const RUNS_MAX = 4;

/** Whether a timer is on time while `work` lasts, in one run of several. */
async function isOnTime(work: () => Promise<unknown>): Promise<void> {
  const lates: number[] = [];
  for (let run = 0; run < RUNS_MAX; run++) {
    const [late, count] = await latest(work());
    if (count > 0 && late < LATE_MAX_MS) return;
    lates.push(late);
  }
  assert.unreachable(`late by ${lates.join(", ")} ms`);
}

/** How late, at worst, a timer is that is set again and again while `work` lasts. */
async function latest(work: Promise<unknown>): Promise<[lateMs: number, count: number]> {
  let late = 0;
  let count = 0;
  let start = performance.now();
  const timer = setInterval(() => {
    late = Math.max(late, performance.now() - start - TIMER_MS);
    start = performance.now();
    count++;
  }, TIMER_MS);
  await withTimeout(work, "the work to end", 60_000).finally(() => clearInterval(timer));
  return [late, count];
}

/** Feeds a line whenever it is not paused, as often as there are chunks, then closes it. */
async function feed(line: Line): Promise<void> {
  const chunk = concat(...Array.from({ length: PER_CHUNK }, () => frame("82", "Hello")));
  for (let left = MESSAGES / PER_CHUNK; left > 0; ) {
    if (line.connection.stats().paused) {
      await turn();
      continue;
    }
    line.receive(chunk);
    left--;
    await Promise.resolve(); // as if the socket had more, each time
  }
  line.receive(frame("88"));
}

test("Connection echoes a million messages, and a timer of 5 ms is not 50 ms late", async () => {
  await isOnTime(async () => {
    const line = new Line();
    let bytes = 0;
    line.transport.write = (batch) => {
      bytes += batch.length;
      return true;
    };
    const echo = (async () => {
      for await (const message of line.connection) await line.connection.write(message);
    })();
    await Promise.all([echo, feed(line)]);
    for (let turns = 0; turns < 3; turns++) await turn();
    assert.is(line.connection.stats().sent.messages, MESSAGES);
    assert.is(bytes, MESSAGES * 7 + 2); // and a Close without a code
  });
});

test("Connection writes a million messages, and a timer of 5 ms is not 50 ms late", async () => {
  await isOnTime(async () => {
    const line = new Line();
    line.transport.write = () => true;
    for (let left = MESSAGES; left > 0; left--) await line.connection.write("Hello");
    for (let turns = 0; turns < 3; turns++) await turn();
    assert.is(line.connection.stats().sent.messages, MESSAGES);
  });
});

test.run();
