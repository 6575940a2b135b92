// `npm run fuzz -- [TARGET]`: input after input that nobody would think of. Without a target all
// of them in turn, which share the time. What a target must keep to is in its file.
//
//   --seconds N    how long (default: 10 for each), or
//   --inputs N     how many of each
//   --seed S       a whole number of any size (default: from the clock). Input n of seed S is the
//                  one input of seed S + n: `--seed S --inputs 1` has a single one again
//   --minimise     minimise what fails for as long as it takes, not for 10 seconds
//   --no-ledger    append nothing to LEDGER.jsonl
//
// The exit code is 1 when an input fails, or the heap grows; 2 when the command line says nothing.

import { DecoderTarget } from "./decoder.ts";
import { DeflateTarget } from "./deflate.ts";
import { ExtensionsTarget } from "./extensions.ts";
import { HandshakeTarget } from "./handshake.ts";
import { HeadTarget } from "./head.ts";
import { append, revision } from "./ledger.ts";
import { readOptions } from "./options.ts";
import type { Options } from "./options.ts";
import { run } from "./run.ts";
import type { Failure, Run } from "./run.ts";
import { Seeds } from "./seeds.ts";
import { SessionTarget } from "./session.ts";
import { Finding } from "./target.ts";
import type { Target } from "./target.ts";

const TARGETS: Readonly<Record<string, () => Target<unknown>>> = {
  decoder: () => new DecoderTarget(),
  handshake: () => new HandshakeTarget(),
  head: () => new HeadTarget(),
  extensions: () => new ExtensionsTarget(),
  deflate: () => new DeflateTarget(),
  session: () => new SessionTarget(),
};

const USAGE =
  `Usage: fuzz [all|${Object.keys(TARGETS).join("|")}] [--seconds N] [--inputs N] [--seed S] ` +
  "[--minimise] [--no-ledger]";
const MINIMISE_MS = 10_000;
const HEAP_GROWTH_MAX = 8 * 1024 * 1024;

const options = optionsOf(process.argv.slice(2));
const running = revision();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
// Most inputs end in an error: without a stack it takes half the time.
if (options.inputs > 1) Error.stackTraceLimit = 0;
for (const name of options.targets) {
  if (!stop.signal.aborted && !(await fuzz(name))) process.exitCode = 1;
}

/** Returns whether all is well. */
async function fuzz(name: string): Promise<boolean> {
  const { seed, minimise, ledger } = options;
  const target = TARGETS[name]();
  const seeds = new Seeds(seed);
  const found = await run(target, {
    seeds,
    inputs: options.inputs,
    seconds: options.seconds,
    minimiseMs: minimise ? Infinity : MINIMISE_MS,
    signal: stop.signal,
    onProgress: (done, took) => console.log(`${name}: ${rate(done, took)}`),
  });
  tell(name, found);
  if (ledger && found.inputs > 0) {
    const range = [seed, seeds.seedAt(found.inputs - 1)].map(String) as [string, string];
    const findings = found.failure === null ? [] : [findingOf(found.failure)];
    const took = Math.round(found.seconds);
    const { inputs } = found;
    append({ target: name, seeds: range, inputs, seconds: took, findings, ...running });
  }
  if (found.failure !== null) tellFailure(name, found.failure);
  return found.failure === null && (found.heapGrowth ?? 0) <= HEAP_GROWTH_MAX;
}

function tell(name: string, { inputs, seconds, summary, heapGrowth }: Run): void {
  console.log(`${name}: ${rate(inputs, seconds)}, seed ${options.seed}: ${summary}`);
  if (heapGrowth === null) return;
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(`${name}: the heap grew by ${Math.round(heapGrowth / 1024)} KiB, RSS is ${rss} MiB`);
}

function tellFailure(name: string, { error, seed, input, minimised }: Failure): void {
  console.error(`\n${name}: FAILS: ${whatOf(error)}`);
  if (error instanceof Finding) {
    console.error(`expected:  ${error.expected}\nfound:     ${error.found}`);
  } else {
    console.error(error);
  }
  console.error(`input:     ${input}\nminimised: ${minimised}`);
  if (seed === null) return;
  console.error(`seed:      ${seed}\nagain:     npm run fuzz -- ${name} --seed ${seed} --inputs 1`);
}

function findingOf({ error, seed, minimised }: Failure): {
  seed: string | null;
  what: string;
  minimised: string;
} {
  return { seed: seed === null ? null : String(seed), what: whatOf(error), minimised };
}

function whatOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function rate(inputs: number, seconds: number): string {
  const aSecond = seconds === 0 ? 0 : Math.round(inputs / seconds);
  return `${inputs} inputs in ${seconds.toFixed(1)} s, ${aSecond} a second`;
}

function optionsOf(args: readonly string[]): Options {
  try {
    return readOptions(args, Object.keys(TARGETS));
  } catch (error) {
    console.error(`${whatOf(error)}\n${USAGE}`);
    process.exit(2);
  }
}
