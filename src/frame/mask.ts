// Masking: §5.3. A client XORs its payload with four bytes that it draws anew for each frame, so
// that no script can choose what a proxy on the way will see (§10.3).
//
//   masked[i] = payload[i] XOR key[i mod 4]
//
// The key is held as one int32, its first byte in the high byte. A payload that comes in pieces
// needs no count of where it was: each piece returns the key turned to the byte that is due next.

/** Below this size the view for the word loop costs more than the bytes. */
const WORDS_FROM = 128;

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The high bits of four bytes: one of them set, and the text is not all ASCII. */
const HIGH_BITS = 0x80808080;

/**
 * Masks `bytes[start..end)` in place, or unmasks them, since XOR undoes itself: §5.3 [B10].
 *
 * @param key The four bytes of the masking key, the first in the high byte.
 * @returns The key turned so that its first byte is the one due at `end`: pass it to the next
 * call to go on through a payload that comes in pieces.
 */
export function mask(bytes: Uint8Array, start: number, end: number, key: number): number {
  maskInPlace(bytes, start, end, key);
  return turnKey(key, end - start);
}

/** Hot: `key` turned so that its first byte is the one due `size` bytes later. */
export function turnKey(key: number, size: number): number {
  const turn = (size & 3) << 3;
  return (key << turn) | (key >>> (32 - turn));
}

/** Hot: `key` with its first byte in the low byte, as a little-endian machine reads it. */
export function swapKey(key: number): number {
  return (key >>> 24) | ((key >>> 8) & 0xff00) | ((key << 8) & 0xff0000) | (key << 24);
}

/** Hot: masks in place. Returns whether all of the result is ASCII, which is free to tell here. */
export function maskInPlace(bytes: Uint8Array, start: number, end: number, key: number): boolean {
  if (!LITTLE_ENDIAN || end - start < WORDS_FROM) return maskBytes(bytes, start, end, key) < 0x80;
  const aligned = start + (-(bytes.byteOffset + start) & 3);
  const wordsEnd = aligned + ((end - aligned) & ~3);
  const turned = turnKey(key, aligned - start);
  const head = maskBytes(bytes, start, aligned, key);
  const high = maskWords(bytes, aligned, wordsEnd, turned) & HIGH_BITS;
  const tail = maskBytes(bytes, wordsEnd, end, turned);
  return (head | tail) < 0x80 && high === 0;
}

/** Hot: a byte at a time; the place in the key counts from `start`. Returns all bytes, ORed. */
function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  const first = key >>> 24;
  const second = (key >>> 16) & 0xff;
  const third = (key >>> 8) & 0xff;
  const fourth = key & 0xff;
  let seen = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    seen |= bytes[at] ^= first;
    seen |= bytes[at + 1] ^= second;
    seen |= bytes[at + 2] ^= third;
    seen |= bytes[at + 3] ^= fourth;
  }
  if (at < end) seen |= bytes[at] ^= first;
  if (at + 1 < end) seen |= bytes[at + 1] ^= second;
  if (at + 2 < end) seen |= bytes[at + 2] ^= third;
  return seen;
}

/**
 * Hot: four bytes at a time, three to four times as fast from 1 KiB on. `start` must be aligned
 * in the underlying buffer and the size a multiple of four. Returns all words, ORed.
 */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, (end - start) >> 2);
  const swapped = swapKey(key);
  let seen = 0;
  for (let at = 0; at < words.length; at++) seen |= words[at] ^= swapped;
  return seen;
}
