// A seed, from its first step to the verdict; and when it fails, fewer steps that fail as well.
//
// It is no part of `sluice/testing`: who tests a handler wants TCP to run on its own, cut and
// delayed as a seed says, and has `connectionPair()` for it; this is for the connection itself.

import type { Sabotage } from "./sabotage.ts";
import { judge } from "./verdict.ts";
import { World } from "./world.ts";

/** What became of a run. */
export interface Run {
  readonly seed: number;
  /** The numbers of its steps. */
  readonly steps: readonly number[];
  readonly error: Error | null;
  /** What has happened, line by line. */
  readonly trace: readonly string[];
}

/** Steps behind the end: what is called then must settle, too. */
const STEPS_BEHIND_END = 12;

/**
 * Runs one seed.
 *
 * @param only The steps to take. Default: all that the seed has.
 * @param sabotage Makes one, for tests of the simulation itself.
 */
export async function simulate(
  seed: number,
  only: readonly number[] | null = null,
  sabotage: () => Sabotage = () => ({}),
): Promise<Run> {
  const rejections: unknown[] = [];
  const note = (error: unknown): void => void rejections.push(error);
  process.on("unhandledRejection", note);
  const world = new World(seed, sabotage());
  const steps: number[] = [];
  try {
    let behindEnd = 0;
    for (const index of only ?? Array(world.steps).keys()) {
      if (behindEnd > STEPS_BEHIND_END) break;
      steps.push(index);
      await world.step(index);
      if (world.isOver) behindEnd++;
    }
    await world.finish();
    if (world.failure !== null) throw world.failure;
    const [cause] = rejections;
    if (rejections.length > 0) throw new Error("A rejection is not handled", { cause });
    judge(world);
    return { seed, steps, error: null, trace: world.trace };
  } catch (error) {
    return { seed, steps, error: error as Error, trace: world.trace };
  } finally {
    process.off("unhandledRejection", note);
  }
}

/** A failed run with as few steps as leaving some out, again and again, can make of it. */
export async function shrink(failed: Run, sabotage?: () => Sabotage): Promise<Run> {
  let best = failed;
  for (let size = Math.ceil(best.steps.length / 2); size > 0; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.steps.length; ) {
      const fewer = best.steps.filter((_, index) => index < at || index >= at + size);
      const run = await simulate(best.seed, fewer, sabotage);
      if (run.error !== null) best = run;
      else at += size;
    }
  }
  return best;
}

/** What a person needs to see a failure, and to have it again. */
export function report({ seed, steps, error, trace }: Run): string {
  const again = `npm run simulate -- --seed ${seed} --steps ${steps.join(",") || "none"}`;
  return [`seed=${seed}: ${error?.message}`, ...trace.map((line) => `  ${line}`), again].join("\n");
}
