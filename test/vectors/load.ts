// The vectors as the tests take them. They are read where they are written: the compiler copies no
// JSON into dist, where the tests run.

import { readFileSync } from "node:fs";
import { bytes } from "../support/bytes.ts";

/** Bytes as the files write them: hex, or parts of which some repeat. */
export type Spelled = string | readonly (string | { readonly repeat: string; times: number })[];

/** What every vector has; `expect` and the inputs depend on the kind of its file. */
export interface Vector {
  readonly id: string;
  readonly what: string;
  readonly section: string;
  readonly note?: string;
  readonly expect: object;
}

/** Where they are. */
export const DIRECTORY: URL = new URL("../../../test/vectors/", import.meta.url);

/** The vectors of a file. Every byte string in them is hex in full. */
export function load<T extends Vector>(name: string): readonly T[] {
  const text = readFileSync(new URL(`${name}.json`, DIRECTORY), "utf8");
  return expand((JSON.parse(text) as { readonly vectors: unknown }).vectors) as readonly T[];
}

/** The bytes of `spelled` in hex, without the parts that repeat. */
export function spell(spelled: Spelled): string {
  if (typeof spelled === "string") return spelled;
  return spelled
    .map((part) => (typeof part === "string" ? part : part.repeat.repeat(part.times)))
    .join("");
}

/** Every cut of a short stream; of a long one those at its ends, and at `places` and beside. */
export function cutsOf(wire: Uint8Array, ...places: readonly number[]): number[] {
  const cuts = Array.from({ length: wire.length + 1 }, (_, cut) => cut);
  if (wire.length <= 300) return cuts;
  const isNear = (cut: number, place: number): boolean => Math.abs(cut - place) <= 1;
  return cuts.filter((cut) => {
    return cut < 20 || cut > wire.length - 20 || places.some((place) => isNear(cut, place));
  });
}

/** Each byte on memory of its own. */
export function singles(wire: Uint8Array): Uint8Array[] {
  return Array.from(wire, (byte) => Uint8Array.of(byte));
}

/** The bytes of a name such as a key: four of them as an int32. */
export function int32(hex: string): number {
  return new DataView(bytes(hex).buffer).getInt32(0);
}

/** `value` with what is spelled in parts put together: an array that holds `{ repeat, times }`. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.some(isRepeated) ? spell(value as Spelled) : value.map(expand);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, expand(item)]));
}

function isRepeated(part: unknown): boolean {
  return typeof part === "object" && part !== null && "repeat" in part;
}
