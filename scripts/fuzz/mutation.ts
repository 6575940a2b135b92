// What is done to a compressed stream: what happens to bytes anyway, and what a peer would do who
// knows DEFLATE and wants the worst of it.

import type { Random } from "../../src/testing/random.ts";

/** Blocks, and pieces of them: RFC 1951 §3.2.3, RFC 7692 §7.2.3. */
const PIECES: readonly Uint8Array[] = [
  "00", // the header of a stored block
  "000000ffff", // an empty stored block
  "010000ffff", // the same as the last
  "0000ffff", // what a sender leaves out
  "0300", // an empty fixed block, the last
  "020000", // the same, not the last
  "f348cdc9c90700", // "Hello", the last
  "f248cdc9c90700", // "Hello"
  "f200110000", // a reference to it
  "4b0400", // "a", the last: one of thousands
  "4b04004b04004b04004b04004b04004b0400",
  "000500faff48656c6c6f", // "Hello", stored
  "010400fbff", // a stored block that goes on into what follows
  "010900f6ff",
  "00ffff0000", // the longest stored block
  "04", // a dynamic block
  "05e0810800000000209d6253",
  "ed", // and its codes
  "07", // no such block
].map((hex) => Buffer.from(hex, "hex"));

const BYTES = [0x00, 0x01, 0x03, 0x04, 0x05, 0x7f, 0x80, 0xfe, 0xff];

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  remove,
  insertPiece,
  insertPiece,
  repeat,
  splice,
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.fill(random.pick(BYTES), random.below(bytes.length + 1)),
];

/** `bytes` changed a few times; `other` is a stream that may be grafted on. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let mutated: Uint8Array = Buffer.from(bytes);
  const times = 1 + random.below(random.oneIn(4) ? 6 : 2);
  for (let time = 0; time < times; time++) {
    mutated = random.pick(MUTATIONS)(mutated, random, other);
  }
  return mutated;
}

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length > 0) bytes[place(bytes, random)] ^= 1 << random.below(8);
  return bytes;
}

function setByte(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length > 0) bytes[place(bytes, random)] = random.pick(BYTES);
  return bytes;
}

function remove(bytes: Uint8Array, random: Random): Uint8Array {
  const at = place(bytes, random);
  const end = at + 1 + random.below(8);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
}

function insertPiece(bytes: Uint8Array, random: Random): Uint8Array {
  const at = place(bytes, random);
  return Buffer.concat([bytes.subarray(0, at), random.pick(PIECES), bytes.subarray(at)]);
}

function repeat(bytes: Uint8Array, random: Random): Uint8Array {
  const at = place(bytes, random);
  const part = bytes.subarray(at, at + 1 + random.below(40));
  const times = 1 + random.below(random.oneIn(20) ? 200 : 4);
  const parts = new Array<Uint8Array>(times).fill(part);
  return Buffer.concat([bytes.subarray(0, at), ...parts, bytes.subarray(at)]);
}

function splice(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const from = random.below(other.length + 1);
  return Buffer.concat([bytes.subarray(0, place(bytes, random)), other.subarray(from)]);
}

/** Half of them near the beginning, where the headers of blocks and codes are. */
function place(bytes: Uint8Array, random: Random): number {
  const { length } = bytes;
  return random.below((random.oneIn(2) ? Math.min(length, 24) : length) + 1) % (length || 1);
}
