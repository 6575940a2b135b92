// Runs of the simulation, the same in every test run; `npm run simulate` goes on where these end.
// And the teeth of it: what is broken on purpose must be found, and soon.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SABOTAGES } from "./sabotage.ts";
import type { Sabotage } from "./sabotage.ts";
import { report, shrink, simulate } from "./simulate.ts";

const test = suite("simulation/simulation");

const RUNS = 700;

test(`A connection keeps its promises in ${RUNS} simulated lives`, async () => {
  let steps = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    const run = await simulate(seed);
    steps += run.steps.length;
    if (run.error !== null) throw new Error(report(await shrink(run)), { cause: run.error });
  }
  assert.ok(steps > 40 * RUNS, `${steps} steps are too few to mean anything`);
});

test("simulate() does the same for the same seed, byte for byte", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const first = await simulate(seed);
    const second = await simulate(seed);
    assert.equal(second.trace, first.trace, `seed ${seed}`);
  }
});

const SEEDS_MAX = 150;

for (const [what, sabotage] of SABOTAGES) {
  test(`The simulation notices when ${what}, and says how to have it again`, async () => {
    for (let seed = 0; seed < SEEDS_MAX; seed++) {
      const run = await simulate(seed, null, sabotage);
      if (run.error === null) continue;
      const least = await shrink(run, sabotage);
      assert.ok(least.steps.length <= run.steps.length);
      const again = await simulate(seed, least.steps, sabotage);
      assert.is(again.error?.message, least.error?.message);
      assert.match(report(least), `--seed ${seed} --steps`);
      return;
    }
    assert.unreachable(`no seed below ${SEEDS_MAX} fails`);
  });
}

test("The simulation notices memory that is used again before the kernel has it", async () => {
  const sabotage = (): Sabotage => ({
    spoil: (socket) => void Object.defineProperty(socket, "flushed", { value: true }),
  });
  for (let seed = 0; seed < 2 * SEEDS_MAX; seed++) {
    if ((await simulate(seed, null, sabotage)).error !== null) return;
  }
  assert.unreachable("no seed fails");
});

test.run();
