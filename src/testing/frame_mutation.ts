// Frames, bent: what happens to a stream when somebody who knows §5.2 wants the worst of it. A
// field is changed and all others stay right, so that the frame gets past the first check and to
// the one behind it.

import { Buffer } from "node:buffer";
import { createHeader, headerSize, mask, Opcode, readHeader } from "../frame/mod.ts";
import type { FrameHeader } from "../frame/mod.ts";
import type { Random } from "./random.ts";

/** A frame whose fields need not fit together. */
interface BentFrame {
  /** FIN, RSV and opcode. */
  first: number;
  masked: boolean;
  readonly key: number;
  /** Bytes of the length behind the second byte: 0, 2 or 8. */
  form: number;
  /** What the header says. */
  length: bigint;
  /** Unmasked. */
  payload: Uint8Array;
}

type Bend = (frames: BentFrame[], at: number, random: Random) => void;

/** The edges of the three forms, of 32 bits, of what a number holds, and of §5.2's top bit. */
const LENGTHS = [0n, 1n, 125n, 126n, 127n, 65535n, 65536n, 2n ** 31n, 2n ** 32n, 2n ** 53n].concat(
  2n ** 63n,
  2n ** 64n - 1n,
);

/** Close codes, most of which may not be on the wire: §7.4. */
const CODES = [0, 999, 1000, 1004, 1005, 1006, 1010, 1015, 1016, 2999, 3000, 4999, 5000, 65535];

/** What is no UTF-8: a lone continuation, an overlong form, a surrogate, too large, cut: §8.1. */
const NO_UTF8 = ["80", "c080", "eda080", "f4908080", "e282"].map((hex) => Buffer.from(hex, "hex"));

const BENDS: readonly Bend[] = [
  (frames, at) => void (frames[at].first ^= 0x80),
  (frames, at, random) => void (frames[at].first ^= 0x10 << random.below(3)),
  (frames, at, random) => void (frames[at].first = (frames[at].first & 0xf0) | random.below(16)),
  (frames, at) => void (frames[at].masked = !frames[at].masked),
  claim,
  lengthen,
  spoilUtf8,
  (frames, at, random) => setPayload(frames[at], new Uint8Array(random.pick([125, 126, 65536]))),
  (frames, at) => void frames.splice(at, 1),
  (frames, at) => void frames.splice(at, 0, { ...frames[at] }),
  (frames, at) => void frames.splice(at, 0, ...frames.splice(at + 1, 1)),
  fragment,
  insertControl,
  insertClose,
];

/** One field or frame of the stream changed. A tail that is no whole frame stays as it is. */
export function bendFrame(bytes: Uint8Array, random: Random): Uint8Array {
  const [frames, tail] = readFrames(bytes);
  if (frames.length === 0) return bytes;
  random.pick(BENDS)(frames, random.below(frames.length), random);
  return new Uint8Array(Buffer.concat([...frames.map(writeFrame), tail]));
}

/** Lies about the length. */
function claim(frames: BentFrame[], at: number, random: Random): void {
  const frame = frames[at];
  const near = [frame.length + 1n, frame.length > 0n ? frame.length - 1n : 1n];
  frame.length = random.pick(random.oneIn(2) ? near : LENGTHS);
  frame.form = Math.max(frame.form, formOf(frame.length));
}

/** Takes more bytes for the length than it needs: §5.2. */
function lengthen(frames: BentFrame[], at: number, random: Random): void {
  frames[at].form = frames[at].form === 0 ? random.pick([2, 8]) : 8;
}

function spoilUtf8(frames: BentFrame[], at: number, random: Random): void {
  const { payload } = frames[at];
  const where = random.below(payload.length + 1);
  const parts = [payload.subarray(0, where), random.pick(NO_UTF8), payload.subarray(where)];
  setPayload(frames[at], Buffer.concat(parts));
}

/** Two frames of one: as it may be with data (§5.4), as it may not with others (§5.5). */
function fragment(frames: BentFrame[], at: number, random: Random): void {
  const frame = frames[at];
  const cut = random.below(frame.payload.length + 1);
  const rest: BentFrame = { ...frame, first: frame.first & 0x80 };
  setPayload(rest, frame.payload.subarray(cut));
  setPayload(frame, frame.payload.subarray(0, cut));
  frame.first &= 0x7f;
  frames.splice(at + 1, 0, rest);
}

/** Between fragments it is allowed: §5.4. */
function insertControl(frames: BentFrame[], at: number, random: Random): void {
  const opcode = random.pick([Opcode.PING, Opcode.PONG]);
  const control: BentFrame = { ...frames[at], first: 0x80 | opcode };
  setPayload(control, new Uint8Array(random.pick([0, 4, 125, 126])));
  frames.splice(at + random.below(2), 0, control);
}

function insertClose(frames: BentFrame[], at: number, random: Random): void {
  const close: BentFrame = { ...frames[at], first: 0x80 | Opcode.CLOSE };
  const code = random.pick(CODES);
  const payload = Buffer.from([code >> 8, code & 0xff, ...random.pick([[], ...NO_UTF8])]);
  setPayload(close, payload.subarray(0, random.oneIn(4) ? 1 : payload.length));
  frames.splice(at + random.below(2), 0, close);
}

function setPayload(frame: BentFrame, payload: Uint8Array): void {
  frame.payload = payload;
  frame.length = BigInt(payload.length);
  frame.form = formOf(frame.length);
}

function formOf(length: bigint): number {
  return length < 126n ? 0 : length < 65536n ? 2 : 8;
}

/** The whole frames at the start of `bytes`, and what is behind them. */
function readFrames(bytes: Uint8Array): [frames: BentFrame[], tail: Uint8Array] {
  const frames: BentFrame[] = [];
  const header = createHeader();
  let at = 0;
  for (;;) {
    const start = at + sizeOfHeader(bytes, at, header);
    const end = start + header.length;
    if (start === at || end > bytes.length) return [frames, bytes.subarray(at)];
    const { masked, key, length } = header;
    const payload = new Uint8Array(bytes.subarray(start, end));
    if (masked) mask(payload, 0, length, key);
    const form = headerSize(length, false) - 2;
    frames.push({ first: bytes[at], masked, key, form, length: BigInt(length), payload });
    at = end;
  }
}

/** 0 when it is not complete, or breaks a rule already. */
function sizeOfHeader(bytes: Uint8Array, at: number, header: FrameHeader): number {
  try {
    return readHeader(bytes, at, bytes.length, header);
  } catch {
    return 0;
  }
}

function writeFrame(frame: BentFrame): Uint8Array {
  const { first, masked, key, form, length, payload } = frame;
  const header = Buffer.alloc(2 + form + (masked ? 4 : 0));
  header[0] = first;
  header[1] = (masked ? 0x80 : 0) | (form === 0 ? Number(length) : form === 2 ? 126 : 127);
  if (form === 2) header.writeUInt16BE(Number(length), 2);
  if (form === 8) header.writeBigUInt64BE(length, 2);
  if (!masked) return Buffer.concat([header, payload]);
  header.writeInt32BE(key, 2 + form);
  const frameBytes = Buffer.concat([header, payload]);
  mask(frameBytes, header.length, frameBytes.length, key);
  return frameBytes;
}
