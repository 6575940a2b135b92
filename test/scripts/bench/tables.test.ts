// The figures on the pages are those of the last run that was written down, and of no other.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AIMS } from "../../../scripts/bench/aims.ts";
import type { Row } from "../../../scripts/bench/measure.ts";
import { pagesOf } from "../../../scripts/bench/tables.ts";
import type { Results } from "../../../scripts/bench/tables.ts";
import { allWorkloads } from "../../../scripts/bench/workloads.ts";

const test = suite("scripts/bench/tables");

const ROOT = new URL("../../../../", import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

const LATEST = JSON.parse(read("scripts/bench/results/latest.json")) as Results;

test("the pages have the tables of scripts/bench/results/latest.json", () => {
  for (const [path, page] of pagesOf(LATEST, read)) assert.is(read(path), page, path);
});

/** The results, with `change` made to the row of forEach in the first workload of the README. */
function changed(change: (row: Row) => Partial<Row>): ReadonlyMap<string, string> {
  const [first, ...rest] = LATEST.measured;
  assert.is(first.name, "32 B text, 1 in flight, 64 connections");
  const rows = first.rows.map((row) => ({ ...row, ...change(row) }));
  return pagesOf({ ...LATEST, measured: [{ ...first, rows }, ...rest] }, read);
}

const CELL = /^\| 32 B text, 1 in flight, 64 connections( \\\*)? \| `forEach` \| ([^|]*) \|/m;

test("a ratio says where the load did no more, and a row where it was noisy", () => {
  const even = { median: 100, low: 100, high: 100 };
  const shownAs = (limited: readonly string[], raw = even): readonly string[] => {
    const page = changed(({ server, rate, ratios }) => ({
      rate: server === "raw" ? raw : rate,
      ratios: { ...ratios, ws: { median: 2, low: 1, high: 3 } },
      loadBusy: limited.includes(server) ? 0.98 : 0.9,
    })).get("README.md")!;
    const [, star = "", cell] = CELL.exec(page)!;
    return [star.trim(), cell];
  };
  assert.equal(shownAs([]), ["", "2.00"]);
  assert.equal(shownAs(["ws"]), ["", "≤ 2.00"]);
  assert.equal(shownAs(["sluice each"]), ["", "≥ 2.00"]);
  assert.equal(shownAs(["ws", "sluice each"]), ["", "2.00"]);
  assert.equal(shownAs([], { median: 100, low: 90, high: 106 }), ["\\*", "2.00"]);
});

test("a row whose server had no build is left out, and an aim at it", () => {
  const measured = LATEST.measured.map((workload) => {
    return { ...workload, rows: workload.rows.filter(({ server }) => !server.includes("@26")) };
  });
  const count = (results: Results): number =>
    pagesOf(results, read).get("scripts/bench/README.md")!.split("Node 26 |").length - 1;
  const aims = AIMS.filter(({ server }) => server.includes("@26")).length;
  assert.equal([count(LATEST), count({ ...LATEST, measured })], [aims, 0]);
});

test("each aim is at a workload and a server that there are", () => {
  const known = new Map(allWorkloads().map(({ name, servers }) => [name, servers]));
  for (const { workload, server } of AIMS) assert.ok(known.get(workload)?.includes(server), server);
});

test("an aim that is missed is bold, with its spread", () => {
  const aims = (median: number): string => {
    const spread = { median, low: 0.5, high: 1.5 };
    const pages = changed(({ ratios }) => ({ ratios: { ...ratios, raw: spread }, loadBusy: 0.9 }));
    return pages.get("scripts/bench/README.md")!;
  };
  assert.match(aims(0.94), "**0.94 [0.50 1.50]** of 0.95");
  assert.match(aims(0.95), " 0.95 [0.50 1.50] of 0.95");
});

test.run();
