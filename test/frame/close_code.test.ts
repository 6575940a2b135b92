// Every code that two bytes can hold, against a list: §7.4.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  ABNORMAL_CLOSURE,
  CloseCode,
  isCloseCode,
  NO_STATUS_RECEIVED,
} from "../../src/frame/close_code.ts";

const test = suite("frame/close_code");

/** §7.4.1, then what the registry of §11.7 has added. */
const DEFINED = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

test("isCloseCode() is right about all 65,536 codes", () => {
  for (let code = 0; code <= 65535; code++) {
    const expected = DEFINED.includes(code) || /^[34]\d\d\d$/.test(String(code));
    if (isCloseCode(code) !== expected) assert.unreachable(`${code} must be ${expected}`);
  }
});

const EDGES: readonly (readonly [code: number, expected: boolean, why: string])[] = [
  [999, false, "the last that is never used"],
  [1000, true, "the first"],
  [1003, true, "defined"],
  [1004, false, "reserved without a meaning"],
  [1005, false, "stands for no code"],
  [1006, false, "stands for no Close"],
  [1007, true, "defined"],
  [1014, true, "the last that is registered"],
  [1015, false, "stands for a failure of TLS"],
  [1016, false, "undefined"],
  [2999, false, "undefined"],
  [3000, true, "the first for libraries"],
  [4999, true, "the last for private use"],
  [5000, false, "undefined"],
];

for (const [code, expected, why] of EDGES) {
  test(`isCloseCode() says ${expected} to ${code}: ${why}`, () => {
    assert.is(isCloseCode(code), expected);
  });
}

for (const code of [1000.5, NaN, Infinity, -1000, 65536 + 1000, 2 ** 32 + 1000]) {
  test(`isCloseCode() says false to ${code}, which is no number of two bytes`, () => {
    assert.is(isCloseCode(code), false);
  });
}

test("CloseCode names each defined code once, and none that stays off the wire", () => {
  assert.equal(Object.values(CloseCode), DEFINED);
  assert.ok(Object.values(CloseCode).every(isCloseCode));
  assert.equal([NO_STATUS_RECEIVED, ABNORMAL_CLOSURE], [1005, 1006]);
});

test.run();
