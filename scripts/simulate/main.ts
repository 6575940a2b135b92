// `npm run simulate`: connections in a world where every event is drawn from a seed, one run after
// the other, until the time is over or the runs are. What must hold is in test/simulation/verdict.
//
//   --seconds N   how long (default: 10), or
//   --runs N      how many
//   --seed S      the first seed; default: from the clock. Each run has the next one
//   --steps LIST  only these steps of the first seed, with all that happens: as a failure says

//
// A failure is printed with the fewest steps that still fail, and the command to have it again.

import { parseArgs } from "node:util";
import { report, shrink, simulate } from "../../test/simulation/simulate.ts";

const USAGE = "Usage: simulate [--seconds N | --runs N] [--seed S] [--steps none | 1,2,3]";
const SECONDS = 10;

const { seed, runs, seconds, steps } = readOptions();
if (steps !== null) {
  const run = await simulate(seed, steps);
  console.log(report(run));
  console.log(run.error ?? "It keeps all promises");
  process.exit(run.error === null ? 0 : 1);
}
const start = performance.now();
let count = 0;
let stepCount = 0;
for (; count < runs && performance.now() - start < seconds * 1000; count++) {
  const run = await simulate(seed + count);
  stepCount += run.steps.length;
  if (run.error === null) continue;
  const least = await shrink(run);
  console.error(least.error);
  console.error(report(least));
  process.exit(1);
}
const elapsed = (performance.now() - start) / 1000;
console.log(`${count} runs from seed ${seed} on, ${stepCount} steps, in ${elapsed.toFixed(1)} s`);

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly seconds: number;
  readonly steps: number[] | null;
}

function readOptions(): Options {
  const type = "string";
  const { values } = parseArgs({
    options: { seconds: { type }, runs: { type }, seed: { type }, steps: { type } },
  });
  const runs = number(values.runs, Infinity);
  const list = values.steps === "none" ? [] : values.steps?.split(",");
  return {
    seed: number(values.seed, Date.now() % 2 ** 31),
    runs,
    seconds: number(values.seconds, runs === Infinity ? SECONDS : Infinity),
    steps: list?.map((text) => number(text, 0)) ?? null,
  };
}

function number(text: string | undefined, standard: number): number {
  if (text === undefined) return standard;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  console.error(`Found "${text}", must be a whole number\n${USAGE}`);
  process.exit(2);
}
