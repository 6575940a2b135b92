// Who is asleep? A program in Go that deadlocks says so and dies. In Node pending promises do not
// keep a process alive: a deadlocked program just exits, with status 0. In debug mode, every
// operation that waits is remembered with the stack that started it, and when the event loop has
// run dry, those that still wait are printed.
//
// Off by default, since a stack costs microseconds. Two ways to turn it on:
//   SLUICE_DEBUG=channel node main.js      (a list with commas: other floors may have other words)
//   debugChannels()

import type { Waiter } from "./waiters.ts";

/** Waiters with the stack of their creation; null when debug mode is off. */
let asleep: Map<Waiter, string> | null = null;

/**
 * Turns debug mode on: from now on, operations that wait are remembered, and each one that still
 * waits when the process has nothing left to do is reported once, to `console.error`. Not all of
 * them need be mistakes: a loop over a channel that nobody closed is one of them.
 */
export function debugChannels(): void {
  if (asleep !== null) return;
  asleep = new Map();
  host.process?.on("beforeExit", report);
}

/** Notes that `waiter` was created. */
export function remember(waiter: Waiter): void {
  if (asleep !== null) asleep.set(waiter, String(new Error().stack));
}

/** Notes that `waiter` is about to settle. */
export function forget(waiter: Waiter): void {
  if (asleep !== null) asleep.delete(waiter);
}

function report(): void {
  if (asleep === null || asleep.size === 0) return;
  const stacks = [...asleep.values()].map((stack, index) => `${index + 1}. ${caller(stack)}`);
  asleep.clear(); // printing may wake the event loop, which would then run dry and report again
  const count = stacks.length === 1 ? "1 operation waits" : `${stacks.length} operations wait`;
  console.error(`All tasks are asleep: ${count} for ever\n\n${stacks.join("\n\n")}`);
}

/** The part of a stack that begins with the operation. */
function caller(stack: string): string {
  const frames = stack.split("\n").slice(1);
  return frames.filter((frame) => !INNER.test(frame)).join("\n").trimStart();
}

/** Frames between an operation and remember(). */
const INNER = /^ +at (remember|new Waiter|waitAt|receiveFrom|(?:Receiver|Message)Iterator\.wait) /;

/** The global scope as seen from anywhere: a browser has no `process`. */
const host: { readonly process?: NodeJS.Process } = globalThis;

const words = host.process?.env["SLUICE_DEBUG"]?.split(",") ?? [];
if (words.includes("channel")) debugChannels();
