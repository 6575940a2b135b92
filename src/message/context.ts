// What a DEFLATE stream knows of its past: the last bytes of plain text, as many as fit into its
// window (RFC 7692 §7.1.2). As the dictionary of a new raw stream of zlib, they make that stream go
// on where another one ended. So a connection keeps them, and no stream.
//
//   kept for a connection, measured    window of 12 bits    of 15 bits
//   zlib stream that deflates          200 KiB              239 KiB
//   zlib stream that inflates           73 KiB              102 KiB
//   context, for each of the two         4 KiB               32 KiB
//
// Messages that were sent uncompressed are not part of it: no compressor has seen them.

const EMPTY = new Uint8Array(0);
const SIZE_MIN = 512;

/** The last `2 ** windowBits` bytes of the compressed messages of one direction. */
export class Context {
  readonly #sizeMax: number;
  #buffer: Uint8Array = EMPTY; // grows to its largest size by doubling
  #size = 0;

  constructor(windowBits: number) {
    this.#sizeMax = 2 ** windowBits;
  }

  /** A view, good until the next call: oldest byte first. `undefined` when there is no past. */
  get bytes(): Uint8Array | undefined {
    return this.#size === 0 ? undefined : this.#buffer.subarray(0, this.#size);
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of memory that it holds. */
  get retained(): number {
    return this.#buffer.buffer.byteLength;
  }

  /** Hot: plain text that has gone through the stream. It is copied. */
  push(bytes: Uint8Array): void {
    const added = Math.min(bytes.length, this.#sizeMax);
    const kept = Math.min(this.#size, this.#sizeMax - added);
    if (kept + added > this.#buffer.length) this.#grow(kept + added);
    this.#buffer.copyWithin(0, this.#size - kept, this.#size);
    this.#buffer.set(bytes.subarray(bytes.length - added), kept);
    this.#size = kept + added;
  }

  #grow(needed: number): void {
    const doubled = Math.max(needed, 2 * this.#buffer.length, SIZE_MIN);
    const buffer = new Uint8Array(Math.min(doubled, this.#sizeMax));
    buffer.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = buffer;
  }
}
