// Runs of the simulation, the same in every test run; `npm run simulate` goes on where these end.
// And the teeth of it: what is broken on purpose must be found, and soon.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { report, shrink, simulate } from "./simulate.ts";
import type { Sabotage } from "./setting.ts";
import type { SimulatedSocket } from "./socket.ts";

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

/** A clock whose alarms cannot be called off. */
class StubbornClock extends FakeClock {
  override setTimeout(callback: () => void, delayMs: number): unknown {
    super.setTimeout(callback, delayMs);
    return null;
  }
}

/** Does `change` to every n-th piece. */
function nth(n: number, change: (bytes: Uint8Array) => Uint8Array): () => Sabotage {
  return () => {
    let count = 0;
    return { tamper: (bytes) => (++count % n === 0 ? change(bytes) : bytes) };
  };
}

/** Of a socket, what `patch` makes different. */
function spoiled(patch: (socket: SimulatedSocket) => Partial<SimulatedSocket>): () => Sabotage {
  return () => ({ spoil: (socket) => void Object.assign(socket, patch(socket)) });
}

function twice(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes, ...bytes]);
}

/** Gives a piece back behind the next one. */
function swapped(): () => Sabotage {
  return () => {
    let held = new Uint8Array(0);
    const swap = (bytes: Uint8Array): Uint8Array => {
      const due = new Uint8Array([...bytes, ...held]);
      const isHeld = held.length === 0 && bytes.length > 20;
      held = isHeld ? new Uint8Array(bytes) : new Uint8Array(0);
      return isHeld ? new Uint8Array(0) : due;
    };
    return { tamper: swap };
  };
}

/** What is broken, and within how many seeds it must be found. */
const FAULTS: readonly (readonly [what: string, sabotage: () => Sabotage])[] = [
  ["a piece of the stream is lost", nth(4, () => new Uint8Array(0))],
  ["a piece of the stream comes twice", nth(4, twice)],
  ["two pieces change places", swapped()],
  ["a bit flips", nth(4, (bytes) => bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)))],
  ["alarms cannot be called off", () => ({ clock: new StubbornClock() })],
  ["pause() does nothing", spoiled(() => ({ pause: () => {} }))],
  ["resume() does nothing", spoiled(() => ({ resume: () => {} }))],
  ["end() does nothing", spoiled(() => ({ end: () => {} }))],
  ["destroy() does nothing", spoiled(() => ({ destroy: () => {} }))],
  ["drained() is never told", spoiled((socket) => ({ attach: (events) => {
    const attach = Object.getPrototypeOf(socket).attach.bind(socket) as SimulatedSocket["attach"];
    attach({
      received: (bytes) => events.received(bytes),
      drained: () => {},
      endSent: () => events.endSent(),
      ended: () => events.ended(),
      disconnected: (cause) => events.disconnected(cause),
    });
  } }))],
  ["a Close frame is sent twice", spoiled((socket) => ({ write: (bytes) => {
    const write = Object.getPrototypeOf(socket).write.bind(socket) as SimulatedSocket["write"];
    return write(bytes[0] === 0x88 ? twice(bytes) : bytes);
  } }))],
];

const SEEDS_MAX = 150;

for (const [what, sabotage] of FAULTS) {
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
