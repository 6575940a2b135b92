// The client's way out: what a server sends as it is, a client masks, each frame with a key of its
// own (§5.1, §5.3). The write loop knows nothing of it. This stands between it and the socket, and
// puts the key into each header as the bytes pass:
//
//   from the write loop   81    05                 48 65 6c 6c 6f     several frames, or a piece of
//                         |     | MASK             | | | | | XOR      one: cut anywhere
//   to the socket         81    85   37 fa 21 3d   7f 9f 4d 51 58
//
// A server has no use for it, and pays nothing for it.

import { Buffer } from "node:buffer";
import { createHeader, headerSize, mask, readHeader, writeHeader } from "../frame/mod.ts";
import type { Transport } from "./transport.ts";

/** Draws masking keys: int32, the first byte in the high byte. */
export type KeySource = () => number;

/** What a key adds to a header. */
const KEY_SIZE = 4;

/** Keys that are drawn at once: to ask for one takes as long as for all of them. */
const keys = new Int32Array(256);
let keysLeft = 0;

/** A key from the strong source that §5.3 asks for: nobody can foresee it. */
export function strongKey(): number {
  if (keysLeft === 0) {
    globalThis.crypto.getRandomValues(keys);
    keysLeft = keys.length;
  }
  return keys[--keysLeft];
}

/** A transport that masks the frames written to it, and leaves the memory they come in alone. */
export class MaskingTransport implements Transport {
  readonly #transport: Transport;
  readonly #drawKey: KeySource;
  readonly #header = createHeader();
  #cut = new Uint8Array(0); // the start of a header whose end is still to come
  #left = 0; // payload of the current frame that is still to come
  #key = 0; // turned to the byte that is due next

  constructor(transport: Transport, drawKey: KeySource = strongKey) {
    this.#transport = transport;
    this.#drawKey = drawKey;
  }

  /** The bytes go out in memory of their own: the caller's is free again when the call returns. */
  write(bytes: Uint8Array): boolean {
    const input = this.#cut.length === 0 ? bytes : Buffer.concat([this.#cut, bytes]);
    const output = new Uint8Array(input.length + KEY_SIZE * this.#countHeaders(input));
    let at = 0;
    let to = 0;
    while (at < input.length) {
      if (this.#left === 0) {
        const size = readHeader(input, at, input.length, this.#header);
        if (size === 0) break;
        to = this.#writeHeader(output, to);
        at += size;
        continue;
      }
      const end = Math.min(at + this.#left, input.length);
      output.set(input.subarray(at, end), to);
      const start = to;
      to += end - at;
      this.#key = mask(output, start, to, this.#key);
      this.#left -= end - at;
      at = end;
    }
    this.#cut = new Uint8Array(input.subarray(at));
    return this.#transport.write(output.subarray(0, to));
  }

  get flushed(): boolean {
    return this.#transport.flushed;
  }

  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    this.#transport.resume();
  }

  end(): void {
    this.#transport.end();
  }

  destroy(): void {
    this.#transport.destroy();
  }

  /** Writes the header that was read, with a fresh key. Returns the index behind it. */
  #writeHeader(output: Uint8Array, to: number): number {
    const header = this.#header;
    header.masked = true;
    header.key = this.#key = this.#drawKey() | 0;
    this.#left = header.length;
    return writeHeader(output, to, header);
  }

  /** How many frames begin in `input`. */
  #countHeaders(input: Uint8Array): number {
    const header = this.#header;
    let count = 0;
    for (let at = this.#left; at < input.length; count++) {
      if (readHeader(input, at, input.length, header) === 0) break;
      at += headerSize(header.length, false) + header.length;
    }
    return count;
  }
}
