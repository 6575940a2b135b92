// The bucket alone: never more than a burst and what has dripped in since.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TokenBucket } from "../../src/connection/token_bucket.ts";
import { Random } from "../../src/testing/random.ts";

const test = suite("connection/token_bucket");

/** Takes all that there is, and returns how many that were. */
function takeAll(bucket: TokenBucket): number {
  let count = 0;
  for (; !bucket.isEmpty; count++) bucket.take();
  return count;
}

test("TokenBucket begins full, and is refilled at its rate up to its burst", () => {
  const bucket = new TokenBucket(10, 3, 1000);
  assert.is(takeAll(bucket), 3);
  const refilled = [1050, 1100, 1299, 1300, 9000].map((now) => {
    bucket.refill(now);
    return takeAll(bucket);
  });
  assert.equal(refilled, [0, 1, 1, 1, 3]);
});

test("TokenBucket that owes has to pay back first", () => {
  const bucket = new TokenBucket(10, 2, 0);
  for (let count = 0; count < 5; count++) bucket.take();
  assert.is(bucket.msUntil(1), 400);
  bucket.refill(399);
  assert.is(bucket.isEmpty, true);
  bucket.refill(400);
  assert.is(bucket.isEmpty, false);
  assert.is(bucket.msUntil(1), 0);
});

test("TokenBucket.busy counts since it was full", () => {
  const bucket = new TokenBucket(10, 5, 0);
  for (let count = 0; count < 5; count++) bucket.take();
  bucket.refill(100);
  bucket.take();
  assert.equal(bucket.busy, { events: 6, ms: 100 });
  bucket.refill(10_000);
  assert.equal(bucket.busy, { events: 0, ms: 0 });
});

for (const seed of [1, 2, 3]) {
  test(`TokenBucket lets pass in no interval more than a burst and its rate, seed ${seed}`, () => {
    const random = new Random(seed);
    const [perSecond, burst] = [1 + random.below(50), 1 + random.below(50)];
    const bucket = new TokenBucket(perSecond, burst, 0);
    const passed: number[] = []; // when
    for (let now = 0; now < 20_000; now += random.below(400)) {
      bucket.refill(now);
      for (let count = random.below(40); count > 0 && !bucket.isEmpty; count--) {
        bucket.take();
        passed.push(now);
      }
    }
    assert.ok(passed.length > 100);
    for (let first = 0; first < passed.length; first++) {
      for (let last = first; last < passed.length; last++) {
        const most = burst + ((passed[last] - passed[first]) * perSecond) / 1000;
        assert.ok(last - first + 1 <= most + 1e-6, `${last - first + 1} of ${most}`);
      }
    }
  });
}

test.run();
