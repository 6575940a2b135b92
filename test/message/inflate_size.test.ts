// The size of a message is that of its inflated bytes, and is limited while it grows: §10.4.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deflateRawSync } from "node:zlib";
import { Inflater } from "../../src/message/inflate.ts";
import { Chance, thrownAs, violation } from "../frame/support.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { flushed, TAIL } from "./compressed.ts";

const test = suite("message/inflate (size)");

const KIB = 1024;
const MIB = 1024 * KIB;
const TOO_BIG = "1009 RFC 6455 §10.4 at -1";

function inflate(payload: Uint8Array, sizeMax: number, contextTakeover = false): Uint8Array {
  return new Inflater({ windowBits: 15, contextTakeover }).inflate(payload, sizeMax);
}

/** `size` zeros for each of `count` blocks: about a thousandth of that. */
function bomb(size: number): Uint8Array {
  const block = flushed(new Uint8Array(MIB));
  const joint = concat(block, TAIL);
  return concat(...new Array<Uint8Array>(Math.ceil(size / joint.length)).fill(joint), bytes("00"));
}

for (const limit of [1, 2, 63, 64, 1000, 16_383, 16_384, 65_535, 65_536, 65_537, MIB]) {
  test(`Inflater takes ${limit} bytes when that is the limit, and not one more (D39)`, () => {
    const chance = new Chance(limit);
    for (const fill of [0, 1]) {
      const text = new Uint8Array(limit + 1);
      for (let at = 0; fill === 1 && at < text.length; at++) text[at] = chance.below(256);
      const fits = flushed(text.subarray(0, limit));
      const over = flushed(text);
      for (const contextTakeover of [false, true]) {
        assert.is(inflate(fits, limit, contextTakeover).length, limit);
        assert.is(violation(() => inflate(over, limit, contextTakeover)), TOO_BIG);
      }
    }
  });
}

test("Inflater counts what stands before BFINAL, and behind it, together (D39)", () => {
  const block = deflateRawSync(new Uint8Array(1000));
  const payload = concat(block, block, bytes("00"));
  assert.is(inflate(payload, 2000).length, 2000);
  for (const limit of [1, 999, 1000, 1001, 1999]) {
    assert.is(violation(() => inflate(payload, limit)), TOO_BIG, `${limit}`);
  }
});

test("Inflater with a limit of 0 takes empty messages only", () => {
  for (const payload of ["", "00", "0300", "030000"]) {
    assert.is(inflate(bytes(payload), 0).length, 0);
  }
  assert.is(violation(() => inflate(bytes("f248cdc9c90700"), 0)), TOO_BIG);
  assert.is(violation(() => inflate(flushed(Uint8Array.of(65)), 0)), TOO_BIG);
});

test("Inflater takes 16 KiB that would be 16 MiB for too big, not for invalid (A48)", () => {
  const payload = flushed(new Uint8Array(16 * MIB));
  assert.ok(payload.length < 16.5 * KIB);
  assert.is(violation(() => inflate(payload, MIB)), TOO_BIG);
  assert.is(inflate(payload, 16 * MIB).length, 16 * MIB);
});

test("Inflater refuses a bomb before the garbage that stands behind it (A49)", () => {
  const payload = concat(flushed(new Uint8Array(2 * MIB)), TAIL, bytes("ffffffffff"));
  assert.is(violation(() => inflate(payload, MIB)), TOO_BIG);
  assert.match(violation(() => inflate(payload, 4 * MIB)), /^1007 /);
});

test("Inflater: a failure comes once, from the call, and never later (A49)", async () => {
  const late: unknown[] = [];
  const listener = (error: unknown): number => late.push(error);
  process.on("uncaughtException", listener);
  process.on("unhandledRejection", listener);
  try {
    for (let round = 0; round < 20; round++) {
      violation(() => inflate(concat(bytes("ffffffff"), new Uint8Array(1000)), MIB));
      violation(() => inflate(bomb(10 * KIB), MIB));
    }
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("uncaughtException", listener);
    process.off("unhandledRejection", listener);
  }
  assert.equal(late, []);
});

