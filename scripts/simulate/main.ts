// `npm run simulate`: connections in a world where every event is drawn from a seed, one run after
// the other, until the time is over or the runs are. What must hold is in test/simulation/verdict.
//
//   --seconds N      how long (default: 10), or
//   --runs N         how many
//   --seed S         the first seed; default: from the clock. Each run has the next one
//   --steps LIST     only these steps of the seed, with all that happens: as a failure says
//   --faults [CASE]  instead of that, every fault at every byte of every session, or one case
//
// A failure is printed with the fewest steps that still fail, and the command to have it again. The
// exit code is 1 then, and 2 when the command line says nothing.

import { allCases, caseOf, tryCase } from "../../test/simulation/fault_matrix.ts";
import { report, shrink, simulate } from "../../test/simulation/simulate.ts";
import { commandLine, misuse, wholeNumber } from "../command_line.ts";

const SECONDS = 10;

const options = readOptions();
const start = performance.now();
if (options.faults) await playFaults(options.faultCase);
else if (options.steps !== null) await runSteps(options.seed, options.steps);
else await runSeeds(options);

async function playFaults(name: string | null): Promise<void> {
  const one = name === null ? null : caseOf(name);
  if (name !== null && one === null) misuse(`no case is named "${name}"`);
  let count = 0;
  for await (const each of one === null ? allCases() : [one]) {
    await tryCase(each).catch((error: unknown) => fail(error, ""));
    count++;
  }
  console.log(`${count} cases in ${seconds()} s`);
}

async function runSteps(seed: number, steps: readonly number[]): Promise<void> {
  const run = await simulate(seed, steps);
  console.log(report(run));
  if (run.error !== null) fail(run.error, "");
  console.log("It keeps all promises");
}

async function runSeeds({ seed, runs, seconds: secondsMax }: Options): Promise<void> {
  let stepCount = 0;
  let count = 0;
  for (; count < runs && performance.now() - start < secondsMax * 1000; count++) {
    const run = await simulate(seed + count);
    stepCount += run.steps.length;
    if (run.error === null) continue;
    const least = await shrink(run);
    fail(least.error, report(least));
  }
  console.log(`${count} runs from seed ${seed} on, ${stepCount} steps, in ${seconds()} s`);
}

function seconds(): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

function fail(error: unknown, text: string): never {
  console.error(error);
  console.error(text);
  process.exit(1);
}

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly seconds: number;
  readonly steps: number[] | null;
  readonly faults: boolean;
  readonly faultCase: string | null;
}

function readOptions(): Options {
  const type = "string";
  const { values, positionals } = commandLine({
    options: {
      seconds: { type },
      runs: { type },
      seed: { type },
      steps: { type },
      faults: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const { faults, steps } = values;
  const [faultCase = null, ...rest] = positionals;
  if (!faults && faultCase !== null) misuse(`found "${faultCase}", which is for --faults`);
  if (rest.length > 0) misuse(`found "${rest[0]}", must be one case`);
  const runs = values.runs === undefined ? Infinity : wholeNumber("runs", values.runs);
  const seconds = values.seconds ?? (runs === Infinity ? String(SECONDS) : null);
  return {
    seed: wholeNumber("seed", values.seed ?? String(Date.now() % 2 ** 31)),
    runs,
    seconds: seconds === null ? Infinity : wholeNumber("seconds", seconds),
    steps: steps === undefined ? null : stepsOf(steps),
    faults,
    faultCase,
  };
}

/** As a failure prints them. They count from 0. */
function stepsOf(list: string): number[] {
  if (list === "none") return [];
  if (/^\d{1,9}(?:,\d{1,9})*$/.test(list)) return list.split(",").map(Number);
  return misuse(`--steps is "${list}", must be none, or whole numbers with commas`);
}
