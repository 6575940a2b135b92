// Frames to bytes: §5.2, §6.1. `encodeFrame` makes one frame by itself, for tests, tools and
// whoever wants to see the bytes. The other two append to a page that many frames share: that is
// how a connection sends.

import { Buffer } from "node:buffer";
import { headerSize, writeHeader } from "./header.ts";
import type { FrameHeader } from "./header.ts";
import { mask } from "./mask.ts";
import { Opcode } from "./opcode.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A frame to encode. */
export interface Frame {
  /** Default: true, the last or only frame of its message. */
  readonly fin?: boolean;
  /** The reserved bits, RSV1 is 4. Default: 0. */
  readonly rsv?: number;
  /** Four bits: see {@linkcode Opcode}. */
  readonly opcode: number;
  /** A string is encoded as UTF-8, a lone surrogate as U+FFFD. Default: empty. */
  readonly payload?: string | Uint8Array;
  /** The masking key as an int32, its first byte in the high byte. Default: not masked, §5.1. */
  readonly key?: number;
}

/**
 * The bytes of one frame, the length in its shortest form (§5.2). It refuses nothing: a test may
 * want a frame that breaks a rule. The payload is copied.
 *
 * ```ts run
 * import { encodeFrame, Opcode } from "sluice/frame";
 *
 * const frame = encodeFrame({ opcode: Opcode.TEXT, payload: "Hello", key: 0x37fa213d });
 * console.log(Buffer.from(frame).toString("hex")); // 818537fa213d7f9f4d5158, as in §5.7
 * ```
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const { fin = true, rsv = 0, opcode, payload = "" } = frame;
  const content = typeof payload === "string" ? Buffer.from(payload) : payload;
  const masked = frame.key !== undefined;
  const key = frame.key ?? 0;
  const { length } = content;
  const bytes = new Uint8Array(headerSize(length, masked) + length);
  const at = writeHeader(bytes, 0, { fin, rsv, opcode, masked, key, length });
  bytes.set(content, at);
  if (masked) mask(bytes, at, bytes.length, key);
  return bytes;
}

/** The most bytes that {@linkcode appendText} or {@linkcode appendBinary} may need. */
export function frameSizeMax(payload: string | Uint8Array): number {
  return 10 + (typeof payload === "string" ? 3 * payload.length : payload.length);
}

const header: FrameHeader = {
  fin: true, // §6.1 [B42]: a message is one frame
  rsv: 0, // §5.2 [B03]
  opcode: Opcode.TEXT,
  masked: false, // §5.1 [B02]
  key: 0,
  length: 0,
};

/** Hot: appends an unmasked, final frame with these bytes at `at`. Returns the index behind it. */
export function appendBinary(
  page: Buffer,
  at: number,
  opcode: number,
  payload: Uint8Array,
  rsv = 0,
): number {
  header.rsv = rsv;
  header.opcode = opcode;
  header.length = payload.length;
  at = writeHeader(page, at, header);
  header.rsv = 0;
  page.set(payload, at);
  return at + payload.length;
}

/**
 * Hot: appends an unmasked, final text frame at `at`. Returns the index behind it. There must be
 * room for {@linkcode frameSizeMax} bytes.
 *
 * The length must be known before the header that precedes it, and only encoding tells it. The
 * guess that one character is one byte is right for ASCII; when it is wrong by so much that the
 * header needs another form, the payload is moved.
 */
export function appendText(page: Buffer, at: number, text: string): number {
  const guessed = headerSize(text.length, false);
  const size = encodeUtf8(page, at + guessed, text);
  const needed = headerSize(size, false);
  if (needed !== guessed) page.copyWithin(at + needed, at + guessed, at + guessed + size);
  header.opcode = Opcode.TEXT;
  header.length = size;
  return writeHeader(page, at, header) + size;
}

/** The longest text for {@linkcode appendTexts}: as ASCII its frame has the two-byte header. */
export const SHORT_TEXT_MAX = 125;

/**
 * Hot: the same for `texts[0..count)`, none of them longer than {@linkcode SHORT_TEXT_MAX}, all
 * with one call into the engine, which costs more than the characters: half the time.
 *
 *   texts    "Hello" "World"
 *   joined   "..Hello..World"        encoded: if it has as many bytes, all of it is ASCII
 *   page     81 05 Hello 81 05 World  and the headers fit where the dots were
 */
export function appendTexts(
  page: Buffer,
  at: number,
  texts: readonly string[],
  count: number,
): number {
  if (count === 1) return appendText(page, at, texts[0]);
  let joined = "";
  for (let index = 0; index < count; index++) joined += NO_HEADER + texts[index];
  if (encodeUtf8(page, at, joined) === joined.length) {
    for (let index = 0; index < count; index++) {
      const { length } = texts[index];
      page[at] = FINAL_TEXT;
      page[at + 1] = length;
      at += length + NO_HEADER.length;
    }
    return at;
  }
  for (let index = 0; index < count; index++) at = appendText(page, at, texts[index]);
  return at;
}

/** FIN and the opcode of text. */
const FINAL_TEXT = 0x80 | Opcode.TEXT;

/** Room for a header of two bytes. */
const NO_HEADER = "\0\0";