test("Inflater refuses a block that takes our tail for its content, and no text like it", () => {
  const tail = bytes("0000ffff010000ffff");
  const cut = concat(bytes("016400 9bff"), new Uint8Array(91).fill(7)); // stored, 9 bytes short
  for (const payload of [bytes("010900f6ff"), cut]) {
    assert.is(violation(() => inflate(payload, MIB)), "1007 RFC 7692 §7.2.2 at -1");
  }
  assert.is(hex(inflate(flushed(tail), MIB)), hex(tail));
});

/** Bytes of memory that `action` took, garbage and all. */
function memoryOf(action: () => unknown): number {
  const used = (): number => {
    const { arrayBuffers, external } = process.memoryUsage();
    return Math.max(arrayBuffers, external);
  };
  const before = used();
  action();
  return used() - before;
}

for (const size of [10 * KIB, 100 * KIB, MIB, 10 * MIB]) {
  test(`Inflater: a bomb of ${size / KIB} KiB costs the limit and a chunk (A48, D39)`, () => {
    const payload = bomb(size);
    const refuse = (): string => violation(() => inflate(payload, MIB));
    memoryOf(refuse); // what is made once
    for (let round = 0; round < 3; round++) {
      const taken = memoryOf(refuse) - payload.length;
      assert.ok(taken <= 1.25 * MIB, `${Math.round(taken / KIB)} KiB beside the input`);
    }
  });
}

test("Inflater: two hundred last blocks of a byte each hold no more than their bytes (A48)", () => {
  const one = concat(...new Array<Uint8Array>(200).fill(deflateRawSync(bytes("61"))));
  const payload = concat(one, flushed(new Chance(48).bytes(192 * KIB))); // so it may have so many
  const taken = memoryOf(() => assert.is(inflate(payload, MIB).length, 200 + 192 * KIB));
  assert.ok(taken <= 4 * MIB, `${Math.round(taken / KIB)} KiB`);
});

test("Inflater does not grow with the bombs that it has refused (A48)", () => {
  const payload = bomb(100 * KIB);
  const run = (): number => {
    for (let round = 0; round < 100; round++) violation(() => inflate(payload, MIB));
    return process.memoryUsage().rss;
  };
  const before = run();
  const grown = (run() - before) / MIB;
  assert.ok(grown < 50, `${grown} MiB after 100 bombs of 100 MiB`);
});

/** So many last blocks, then `padding` bytes that say nothing of themselves. */
function lastBlocks(count: number, padding: number = 0): Uint8Array {
  const blocks = bytes("0300".repeat(count));
  return concat(blocks, padding === 0 ? bytes("00") : flushed(new Chance(4).bytes(padding)));
}

for (const [count, padding, sizeMax] of [
  [8, 0, 1],
  [8, 0, MIB],
  [9, KIB, MIB],
  [39, 31 * KIB, MIB],
  [264, 256 * KIB, MIB],
  [264, 1024 * KIB, 64 * MIB],
]) {
  const what = `${count} blocks with BFINAL in front of ${padding / KIB} KiB`;
  test(`Inflater takes ${what}, and not one more, with a limit of ${sizeMax} (A48)`, () => {
    assert.is(inflate(lastBlocks(count, padding), sizeMax).length, padding);
    assert.is(violation(() => inflate(lastBlocks(count + 1, padding), sizeMax)), TOO_BIG);
  });
}

test("Inflater says how many blocks with BFINAL it has found, and stops there", () => {
  const inflater = new Inflater({ windowBits: 15, contextTakeover: false });
  const { message } = thrownAs(Error, () => inflater.inflate(lastBlocks(250), MIB));
  const what = "9 last blocks in 501 bytes, must be <= 8";
  assert.is(message, `Cannot accept compressed message: ${what} (§10.4)`);
  assert.is(inflater.streams, 9);
});

test("Inflater refuses 1 MB that would be half a million streams, soon (A48)", () => {
  const start = performance.now();
  assert.is(violation(() => inflate(lastBlocks(500_000), MIB)), TOO_BIG);
  assert.ok(performance.now() - start < 500);
});

test.run();
