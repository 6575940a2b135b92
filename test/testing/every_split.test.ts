// Every split, and no other.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { everySplit } from "../../src/testing/mod.ts";
import { bytes, concat, hex } from "../support/bytes.ts";

const test = suite("testing/every_split");

test("everySplit() cuts three bytes in four ways, the empty parts too", () => {
  const splits = [...everySplit(bytes("010203"))].map((parts) => parts.map(hex));
  assert.equal(splits, [
    ["", "010203"],
    ["01", "0203"],
    ["0102", "03"],
    ["010203", ""],
  ]);
});

/** n bytes into k parts: (n + k - 1) choose (k - 1). */
const COUNTS: readonly (readonly [size: number, parts: number, count: number])[] = [
  [0, 1, 1],
  [7, 1, 1],
  [0, 2, 1],
  [11, 2, 12],
  [0, 3, 1],
  [2, 3, 6],
  [11, 3, 78],
  [5, 4, 56],
];

for (const [size, parts, count] of COUNTS) {
  test(`everySplit() has ${count} splits of ${size} bytes into ${parts}, each once`, () => {
    const whole = Uint8Array.from({ length: size }, (_, index) => index);
    const seen = new Set<string>();
    for (const split of everySplit(whole, { parts })) {
      assert.is(split.length, parts);
      assert.is(hex(concat(...split)), hex(whole));
      seen.add(split.map(hex).join("|"));
    }
    assert.is(seen.size, count);
  });
}

test("everySplit() hands out copies, plain ones, also of a Buffer", () => {
  for (const whole of [bytes("0102"), Buffer.from("0102", "hex")]) {
    for (const split of everySplit(whole)) {
      for (const part of split) {
        assert.is(part.constructor, Uint8Array);
        part.fill(0xff);
      }
    }
    assert.is(hex(whole), "0102");
  }
});

for (const parts of [0, -1, 1.5, Number.NaN]) {
  test(`everySplit() refuses ${parts} parts, at once`, () => {
    assert.throws(() => everySplit(bytes("00"), { parts }), /Cannot split: parts is .*, must be/);
  });
}

test.run();
