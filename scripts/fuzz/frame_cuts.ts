// A stream, taken apart where its frames begin: what a minimiser leaves out are frames, and then
// bytes.

/** A stream cut before each frame, as far as its heads say where that is. */
export function framesOf(wire: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const view = new DataView(wire.buffer, wire.byteOffset, wire.length);
  for (let at = 0; at < wire.length; ) {
    const second = wire[at + 1] ?? 0;
    const short = second & 0x7f;
    const form = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (at + 2 + form > wire.length) return [...frames, wire.slice(at)];
    const length =
      form === 0 ? short : form === 2 ? view.getUint16(at + 2) : view.getUint32(at + 6);
    const end = at + 2 + form + (second >= 0x80 ? 4 : 0) + length;
    frames.push(wire.slice(at, end));
    at = end;
  }
  return frames;
}

/** One stream of all `parts`. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
