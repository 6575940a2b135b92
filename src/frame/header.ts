// The frame header: §5.2. Syntax alone; what a header may say is in `rules`.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-------+-+-------------+-------------------------------+
//   |F|R|R|R| opcode|M| length      | length, 16 bits if it is 126, |
//   |I|S|S|S|  (4)  |A|   (7)       | 64 bits if it is 127          |
//   |N|V|V|V|       |S|             |                               |
//   | |1|2|3|       |K|             |                               |
//   +-+-+-+-+-------+-+-------------+-------------------------------+
//   | masking key, 32 bits, if MASK is set                          |
//   +---------------------------------------------------------------+
//
// So a header takes 2, 4 or 10 bytes, and 4 more with a key. Numbers are in network byte order.

import { ProtocolError } from "./error.ts";

/** What a frame header says: §5.2. One object may serve for many frames: it is written into. */
export interface FrameHeader {
  /** Whether this is the last frame of its message. */
  fin: boolean;
  /** The three reserved bits as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  rsv: number;
  /** Four bits: see {@linkcode Opcode}. */
  opcode: number;
  /** Whether a masking key is there. */
  masked: boolean;
  /** The masking key as an int32, its first byte in the high byte; 0 when not masked. */
  key: number;
  /** Size of the payload in bytes. */
  length: number;
}

/** The longest header: two bytes, 64 bits of length, 32 bits of key. */
export const HEADER_SIZE_MAX = 14;

/** A header to be written into: an empty, final continuation. */
export function createHeader(): FrameHeader {
  return { fin: true, rsv: 0, opcode: 0, masked: false, key: 0, length: 0 };
}

/**
 * Hot: reads the header that begins at `start` of `bytes[start..end)` into `header`.
 *
 * @returns The size of the header in bytes, or 0 when it is not complete: then nothing has
 * changed, and the caller comes again with more.
 * @throws {ProtocolError} 1002 when the length takes more bytes than it needs or its top bit is
 * set; 1009 when it is above 2^53 - 1, which no limit can be.
 */
export function readHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: FrameHeader,
): number {
  if (end - start < 2) return 0;
  const first = bytes[start];
  const second = bytes[start + 1];
  const masked = second >= 0x80;
  let length = second & 0x7f;
  let at = start + 2;
  if (length === 126) {
    if (end - at < 2) return 0;
    length = (bytes[at] << 8) | bytes[at + 1]; // §5.2 [B06]
    if (length < 126) throw tooLongForm(length, at); // §5.2 [B09]
    at += 2;
  } else if (length === 127) {
    if (end - at < 8) return 0;
    length = readLength64(bytes, at); // §5.2 [B06]
    at += 8;
  }
  if (masked) {
    if (end - at < 4) return 0;
    header.key = readInt32(bytes, at); // §5.3 [B10]: the length does not count it
    at += 4;
  } else {
    header.key = 0;
  }
  header.fin = first >= 0x80;
  header.rsv = (first >> 4) & 0b111;
  header.opcode = first & 0b1111;
  header.masked = masked;
  header.length = length;
  return at - start;
}

/** Hot: bytes of a header for a payload of `length` bytes, in the shortest form: §5.2 [B08]. */
export function headerSize(length: number, masked: boolean): number {
  return (length < 126 ? 2 : length < 65536 ? 4 : 10) + (masked ? 4 : 0);
}

/**
 * Hot: writes `header` at `at`, its length in the fewest bytes: §5.2 [B08]. Returns the index
 * behind it. There must be room for {@linkcode headerSize} bytes.
 */
export function writeHeader(bytes: Uint8Array, at: number, header: FrameHeader): number {
  const { length } = header;
  const maskBit = header.masked ? 0x80 : 0;
  bytes[at++] = (header.fin ? 0x80 : 0) | (header.rsv << 4) | header.opcode;
  if (length < 126) {
    bytes[at++] = maskBit | length;
  } else if (length < 65536) {
    bytes[at++] = maskBit | 126;
    bytes[at++] = length >>> 8;
    bytes[at++] = length & 0xff;
  } else {
    bytes[at++] = maskBit | 127;
    at = writeInt32(bytes, at, Math.floor(length / 2 ** 32));
    at = writeInt32(bytes, at, length | 0);
  }
  return header.masked ? writeInt32(bytes, at, header.key) : at;
}

/**
 * The 64-bit form. The two halves are compared as integers before they are joined, because above
 * 2^53 a number forgets its lowest bits, and a length off by one puts every later frame askew.
 */
function readLength64(bytes: Uint8Array, at: number): number {
  const high = readInt32(bytes, at);
  const low = readInt32(bytes, at + 4) >>> 0;
  if (high < 0) { // §5.2 [B07]
    const text = "Cannot accept frame: top bit of the 64-bit length is set (§5.2)";
    throw new ProtocolError("LENGTH_TOP_BIT", text, at);
  }
  if (high > 0x1fffff) {
    const text = "Cannot accept frame: length is above 2^53 - 1 (§10.4)";
    throw new ProtocolError("LENGTH_TOO_BIG", text, at);
  }
  const length = high * 2 ** 32 + low;
  if (length < 65536) throw tooLongForm(length, at); // §5.2 [B09]
  return length;
}

function tooLongForm(length: number, at: number): ProtocolError {
  const text = `Cannot accept frame: length ${length} must take the fewest bytes possible (§5.2)`;
  return new ProtocolError("LENGTH_NOT_MINIMAL", text, at);
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function writeInt32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
  return at + 4;
}
