// Memory that is the message's alone. What zlib gives us is a Buffer, and often a view into a
// larger one: its pool, or the chunk that it wrote to. Whoever kept one byte would keep all of it.

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
