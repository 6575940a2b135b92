// What a stream keeps of its past, and memory that is a message's own.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Context } from "../../src/message/context.ts";
import { joined, owned } from "../../src/message/owned.ts";
import { Chance } from "../frame/support.ts";
import { bytes, concat, hex } from "../support/bytes.ts";

const test = suite("message/context");

test("Context has no bytes before the first push, and none after an empty one", () => {
  const context = new Context(9);
  assert.is(context.bytes, undefined);
  context.push(new Uint8Array(0));
  assert.is(context.bytes, undefined);
  assert.is(context.size, 0);
});

test("Context keeps the last bytes, as many as the window has, whatever comes in", () => {
  for (const windowBits of [8, 9, 12]) {
    const chance = new Chance(windowBits);
    const context = new Context(windowBits);
    const size = 2 ** windowBits;
    const sizes = [1, 0, 100, size - 101, 1, 1, size - 1, size, size + 1, 3 * size, 7];
    let all = new Uint8Array(0);
    for (const length of sizes.concat(Array.from({ length: 50 }, () => chance.below(size)))) {
      const pushed = chance.bytes(length);
      context.push(pushed);
      all = concat(all, pushed) as Uint8Array<ArrayBuffer>;
      pushed.fill(0); // it was copied
      const expected = hex(all.subarray(-Math.min(size, all.length)));
      assert.is(hex(context.bytes ?? new Uint8Array(0)), expected, `${windowBits}: ${length}`);
      assert.is(context.size, Math.min(size, all.length));
    }
  }
});

test("Context grows with what comes, and never above its window", () => {
  const context = new Context(15);
  const held = (): number => context.bytes?.buffer.byteLength ?? 0;
  context.push(new Uint8Array(10));
  assert.is(held(), 512);
  context.push(new Uint8Array(1000));
  assert.is(held(), 1024);
  context.push(new Uint8Array(20_000));
  context.push(new Uint8Array(20_000));
  assert.is(held(), 32 * 1024);
  context.push(new Uint8Array(1_000_000));
  assert.is(held(), 32 * 1024);
});

test("owned() copies a view, not what has its memory to itself, and returns no Buffer", () => {
  const whole = Buffer.from(new ArrayBuffer(4));
  whole.write("abcd", "latin1");
  assert.is(owned(whole).buffer, whole.buffer);
  assert.is(Buffer.isBuffer(owned(whole)), false);
  const view = owned(whole.subarray(1, 3));
  assert.is(view.buffer.byteLength, 2);
  assert.is(Buffer.isBuffer(view), false);
  assert.is(hex(view), "6263");
  assert.is(owned(Buffer.from("pooled")).buffer.byteLength, 6);
});

test("joined() puts the parts together in their order, on memory of their own", () => {
  const all = joined([bytes("0102"), bytes(""), bytes("03")], 3);
  assert.is(hex(all), "010203");
  assert.is(all.buffer.byteLength, 3);
  assert.is(hex(joined([Buffer.from("one")], 3)), "6f6e65");
  assert.is(joined([], 0).length, 0);
});

test.run();
