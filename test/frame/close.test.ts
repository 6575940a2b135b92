// The payload of a Close frame, both ways: §5.5.1, §7.4.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeClosePayload, readClosePayload } from "../../src/frame/close.ts";
import { isCloseCode } from "../../src/frame/close_code.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { Chance, thrownAs, violation } from "./support.ts";

const test = suite("frame/close");

function read(wire: string): string {
  const payload = bytes(wire);
  const { code, reason } = readClosePayload(payload, 0, payload.length);
  return `${code} ${JSON.stringify(reason)}`;
}

const PAYLOADS: readonly (readonly [what: string, wire: string, expected: string])[] = [
  ["no payload", "", '1005 ""'],
  ["a code", "03e8", '1000 ""'],
  ["a code and a reason", "03e8 627965", '1000 "bye"'],
  ["a reason of Greek", "0fa1 ceba e1bdb9", '4001 "κ\u1f79"'],
  ["a reason with a byte order mark", "03e8 efbbbf 41", '1000 "\uFEFFA"'],
  ["a reason with U+0000", "03e8 00", '1000 "\\u0000"'],
  ["a code of a library", "0bb8", '3000 ""'],
  ["the last code", "1387", '4999 ""'],
  ["a reason of 123 bytes", `03e8 ${"61".repeat(123)}`, `1000 "${"a".repeat(123)}"`],
];

for (const [what, wire, expected] of PAYLOADS) {
  test(`readClosePayload() reads ${what}`, () => assert.is(read(wire), expected));
}

const REFUSED: readonly (readonly [what: string, wire: string, expected: string])[] = [
  ["half a code", "03", "1002 RFC 6455 §5.5.1 at 0"],
  ["code 0", "0000", "1002 RFC 6455 §7.4 at 0"],
  ["code 999", "03e7", "1002 RFC 6455 §7.4 at 0"],
  ["code 1004", "03ec", "1002 RFC 6455 §7.4 at 0"],
  ["code 1005", "03ed", "1002 RFC 6455 §7.4 at 0"],
  ["code 1006", "03ee", "1002 RFC 6455 §7.4 at 0"],
  ["code 1015", "03f7", "1002 RFC 6455 §7.4 at 0"],
  ["code 2999", "0bb7", "1002 RFC 6455 §7.4 at 0"],
  ["code 5000", "1388", "1002 RFC 6455 §7.4 at 0"],
  ["code 65535", "ffff", "1002 RFC 6455 §7.4 at 0"],
  ["a bad code before a bad reason", "0000 ff", "1002 RFC 6455 §7.4 at 0"],
  ["a bad byte in the reason", "03e8 6162ff", "1007 RFC 6455 §5.5.1 at 4"],
  ["a surrogate in the reason", "03e8 eda080", "1007 RFC 6455 §5.5.1 at 3"],
  ["a reason cut in a character", "03e8 ceba e1bd", "1007 RFC 6455 §5.5.1 at 6"],
];

for (const [what, wire, expected] of REFUSED) {
  test(`readClosePayload() refuses ${what}: ${wire}`, () => {
    assert.is(violation(() => read(wire)), expected);
  });
}

test("readClosePayload() reads a range, and counts offsets from index 0", () => {
  const around = (wire: string): Uint8Array => concat(bytes("ff ff"), bytes(wire), bytes("ff"));
  const good = around("03e8 6869");
  assert.equal(readClosePayload(good, 2, 6), { code: 1000, reason: "hi" });
  assert.equal(readClosePayload(good, 2, 2), { code: 1005, reason: "" });
  for (const [wire, expected] of [
    ["03", "1002 RFC 6455 §5.5.1 at 2"],
    ["03ed", "1002 RFC 6455 §7.4 at 2"],
    ["03e8 61ff", "1007 RFC 6455 §5.5.1 at 5"],
  ] as const) {
    const payload = around(wire);
    const end = payload.length - 1;
    assert.is(violation(() => readClosePayload(payload, 2, end)), expected);
  }
});

test("readClosePayload() takes the codes that isCloseCode() takes, of all 65,536", () => {
  for (let code = 0; code <= 65535; code++) {
    const payload = Uint8Array.of(code >> 8, code & 0xff);
    const valid = isCloseCode(code);
    if (valid && readClosePayload(payload, 0, 2).code !== code) assert.unreachable(`${code}`);
    if (!valid) violation(() => readClosePayload(payload, 0, 2));
  }
});

const ENCODED: readonly (readonly [code: number, reason: string, wire: string])[] = [
  [1000, "", "03e8"],
  [1000, "bye", "03e8 627965"],
  [1005, "", ""],
  [4001, "é€", "0fa1 c3a9 e282ac"],
  [4999, "\ud800", "1387 efbfbd"],
  [1000, "a".repeat(123), `03e8 ${"61".repeat(123)}`],
  [1000, "é".repeat(61) + "a", `03e8 ${"c3a9".repeat(61)} 61`],
];

for (const [code, reason, wire] of ENCODED) {
  test(`encodeClosePayload() writes ${code} ${JSON.stringify(reason)}`, () => {
    assert.is(hex(encodeClosePayload(code, reason)), hex(bytes(wire)));
  });
}

for (const [code, reason, message] of [
  [1000, "a".repeat(124), "Cannot close: reason is 124 bytes of UTF-8, must be <= 123 (§5.5)"],
  [1000, "é".repeat(62), "Cannot close: reason is 124 bytes of UTF-8, must be <= 123 (§5.5)"],
  [1000, "\ud800".repeat(42), "Cannot close: reason is 126 bytes of UTF-8, must be <= 123 (§5.5)"],
] as const) {
  const size = utf8(reason).length;
  test(`encodeClosePayload() refuses a reason of ${size} bytes: ${reason[0]}`, () => {
    assert.is(thrownAs(RangeError, () => encodeClosePayload(code, reason)).message, message);
  });
}

test("encodeClosePayload() refuses 1005 with a reason, which has no place without a code", () => {
  const { message } = thrownAs(RangeError, () => encodeClosePayload(1005, "x"));
  assert.match(message, "code is 1005");
});

test("encodeClosePayload() refuses a reason that is no string", () => {
  const { message } = thrownAs(TypeError, () => encodeClosePayload(1000, 7 as unknown as string));
  assert.is(message, "Cannot close: reason is 7, must be a string (§5.5.1)");
});

test("encodeClosePayload() has no reason unless one is given", () => {
  assert.is(hex(encodeClosePayload(1001)), "03e9");
});

test("encodeClosePayload() refuses every code that may not travel, but for 1005 (B51)", () => {
  for (const code of [-1, 0.5, NaN, 1000.5, 65536 + 1000]) {
    thrownAs(RangeError, () => encodeClosePayload(code));
  }
  for (let code = 0; code <= 65535; code++) {
    if (code === 1005) continue;
    if (isCloseCode(code)) assert.is(encodeClosePayload(code).length, 2);
    else thrownAs(RangeError, () => encodeClosePayload(code));
  }
});

test("readClosePayload() reads what encodeClosePayload() writes", () => {
  const chance = new Chance();
  for (let round = 0; round < 2000; round++) {
    const code = chance.pick([1000, 1003, 1007, 1014, 3000 + chance.below(2000)]);
    const size = chance.below(31);
    const reason = Array.from({ length: size }, () => chance.pick(["a", "é", "€", "😀"])).join("");
    const payload = encodeClosePayload(code, reason);
    const found = readClosePayload(payload, 0, payload.length);
    assert.equal(found, { code, reason }, `seed ${chance.seed}`);
  }
});

test.run();
