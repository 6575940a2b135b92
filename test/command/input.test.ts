// Where `sluice explain` gets its bytes from, and in which form.

import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UsageError } from "../../src/command/command.ts";
import { readInput, readText } from "../../src/command/input.ts";
import type { Form } from "../../src/command/input.ts";
import { bytes, hex } from "../support/bytes.ts";
import { RunningCommand, sluice } from "../support/command.ts";
import { rejects } from "../support/rejects.ts";

const test = suite("command/input");

const directory = mkdtempSync(join(tmpdir(), "sluice-"));
test.after(() => rmSync(directory, { recursive: true }));

/** A file that holds these bytes. */
function file(content: string | Uint8Array): string {
  const path = join(directory, "input");
  writeFileSync(path, content);
  return path;
}

const TEXTS: readonly (readonly [text: string, form: "hex" | "base64", due: string])[] = [
  ["89 00", "hex", "8900"],
  ["gQL7/w==", "base64", "8102fbff"],
  ["gQL7_w==", "base64", "8102fbff"],
  ["gQL7\n_w", "base64", "8102fbff"],
  ["", "base64", ""],
];

for (const [text, form, due] of TEXTS) {
  test(`readText() reads ${JSON.stringify(text)} as ${form}`, () => {
    assert.is(hex(readText(text, form)), due);
  });
}

const NO_BASE64: readonly (readonly [text: string, due: RegExp])[] = [
  ["gQ!7", /^Character 3 of the base64: found "!", which is none of it$/],
  ["gQ=7", /^Character 3 of the base64: found "=", which is none of it$/],
  ["gQL7_", /^Base64 is cut: its last character alone is no byte$/],
];

for (const [text, due] of NO_BASE64) {
  test(`readText() refuses ${text} as base64`, () => {
    assert.throws(() => readText(text, "base64"), (error: unknown) => {
      return error instanceof UsageError && due.test(error.message);
    });
  });
}

const FILES: readonly (readonly [content: string | Uint8Array, form: Form | null, due: string])[] =
  [
    ["89 00\t\r\n", null, "8900"],
    [bytes("8900"), null, "8900"],
    ["4142", "raw", "34313432"],
    ["4142", "hex", "4142"],
    ["4142", "base64", "e35e36"],
  ];

for (const [content, form, due] of FILES) {
  const what = typeof content === "string" ? JSON.stringify(content) : "bytes";
  test(`readInput() reads a file of ${what}, its form ${form ?? "not said"}`, async () => {
    assert.is(hex(await readInput(file(content), form)), due);
  });
}

test("readInput() refuses more than 64 MiB", async () => {
  const path = file("");
  truncateSync(path, 64 * 1024 * 1024 + 1);
  const error = await rejects(readInput(path, null));
  assert.ok(error instanceof UsageError);
  assert.is(error.message, "Input is over 67108864 bytes");
});

test("sluice explain says why the standard input cannot be read, and ends with 2", async () => {
  const stdin = openSync(devNull, "w");
  const { code, stdout, stderr } = await sluice(["explain"], "", { stdin });
  closeSync(stdin);
  assert.equal([code, stdout], [2, ""]);
  assert.match(stderr, /^Cannot read the standard input: EBADF: .*\nTry: sluice explain --help\n$/);
});

test("sluice explain does not wait for what somebody may type at a terminal", async () => {
  await using command = new RunningCommand(["explain"], { terminals: ["stdin"] });
  await command.exited();
  assert.is(command.child.exitCode, 2);
  assert.match(command.stderr, /^There is no byte to explain: try 81 05 48 65 6c 6c 6f\n/);
});

test.run();
