// A run of a fuzzer, as the command does it but for what is printed.

import { run } from "../../../scripts/fuzz/run.ts";
import type { Run } from "../../../scripts/fuzz/run.ts";
import { Seeds } from "../../../scripts/fuzz/seeds.ts";
import type { Target } from "../../../scripts/fuzz/target.ts";

/** What to try. */
export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: bigint;
  readonly minimiseMs?: number;
}

/** Tries `inputs` inputs from the one of `seed` on. */
export function fuzzed<Input>(
  target: Target<Input>,
  { inputs, seed, minimiseMs = 5000 }: FuzzOptions,
): Promise<Run> {
  const { signal } = new AbortController();
  const seeds = new Seeds(seed);
  const onProgress = (): void => {};
  return run(target, { seeds, inputs, seconds: 60, minimiseMs, onProgress, signal });
}
