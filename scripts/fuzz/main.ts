// `npm run fuzz -- TARGET`: input after input that nobody would think of, until the time is over or
// the inputs are. What a target must keep to is in its file.
//
//   --seconds N   how long (default: 10), or
//   --inputs N    how many
//   --seed S      default: from the clock; it is printed, and repeats the run
//   --from N      begin with this input: a failure prints how to have it alone
//
// At the end the heap must be what it was near the beginning.

import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DeflateTarget } from "./deflate.ts";
import { Random } from "../../src/testing/random.ts";

/** What is fuzzed. */
interface Target {
  /** Makes one input out of chance, and tries it. Throws when anything is wrong. */
  run(random: Random): void;
  /** The last input, to be read by a person. */
  readonly input: string;
  /** What became of the inputs. */
  readonly summary: string;
}

const TARGETS: Readonly<Record<string, () => Target>> = { deflate: () => new DeflateTarget() };

const USAGE = `Usage: fuzz ${Object.keys(TARGETS).join("|")} [--seconds N | --inputs N] [--seed S]`;
const SECONDS = 10;
/** After so many the time is looked at, and the event loop turns: what ticks must not pile up. */
const ROUND = 200;
/** So many make the heap what it is: code is compiled, caches are full. */
const WARM_UP = 50_000;
const HEAP_GROWTH_MAX = 8 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const { name, seed, from, inputs, seconds } = readOptions();
const target = TARGETS[name]();
if (inputs > 1) Error.stackTraceLimit = 0; // most inputs end in an error: twice as many a second
const start = performance.now();
let heapBefore = 0;
let index = from;
while (index - from < inputs && performance.now() - start < seconds * 1000) {
  const end = Math.min(index + ROUND, from + inputs);
  for (; index < end; index++) {
    try {
      target.run(new Random(seed, index));
    } catch (error) {
      fail(error);
    }
  }
  await new Promise((resolve) => setImmediate(resolve));
  if (heapBefore === 0 && index - from >= WARM_UP) heapBefore = await heapSize();
}
const elapsed = (performance.now() - start) / 1000;
const rate = Math.round((index - from) / elapsed);
console.log(`${name}: ${index - from} inputs in ${elapsed.toFixed(1)} s, ${rate} a second`);
console.log(`${name}: seed ${seed}, ${target.summary}`);
if (heapBefore > 0) {
  const grown = (await heapSize()) - heapBefore;
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(`${name}: the heap grew by ${Math.round(grown / 1024)} KiB, RSS is ${rss} MiB`);
  if (grown > HEAP_GROWTH_MAX) process.exit(1);
}

function fail(error: unknown): never {
  console.error(error);
  console.error(`${name}: input ${index} of seed ${seed} fails: ${target.input}`);
  console.error(`Again: npm run fuzz -- ${name} --seed ${seed} --from ${index} --inputs 1`);
  process.exit(1);
}

/** What is still in use, with the memory of buffers, when all garbage is gone. */
async function heapSize(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function readOptions(): Record<"seed" | "from" | "inputs" | "seconds", number> & { name: string } {
  const type = "string";
  const options = { seconds: { type }, inputs: { type }, seed: { type }, from: { type } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name] = positionals;
  if (positionals.length !== 1 || !Object.hasOwn(TARGETS, name)) {
    console.error(USAGE);
    process.exit(2);
  }
  const inputs = number(values.inputs, Infinity);
  return {
    name,
    inputs,
    seconds: number(values.seconds, inputs === Infinity ? SECONDS : Infinity),
    seed: number(values.seed, Date.now() % 2 ** 31),
    from: number(values.from, 0),
  };
}

function number(text: string | undefined, standard: number): number {
  if (text === undefined) return standard;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  console.error(`Found "${text}", must be a whole number\n${USAGE}`);
  process.exit(2);
}
