// Bytes in, frames out: §5.2, §6.2. A push parser in the manner of SAX: the decoder calls its sink
// as it goes and keeps nothing but the place where it stands. No object is made per frame: the
// header is one that is written into, the payload is a range of the chunk that is being pushed.
//
//   push(chunk) -> frameStart(header)
//                  framePayload(bytes, start, end, isAscii)   as often as TCP cut it, or never
//                  frameEnd()
//                  chunkEnd()
//
// Invariant: between two pushes the decoder retains at most HEADER_SIZE_MAX bytes, and twice what
// waits since its sink has told it to stop.

import { ProtocolError } from "./error.ts";
import { createHeader, HEADER_SIZE_MAX, readHeader } from "./header.ts";
import type { FrameHeader } from "./header.ts";
import { maskInPlace, swapKey, turnKey } from "./mask.ts";
import { checkFirstByte, checkSecondByte } from "./rules.ts";
import type { Role } from "./rules.ts";
import { releaseScratch, SIMD_FROM, takeScratch } from "./simd.ts";
import type { Simd } from "./simd.ts";

/**
 * Where a {@linkcode FrameDecoder} puts what it reads. What a method throws, `push()` throws, with
 * the offset of a {@linkcode ProtocolError} turned into one in the stream. A sink gives it as an
 * index into `bytes`, or as `~n`: n bytes behind the start of the frame. So -1 is the start itself.
 */
export interface FrameSink {
  /** A header arrived. All decoders share it: read it now, it will say something else soon. */
  frameStart(header: FrameHeader): void;
  /**
   * Payload arrived, unmasked. `bytes` holds it until `chunkEnd()`: copy what you keep.
   *
   * @param isAscii All of it is known to be below 0x80. `false` says nothing.
   */
  framePayload(bytes: Uint8Array, start: number, end: number, isAscii: boolean): void;
  /** The payload of the frame is complete. */
  frameEnd(): void;
  /** Behind each frame: whether to read no further for now. See {@linkcode FrameDecoder.goOn}. */
  shouldStop?(): boolean;
  /** All of the chunk was read, or as much of it as broke no rule. */
  chunkEnd?(): void;
  /** Bytes of memory that it holds between two chunks, where it counts them. */
  readonly retained?: number;
}

/** Options of a {@linkcode FrameDecoder}. */
export interface FrameDecoderOptions {
  /** Who reads: a server requires masked frames, a client refuses them, §5.1. Default: server. */
  readonly role?: Role;
  /** The reserved bits that a negotiated extension uses: RSV1 is 4. Default: 0, none, §5.2. */
  readonly rsvAllowed?: number;
}

const header: FrameHeader = createHeader();

/** Decodes the frames of one direction, wherever TCP cut the stream: §6.2 [B43]. */
export class FrameDecoder {
  readonly #sink: FrameSink;
  readonly #mustMask: boolean;
  readonly #rsvAllowed: number;

  /** A header that TCP cut, gathered byte by byte: at most once a chunk, so it may be slow. */
  #gathered: Uint8Array | null = null;
  #gatheredSize = 0;

  #rest: Uint8Array | null = null; // what waits since the sink said to stop,
  #restStart = 0; // from here on
  #inPayload = false;
  #remaining = 0;
  #key = 0;

  #received = 0; // bytes that have been read
  #base = 0; // offset in the stream of index 0 of the bytes that are being read
  #frameOffset = 0; // offset in the stream of the frame that is being read
  #failure: unknown = null;

  constructor(sink: FrameSink, options: FrameDecoderOptions = {}) {
    this.#sink = sink;
    this.#mustMask = options.role !== "client";
    this.#rsvAllowed = options.rsvAllowed ?? 0;
  }

