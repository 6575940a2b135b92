// How errors show what they found: a peer chose some of it, and it must stay text in a log.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { describe, quoted } from "../../src/frame/describe.ts";

const test = suite("frame/describe");

const VALUES: readonly (readonly [value: unknown, due: string])[] = [
  ["a", '"a"'],
  ["a".repeat(101), `"${"a".repeat(100)}"`],
  [1, "1"],
  [null, "null"],
  [undefined, "undefined"],
  [() => {}, "a function"],
  [[], "Array"],
  [new Map(), "Map"],
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
