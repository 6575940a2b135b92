// A run: input after input until the time is over, or the inputs are, or one of them fails. That
// one is minimised then. At the end the heap must be what it was near the beginning.

import { memoryInUse } from "../../test/frame/support.ts";
import type { Seeds } from "./seeds.ts";
import { Finding } from "./target.ts";
import type { Fails, Target } from "./target.ts";

/** How long, and what is told meanwhile. */
export interface Plan {
  readonly seeds: Seeds;
  readonly seconds: number;
  readonly inputs: number;
  /** How long to minimise an input that fails, in milliseconds. */
  readonly minimiseMs: number;
  /** Every few seconds. */
  readonly onProgress: (inputs: number, seconds: number) => void;
  /** When it aborts, the run ends as if its time were over. */
  readonly signal: AbortSignal;
}

/** What a run came to. */
export interface Run {
  readonly inputs: number;
  readonly seconds: number;
  /** What became of them. */
  readonly summary: string;
  readonly failure: Failure | null;
  /** Bytes by which the heap grew; `null`: too few inputs to tell. */
  readonly heapGrowth: number | null;
}

/** An input that fails. */
export interface Failure {
  readonly error: unknown;
  /** The seed that has it alone; `null`: it shows behind all inputs. */
  readonly seed: bigint | null;
  readonly input: string;
  readonly minimised: string;
}

/** After so many the event loop turns: what ticks must not pile up. */
const ROUND = 256;
const PROGRESS_MS = 5000;
/** So many make the heap what it is: code is compiled, caches are full. */
const WARM_UP = 50_000;

/** Tries the inputs of `target`. */
export async function run<Input>(target: Target<Input>, plan: Plan): Promise<Run> {
  const { seeds, inputs, seconds, onProgress, signal } = plan;
  await target.begin?.();
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let failure: Failure | null = null;
  let next = 0;
  let done = 0;
  let told = start;
  let heapBefore: number | null = null;

  const isOver = (): boolean =>
    failure !== null || next >= inputs || signal.aborted || elapsed() >= seconds;

  const work = async (): Promise<void> => {
    while (!isOver()) {
      const index = next++;
      const input = target.draw(seeds.randomAt(index));
      try {
        const checked = target.check(input);
        if (checked !== undefined) await checked;
      } catch (error) {
        const text = target.write(input);
        failure ??= { error, seed: seeds.seedAt(index), input: text, minimised: text };
      }
      done++;
      if (done % ROUND === 0) await rest();
    }
  };

  const rest = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (heapBefore === null && done >= WARM_UP) heapBefore = await memoryInUse();
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    onProgress(done, elapsed());
  };

  await Promise.all(Array.from({ length: target.inFlight }, work));
  const took = elapsed();
  const { summary } = target; // before a minimiser makes inputs of its own
  if (failure !== null) failure = await minimised(target, failure, plan.minimiseMs);
  try {
    await target.end?.();
  } catch (error) {
    failure ??= { error, seed: null, input: "all of them", minimised: "unknown" };
  }
  const heapGrowth = heapBefore === null ? null : (await memoryInUse()) - heapBefore;
  return { inputs: done, seconds: took, summary, failure, heapGrowth };
}

async function minimised<Input>(
  target: Target<Input>,
  failure: Failure,
  minimiseMs: number,
): Promise<Failure> {
  const end = performance.now() + minimiseMs;
  const fails: Fails<Input> = async (input) => {
    if (performance.now() > end) return false;
    try {
      await target.check(input);
      return false;
    } catch (error) {
      return isAlike(error, failure.error);
    }
  };
  const least = await target.minimise(target.read(failure.input), fails);
  return { ...failure, minimised: target.write(least) };
}

/** Whether both say the same of what is wrong: or a minimiser slips from one fault to another. */
function isAlike(error: unknown, other: unknown): boolean {
  if (!(error instanceof Error && other instanceof Error)) return error === other;
  return error.name === other.name && (!(error instanceof Finding) || sameRule(error, other));
}

/** The numbers in it may change as an input becomes smaller. */
function sameRule(error: Error, other: Error): boolean {
  return error.message.replace(/\d+/g, "") === other.message.replace(/\d+/g, "");
}
