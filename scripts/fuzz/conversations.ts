// What the fuzzer begins with: sound conversations, in each mode of permessage-deflate, by every
// kind of compressor that zlib can be.

import { constants, deflateRawSync } from "node:zlib";
import { Random } from "../../src/testing/random.ts";

/** One message, and how it was sent. */
export interface Sent {
  readonly opcode: 1 | 2;
  readonly isCompressed: boolean;
  readonly plain: Uint8Array;
  /** Its payload: compressed, or as it is. */
  readonly payload: Uint8Array;
}

/** Messages that follow each other, and the mode in which they make sense. */
export interface Conversation {
  readonly windowBits: number;
  readonly contextTakeover: boolean;
  readonly messages: readonly Sent[];
}

/** A multiple of the kinds below. */
const COUNT = 700;
const MESSAGES = 2;
/** As many streams as any limit of the fuzzer for sound ones lets pass. */
const PARTS_MAX = 8;

const TAIL_SIZE = 4;
const WORDS = ["order", "price", "日本", "🌊", '{"id":', "},", "0", "17", " ", "symbol", "aaaaaaaaa"];
const SIZES = [0, 1, 5, 30, 30, 130, 130, 600, 600, 2500];

/** All of them, the same in every run. */
export function conversations(): Conversation[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const random = new Random(7692, index);
    const windowBits = 9 + (index % 7);
    const contextTakeover = random.oneIn(2);
    const messages: Sent[] = [];
    let past = new Uint8Array(0);
    for (let count = 0; count < MESSAGES; count++) {
      const opcode = random.oneIn(2) ? 1 : 2;
      const plain = opcode === 1 ? text(random) : noise(random);
      const isCompressed = !random.oneIn(8);
      if (!isCompressed) {
        messages.push({ opcode, isCompressed, plain, payload: plain });
        continue;
      }
      const payload = compressed(plain, random, windowBits, contextTakeover ? past : null);
      past = Buffer.concat([past, plain]);
      messages.push({ opcode, isCompressed, plain, payload });
    }
    return { windowBits, contextTakeover, messages };
  });
}

/** RFC 7692 §7.2.1: whole, in flushed parts, or in blocks that say of themselves to be the last. */
function compressed(
  plain: Uint8Array,
  random: Random,
  windowBits: number,
  past: Uint8Array | null,
): Uint8Array {
  const level = random.below(10);
  const memLevel = 1 + random.below(9);
  const strategy = random.below(5); // default, filtered, Huffman only, RLE, fixed
  const sync = constants.Z_SYNC_FLUSH;
  const flushes = random.pick([sync, sync, constants.Z_FULL_FLUSH, constants.Z_FINISH]);
  const parts: Uint8Array[] = [];
  const partsMax = random.pick([1, 1, 2, PARTS_MAX]);
  const partSize = Math.ceil(plain.length / (1 + random.below(partsMax))) || 1;
  for (let at = 0; at === 0 || at < plain.length; at += partSize) {
    const all = Buffer.concat([past ?? new Uint8Array(0), plain.subarray(0, at)]);
    const before = all.subarray(-(2 ** windowBits));
    const options = { level, memLevel, strategy, windowBits, finishFlush: flushes };
    const dictionary = before.length === 0 ? {} : { dictionary: before };
    const part = plain.subarray(at, at + partSize);
    parts.push(deflateRawSync(part, { ...options, ...dictionary }));
  }
  const whole = Buffer.concat(parts);
  if (flushes === constants.Z_FINISH) return Buffer.concat([whole, Buffer.of(0)]);
  return whole.subarray(0, -TAIL_SIZE);
}

function text(random: Random): Uint8Array {
  const size = random.pick(SIZES);
  let text = "";
  while (text.length < size) text += random.pick(WORDS);
  return Buffer.from(text);
}

function noise(random: Random): Uint8Array {
  const alphabet = random.pick([1, 2, 16, 256]);
  return Uint8Array.from({ length: random.pick(SIZES) }, () => random.below(alphabet));
}
