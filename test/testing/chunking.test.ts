// Where a wire cuts.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomChunks } from "../../src/testing/mod.ts";
import { settled } from "../../src/testing/settled.ts";
import type { WireOptions } from "../../src/testing/wire.ts";
import { ends } from "./support.ts";

const test = suite("testing/chunking");

const CUTS: readonly (readonly [what: string, options: WireOptions, sizes: readonly number[]])[] = [
  ["behind each byte", { chunking: 1 }, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ["behind four", { chunking: 4 }, [4, 4, 2]],
  ["behind more than there are", { chunking: 11 }, [10]],
  ["at the sizes given, and not behind them", { chunking: [1, 3] }, [1, 3, 6]],
  ["nowhere", { chunking: [] }, [10]],
  ["where the seed wants it", { chunking: randomChunks({ seed: 3, sizeMax: 4 }) }, [1, 2, 2, 2, 3]],
];

for (const [what, options, sizes] of CUTS) {
  test(`A wire cuts ${what}, each direction by itself`, async () => {
    const { clock, near, far, nearTold, farTold } = ends(options);
    near.write(new Uint8Array(6));
    near.write(new Uint8Array(4)); // the cuts do not heed what was written together
    far.write(new Uint8Array(10));
    await settled(clock);
    assert.equal(farTold.kept.map(({ length }) => length), sizes);
    assert.equal(nearTold.kept.map(({ length }) => length), sizes);
  });
}

test("A wire cuts at its places also when the sender takes a rest", async () => {
  const { clock, near, farTold } = ends({ chunking: 4 });
  near.write(new Uint8Array(3));
  await settled(clock);
  near.write(new Uint8Array(6));
  await settled(clock);
  assert.equal(farTold.kept.map(({ length }) => length), [3, 1, 4, 1]);
});

for (const size of [0, -1, 0.5, Number.NaN]) {
  test(`A wire refuses the chunking ${size}, and randomChunks() that sizeMax`, () => {
    assert.throws(() => ends({ chunking: size }), /must be an integer above 0/);
    assert.throws(() => ends({ chunking: [1, size] }), /must be an integer above 0/);
    assert.throws(() => randomChunks({ sizeMax: size }), /sizeMax is .*, must be an integer/);
  });
}

test("randomChunks() begins anew for each who asks, stays in its range, and knows its seed", () => {
  const sizes = (seed: number): number[] => {
    const found: number[] = [];
    for (const size of randomChunks({ seed, sizeMax: 5 })) if (found.push(size) === 100) break;
    return found;
  };
  assert.equal(sizes(1), sizes(1));
  assert.not.equal(sizes(1), sizes(2));
  assert.equal([...new Set(sizes(1))].sort(), [1, 2, 3, 4, 5]);
});

test.run();
