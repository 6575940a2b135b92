// What is made of the reports of a server and its clients, on runs so small that one can count by
// hand.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Contestant } from "../../../scripts/pull_and_push/contestants.ts";
import { outcomeOf } from "../../../scripts/pull_and_push/outcome.ts";
import type { Outcome } from "../../../scripts/pull_and_push/outcome.ts";
import type { ClientsReport, Learned } from "../../../scripts/pull_and_push/protocol.ts";
import { checkSanity } from "../../../scripts/pull_and_push/sanity.ts";

const test = suite("scripts/pull_and_push/outcome");

const POLL: Contestant = { kind: "poll", intervalMs: 1000 };
const WEBSOCKET: Contestant = { kind: "websocket", intervalMs: 0 };

/** Versions 8, 9 and 10, at 100, 200 and 900 ms, in a window of two seconds. */
const SERVER = {
  firstVersion: 8,
  changedAt: [100, 200, 900],
  cpuMs: 12,
  residentBytes: 64 * 2 ** 20,
};
const COUNTS = { requests: 8, wasted: 2, connections: 1, bytesSent: 400, bytesReceived: 1200 };

function outcome(learned: readonly (readonly Learned[])[], counts = COUNTS): Outcome {
  const clients: ClientsReport = { ...counts, learned };
  return outcomeOf(POLL, 2, SERVER, clients);
}

test("outcomeOf() takes the delay of a value that was missed until the next one", () => {
  const { missedPercent, delayMs, changes, unheard } = outcome([[[9, 500], [10, 1000]]]);
  assert.is(changes, 3);
  assert.is(missedPercent, 100 / 3);
  assert.is(delayMs.median, 300); // 400 (version 8, by way of 9), 300, 100
  assert.is(delayMs.max, 400);
  assert.is(unheard, 0);
});

test("outcomeOf() puts all clients together", () => {
  const all: readonly Learned[] = [[8, 110], [9, 210], [10, 910]];
  const { missedPercent, delayMs } = outcome([all, [[10, 920]]]);
  assert.is(missedPercent, 100 / 3);
  assert.is(delayMs.median, 15); // 10, 10, 10, 20, 720, 820
});

test("outcomeOf() divides what was counted by clients and seconds", () => {
  const found = outcome([[[10, 950]], [[10, 950]]]);
  assert.is(found.wastedPercent, 25);
  assert.is(found.bytesSent, 100);
  assert.is(found.bytesReceived, 300);
  assert.is(found.cpuMicroseconds, 3000);
  assert.is(found.residentMiB, 64);
});

test("outcomeOf() passes over what a client learned before the window", () => {
  const { missedPercent, delayMs } = outcome([[[7, 90], [8, 101], [9, 201], [10, 901]]]);
  assert.is(missedPercent, 0);
  assert.is(delayMs.max, 1);
});

test("outcomeOf() counts changes that never arrived, and takes no delay from them", () => {
  const { unheard, missedPercent, delayMs } = outcome([[[8, 150]]]);
  assert.is(unheard, 2);
  assert.is(missedPercent, 200 / 3);
  assert.is(delayMs.max, 50);
});

test("outcomeOf() wastes nothing where nothing was asked", () => {
  const { wastedPercent } = outcome([[[10, 950]]], { ...COUNTS, requests: 0, wasted: 0 });
  assert.is(wastedPercent, 0);
});

const polled = outcome([[[9, 500], [10, 1000]]]);
const told: Outcome = {
  ...polled,
  ...WEBSOCKET,
  requests: 0,
  wastedPercent: 0,
  missedPercent: 0,
  delayMs: { median: 2, p95: 3, max: 4 },
};

const WRONG: readonly (readonly [what: string, outcomes: readonly Outcome[], found: RegExp])[] = [
  ["a poll that wastes nothing", [{ ...polled, wastedPercent: 0 }, told], /^poll, 1 s.*wasted/],
  ["a push that wastes requests", [polled, { ...told, wastedPercent: 1 }], /^websocket.*wasted/],
  ["a push that is asked", [polled, { ...told, requests: 1 }], /^websocket.*1 requests/],
  ["a push that misses a value", [polled, { ...told, missedPercent: 1 }], /^websocket.*missed/],
  ["a push that is late", [polled, { ...told, delayMs: polled.delayMs }], /^websocket.*median/],
  ["changes that did not arrive", [polled, { ...told, unheard: 1 }], /^websocket.*arrive/],
];

for (const [what, outcomes, found] of WRONG) {
  test(`checkSanity() finds ${what}`, () => {
    const wrong = checkSanity(outcomes);
    assert.is(wrong.length, 1);
    assert.match(wrong[0], found);
  });
}

test("checkSanity() finds nothing wrong with what must be so", () => {
  assert.equal(checkSanity([polled, told]), []);
});

test.run();
