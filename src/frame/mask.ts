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

/**
 * Hot: masks `bytes[start..end)` in place, or unmasks them, since XOR undoes itself: §5.3.
 *
 * @param key The four bytes of the masking key, the first in the high byte.
 * @returns The key turned so that its first byte is the one due at `end`: pass it to the next
 * call to go on through a payload that comes in pieces.
 */
export function mask(bytes: Uint8Array, start: number, end: number, key: number): number {
  let at = start;
  let turned = key;
  if (LITTLE_ENDIAN && end - start >= WORDS_FROM) {
    const aligned = start + (-(bytes.byteOffset + start) & 3);
    turned = maskBytes(bytes, start, aligned, turned);
    at = aligned + ((end - aligned) & ~3);
    maskWords(bytes, aligned, at, turned);
  }
  return maskBytes(bytes, at, end, turned);
}

/** Hot: a byte at a time; `at` against `start` gives the place in the key. */
function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  const first = key >>> 24;
  const second = (key >>> 16) & 0xff;
  const third = (key >>> 8) & 0xff;
  const fourth = key & 0xff;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    bytes[at] ^= first;
    bytes[at + 1] ^= second;
    bytes[at + 2] ^= third;
    bytes[at + 3] ^= fourth;
  }
  if (at < end) bytes[at] ^= first;
  if (at + 1 < end) bytes[at + 1] ^= second;
  if (at + 2 < end) bytes[at + 2] ^= third;
  const turn = ((end - start) & 3) << 3;
  return (key << turn) | (key >>> (32 - turn));
}

/**
 * Hot: four bytes at a time, three to four times as fast from 1 KiB on. `start` must be aligned
 * in the underlying buffer and the size a multiple of four, so the key comes out as it went in.
 */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number): void {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, (end - start) >> 2);
  const swapped =
    (key >>> 24) | ((key >>> 8) & 0xff00) | ((key << 8) & 0xff0000) | (key << 24);
  for (let at = 0; at < words.length; at++) words[at] ^= swapped;
}
