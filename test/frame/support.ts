// What the tests of the three lower floors share: what was thrown, chance that can be had again,
// and a sink that writes down what it is told.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ProtocolError } from "../../src/frame/mod.ts";
import type { FrameHeader, FrameSink } from "../../src/frame/mod.ts";
import { hex } from "../support/bytes.ts";
import { thrown } from "../support/thrown.ts";

export { thrown };

/** What `action` throws, which must be an error of this class. */
export function thrownAs<T extends Error>(
  type: new (...parameters: never[]) => T,
  action: () => unknown,
): T {
  const error = thrown(action);
  if (error instanceof type) return error;
  throw new Error(`Expected ${type.name}, found ${String(error)}`);
}

/** Who broke which rule where: "1002 RFC 6455 §5.2 at 3", from what `action` throws. */
export function violation(action: () => unknown): string {
  const { closeCode, section, offset } = thrownAs(ProtocolError, action);
  return `${closeCode} ${section} at ${offset}`;
}

/** Chance that a seed repeats: put the seed into the message of each assertion. */
export class Chance {
  readonly seed: number;
  #state: number;

  constructor(seed: number = Date.now() & 0x7fffffff) {
    this.seed = seed;
    this.#state = Math.imul(seed, 0x9e3779b1); // or small seeds would all begin alike
  }

  /** A whole number in [0, limit), `limit` being 2^32 at most. */
  below(limit: number): number {
    // A linear congruence with the multiplier that Knuth gives; its low bits are poor, so divide.
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) | 0;
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * limit);
  }

  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.below(256));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** `bytes` cut into pieces of 1 to `sizeMax` bytes, each one on memory of its own. */
  cut(bytes: Uint8Array, sizeMax: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + this.below(sizeMax);
      pieces.push(bytes.slice(at, at + size));
      at += size;
    }
    return pieces;
  }
}

/** A sink that logs frames, in a way that does not depend on where TCP cut their payload. */
export class FrameLog implements FrameSink {
  readonly entries: string[] = [];
  /** How often a piece of payload came. */
  pieces = 0;
  #payload = "";

  frameStart({ fin, rsv, opcode, masked, length }: FrameHeader): void {
    const bits = `${fin ? "fin" : "more"}${rsv > 0 ? ` rsv ${rsv}` : ""}`;
    this.entries.push(`${bits}${masked ? " masked" : ""} opcode ${opcode} length ${length}`);
    this.#payload = "";
  }

  framePayload(bytes: Uint8Array, start: number, end: number): void {
    this.pieces++;
    this.#payload += hex(bytes.subarray(start, end));
  }

  frameEnd(): void {
    this.entries.push(`end ${this.#payload}`);
  }
}

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Bytes of heap and buffers that something still holds. */
export async function memoryInUse(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Whether nothing holds what `reference` refers to. */
export async function isCollected(reference: WeakRef<object>): Promise<boolean> {
  for (let attempt = 0; attempt < 20 && reference.deref() !== undefined; attempt++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  return reference.deref() === undefined;
}

/** What takes less says nothing: work that is quadratic in tens of thousands takes a second. */
const TIME_MIN_MS = 1;
/** After so long it is not chance any more. */
const PATIENCE_MS = 3000;

/**
 * How many times as long `twice` takes as `once`, which does half the work: 2 when it is linear, 4
 * when it is quadratic. The shortest of many runs of each, since a busy machine only ever adds;
 * the runs end when they have shown that it is no more than linear.
 */
export function growth(once: () => unknown, twice: () => unknown): number {
  let onceMs = Infinity;
  let twiceMs = Infinity;
  const deadline = performance.now() + PATIENCE_MS;
  do {
    onceMs = Math.min(onceMs, timeOf(once));
    twiceMs = Math.min(twiceMs, timeOf(twice));
  } while (twiceMs > 2.5 * Math.max(onceMs, TIME_MIN_MS) && performance.now() < deadline);
  return twiceMs / Math.max(onceMs, TIME_MIN_MS);
}

function timeOf(action: () => unknown): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}
