// Memory that is the message's alone. What a socket or zlib gives us is a Buffer, and often a view
// into a larger one: a pool, a chunk. Whoever kept one byte of it would keep all of it.

import { Buffer } from "node:buffer";

/** Hot: `bytes` as a plain `Uint8Array` that has its memory to itself: copied unless it has. */
export function owned(bytes: Uint8Array): Uint8Array {
  const { buffer, length } = bytes;
  return buffer.byteLength === length ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

/** One array of all `parts`, `size` bytes together. */
export function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return owned(parts[0]);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Below this size a loop is faster than the view that `set` needs. */
const COPY_BY_HAND = 64;

/** Hot: copies `from[start..end)` to `to`, from index `at` on. */
export function copyBytes(
  to: Uint8Array,
  at: number,
  from: Uint8Array,
  start: number,
  end: number,
): void {
  if (end - start > COPY_BY_HAND) {
    to.set(from.subarray(start, end), at);
  } else {
    for (let index = start; index < end; index++) to[at++] = from[index];
  }
}

/** Hot: a copy of `from[start..end)`, a plain `Uint8Array` even where that is a `Buffer`. */
export function copyOf(from: Uint8Array, start: number, end: number): Uint8Array {
  if (end - start > COPY_BY_HAND) return new Uint8Array(from.subarray(start, end));
  const copied = new Uint8Array(end - start);
  copyBytes(copied, 0, from, start, end);
  return copied;
}

/**
 * Memory of which nobody has made zeros: a fifth less for a message of 1 MiB. What it held before
 * is in it, so only what has been written over may be handed on.
 */
export function uninitialized(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/** The first `size` bytes of a buffer that nobody else has, copied unless that is all of it. */
export function firstOf(buffer: Uint8Array, size: number): Uint8Array {
  return size === buffer.length && size > 0 ? buffer : buffer.slice(0, size);
}
