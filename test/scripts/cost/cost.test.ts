// What an anonymous client can cost, measured with few connections: within the limits, R11.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { measureFlood, measureStage } from "../../../scripts/cost/measure.ts";
import { FLOODS, STAGES } from "../../../scripts/cost/stages.ts";
import { floodTable, rowsOf, stageTable, withTables } from "../../../scripts/cost/table.ts";
import { connectionLimits } from "../../../src/connection/limits.ts";
import { serverLimits } from "../../../src/server/limits.ts";
import { withTimeout } from "../../support/with_timeout.ts";

const test = suite("scripts/cost");

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** What a connection may hold in each stage at most; most of them are as good as idle. */
const HELD_MAX: ReadonlyMap<string, number> = new Map([
  ["message of 1 MiB, never finished", 2 * MEBIBYTE + 64 * KIBIBYTE],
  ["inbox full, handler reads nothing", 2 * MEBIBYTE + 64 * KIBIBYTE],
  // The outbox, a batch that has filled the socket, and what Node's stream had taken before it.
  ["outbox full, client reads nothing", 3 * 64 * KIBIBYTE + 64 * KIBIBYTE],
]);
const IDLE_MAX = 64 * KIBIBYTE;

for (const stage of STAGES) {
  test(`R11 a client costs no more than its limits allow: ${stage.what}`, async () => {
    const measured = measureStage({ ...stage, held: null }, [4, 12], 250);
    const { heldBytes, descriptors } = await withTimeout(measured, "the costs", TIMEOUT_MS);
    const max = HELD_MAX.get(stage.what) ?? IDLE_MAX;
    assert.ok(heldBytes <= max, `a connection holds ${heldBytes} bytes`);
    assert.is(Math.round(descriptors), 1);
  });
}

test("R12 a flood is measured to its end, whatever ends it", async () => {
  for (const flood of FLOODS) {
    const measured = measureFlood(flood, 50);
    const { msPerMebibyte } = await withTimeout(measured, flood.what, TIMEOUT_MS);
    assert.ok(msPerMebibyte > 0 && msPerMebibyte < Infinity, `${flood.what}: ${msPerMebibyte}`);
  }
});

test("stages and floods name options that there are", () => {
  const known = { ...serverLimits(), ...connectionLimits() };
  const named = [...STAGES, ...FLOODS].flatMap(({ options }) => options);
  assert.equal(named.filter((name) => !Object.hasOwn(known, name)), []);
});

const COST = { residentBytes: 7000, heldBytes: 1.5 * MEBIBYTE, descriptors: 1, heldMs: 2040 };
const FLOOD_COST = { microsecondsPerFrame: 1.234, msPerMebibyte: 12.3 };

test("withTables() replaces what is between the marks, and nothing else", () => {
  const marks = "a\n<!-- npm run cost: begin -->\nold\n<!-- npm run cost: end -->\nb";
  const [stage] = STAGES.filter(({ limits }) => limits !== undefined);
  const tables = `${stageTable([[stage, COST]])}\n\n${floodTable([[FLOODS[0], FLOOD_COST]])}`;
  const text = withTables(marks, tables);
  assert.ok(text.startsWith("a\n<!--") && text.endsWith("-->\nb") && !text.includes("old"), text);
  assert.is(withTables(text, tables), text);
  const found = rowsOf(text).get(stage.what)?.slice(0, 4);
  assert.equal(found, ["6.8 KiB", "1.50 MiB", "1", "30 s (with 2 s: 2.0 s)"]);
  assert.equal(rowsOf(text).get(FLOODS[0].what)?.slice(0, 2), ["1.2 µs", "12 ms"]);
  assert.throws(() => withTables("a", tables), "is missing");
});

test("the tables of SECURITY.md have a row for each stage and each flood", () => {
  const file = fileURLToPath(new URL("../../../../SECURITY.md", import.meta.url));
  const rows = rowsOf(readFileSync(file, "utf8"));
  for (const { what, options } of [...STAGES, ...FLOODS]) {
    const bounds = options.map((name) => `\`${name}\``).join(", ");
    assert.is(rows.get(what)?.slice(-1)[0], bounds, what);
  }
  assert.is(rows.size, STAGES.length + FLOODS.length + 2); // and the two heads
});

test.run();
