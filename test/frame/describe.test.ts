// How errors show what they found: a peer chose some of it, and it must stay text in a log.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { describe, quoted } from "../../src/frame/describe.ts";

const test = suite("frame/describe");

const VALUES: readonly (readonly [value: unknown, due: string])[] = [
  ["", '""'],
  ["a\n", '"a\\n"'],
  ["x".repeat(100), `"${"x".repeat(100)}"`],
  [`${"x".repeat(100)}y`, `"${"x".repeat(100)}"`],
  [-0.5, "-0.5"],
  [10n, "10"],
  [undefined, "undefined"],
  [null, "null"],
  [Symbol("a"), "Symbol(a)"],
  [() => {}, "a function"],
  [class {}, "a function"],
  [{}, "Object"],
  [[], "Array"],
  [new Uint8Array(1), "Uint8Array"],
];

for (const [value, due] of VALUES) {
  test(`describe() says ${due.slice(0, 20)}`, () => assert.is(describe(value), due));
}

test("quoted() escapes what a terminal takes for a command, and what turns the text", () => {
  assert.is(quoted("\x1b[2J\n\x7f\u009b2J\u202e"), '"\\u001b[2J\\n\\u007f\\u009b2J\\u202e"');
  assert.is(quoted("κόσμε 日本 é"), '"κόσμε 日本 é"');
});

test("quoted() is JSON", () => {
  for (let code = 0; code < 0x2100; code++) {
    const character = String.fromCharCode(code);
    assert.is(JSON.parse(quoted(character)), character);
  }
});

test.run();
