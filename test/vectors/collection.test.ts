// The vectors as a whole: all are read by a test, none is lost, and their README is true.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VIOLATIONS } from "../../src/frame/mod.ts";
import type { Failure } from "./failure.ts";
import { DIRECTORY, load } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors");

const COUNT_MIN = 500;
const SIZE_MAX = 600_000;

const names = readdirSync(DIRECTORY);
const files = names.filter((name) => name.endsWith(".json") && name !== "schema.json");
const vectors = files.flatMap((file) => load<Vector>(file.replace(".json", "")));
const readme = read("README.md");

function read(name: string): string {
  return readFileSync(new URL(name, DIRECTORY), "utf8");
}

/** The rows of the README whose first cell begins with a word in code. */
function rows(pattern: RegExp): string[][] {
  const lines = readme.split("\n").filter((line) => pattern.test(line));
  return lines.map((line) => line.split("|").map((cell) => cell.trim()));
}

test("each file is read by one test, and each test makes one of each vector", () => {
  const tests = names.filter((name) => name.endsWith(".test.ts") && !name.startsWith("collection"));
  const loaded = tests.flatMap((name) => {
    const calls = [...read(name).matchAll(/\bload<\w+>\("(\w+)"\)/g)];
    return calls.map(([, file]) => `${file}.json`);
  });
  assert.equal(loaded.sort(), [...files].sort());
});

test("each id is there once, counts from 1 in its file, and what it says is said once", () => {
  assert.ok(vectors.length >= COUNT_MIN, `${vectors.length}`);
  assert.is(new Set(vectors.map(({ id }) => id)).size, vectors.length);
  for (const file of files) {
    const name = file.replace(".json", "");
    const ids = load<Vector>(name).map(({ id }) => id);
    const due = ids.map((_, index) => `${name}-${String(index + 1).padStart(3, "0")}`);
    assert.equal(ids, due);
  }
});

test("the README counts them", () => {
  const counted = rows(/^\| \[`\w+\.json`\]/).map(([, link, kind, count]) => {
    return [/`(\w+\.json)`/.exec(link)?.[1], kind.replaceAll("`", ""), Number(count)];
  });
  const found = files.map((file) => {
    const { kind } = JSON.parse(read(file)) as { readonly kind: string };
    return [file, kind, load(file.replace(".json", "")).length];
  });
  assert.equal(counted.sort(), found.sort());
});

test("the README explains each error, which some vector expects and the schema knows", () => {
  const explained = rows(/^\| `[A-Z]\w+` \|/).map(([, name, code, section]) => {
    return { error: name.replaceAll("`", ""), closeCode: Number(code), section };
  });
  const isFailure = (expect: object): expect is Failure => "closeCode" in expect;
  const found = new Map<string, object>();
  for (const { error, closeCode, section } of vectors
    .map(({ expect }) => expect)
    .filter(isFailure)) {
    found.set(error, { error, closeCode, section });
    const row = explained.find((one) => one.error === error);
    assert.equal({ error, closeCode, section }, row);
  }
  const isOfRfc = (name: string): boolean => name !== "DEFLATE_LAST_BLOCKS"; // a bound of ours
  const due = Object.keys(VIOLATIONS).filter(isOfRfc).sort();
  assert.equal([...found.keys()].sort(), due);
  assert.equal(explained.map(({ error }) => error).sort(), due);
  const schema = JSON.parse(read("schema.json")) as { $defs: { error: { enum: string[] } } };
  assert.equal(schema.$defs.error.enum.sort(), due);
});

test("the example of the README is a vector", () => {
  const text = /```json\n(.*?)```/s.exec(readme)?.[1] as string;
  const example = JSON.parse(text) as Vector;
  assert.equal(
    example,
    vectors.find(({ id }) => id === example.id),
  );
});

test("a compressed message without a byte says that a strict reader refuses it", () => {
  interface Inflating extends Vector {
    readonly payloads: readonly unknown[];
    readonly note?: string;
  }
  const bare = load<Inflating>("inflate").filter(({ payloads }) => payloads.includes(""));
  assert.ok(bare.length > 0);
  for (const { id, note } of bare) assert.ok(note !== undefined, id);
});

test("they are small enough to be in the package", () => {
  const data = [...files, "schema.json", "README.md"];
  const size = data.reduce((sum, name) => sum + statSync(new URL(name, DIRECTORY)).size, 0);
  assert.ok(size <= SIZE_MAX, `${size} bytes, must be <= ${SIZE_MAX}`);
});

test("they are what the tables make", () => {
  const script = fileURLToPath(new URL("../../scripts/vectors/build.js", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  assert.is(status, 0, stderr);
});

test.run();
