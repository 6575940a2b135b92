// Bytes, changed at random from a seed: what a fuzzer feeds to a parser. Half of the changes know
// nothing of frames, as a broken line does not; half know them well: see `frame_mutation`.

import { Buffer } from "node:buffer";
import { bendFrame } from "./frame_mutation.ts";
import { Random } from "./random.ts";

/** Options of {@linkcode mutate}. */
export interface MutateOptions {
  /** The same bytes and the same seed give the same result. Default: 0. */
  readonly seed?: number;
  /** "bytes": changes that know nothing of frames; "frames": those that do. Default: both. */
  readonly of?: "bytes" | "frames";
}

/** Values at the edges of what a byte may mean: bits, lengths, opcodes, UTF-8. */
const BYTES = [0x00, 0x01, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0x8f, 0xc0, 0xed, 0xf8, 0xfe, 0xff];

type Change = (bytes: Uint8Array, random: Random) => Uint8Array;

const CHANGES: readonly Change[] = [
  (bytes, random) => replaced(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => replaced(bytes, random, () => random.pick(BYTES)),
  (bytes, random) => without(bytes, random.below(bytes.length), 1 + random.below(8)),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  insert,
  repeat,
];

/**
 * `bytes` with one to three changes; never the same bytes. What was done shows when both are given
 * to `explain()`. `bytes` itself stays as it is.
 *
 * ```ts run
 * import { decodeFrames, encodeFrame, ProtocolError } from "sluice/frame";
 * import { mutate } from "sluice/testing";
 *
 * const frame = encodeFrame({ opcode: 1, payload: "Hello", key: 0x37fa213d });
 * for (let seed = 0; seed < 1000; seed++) {
 *   try {
 *     decodeFrames(mutate(frame, { seed }), { role: "server" });
 *   } catch (error) {
 *     if (!(error instanceof ProtocolError)) throw new Error(`seed ${seed}`, { cause: error });
 *   }
 * }
 * ```
 */
export function mutate(bytes: Uint8Array, options: MutateOptions = {}): Uint8Array {
  const { seed = 0, of } = options;
  if (of !== undefined && of !== "bytes" && of !== "frames") {
    throw new TypeError(`Cannot mutate: of is ${String(of)}, must be "bytes" or "frames"`);
  }
  const random = new Random(seed);
  let mutated = bytes;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const isOfFrame = of === "frames" || (of === undefined && random.oneIn(2));
    const changed = isOfFrame ? bendFrame(mutated, random) : mutated;
    mutated = changed === mutated ? random.pick(CHANGES)(mutated, random) : changed;
  }
  if (Buffer.compare(mutated, bytes) !== 0) return new Uint8Array(mutated);
  return bytes.length === 0 ? Uint8Array.of(random.pick(BYTES)) : flipped(bytes, random);
}

function replaced(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  const copy = new Uint8Array(bytes);
  const at = random.below(copy.length);
  if (copy.length > 0) copy[at] = change(copy[at]);
  return copy;
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  return replaced(bytes, random, (byte) => byte ^ (1 << random.below(8)));
}

function without(bytes: Uint8Array, at: number, size: number): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
}

/** Other bytes, of all values or from the edges, at any place. */
function insert(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const draw = random.oneIn(2) ? () => random.below(256) : () => random.pick(BYTES);
  const piece = Uint8Array.from({ length: 1 + random.below(8) }, draw);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

/** A part of it once more, or many times. */
function repeat(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  const part = bytes.subarray(at, at + 1 + random.below(32));
  const parts = new Array<Uint8Array>(1 + random.below(random.oneIn(8) ? 64 : 3)).fill(part);
  return Buffer.concat([bytes.subarray(0, at), ...parts, bytes.subarray(at)]);
}
