// Messages to compressed messages: RFC 7692 §7.2.1. What comes out is read by another inflater than
// zlib, which sees how far back it refers. D27 and so on are the clauses.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Deflater } from "../../src/message/deflate.ts";
import type { DeflaterOptions } from "../../src/message/deflate.ts";
import { Chance } from "../frame/support.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { jsonBytes, TAIL } from "./compressed.ts";
import { referenceInflate } from "./reference_inflate.ts";

const test = suite("message/deflate");

const DEFAULT = { windowBits: 15, contextTakeover: false, level: 1, threshold: 0 };

function deflater(options: Partial<DeflaterOptions> = {}): Deflater {
  return new Deflater({ ...DEFAULT, ...options });
}

/** The compressed message, which there must be. */
function deflated(which: Deflater, payload: Uint8Array): Uint8Array {
  const compressed = which.deflate(payload);
  if (compressed === null) throw new Error(`Expected ${payload.length} bytes to shrink`);
  return compressed;
}

test("Deflater writes raw DEFLATE without its last four bytes (D27, D32)", () => {
  const chance = new Chance(27);
  for (const level of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    for (const size of [30, 127, 128, 1000, 1024, 5000, 40_000]) {
      const text = size === 30 ? utf8("to and to and to and to and to") : jsonBytes(chance, size);
      const compressed = deflated(deflater({ level }), text);
      assert.not.match(hex(compressed), /0000ffff$/);
      const { bytes: found, blocks } = referenceInflate(concat(compressed, TAIL));
      assert.ok(Buffer.compare(found, text) === 0, `level ${level}, ${size} bytes`);
      assert.is(blocks.at(-1), 0, "an empty stored block, that is not marked as the last");
      assert.ok(blocks.every((block) => block < 4), "and no other one is");
    }
  }
});

for (let windowBits = 8; windowBits <= 15; windowBits++) {
  for (const contextTakeover of [false, true]) {
    const takeover = contextTakeover ? "with" : "without";
    test(`Deflater refers back ${windowBits} bits at most, ${takeover} takeover (D23, D29)`, () => {
      for (const level of [1, 6, 9]) {
        const chance = new Chance(windowBits + level);
        const one = deflater({ windowBits, contextTakeover, level });
        let past = new Uint8Array(0);
        let farthest = 0;
        for (const size of [40, 300, 100, 2000, 30_000, 20, 700]) {
          const text = repetitive(chance, size, 2 ** windowBits);
          const compressed = one.deflate(text);
          if (compressed === null) continue;
          const read = referenceInflate(concat(compressed, TAIL), past);
          assert.ok(Buffer.compare(read.bytes, text) === 0, `level ${level}, ${size} bytes`);
          farthest = Math.max(farthest, read.distanceMax);
          if (contextTakeover) {
            past = concat(past, text).slice(-(2 ** windowBits)) as Uint8Array<ArrayBuffer>;
          }
        }
        assert.ok(farthest <= 2 ** windowBits, `level ${level}: refers ${farthest} back`);
        assert.ok(farthest > 2 ** windowBits / 4, `level ${level}: refers only ${farthest} back`);
      }
    });
  }
}

/** Bytes that come again after about as many as a window has. */
function repetitive(chance: Chance, size: number, window: number): Uint8Array {
  const text = chance.bytes(size);
  for (const distance of [window - 300, window - 262, window - 100, window, window + 1, 200]) {
    for (let at = Math.max(0, distance) + chance.below(50); at + 40 < size; at += 200) {
      if (distance > 0) text.copyWithin(at, at - distance, at - distance + 30);
    }
  }
  return text;
}

test("Deflater gives the same bytes for the same message, when each begins anew (D30)", () => {
  const text = jsonBytes(new Chance(30), 2000);
  const one = deflater();
  const first = hex(deflated(one, text));
  assert.is(hex(deflated(one, text)), first);
  deflated(one, jsonBytes(new Chance(31), 5000));
  assert.is(hex(deflated(one, text)), first);
});

