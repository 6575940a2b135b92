// Frames as a client sends them, and as no client may: §5.2.

import { encodeFrame } from "../frame/encoder.ts";
import { bytes, concat, utf8 } from "./bytes.ts";

/** What to send: bytes, or hex. */
export type Wire = Uint8Array | string;

/**
 * A masked frame. `first` is its first byte in hex: FIN, RSV and opcode, in whatever combination.
 * The key is zero where no other is asked for: it leaves the payload readable in a dump.
 */
export function frame(first: string, payload: string | Uint8Array = "", key = 0): Uint8Array {
  const byte = Number.parseInt(first, 16);
  const [fin, rsv, opcode] = [byte >= 0x80, (byte >> 4) & 0b111, byte & 0b1111];
  return encodeFrame({ fin, rsv, opcode, payload, key });
}

/** A Close frame: `code` in two bytes, then `reason`. Any code, also one that nobody may send. */
export function closeFrame(code: number, reason = ""): Uint8Array {
  return frame("88", concat(Uint8Array.of(code >> 8, code & 0xff), utf8(reason)));
}

/** `payload` in fragments of `size` bytes; `first` is the first byte of the message in one. */
export function fragments(first: string, payload: Uint8Array, size: number): Uint8Array[] {
  const opening = Number.parseInt(first, 16) & 0x7f;
  const frames: Uint8Array[] = [];
  for (let at = 0; at < payload.length || at === 0; at += size) {
    const fin = at + size >= payload.length ? 0x80 : 0;
    const byte = fin | (at === 0 ? opening : 0);
    frames.push(frame(byte.toString(16), payload.subarray(at, at + size)));
  }
  return frames;
}

/** The bytes of one part of a script. */
export function toBytes(wire: Wire): Uint8Array {
  return typeof wire === "string" ? bytes(wire) : wire;
}
