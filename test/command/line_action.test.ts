import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UsageError } from "../../src/command/command.ts";
import { readLine } from "../../src/command/line_action.ts";
import type { LineAction } from "../../src/command/line_action.ts";

const test = suite("command/line_action");

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

const TYPED: readonly (readonly [line: string, due: LineAction])[] = [
  ["hello", { do: "send", message: "hello" }],
  ["", { do: "send", message: "" }],
  [" /ping", { do: "send", message: " /ping" }],
  ["//ping", { do: "send", message: "/ping" }],
  ["///", { do: "send", message: "//" }],
  ["/ping", { do: "ping" }],
  ["/binary 00 ff", { do: "send", message: bytes(0x00, 0xff) }],
  ["/binary", { do: "send", message: bytes() }],
  ["/close", { do: "close", code: 1000, reason: "" }],
  ["/close 4000", { do: "close", code: 4000, reason: "" }],
  ["/close 4000 good  bye", { do: "close", code: 4000, reason: "good  bye" }],
  ["/close enough", { do: "close", code: 1000, reason: "enough" }],
  ["/help", { do: "help" }],
];

for (const [line, due] of TYPED) {
  test(`readLine() reads ${JSON.stringify(line)}, as a person types it`, () => {
    assert.equal(readLine(line, true, false), due);
  });
}

test("readLine() takes each line of a script as a message", () => {
  for (const line of ["/ping", "//", "/no"]) {
    assert.equal(readLine(line, false, false), { do: "send", message: line });
  }
});

test("readLine() reads hex where messages are binary, commands apart", () => {
  assert.equal(readLine("81 0a", false, true), { do: "send", message: bytes(0x81, 0x0a) });
  assert.equal(readLine("/ping", true, true), { do: "ping" });
});

for (const line of ["/bogus", "/", "/binary 0x", "z"]) {
  test(`readLine() refuses ${line} where messages are binary`, () => {
    assert.throws(() => readLine(line, true, true), (error: unknown) => {
      return error instanceof UsageError;
    });
  });
}

test.run();