test("Deflater with context takeover refers to the last message: RFC 7692 §7.2.3.2 (D33)", () => {
  const one = deflater({ contextTakeover: true, level: 6 });
  const text = utf8("Hello, Hello, Hello");
  const first = deflated(one, text);
  const second = deflated(one, text);
  assert.ok(second.length < first.length, `${second.length} of ${first.length} bytes`);
  assert.is(hex(referenceInflate(concat(second, TAIL), text).bytes), hex(text));
});

test("Deflater leaves a message alone that is below the threshold, in every mode (A55)", () => {
  for (const contextTakeover of [false, true]) {
    const one = deflater({ contextTakeover, threshold: 1024 });
    assert.is(one.deflate(new Uint8Array(0)), null);
    assert.is(one.deflate(new Uint8Array(1)), null);
    assert.is(one.deflate(new Uint8Array(1023)), null);
    assert.ok(one.deflate(new Uint8Array(1024)) !== null);
  }
});

test("Deflater leaves a message alone that does not shrink, and all of them at level 0", () => {
  const chance = new Chance(1);
  for (const size of [0, 1, 2, 3, 64, 100, 1000, 65_472, 65_536, 100_000]) {
    assert.is(deflater().deflate(chance.bytes(size)), null, `${size} random bytes`);
  }
  assert.is(deflater({ level: 0 }).deflate(new Uint8Array(10_000)), null);
  assert.is(deflater({ threshold: Infinity }).deflate(new Uint8Array(10_000)), null);
});

test("Deflater: what was left alone has not entered the context, of neither side", () => {
  const chance = new Chance(2);
  const one = deflater({ contextTakeover: true, windowBits: 12, threshold: 50 });
  const random = chance.bytes(2000);
  const text = jsonBytes(chance, 200);
  assert.is(one.deflate(random), null);
  assert.is(one.deflate(text.subarray(0, 49)), null);
  assert.is(hex(deflated(one, text)), hex(deflated(deflater(), text)), "it begins with nothing");
  assert.is(one.deflate(random), null);
  const second = deflated(one, text);
  assert.is(hex(referenceInflate(concat(second, TAIL), text).bytes), hex(text));
});

test("Deflater hands out memory that nobody writes to, and leaves its input as it is", () => {
  const earlier: [Uint8Array, string][] = [];
  for (const size of [64, 1000, 20_000, 300_000]) {
    const text = new Uint8Array(size).fill(0x61);
    const before = hex(text);
    const compressed = deflated(deflater(), text);
    assert.is(hex(text), before);
    earlier.push([compressed, hex(compressed)]);
    for (const [then, written] of earlier) assert.is(hex(then), written);
  }
});

test("Deflater copies what it keeps: the payload may change when it is back", () => {
  const one = deflater({ contextTakeover: true });
  const text = jsonBytes(new Chance(3), 1000);
  const copy = text.slice();
  deflated(one, text);
  text.fill(0);
  const second = deflated(one, copy);
  assert.is(hex(referenceInflate(concat(second, TAIL), copy).bytes), hex(copy));
});

test("Deflater counts the bytes of the messages that it compressed, before and after", () => {
  const one = deflater({ threshold: 100 });
  assert.equal([one.bytesBefore, one.bytesAfter], [0, 0]);
  one.deflate(new Uint8Array(99));
  one.deflate(new Chance(4).bytes(1000));
  assert.equal([one.bytesBefore, one.bytesAfter], [0, 0], "none was");
  const size = deflated(one, new Uint8Array(1000)).length;
  assert.equal([one.bytesBefore, one.bytesAfter], [1000, size]);
});

test("Deflater: an empty message goes as it is, which is shorter than its 00 (D37)", () => {
  assert.is(deflater().deflate(bytes("")), null);
});

test("referenceInflate() reads the examples of RFC 7692 §7.2.3", () => {
  for (const [message, blocks] of [
    ["f248cdc9c90700 0000ffff", [1, 0]],
    ["000500faff48656c6c6f00 0000ffff", [0, 0]],
    ["f348cdc9c9070000 0000ffff", [5, 0]],
    ["f248050000 00ffffcac9c90700 0000ffff", [1, 0, 1, 0]],
  ] as const) {
    const found = referenceInflate(bytes(message));
    assert.is(Buffer.from(found.bytes).toString(), "Hello");
    assert.equal(found.blocks, blocks);
  }
});

test.run();
