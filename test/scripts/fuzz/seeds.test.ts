// A seed is an input: the same on every machine, whatever its size, and another than all others.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DecoderTarget } from "../../../scripts/fuzz/decoder.ts";
import { Seeds } from "../../../scripts/fuzz/seeds.ts";

const test = suite("scripts/fuzz/seeds");

/** The input of a seed. */
function drawn(seed: bigint, index = 0): string {
  const target = new DecoderTarget();
  return target.write(target.draw(new Seeds(seed).randomAt(index)));
}

const SEEDS = [0n, 1n, 6455n, 2n ** 32n - 3n, 2n ** 53n - 2n, 2n ** 64n - 1n, 10n ** 40n];

for (const seed of SEEDS) {
  test(`Seeds has input n of the seed ${seed} again as the first of that seed + n`, () => {
    for (const index of [0, 1, 2, 3, 1000]) {
      assert.is(drawn(seed, index), drawn(seed + BigInt(index)), `input ${index}`);
      assert.is(new Seeds(seed).seedAt(index), seed + BigInt(index));
    }
  });
}

test("Seeds draws other inputs for seeds that have the same lowest bits", () => {
  const seeds = SEEDS.flatMap((seed) => [0n, 32n, 64n, 96n].map((bits) => seed + 2n ** bits));
  assert.is(new Set(seeds.map((seed) => drawn(seed))).size, new Set(seeds).size);
});

test("Seeds draws numbers in their range, all of them alike", () => {
  const counts = new Array<number>(8).fill(0);
  for (let index = 0; index < 8000; index++) counts[new Seeds(7n).randomAt(index).below(8)]++;
  for (const count of counts) assert.ok(count > 850 && count < 1150, counts.join());
});

test.run();
