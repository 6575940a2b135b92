// UTF-8 with what the engine has for it: to validate (§8.1), to decode, to encode. The rules
// themselves are in `utf8_scanner`.

import { Buffer, isAscii, isUtf8 } from "node:buffer";
import { Utf8Scanner } from "./utf8_scanner.ts";

/** From this size on the native check is worth its view: 60 ns for the view, then 10 GB/s. */
const NATIVE_FROM = 96;

/** Validates UTF-8 that comes in pieces. A new one stands between two characters. */
export class Utf8Validator extends Utf8Scanner {
  /** Hot: goes on with `bytes[start..end)`. Returns the index of the first bad byte, or -1. */
  push(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < NATIVE_FROM) return this.scan(bytes, start, end);
    let at = start;
    while (!this.complete && at < end) {
      if (this.scan(bytes, at, at + 1) !== -1) return at;
      at++;
    }
    const boundary = lastBoundary(bytes, at, end);
    if (isUtf8(bytes.subarray(at, boundary))) at = boundary;
    return this.scan(bytes, at, end); // the open character at the end, or the byte at fault
  }
}

/** The last index at which a character begins that may be cut, or `end`. */
function lastBoundary(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start && at >= end - 3; at--) {
    if (bytes[at] >= 0xc0) return at; // it may be cut: leave it to the scan
  }
  return end;
}

/** Hot: the string in `bytes[start..end)`, which must be valid UTF-8. A BOM is kept: §5.6 [B39]. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return nativeBuffer(bytes).utf8Slice(start, end);
}

/**
 * Hot: the string in `bytes[start..end)`, which must be ASCII: two thirds of the time of
 * {@linkcode decodeUtf8}, and from 1 MiB on, on Node 20, a fifth.
 */
export function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  return nativeBuffer(bytes).latin1Slice(start, end);
}

/** The string in all of `bytes`: valid UTF-8, of which nobody knows whether it is ASCII. */
export function decodeText(bytes: Uint8Array): string {
  const { length } = bytes;
  return isAscii(bytes) ? decodeAscii(bytes, 0, length) : decodeUtf8(bytes, 0, length);
}

function nativeBuffer(bytes: Uint8Array): NativeBuffer {
  const buffer =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer as NativeBuffer;
}

/**
 * Where a slice of `text`, at most `length` code units from `start` on, may end: not inside a
 * surrogate pair, which is one character.
 */
export function sliceEnd(text: string, start: number, length: number): number {
  const end = start + length;
  if (end >= text.length) return text.length;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}

/** Hot: writes `text` as UTF-8 at `at`, where there must be room. Returns its size in bytes. */
export function encodeUtf8(buffer: Buffer, at: number, text: string): number {
  return (buffer as NativeBuffer).utf8Write(text, at, buffer.length - at);
}

/** Hot: writes `text`, which must be ASCII, at `at`, where there must be room. Returns its size. */
export function encodeAscii(buffer: Buffer, at: number, text: string): number {
  return (buffer as NativeBuffer).latin1Write(text, at, text.length);
}

/**
 * What `toString()` and `write()` come down to, once they have looked up the encoding: a quarter
 * of the time for a short text. All of Node, Deno and Bun have them, though no manual does.
 */
interface NativeBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  utf8Write(text: string, at: number, size: number): number;
  latin1Write(text: string, at: number, size: number): number;
}
