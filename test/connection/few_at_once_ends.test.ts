// Connections whose time runs out at one moment end a few in each turn of the event loop; and those
// do not for which it is not due any more when their turn has come.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Line, turn } from "./support.ts";
import type { LineOptions } from "./support.ts";

const test = suite("connection/few_at_once (ends)");

const COUNT = 200;
const PER_TURN = 64;
const TIME_MS = 1000;

/** A time that runs out for many together. */
interface Case {
  readonly what: string;
  readonly options: LineOptions;
  begin(line: Line): void;
  readonly timeMs: number;
  /** How the connection ends, as its transport counts it. */
  readonly end: "ends" | "destroys";
  /** What the last peer does while it waits for its turn. */
  readonly saves: readonly ((line: Line) => void)[];
}

const disconnect = (line: Line): void => line.disconnect();

const CASES: readonly Case[] = [
  {
    what: "the silence of a keepalive",
    options: { keepalive: { interval: TIME_MS, timeout: TIME_MS } },
    begin() {},
    timeMs: 2 * TIME_MS,
    end: "destroys",
    saves: [(line) => line.receive(frame("8a")), disconnect],
  },
  {
    what: "messageTimeoutMs",
    options: { limits: { messageTimeoutMs: TIME_MS } },
    begin: (line) => line.receive(frame("01", "a")),
    timeMs: TIME_MS,
    end: "ends",
    saves: [(line) => line.receive(frame("80", "b")), disconnect],
  },
  {
    what: "closeTimeoutMs",
    options: { limits: { closeTimeoutMs: TIME_MS } },
    begin: (line) => void line.connection.close(),
    timeMs: TIME_MS,
    end: "destroys",
    saves: [(line) => line.receive(closeFrame(1000)), disconnect],
  },
  {
    what: "the time for FIN behind a violation",
    options: {},
    begin: (line) => line.receive(frame("83")),
    timeMs: 1000,
    end: "destroys",
    saves: [disconnect],
  },
];

for (const { what, options, begin, timeMs, end, saves } of CASES) {
  for (const save of saves) {
    const saved = save === disconnect ? "has gone" : "goes on";
    test(`${what} ends ${COUNT} a few in each turn, and none that ${saved} by then`, async () => {
      const clock = new FakeClock();
      const lines = Array.from({ length: COUNT }, () => new Line({ ...options, clock }));
      const last = lines[COUNT - 1];
      for (const line of lines) begin(line);
      await turn();
      const ended = (): number => lines.filter(({ transport }) => transport[end] > 0).length;
      clock.advanceSync(timeMs);
      const counts = [0];
      while (counts.length < 10) {
        counts.push(ended());
        if (counts.at(-2) === 0 && ended() > 0) save(last);
        await turn();
      }
      assert.is(counts.at(-1), COUNT - 1, `${counts}`);
      for (let at = 1; at < counts.length; at++) {
        assert.ok(counts[at] - counts[at - 1] <= PER_TURN, `${counts}`);
      }
      assert.equal(last.lifecycle.observed.limitHits?.toRecord() ?? {}, {});
      for (const line of lines) line.disconnect();
      assert.is(clock.pending, 0);
    });
  }
}

test.run();