  /**
   * Hot: reads on with `chunk`, which it may unmask in place; it keeps no reference to it.
   *
   * @throws {ProtocolError} When a rule is broken, with the offset in the stream. The decoder is
   * finished then, and throws the same again whatever it is given: §7.1.7.
   */
  push(chunk: Uint8Array): void {
    if (this.#failure !== null) throw this.#failure; // §7.1.7 [B50]
    if (this.#rest !== null) return this.#wait(chunk);
    const simd = this.#mustMask ? takeScratch(chunk) : null;
    try {
      this.#readOn(simd === null ? chunk : simd.scratch, 0, chunk.length, simd);
    } finally {
      if (simd !== null) releaseScratch();
    }
  }

  /** Bytes of memory that it holds between two pushes, with those of its sink. */
  get retained(): number {
    const gathered = this.#gathered?.buffer.byteLength ?? 0;
    const rest = this.#rest?.buffer.byteLength ?? 0;
    return gathered + rest + (this.#sink.retained ?? 0);
  }

  /** Whether the sink has told it to stop: then what is pushed waits. */
  get stopped(): boolean {
    return this.#rest !== null;
  }

  /** Bytes that wait since then. */
  get waiting(): number {
    return this.#rest === null ? 0 : this.#rest.length - this.#restStart;
  }

  /** Reads on where the sink has told it to stop. Throws what {@linkcode push} throws. */
  goOn(): void {
    const rest = this.#rest;
    if (rest === null) return;
    this.#rest = null;
    this.#readOn(rest, this.#restStart, rest.length, null, true);
  }

  #wait(chunk: Uint8Array): void {
    const rest = (this.#rest as Uint8Array).subarray(this.#restStart);
    const both = new Uint8Array(rest.length + chunk.length);
    both.set(rest);
    both.set(chunk, rest.length);
    this.#rest = both;
    this.#restStart = 0;
  }

  /** Hot: reads what is in `bytes[start..end)`, and keeps what the sink does not want yet. */
  #readOn(bytes: Uint8Array, start: number, end: number, simd: Simd | null, isRest = false): void {
    this.#base = this.#received - start;
    let read = start;
    try {
      read = this.#read(bytes, start, end, simd);
      if (read < end) this.#keep(bytes, read, end, isRest);
      this.#sink.chunkEnd?.();
    } catch (error) {
      this.#sink.chunkEnd?.();
      this.#failure = error;
      if (error instanceof ProtocolError) {
        const { offset } = error;
        error.offset = offset < 0 ? this.#frameOffset + ~offset : this.#base + offset;
      }
      throw error;
    }
    this.#received += read - start;
  }

  /**
   * A rest stays where it is until half of it is read. So however often the sink says to stop, all
   * copies together are twice of what came, and no more is held than twice of what waits.
   */
  #keep(bytes: Uint8Array, start: number, end: number, isRest: boolean): void {
    const stays = isRest && 2 * start < end;
    this.#rest = stays ? bytes : new Uint8Array(bytes.subarray(start, end));
    this.#restStart = stays ? start : 0;
  }

  /** Returns the index that it has got to: `end`, unless the sink told it to stop. */
  #read(chunk: Uint8Array, start: number, end: number, simd: Simd | null): number {
    let at = start;
    while (at < end) {
      if (!this.#inPayload) {
        at = this.#gatheredSize === 0 ? this.#start(chunk, at, end) : this.#gather(chunk, at, end);
        if (!this.#inPayload) return end;
      }
      const stop = Math.min(end, at + this.#remaining);
      if (stop > at) {
        const isAscii = this.#mustMask && this.#unmask(chunk, at, stop, simd); // §5.3 [B10]
        this.#sink.framePayload(chunk, at, stop, isAscii);
        this.#remaining -= stop - at;
        at = stop;
      }
      if (this.#remaining === 0) {
        this.#inPayload = false;
        this.#sink.frameEnd();
        if (this.#sink.shouldStop?.()) return at;
      }
    }
    return end;
  }

  #unmask(chunk: Uint8Array, start: number, end: number, simd: Simd | null): boolean {
    const key = this.#key;
    this.#key = turnKey(key, end - start);
    if (simd === null || end - start < SIMD_FROM) return maskInPlace(chunk, start, end, key);
    return simd.mask(start, end, swapKey(key)) === 0;
  }

  /** Reads a header. Returns the index behind it, or behind what it put aside of a cut one. */
  #start(chunk: Uint8Array, at: number, end: number): number {
    this.#frameOffset = this.#base + at;
    const size = this.#readHeader(chunk, at, end);
    if (size > 0) return at + size;
    this.#gathered ??= new Uint8Array(HEADER_SIZE_MAX);
    while (at < end) this.#gathered[this.#gatheredSize++] = chunk[at++];
    return at;
  }

  /** Goes on with a cut header, until it is whole or the chunk ends. */
  #gather(chunk: Uint8Array, at: number, end: number): number {
    const gathered = this.#gathered as Uint8Array;
    const base = this.#base;
    this.#base = this.#frameOffset;
    while (at < end && !this.#inPayload) {
      gathered[this.#gatheredSize++] = chunk[at++];
      this.#readHeader(gathered, 0, this.#gatheredSize);
    }
    this.#base = base;
    if (this.#inPayload) this.#gatheredSize = 0;
    return at;
  }

  /** Returns the size of the header, or 0 when it is cut. A broken rule shows at its byte. */
  #readHeader(bytes: Uint8Array, at: number, end: number): number {
    checkFirstByte(bytes[at], this.#rsvAllowed, at);
    if (end - at < 2) return 0;
    checkSecondByte(bytes[at + 1], bytes[at], this.#mustMask, at + 1);
    const size = readHeader(bytes, at, end, header);
    if (size === 0) return 0;
    const { length, key } = header; // the sink may make another decoder read
    this.#sink.frameStart(header);
    this.#inPayload = true;
    this.#remaining = length;
    this.#key = key; // §6.2 [B11]
    return size;
  }
}
