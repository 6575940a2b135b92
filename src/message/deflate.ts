// Messages to compressed messages: RFC 7692 §7.2.1.
//
//   message --> DEFLATE, flushed --> ... 00 | 00 00 ff ff --> all but the last four bytes
//                                    an empty stored block
//
// Each message gets a zlib stream of its own, made and thrown away in one synchronous call. With
// context takeover it begins with what earlier messages have left, its dictionary: to the peer it
// is one stream. Measured against a stream kept for each connection, through the public API, which
// is asynchronous, with context takeover, JSON, level 6:
//
//              window of 12 bits    of 15 bits
//   128 B      19 µs, not  38       99 µs, not  62
//   1 KiB      34 µs, not  63       96 µs, not  89
//   16 KiB    256 µs, not 309      577 µs, not 615
//
// With a large window that saves memory and no time, since zlib reads the dictionary anew for each
// message. The method behind the public ones, `_processChunk`, would save 3 µs, but it closes its
// stream.
//
// It follows that a message can still be sent as it is when its compression has not paid: nobody
// has seen the attempt, and neither side's context has changed.

import { constants, deflateRawSync } from "node:zlib";
import { Context } from "./context.ts";

/** How a {@linkcode Deflater} compresses. */
export interface DeflaterOptions {
  /** How far back it may refer, as a power of two: 8 to 15. */
  readonly windowBits: number;
  /** Whether it refers to earlier messages. */
  readonly contextTakeover: boolean;
  /** 0 (never) to 9. */
  readonly level: number;
  /** A shorter message is not compressed, in bytes. */
  readonly threshold: number;
}

/** What a flush ends with, and what is left out: RFC 7692 §7.2.1. */
const TAIL_SIZE = 4;

/**
 * zlib refers back by its window less this at most. So 9 bits, the smallest that it has for a raw
 * stream, reach 250 bytes, which keeps to an agreed window of 8 bits as well.
 */
const MIN_LOOKAHEAD = 262;
const ZLIB_WINDOW_BITS_MIN = 9;

/** Where zlib writes to at once: no larger than need be, for its own 16 KiB cost 2 µs a message. */
const CHUNK_SIZE_MAX = 64 * 1024;
/** Room for the tail, and for what a short text needs when it does not shrink. */
const CHUNK_SIZE_SPARE = 64;

/** Compresses the messages of one connection. */
export class Deflater {
  /** A shorter message is not compressed, in bytes. */
  readonly threshold: number;
  readonly #windowBits: number;
  readonly #level: number;
  readonly #context: Context | null;
  #bytesBefore = 0;
  #bytesAfter = 0;

  constructor({ windowBits, contextTakeover, level, threshold }: DeflaterOptions) {
    this.#windowBits = windowBits;
    this.#level = level;
    this.threshold = level === 0 ? Infinity : threshold;
    this.#context = contextTakeover ? new Context(windowBits) : null; // RFC 7692 §7.2.1 [D30]
  }

  /** Bytes of the messages that were compressed, before. */
  get bytesBefore(): number {
    return this.#bytesBefore;
  }

  /** Bytes of the messages that were compressed, after. */
  get bytesAfter(): number {
    return this.#bytesAfter;
  }

  /**
   * Hot: the payload for a message with RSV1. Nobody else has it, but it may be a view into larger
   * memory. `null`: send it as it is, without RSV1, since it is short or does not shrink. A payload
   * that was returned must be sent, and in this order: with context takeover, the next one builds
   * on it.
   */
  deflate(payload: Uint8Array): Uint8Array | null {
    const { length } = payload;
    if (length < this.threshold) return null;
    const flushed = deflateRawSync(payload, {
      finishFlush: constants.Z_SYNC_FLUSH,
      level: this.#level,
      windowBits: this.#bitsFor(length),
      chunkSize: Math.min(length + CHUNK_SIZE_SPARE, CHUNK_SIZE_MAX),
      dictionary: this.#context?.bytes,
    });
    const size = flushed.length - TAIL_SIZE; // RFC 7692 §7.2.1 [D27]
    if (size >= length) return null; // RFC 7692 §7.2.3.6 [D37]: an empty one among others
    this.#context?.push(payload);
    this.#bytesBefore += length;
    this.#bytesAfter += size;
    return flushed.subarray(0, size);
  }

  /**
   * RFC 7692 §7.2.1 [D29]: the one agreed on at most, and the smallest that reaches over all there
   * is: 8 % less time for 1 KiB.
   */
  #bitsFor(length: number): number {
    const reach = length + (this.#context?.size ?? 0) + MIN_LOOKAHEAD;
    const bits = 32 - Math.clz32(reach - 1);
    return Math.max(Math.min(bits, this.#windowBits), ZLIB_WINDOW_BITS_MIN);
  }
}
