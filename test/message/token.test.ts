// Tokens and lists of them: RFC 9110 §5.6.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  isSpace,
  isToken,
  isTokenChar,
  listHas,
  listItems,
  trim,
} from "../../src/message/token.ts";
import { growth } from "../frame/support.ts";

const test = suite("message/token");

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const TCHAR = `!#$%&'*+-.^_\`|~0123456789${LETTERS}${LETTERS.toUpperCase()}`;

test("isTokenChar() is right about every code unit, and about none", () => {
  assert.is(TCHAR.length, 77);
  for (let code = 0; code <= 0xffff; code++) {
    const expected = TCHAR.includes(String.fromCharCode(code));
    if (isTokenChar(code) !== expected) assert.unreachable(`${code} must be ${expected}`);
  }
  assert.is(isTokenChar(NaN), false, "what charCodeAt() gives behind the end");
});

test("isSpace() knows space and tab, and no other code unit", () => {
  for (let code = 0; code <= 0xffff; code++) {
    if (isSpace(code) !== (code === 32 || code === 9)) assert.unreachable(`${code}`);
  }
});

for (const [text, expected] of [
  ["", false],
  ["a", true],
  ["chat.v2", true],
  [TCHAR, true],
  ["a b", false],
  [" a", false],
  ["a\t", false],
  ["a,b", false],
  ["a/b", false],
  ['"a"', false],
  ["(a)", false],
  ["a@b", false],
  ["é", false],
  ["a\u0000", false],
  ["a\u007f", false],
  ["a\u0130", false],
  ["__proto__", true],
] as const) {
  test(`isToken() says ${expected} to ${JSON.stringify(text)}`, () => {
    assert.is(isToken(text), expected);
  });
}

for (const [text, expected] of [
  ["", ""],
  [" \t ", ""],
  ["a", "a"],
  [" a b\t", "a b"],
  ["\u00a0a\u00a0", "\u00a0a\u00a0"],
  ["\na\r", "\na\r"],
  ["\u0085a\u000b", "\u0085a\u000b"],
] as const) {
  test(`trim() makes ${JSON.stringify(expected)} of ${JSON.stringify(text)}`, () => {
    assert.is(trim(text), expected);
  });
}

const LISTS: readonly (readonly [field: string, items: string[]])[] = [
  ["", []],
  [",", []],
  [" , ,\t,", []],
  ["a", ["a"]],
  ["a,b", ["a", "b"]],
  [" a ,\tb ", ["a", "b"]],
  ["a,,b,", ["a", "b"]],
  [",a", ["a"]],
  ["a b,c", ["a b", "c"]],
];

for (const [field, items] of LISTS) {
  test(`listItems() finds ${items.length} in ${JSON.stringify(field)}`, () => {
    assert.equal(listItems(field), items);
  });
}

for (const [field, expected] of [
  ["upgrade", true],
  ["Upgrade", true],
  ["UPGRADE", true],
  ["keep-alive, Upgrade", true],
  ["keep-alive,\tupgrade ,x", true],
  [",,upgrade", true],
  ["", false],
  ["xupgrade", false],
  ["upgradex", false],
  ["keep alive upgrade", false],
  ['"upgrade"', false],
  ["upgrade;q=1", false],
] as const) {
  test(`listHas() says ${expected} to ${JSON.stringify(field)}`, () => {
    assert.is(listHas(field, "upgrade"), expected);
  });
}

for (const mark of [",", " ", "\t", ", ", "a", "a,", "a "]) {
  test(`trim() and listItems() take linear time for 64 KiB of ${JSON.stringify(mark)}`, () => {
    const half = mark.repeat((32 * 1024) / mark.length);
    const read = (field: string): void => {
      listItems(field);
      trim(field);
      trim(`a${field}a`);
    };
    const times = growth(
      () => read(half),
      () => read(half + half),
    );
    assert.ok(times <= 3, `64 KiB take ${times} times as long as 32 KiB`);
  });
}

test.run();
