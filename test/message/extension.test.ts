// The grammar of Sec-WebSocket-Extensions: §9.1, RFC 9110 §5.6.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseExtensions } from "../../src/message/extension.ts";
import type { Extension } from "../../src/message/extension.ts";
import { growth, thrownAs } from "../frame/support.ts";

const test = suite("message/extension");

/** Back to the shortest text that says the same. */
function print({ name, parameters }: Extension): string {
  const printed = parameters.map(([key, value]) => (value === null ? key : `${key}=${value}`));
  return [name, ...printed].join(";");
}

const GOOD: readonly (readonly [field: string, extensions: string])[] = [
  ["", ""],
  ["foo", "foo"],
  ["foo, bar; baz=2", "foo,bar;baz=2"], // the examples of §9.1
  ["mux; max-channels=4; flow, x-stream", "mux;max-channels=4;flow,x-stream"],
  ["permessage-deflate; client_max_window_bits", "permessage-deflate;client_max_window_bits"],
  ["a;b=10", "a;b=10"],
  ['a;b="10"', "a;b=10"],
  ['a;b="1\\0"', "a;b=10"],
  ['a;b="\\1\\0";c', "a;b=10;c"],
  ['a; b="10" ; c , d', "a;b=10;c,d"],
  ["a;b;b;b=1;b=2", "a;b;b;b=1;b=2"],
  ["a,a", "a,a"],
  ["A;B=C", "A;B=C"],
  ["  a\t;  b\t=\tc ", "a;b=c"],
  [",a", "a"],
  ["a,", "a"],
  ["a, ,\t,b", "a,b"],
  [",", ""],
  [" , ", ""],
  ["!#$%&'*+-.^_`|~", "!#$%&'*+-.^_`|~"],
];

for (const [field, extensions] of GOOD) {
  test(`parseExtensions() reads ${JSON.stringify(field)} as ${extensions || "none"}`, () => {
    assert.is(parseExtensions(field).map(print).join(), extensions);
  });
}

const BAD: readonly (readonly [field: string, found: string])[] = [
  ["=1", '"=" at index 0'],
  [";", '";" at index 0'],
  ["a;", "the end at index 2"],
  ["a; ,b", '"," at index 3'],
  ["a;;b", '";" at index 2'],
  ["a b", '"b" at index 2'],
  ["a;b c", '"c" at index 4'],
  ["a=1", '"=" at index 1'],
  ["a;b=", "the end at index 4"],
  ["a;b=,c", '"," at index 4'],
  ["a;b==c", '"=" at index 4'],
  ["a;=c", '"=" at index 2'],
  ["a;b=c d", '"d" at index 6'],
  ['a;b="c', "the end at index 6"],
  ['a;b="', "the end at index 5"],
  ['a;b="\\', "the end at index 6"],
  ['a;b="x y"', '" " at index 6'],
  ['a;b="1 0"', '" " at index 6'],
  ['a;b="x,y"', '"," at index 6'],
  ['a;b="\\""', '"\\"" at index 6'],
  ['a;b=""', '"\\"" at index 5'],
  ['a;b="c"d', '"d" at index 7'],
  ['"a"', '"\\"" at index 0'],
  ['a;"b"', '"\\"" at index 2'],
  ["a/b", '"/" at index 1'],
  ["é", '"é" at index 0'],
  ["a\u0000", '"\\u0000" at index 1'],
  ["a\u00a0", '"\u00a0" at index 1'],
  ["a,,b c", '"c" at index 5'],
];

for (const [field, found] of BAD) {
  test(`parseExtensions() refuses ${JSON.stringify(field)}: it finds ${found}`, () => {
    const { message } = thrownAs(SyntaxError, () => parseExtensions(field));
    assert.is(message, `Cannot read Sec-WebSocket-Extensions: found ${found} (§9.1)`);
  });
}

test("parseExtensions() says null for no value, and keeps repeated parameters in order", () => {
  assert.equal(parseExtensions('a; b; c=d; b="e"'), [
    {
      name: "a",
      parameters: [
        ["b", null],
        ["c", "d"],
        ["b", "e"],
      ],
    },
  ]);
});

test("parseExtensions() reads __proto__ and its like as names of no meaning", () => {
  const found = parseExtensions("__proto__; __proto__=polluted; constructor=1, toString");
  assert.equal(found.map(print), ["__proto__;__proto__=polluted;constructor=1", "toString"]);
  assert.is(({} as Record<string, unknown>)["polluted"], undefined);
  assert.is(Object.getPrototypeOf(found[0]), Object.prototype);
});

const ATTACKS: readonly (readonly [what: string, field: (size: number) => string])[] = [
  ["commas", (size) => ",".repeat(size)],
  ["spaces", (size) => " ".repeat(size)],
  ["tabs", (size) => "\t".repeat(size)],
  ["commas and spaces", (size) => ", ".repeat(size / 2)],
  ["quotes", (size) => `a;b=${'"'.repeat(size)}`],
  ["semicolons", (size) => `a${";".repeat(size)}`],
  ["semicolons and spaces", (size) => `a${"; ".repeat(size / 2)}`],
  ["parameters", (size) => `a${";b".repeat(size / 2)}`],
  ["extensions", (size) => "a,".repeat(size / 2)],
  ["a name", (size) => "a".repeat(size)],
  ["spaces behind a name", (size) => `a${" ".repeat(size)}b`],
  ["a quoted value", (size) => `a;b="${"c".repeat(size)}"`],
  ["a quoted value without an end", (size) => `a;b="${"c".repeat(size)}`],
  ["escapes", (size) => `a;b="${"\\c".repeat(size / 2)}"`],
  ["backslashes", (size) => `a;b="${"\\".repeat(size)}`],
];

for (const [what, field] of ATTACKS) {
  test(`parseExtensions() takes linear time for 64 KiB of ${what}`, () => {
    const [half, whole] = [field(32 * 1024), field(64 * 1024)];
    const times = growth(
      () => tryParse(half),
      () => tryParse(whole),
    );
    assert.ok(times <= 3, `64 KiB take ${times} times as long as 32 KiB`);
  });
}

function tryParse(field: string): void {
  try {
    parseExtensions(field);
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
  }
}

test.run();
