// What is due for many at one moment must not keep all others waiting.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fewAtOnce } from "../../src/connection/few_at_once.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";

const test = suite("connection/few_at_once");

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test("fewAtOnce() acts 64 times in a turn, and then in the next ones, in their order", async () => {
  const clock = new FakeClock();
  const acts: number[] = [];
  for (let index = 0; index < 200; index++) fewAtOnce(clock, () => acts.push(index));
  const counts = [acts.length];
  while (acts.length < 200) {
    await nextTurn();
    counts.push(acts.length);
  }
  assert.equal(counts, [64, 128, 192, 200]);
  assert.equal(acts, [...acts.keys()]);
});

test("fewAtOnce() has room again in a later turn, and for another clock at once", async () => {
  const [clock, other] = [new FakeClock(), new FakeClock()];
  let acts = 0;
  for (let index = 0; index < 64; index++) fewAtOnce(clock, () => acts++);
  fewAtOnce(other, () => acts++);
  assert.is(acts, 65);
  await nextTurn();
  await nextTurn();
  fewAtOnce(clock, () => acts++);
  assert.is(acts, 66);
});

test.run();
