// Texts to fill payloads with: characters of one to four bytes, at the edges of each form, and what
// is none: §8.1. They repeat without end, so that a fragment goes on where the last one was cut.

import type { Random } from "../../src/testing/random.ts";

const VALID = [
  "61626364656667686970", // ASCII
  "61",
  "7f00",
  "c3a9", // é
  "61c3a9",
  "e697a5e69cac", // 日本
  "f09f8c8a", // 🌊
  "61c3a9e697a5f09f8c8a",
  "c280dfbfe0a080efbfbff0908080f48fbfbf", // the first and last of each size
  "ed9fbfee8080efbfbd61", // around the surrogates; U+FFFD
  "efbbbf61", // a BOM
].map((hex) => new Uint8Array(Buffer.from(hex, "hex")));

const INVALID = [
  "616161616161616180", // a lone continuation
  "61c080", // overlong
  "eda080", // a surrogate
  "61f4908080", // above U+10FFFF
  "fe",
].map((hex) => new Uint8Array(Buffer.from(hex, "hex")));

/** The bytes that a text repeats. */
export function drawText(random: Random): Uint8Array {
  return random.pick(random.oneIn(12) ? INVALID : VALID);
}

/** Whether a text may be cut before the byte `at` of it. */
export function isBoundary(text: Uint8Array, at: number): boolean {
  return (text[at] & 0xc0) !== 0x80;
}

/** Fills `bytes[start..end)`, from byte `at` of the text on; returns the one that is due next. */
export function fillText(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: Uint8Array,
  at: number,
): number {
  let due = at;
  for (let index = start; index < end; index++) {
    bytes[index] = text[due];
    due = due + 1 === text.length ? 0 : due + 1;
  }
  return due;
}
