// The load, small enough to run with the tests: the same processes and the same goals, but for
// those in milliseconds, which a busy machine may spoil.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDrain, loadSigterm } from "../../../scripts/load/drain.ts";
import { isMet, isTime, verdictOf } from "../../../scripts/load/goals.ts";
import type { Goal } from "../../../scripts/load/goals.ts";
import { loadHandshakes } from "../../../scripts/load/handshakes.ts";
import { loadReaders } from "../../../scripts/load/readers.ts";
import { withTimeout } from "../../support/with_timeout.ts";

const test = suite("scripts/load");

/** Processes have to start, and time-outs to pass. */
const TIMEOUT_MS = 60_000;

/** Waits for the goals of a load, of which none may be missed. */
async function expectMet(load: Promise<readonly Goal[]>, count: number): Promise<readonly Goal[]> {
  const goals = await withTimeout(load, "the end of the load", TIMEOUT_MS);
  const missed = goals.filter((goal) => !isMet(goal) && !isTime(goal));
  assert.equal(missed.map(verdictOf), []);
  assert.is(goals.length, count);
  return goals;
}

/** Large messages, for which the memory of the kernel is soon full. */
const READERS = {
  connections: 24,
  healthy: 4,
  perSecond: 50,
  size: 64 * 1024,
  kind: "binary",
  secondsMax: 30,
  connection: { stallTimeoutMs: 1000 },
} as const;

test("R09 clients that never read are cut, and those that do miss nothing", async () => {
  const goals = await expectMet(loadReaders({ ...READERS, server: {} }), 9);
  const [cut] = goals.slice(-1);
  assert.ok(cut.found >= 0, verdictOf(cut)); // NaN: they are still there
});

test("R09 and with a budget for all of them, below what they would take", async () => {
  const server = { buffersSizeMax: 1024 * 1024 };
  await expectMet(loadReaders({ ...READERS, server }), 10);
});

test("R10 handshakes that never end are ended, and whole ones are let in", async () => {
  const server = { handshakeTimeoutMs: 500 };
  const plan = { connections: 200, withinMs: 200, trickleMs: 50, everyMs: 20, server };
  await expectMet(loadHandshakes(plan), 5);
});

test("R17 shutdown() loses no message that was accepted, and the process ends", async () => {
  const flood = { connections: 200, rude: 2, count: 50, size: 100, restMs: 0 };
  await expectMet(loadDrain({ ...flood, timeout: 1000, spread: 500 }), 9);
});

test("R17 SIGTERM does the same to the minimal server", async () => {
  await expectMet(loadSigterm(200), 2);
});

test.run();
