// Each limit of a connection that is hit is told of once, by its name, and counted.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LimitHit } from "../../src/connection/diagnostics.ts";
import { flushed } from "../message/compressed.ts";
import { bytes } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { Observed } from "../support/observed.ts";
import { rejects } from "../support/rejects.ts";
import { fullLine, Line, turn } from "./support.ts";

const test = suite("connection/limit_hit");

/** What is told of, apart from the connection. */
type Told = readonly [name: string, limit: number, found: number, closeCode: number | null];

/** A connection at whose limit something happens, and what is told of it. */
const HITS: readonly (readonly [what: string, hit: () => Line | Promise<Line>, told: Told])[] = [
  [
    "a header announces a message that is too large",
    () => {
      const line = new Line({ limits: { messageSizeMax: 100 } });
      line.receive(frameHeader("82", 101));
      return line;
    },
    ["messageSizeMax", 100, 101, 1009],
  ],
  [
    "a header announces more than a number can say",
    () => {
      const line = new Line({ limits: { messageSizeMax: 100 } });
      line.receive(bytes("82ff0020000000000000"), bytes("00000000"));
      return line;
    },
    ["messageSizeMax", 100, 100, 1009],
  ],
  [
    "empty fragments cost too much",
    () => {
      const line = new Line({ limits: { messageSizeMax: 200 } });
      line.receive(frame("01"), frame("00"));
      return line;
    },
    ["messageSizeMax", 200, 320, 1009],
  ],
  [
    "a compressed message inflates to too much",
    () => {
      const line = new Line({ limits: { messageSizeMax: 100 }, compression: {} });
      line.receive(frame("c2", flushed(new Uint8Array(101))));
      return line;
    },
    ["messageSizeMax", 100, 100, 1009],
  ],
  [
    "too many calls of write() wait",
    async () => {
      const line = await fullLine({ outboxMessagesMax: 1, outboxWaitingMax: 1000 });
      for (let count = 0; count < 2; count++) void line.connection.write(new Uint8Array(840));
      void line.connection.write(new Uint8Array(840)); // the largest does not count
      await rejects(line.connection.write(new Uint8Array(841)));
      return line;
    },
    ["outboxWaitingMax", 1000, 2000, null],
  ],
  [
    "too many pings are under way",
    async () => {
      const line = new Line();
      for (let count = 0; count < 16; count++) void line.connection.ping();
      await rejects(line.connection.ping());
      return line;
    },
    ["pings", 16, 17, null],
  ],
  [
    "a full socket takes nothing",
    async () => {
      const line = await fullLine({ stallTimeoutMs: 700 });
      line.clock.advanceSync(700);
      return line;
    },
    ["stallTimeoutMs", 700, 700, 1006],
  ],
  [
    "the peer does not answer a Close",
    () => {
      const line = new Line();
      void line.connection.close(1000, "", { timeout: 500 });
      line.clock.advanceSync(500);
      return line;
    },
    ["closeTimeoutMs", 500, 500, 1006],
  ],
  [
    "the peer is silent",
    async () => {
      const line = new Line({ keepalive: { interval: 800, timeout: 300 } });
      line.clock.advanceSync(1100);
      await turn();
      return line;
    },
    ["keepalive", 1100, 1100, 1006],
  ],
];

for (const [what, hit, told] of HITS) {
  test(`sluice.limit tells of ${told[0]}: ${what}`, async () => {
    using observed = new Observed<LimitHit>("sluice.limit");
    const { connection, lifecycle } = await hit();
    await turn();
    const [name, limit, found, closeCode] = told;
    const { remoteAddr } = connection;
    const expected = { name, limit, found, closeCode, connection, remoteAddr, status: null };
    assert.is(observed.events.length, 1);
    assert.is(observed.events[0].connection, connection);
    assert.equal(Object.entries(observed.events[0]).sort(), Object.entries(expected).sort());
    assert.equal(lifecycle.observed.limitHits?.toRecord(), { [name]: 1 });
  });
}

test("D35 a message of too many last blocks is not told to be too large", async () => {
  using observed = new Observed<LimitHit>("sluice.limit");
  const line = new Line({ compression: {} });
  line.receive(frame("c2", bytes("0300".repeat(20))));
  await turn();
  line.fin();
  line.disconnect();
  const { sent, cause } = await line.connection.closed;
  assert.is(sent?.code, 1009);
  assert.match((cause as Error).message, /9 last blocks in 40 bytes/);
  assert.equal([observed.events, line.lifecycle.observed.limitHits], [[], null]);
});

test("a limit is counted as often as it is hit, though nobody listens", async () => {
  const line = new Line();
  for (let count = 0; count < 16; count++) void line.connection.ping();
  for (let count = 0; count < 3; count++) await rejects(line.connection.ping());
  assert.equal(line.lifecycle.observed.limitHits?.toRecord(), { pings: 3 });
});

test("a connection that was cut at one limit is not told to be cut at another", async () => {
  using observed = new Observed<LimitHit>("sluice.limit");
  const line = new Line();
  void line.connection.close(1000, "", { timeout: 500 });
  line.clock.advanceSync(500); // the end of TCP is told a tick later
  const hit = { name: "shutdownTimeoutMs", limit: 500, found: 500, closeCode: 1006 };
  line.lifecycle.terminate(undefined, hit);
  await turn();
  assert.equal(observed.events.map(({ name }) => name), ["closeTimeoutMs"]);
});

test("what ends otherwise than at a limit is not told of", async () => {
  using observed = new Observed<LimitHit>("sluice.limit");
  const closed = new Line();
  closed.receive(closeFrame(1000));
  await turn();
  closed.lifecycle.endSent();
  closed.clock.advanceSync(1000); // the peer does not end TCP, for which no option sets a time
  const broken = new Line();
  broken.receive(frame("83"));
  const lost = new Line();
  lost.fin();
  const cut = new Line();
  cut.connection.terminate();
  await turn();
  assert.equal(observed.events, []);
  for (const { lifecycle } of [closed, broken, lost, cut]) {
    assert.is(lifecycle.observed.limitHits, null);
  }
});

test.run();
