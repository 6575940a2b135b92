// `npm run fuzz`: its command line, its exit code, and its ledger.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { append, revision } from "../../../scripts/fuzz/ledger.ts";
import { readOptions } from "../../../scripts/fuzz/options.ts";

const test = suite("scripts/fuzz/command");

const KNOWN = ["decoder", "session"];
const MAIN = fileURLToPath(new URL("../../../scripts/fuzz/main.js", import.meta.url));

/** What the command prints, and its exit code. */
function fuzz(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { timeout: 60_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

test("readOptions() shares the seconds among all targets", () => {
  const { targets, seconds, inputs } = readOptions(["--seconds", "60"], KNOWN);
  assert.equal({ targets, seconds, inputs }, { targets: KNOWN, seconds: 30, inputs: Infinity });
});

test("readOptions() takes a count of inputs without any time, and both together", () => {
  const one = readOptions(["decoder", "--inputs", "10000000"], KNOWN);
  assert.equal([one.inputs, one.seconds], [10_000_000, Infinity]);
  const both = readOptions(["decoder", "--inputs", "5", "--seconds", "7"], KNOWN);
  assert.equal([both.inputs, both.seconds], [5, 7]);
  assert.is(readOptions(["session"], KNOWN).seconds, 10);
});

for (const seed of ["0", "7692", "18446744073709551617", "0xffffffffffffffffffffffff"]) {
  test(`readOptions() takes the seed ${seed}`, () => {
    assert.is(readOptions(["--seed", seed], KNOWN).seed, BigInt(seed));
  });
}

const SENSELESS = [
  ["nothing"],
  ["all", "more"],
  ["--seed", "x"],
  ["--inputs", "-1"],
  ["--seed="],
  ["--seconds", "0"],
  ["--inputs", "0"],
  ["--minutes", "1"],
];

for (const args of SENSELESS) {
  test(`fuzz ${args.join(" ")} is refused with 2 and how it is used`, async () => {
    const { code, err } = await fuzz(...args);
    assert.is(code, 2);
    assert.match(err, /Usage: fuzz \[all\|decoder\|/);
  });
}

test("fuzz tries the same for the same seed, and says how many a second", async () => {
  const args = ["decoder", "--inputs", "500", "--seed", "123456789012345678901", "--no-ledger"];
  const summary = ({ out }: { out: string }): string => out.replace(/in .* a second/, "");
  const [one, other] = [await fuzz(...args), await fuzz(...args)];
  assert.match(one.out, /^decoder: 500 inputs in [\d.]+ s, \d+ a second, seed 123456789012345678/);
  assert.is(summary(one), summary(other));
  assert.is(one.code, 0);
});

test("append() adds a line of JSON with date, seeds, Node and commit", () => {
  const directory = mkdtempSync(join(tmpdir(), "ledger-"));
  try {
    const file = join(directory, "LEDGER.jsonl");
    const run = { target: "decoder", inputs: 10, seconds: 1, findings: [], ...revision() };
    append({ ...run, seeds: ["1", "10"] }, file);
    append({ ...run, seeds: ["11", "20"] }, file);
    const lines = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.map(({ seeds }) => seeds), [["1", "10"], ["11", "20"]]);
    assert.match(lines[0].date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.is(lines[0].node, process.version);
    assert.ok(lines[0].commit === null || /^[0-9a-f]{40}$/.test(lines[0].commit));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
