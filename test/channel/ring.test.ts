// The ring is tested against what it replaces, a plain array.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Ring } from "../../src/channel/ring.ts";
import { gc, isCollected, randomFrom } from "./support.ts";

const test = suite("channel/ring");

test("§4 Ring does what an array does, at every size and wherever its head stands", () => {
  const seed = Date.now() & 0xffff;
  const random = randomFrom(seed);
  const ring = new Ring<number>();
  const model: number[] = [];
  for (let step = 0; step < 20_000; step++) {
    const growing = Math.floor(step / 2000) % 2 === 0;
    if (model.length === 0 || random() < (growing ? 0.7 : 0.3)) {
      ring.push(step);
      model.push(step);
    } else {
      assert.is(ring.shift(), model.shift(), `seed ${seed}, step ${step}`);
    }
    assert.is(ring.size, model.length, `seed ${seed}, step ${step}`);
  }
  while (model.length > 0) assert.is(ring.shift(), model.shift());
  assert.is(ring.size, 0);
});

for (const count of [1, 7, 8, 9, 255, 256, 257, 513]) {
  test(`§4 Ring keeps the order of ${count} values, again after it was emptied`, () => {
    const ring = new Ring<number>();
    for (let round = 0; round < 3; round++) {
      for (let value = 0; value < count; value++) ring.push(value);
      for (let value = 0; value < count; value++) assert.is(ring.shift(), value);
      assert.is(ring.size, 0);
    }
  });
}

test("§4 Ring grows right when its head stands in the middle", () => {
  const ring = new Ring<number>();
  for (let value = 0; value < 8; value++) ring.push(value);
  for (let value = 0; value < 5; value++) ring.shift();
  for (let value = 8; value < 20; value++) ring.push(value);
  const values: number[] = [];
  while (ring.size > 0) values.push(ring.shift());
  assert.equal(values, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test("§4 Ring keeps costs only if asked, also when it has let its slots go", () => {
  const ring = new Ring<number>();
  for (let value = 0; value < 300; value++) ring.push(value, 5);
  assert.is(ring.cost, 0);
  while (ring.size > 0) ring.shift();
  ring.push(1, 5);
  assert.is(ring.cost, 0);
  const counting = new Ring<number>(true);
  for (let value = 0; value < 300; value++) counting.push(value, 5);
  assert.is(counting.cost, 1500);
  while (counting.size > 0) counting.shift();
  counting.push(1);
  assert.is(counting.cost, 0);
  counting.push(1, 5);
  assert.is(counting.cost, 5);
});

test("§4 two empty rings share no slots", () => {
  const one = new Ring<number>();
  const other = new Ring<number>();
  one.push(1);
  assert.is(other.size, 0);
  other.push(2);
  assert.is(one.shift(), 1);
  assert.is(other.shift(), 2);
});

test("23a Ring does not retain what was taken", async () => {
  const ring = new Ring<object>();
  let value: object | null = { big: true };
  const reference = new WeakRef(value);
  ring.push(value);
  ring.push({});
  ring.shift();
  value = null;
  assert.ok(await isCollected(reference));
  assert.is(ring.size, 1);
});

test("§4 Ring lets its slots go when it is empty after a burst", () => {
  const rings = Array.from({ length: 4 }, () => new Ring<number>());
  const fill = (count: number) => {
    for (const ring of rings) for (let value = 0; value < count; value++) ring.push(value);
  };
  fill(2 ** 18);
  gc();
  const full = process.memoryUsage().heapUsed;
  for (const ring of rings) while (ring.size > 0) ring.shift();
  gc();
  assert.ok(full - process.memoryUsage().heapUsed > 4 * 2 ** 20); // of 8 MiB
  fill(1);
  assert.equal(rings.map((ring) => ring.shift()), [0, 0, 0, 0]);
});

test.run();
