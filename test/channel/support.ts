// What the tests of channels share: results in short, promises seen from outside, child processes.

import { spawn } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Received } from "../../src/channel/mod.ts";

export { thrown } from "../support/thrown.ts";

/** The result of receiving `value`. */
export function V<T>(value: T): Received<T> {
  return { value, done: false };
}

/** The result of receiving from a channel that has ended. */
export const D: Received<never> = { value: undefined, done: true };

/** Ends after all microtasks, those that they started included, and one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** "pending", "fulfilled" or "rejected", a turn of the event loop from now. */
export async function state(promise: Promise<unknown>): Promise<string> {
  let seen = "pending";
  promise.then(
    () => (seen = "fulfilled"),
    () => (seen = "rejected"),
  );
  await turn();
  return seen;
}

/** What `promise` rejects with. Throws if it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected a rejection, found ${String(value)}`);
}

/** Is it an error with this name, one that may come from another copy of the package? */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** Collects all garbage, also in a process that was started without --expose-gc. */
export const gc: () => void = globalThis.gc ?? exposedGc();

function exposedGc(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

/** Is the target of `reference` gone after a few collections? */
export async function isCollected(reference: WeakRef<object>): Promise<boolean> {
  for (let attempt = 0; attempt < 20 && reference.deref() !== undefined; attempt++) {
    await turn();
    gc();
  }
  return reference.deref() === undefined;
}

/** How many timers keep this process alive. */
export function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}

/** Numbers in [0, 1) that a seed repeats: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How a child process ended. */
export interface Exit {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `script` as a module in a new process; `CHANNEL` in it is the address of the module. */
export function runScript(script: string, env: Record<string, string> = {}): Promise<Exit> {
  const address = new URL("../../src/channel/mod.js", import.meta.url).href;
  const source = script.replaceAll("CHANNEL", JSON.stringify(address));
  const { FORCE_COLOR: _, ...plain } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    env: { ...plain, ...env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, ...output }));
  });
}
