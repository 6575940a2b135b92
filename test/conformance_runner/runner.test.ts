// The runner against servers with a fault that is planted: it finds each, and nothing else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Report } from "../../src/conformance/report.ts";
import { runConformance } from "../../src/conformance/runner.ts";
import type { RunOptions } from "../../src/conformance/runner.ts";
import { readTarget } from "../../src/conformance/target.ts";
import { FAULTS, FLOOD, NONE, ODDITIES } from "./faults.ts";
import type { Fault, FaultRow } from "./faults.ts";
import { FaultyServer, MESSAGE_SIZE_MAX } from "./faulty_server.ts";

const test = suite("conformance_runner/runner");

const SETTINGS = {
  timeoutMs: 1500,
  parallel: 48,
  keys: 8,
  idleMs: 0,
  messageSizeMax: MESSAGE_SIZE_MAX,
};

/** Most of a run is waiting: so many faults at a time keep the processor busy. */
const AT_A_TIME = 4;

async function run(fault: Fault, only: string, settings: RunOptions = SETTINGS): Promise<Report> {
  await using server = await FaultyServer.start(fault);
  const target = readTarget(`ws://127.0.0.1:${server.port}/chat`);
  return await runConformance(target, { ...settings, only });
}

const clauses = ({ clauses }: Report, verdict: string): string =>
  clauses.flatMap((clause) => (clause.verdict === verdict ? [clause.id] : [])).join(" ");

test("a server without fault has neither failure nor warning", async () => {
  const report = await run(NONE, "");
  assert.equal([clauses(report, "fail"), clauses(report, "warning")], ["", ""]);
  assert.ok(report.totals.pass > 500, `${report.totals.pass} cases passed`);
});

for (const oddity of ODDITIES) {
  test(`${oddity}: no failure`, async () => {
    const report = await run(oddity, "B, D");
    assert.equal([clauses(report, "fail"), clauses(report, "warning")], ["", ""]);
  });
}

test("a server that never stops is left, and no memory is filled", async () => {
  try {
    await run(FLOOD, "B01", { ...SETTINGS, timeoutMs: 20_000 }); // 32 MiB may take a while
    assert.unreachable("it was taken for a server");
  } catch (error) {
    assert.is((error as Error).name, "UnreachableError");
    assert.match((error as Error).message, "sends more than was asked for");
  }
});

/** Of each fault, what `clauses` says of the runs that have begun. */
const reports = new Map<Fault, Promise<Report>>();
const waiting = [...FAULTS];

/** What is played of the suite: the cases of one letter, most of those of text for text only. */
const PLAYED = {
  S: "S",
  B: "B0, B1, B2, B30, B31, B32, B33, B34, B35, B38, B4, B5, B60",
  T: "B0, B1, B2, B3, B4",
  D: "D",
} as const;

function startNext(): void {
  const row: FaultRow | undefined = waiting.shift();
  if (row === undefined) return;
  const report = run(row[1], PLAYED[row[0]]);
  report.then(startNext, startNext);
  reports.set(row[1], report);
}

for (const [letter, fault, fails, warns = ""] of FAULTS) {
  const due = fails === "" ? `${warns} as a warning` : warns === "" ? fails : `${fails}, ${warns}`;
  test(`${letter}: ${fault}: ${due}`, async () => {
    while (reports.size < FAULTS.length && reports.size < AT_A_TIME) startNext();
    while (!reports.has(fault)) await Promise.any(reports.values());
    const report = (await reports.get(fault)) as Report;
    assert.equal([clauses(report, "fail"), clauses(report, "warning")], [fails, warns]);
  });
}

test.run();
