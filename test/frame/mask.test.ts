// Masking against the formula of §5.3, a byte at a time. On a little-endian machine payloads of
// 128 bytes and more take the loop of words, wherever they begin in memory.

import { endianness } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mask, maskInPlace } from "../../src/frame/mask.ts";
import { bytes, hex } from "../support/bytes.ts";
import { Chance } from "./support.ts";

const test = suite("frame/mask");

const KEY = 0x37fa213d;
const KEY_BYTES = [0x37, 0xfa, 0x21, 0x3d];

/** Longer than any threshold, and far from a multiple of 4 on both sides of each. */
const LONGEST = 1100;

/** §5.3 as it is written: octet i of the payload with octet i mod 4 of the key. */
function maskNaive(payload: Uint8Array, key: readonly number[], phase: number): Uint8Array {
  return payload.map((byte, index) => byte ^ key[(index + phase) % 4]);
}

/** The key as it is held when its byte `phase` is due. */
function turned(key: readonly number[], phase: number): number {
  let int = 0;
  for (let index = 0; index < 4; index++) int = (int << 8) | key[(index + phase) % 4];
  return int;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

test("mask() turns Hello into the bytes of §5.7, and back", () => {
  const payload = bytes("48656c6c6f");
  assert.is(mask(payload, 0, 5, KEY) >>> 0, 0xfa213d37);
  assert.is(hex(payload), "7f9f4d5158");
  mask(payload, 0, 5, KEY);
  assert.is(hex(payload), "48656c6c6f");
});

for (const [size, key] of [
  [0, 0x37fa213d],
  [1, 0xfa213d37],
  [2, 0x213d37fa],
  [3, 0x3d37fa21],
  [4, 0x37fa213d],
  [127, 0x3d37fa21],
  [128, 0x37fa213d],
  [129, 0xfa213d37],
] as const) {
  test(`mask() gives back the key turned by ${size} bytes`, () => {
    assert.is(mask(new Uint8Array(size), 0, size, KEY) >>> 0, key);
  });
}

test(`mask() does what §5.3 says: 0 to ${LONGEST} bytes, 4 phases, starts 0 to 8`, () => {
  const chance = new Chance();
  const plain = chance.bytes(LONGEST);
  for (let phase = 0; phase < 4; phase++) {
    const masked = maskNaive(plain, KEY_BYTES, phase);
    for (let start = 0; start <= 8; start++) {
      for (let size = 0; size <= LONGEST; size++) {
        const what = `${size} bytes at ${start}, phase ${phase}, seed ${chance.seed}`;
        const memory = new Uint8Array(start + size + 9); // what is around it must stay 0
        memory.set(plain.subarray(0, size), start);
        const next = mask(memory, start, start + size, turned(KEY_BYTES, phase));
        if (next !== turned(KEY_BYTES, phase + size)) assert.unreachable(`key after ${what}`);
        const expected = new Uint8Array(memory.length);
        expected.set(masked.subarray(0, size), start);
        if (!same(memory, expected)) assert.unreachable(what);
      }
    }
  }
});

test("mask() does not mind where the view begins in its buffer", () => {
  for (let offset = 0; offset <= 8; offset++) {
    for (let start = 0; start <= 8; start++) {
      for (const size of [0, 1, 5, 126, 127, 128, 129, 130, 131, 132, 133, 255, 1027]) {
        const what = `${size} bytes at ${start} of a view at ${offset}`;
        const view = new Uint8Array(new ArrayBuffer(offset + start + size), offset);
        assert.is(mask(view, start, start + size, KEY), turned(KEY_BYTES, size), what);
        const expected = maskNaive(new Uint8Array(size), KEY_BYTES, 0);
        if (!same(view.subarray(start), expected)) assert.unreachable(what);
      }
    }
  }
});

test("mask() goes on through pieces with the key that the last one gave back", () => {
  const chance = new Chance();
  for (let round = 0; round < 2000; round++) {
    const key = [...chance.bytes(4)];
    const payload = chance.bytes(chance.below(700));
    const expected = maskNaive(payload, key, 0);
    let due = turned(key, 0);
    const cuts: number[] = [];
    for (let at = 0; at < payload.length; ) {
      const end = Math.min(payload.length, at + chance.below(chance.pick([3, 9, 140, 400])));
      due = mask(payload, at, end, due);
      cuts.push(end);
      at = end;
    }
    const what = `key ${hex(Uint8Array.from(key))}, cuts ${cuts}, seed ${chance.seed}`;
    if (!same(payload, expected)) assert.unreachable(what);
  }
});

for (const key of [0, 1, -1, 0x7fffffff, -0x80000000, 0x80ff0001 | 0, 0xffffffff]) {
  test(`mask() takes the key ${key}, and undoes itself`, () => {
    const keyBytes = [24, 16, 8, 0].map((shift) => (key >>> shift) & 0xff);
    for (const size of [7, 127, 128, 300]) {
      const payload = new Chance(size).bytes(size);
      const masked = payload.slice();
      mask(masked, 0, size, key);
      assert.is(hex(masked), hex(maskNaive(payload, keyBytes, 0)));
      mask(masked, 0, size, key);
      assert.is(hex(masked), hex(payload));
    }
  });
}

test("mask() works in a Buffer of Node's pool, and touches nothing beside its range", () => {
  Buffer.from("x"); // moves the next one to an odd place
  const buffer = Buffer.from("abc".repeat(100));
  const before = Buffer.from(buffer);
  mask(buffer, 33, 261, KEY);
  assert.is(hex(buffer.subarray(0, 33)), hex(before.subarray(0, 33)));
  assert.is(hex(buffer.subarray(261)), hex(before.subarray(261)));
  mask(buffer, 33, 261, KEY);
  assert.is(hex(buffer), hex(before));
});

test("mask() swaps the key for the loop of words, so its result has the order of the wire", () => {
  const zeros = new Uint8Array(256);
  mask(zeros, 0, 256, KEY);
  assert.is(hex(zeros), "37fa213d".repeat(64), `on a machine that is ${endianness()}`);
});

test("maskInPlace() sees the one byte that is not ASCII, wherever it stands", () => {
  for (const size of [5, 127, 128, 131]) {
    for (const start of [0, 1, 2, 3]) {
      for (let at = start; at < start + size; at++) {
        const bytes = new Uint8Array(start + size + 3).fill(0xff);
        bytes.fill(0x7f ^ 0x55, start, start + size);
        bytes[at] = 0x80 ^ 0x55;
        const what = `${size} bytes from ${start}, at ${at}`;
        assert.is(maskInPlace(bytes, start, start + size, 0x55555555), false, what);
        bytes.fill(0, start, start + size);
        bytes[at] = 0x80;
        assert.is(maskInPlace(bytes, start, start + size, 0), false, what);
        bytes[at] = 0x01;
        assert.is(maskInPlace(bytes, start, start + size, 0), true, what);
      }
    }
  }
});

test.run();
