// Compressed messages to messages: RFC 7692 §7.2.2.
//
//   payload + 00 00 ff ff --> DEFLATE --> message           the tail that the sender left out
//           + 01 00 00 ff ff                                and ours: an empty block, the last one
//
// The second block is how we know that the peer's were complete: only then zlib comes to it, and to
// its end. A message that is cut off would else pass as a shorter one. It is faster too: zlib needs
// no window for a stream that ends within the call.
//
// A peer may mark its own blocks as the last (BFINAL, RFC 7692 §7.2.3.4), and go on behind it in
// the same message or in the next. zlib stops there, so another stream begins there, with what was
// inflated until then as its past. That is what a connection keeps, where its client takes its
// context over, and it keeps no stream: see context.ts.
//
// The size is limited while it grows: what a bomb inflates to is the limit and one chunk (§10.4).
// Beside it there is a copy of what came, since zlib wants the tail in one piece with it.

import { inflateRawSync } from "node:zlib";
import { ProtocolError } from "../frame/mod.ts";
import { Context } from "./context.ts";
import { joined, owned } from "./owned.ts";
import { release } from "./release.ts";

/** How an {@linkcode Inflater} reads. */
export interface InflaterOptions {
  /** How far back the peer may refer, as a power of two: 8 to 15. */
  readonly windowBits: number;
  /** Whether the peer may refer to its earlier messages. */
  readonly contextTakeover: boolean;
}

/** What zlib says in the end, with the option `info`. */
interface Inflated {
  readonly buffer: Uint8Array;
  /** `bytesWritten`: how many bytes of input it has used. */
  readonly engine: { readonly bytesWritten: number };
}

const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff);

/** The same with another last block, for messages that end as if they had swallowed the first. */
const OTHER_TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x03, 0x00);

/** A peer whose zlib takes 9 bits for 8 must not fail. */
const WINDOW_BITS_MIN = 9;

/** Where zlib writes to at once: 1 MiB takes 0.9 ms by 64 KiB, 1.3 by 16. */
const CHUNK_SIZE_MAX = 64 * 1024;
const CHUNK_SIZE_MIN = 1024;
/** Text that shrank to less than an eighth is rare: it takes a second chunk. */
const RATIO = 8;

/** Where short payloads meet their tail, one call after the other: 5 % of an echo of 128 B. */
const SCRATCH = new Uint8Array(4096);

/**
 * Streams behind the first: each takes a peer two bytes, and us up to 18 µs. So there may be a few,
 * and one more for so many bytes of what came, as one has who flushes his own streams.
 */
const STREAMS_FREE = 8;
const STREAM_SIZE = 1024;
/** However large a message may be: 5 ms. */
const STREAMS_MAX = 264;

/** Inflates the messages of one connection. After it has thrown, the connection must fail. */
export class Inflater {
  readonly #windowBits: number;
  readonly #context: Context | null;
  #bytesBefore = 0;
  #bytesAfter = 0;
  #streams = 0;

  constructor({ windowBits, contextTakeover }: InflaterOptions) {
    this.#windowBits = Math.max(windowBits, WINDOW_BITS_MIN);
    this.#context = contextTakeover ? new Context(this.#windowBits) : null; // RFC 7692 §7.2.1 [D31]
  }

  /** Bytes of memory that it holds between two messages. */
  get retained(): number {
    return this.#context?.retained ?? 0;
  }

  /** The zlib streams that the last message took: more than one where a peer marks last blocks. */
  get streams(): number {
    return this.#streams;
  }

  /** Bytes of the compressed messages, as they came. */
  get bytesBefore(): number {
    return this.#bytesBefore;
  }

  /** Bytes of the compressed messages, inflated. */
  get bytesAfter(): number {
    return this.#bytesAfter;
  }

  /**
   * Hot: the message in the payload of a message with RSV1, its frames put together. Nobody else
   * has the result, but it may be a view into larger memory: {@linkcode owned} is for what is to be
   * kept. `bytes` stays as it is, and is not kept.
   *
   * @param sizeMax The largest message, inflated, in bytes. It says nothing of `bytes.length`.
   * @throws {ProtocolError} 1009 beyond `sizeMax`, and beyond 8 blocks that are marked as the last
   * and have more behind them, one more for each KiB of `bytes`, 264 in all; 1007 when it is no
   * DEFLATE (RFC 7692 §7.2.2).
   */
  inflate(bytes: Uint8Array, sizeMax: number): Uint8Array {
    this.#streams = 0;
    if (bytes.length === 0) return new Uint8Array(0); // or 00: RFC 7692 §7.2.3.6 [D37]
    const message = this.#inflateWith(TAIL, bytes, sizeMax);
    if (endsWith(message, TAIL)) this.#inflateWith(OTHER_TAIL, bytes, sizeMax); // throws if it is
    this.#context?.push(message); // RFC 7692 §7.2.2 [D33]
    this.#bytesBefore += bytes.length;
    this.#bytesAfter += message.length;
    return message;
  }

  #inflateWith(tail: Uint8Array, bytes: Uint8Array, sizeMax: number): Uint8Array {
    const input = scratch(bytes.length + tail.length);
    input.set(bytes);
    input.set(tail, bytes.length); // RFC 7692 §7.2.2 [D32]
    try {
      const first = this.#run(input, this.#context?.bytes, RATIO * input.length, 0, sizeMax);
      const used = first.engine.bytesWritten;
      if (used === input.length || used === bytes.length) return first.buffer;
      return this.#goOn(input, bytes.length, first, sizeMax);
    } finally {
      release(input);
    }
  }

  /**
   * Behind a block that was marked as the last one (RFC 7692 §7.2.3.4 [D35, D36]): stream after
   * stream, until all is used. Each is given as much room at once as the last one has filled, and
   * keeps what it fills: or thousands that hold a byte would take 64 KiB each.
   */
  #goOn(input: Uint8Array, end: number, first: Inflated, sizeMax: number): Uint8Array {
    const past = new Context(this.#windowBits);
    if (this.#context?.bytes !== undefined) past.push(this.#context.bytes);
    const parts = [owned(first.buffer)];
    let size = first.buffer.length;
    let used = first.engine.bytesWritten;
    const max = Math.min(STREAMS_FREE + Math.floor(end / STREAM_SIZE), STREAMS_MAX);
    while (used < input.length && used !== end) {
      if (parts.length > max) throw tooManyStreams(parts.length, end, max);
      const last = parts[parts.length - 1];
      past.push(last);
      const next = this.#run(input.subarray(used), past.bytes, last.length, size, sizeMax);
      parts.push(owned(next.buffer));
      size += next.buffer.length;
      used += next.engine.bytesWritten;
    }
    return joined(parts, size);
  }

  /**
   * One zlib stream: until all is used, or behind a block that was marked as the last.
   *
   * @param expected About how much it will inflate to.
   * @param size How much of the message there is already.
   */
  #run(
    input: Uint8Array,
    dictionary: Uint8Array | undefined,
    expected: number,
    size: number,
    sizeMax: number,
  ): Inflated {
    let inflated: Inflated;
    this.#streams++;
    try {
      inflated = inflateRawSync(input, {
        windowBits: this.#windowBits, // RFC 7692 §7.2.2 [D34]
        chunkSize: Math.max(CHUNK_SIZE_MIN, Math.min(expected, CHUNK_SIZE_MAX)),
        maxOutputLength: Math.max(sizeMax - size, 1), // §10.4 [D39]; 0 is not allowed
        dictionary,
        info: true,
      }) as unknown as Inflated; // its type does not depend on `info`
    } catch (error) {
      throw violation(error as NodeJS.ErrnoException, sizeMax);
    }
    if (size + inflated.buffer.length > sizeMax) throw tooBig(sizeMax); // §10.4 [D39]
    return inflated;
  }
}

function scratch(size: number): Uint8Array {
  return size <= SCRATCH.length ? SCRATCH.subarray(0, size) : new Uint8Array(size);
}

/** What the peer did wrong, when zlib threw `error`; `error` itself when it is not the peer. */
function violation(error: NodeJS.ErrnoException, sizeMax: number): Error {
  if (error.code === "ERR_BUFFER_TOO_LARGE") return tooBig(sizeMax);
  // RFC 7692 §7.2.2 [D38]
  if (error.code === "Z_BUF_ERROR") return invalid("it ends within a block");
  if (error.code === "Z_DATA_ERROR") return invalid(`found ${error.message}`);
  return error;
}

/** RFC 7692 names no code for it; 1007 is that for data that do not fit their type (§7.4.1). */
function invalid(what: string): ProtocolError {
  const text = `Cannot accept compressed message: ${what} (RFC 7692 §7.2.2)`;
  return new ProtocolError("DEFLATE_INVALID", text);
}

function tooBig(sizeMax: number): ProtocolError {
  const text = `Cannot accept compressed message: it inflates to over ${sizeMax} bytes (§10.4)`;
  return new ProtocolError("MESSAGE_TOO_BIG", text);
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const start = bytes.length - end.length;
  return start >= 0 && end.every((byte, index) => bytes[start + index] === byte);
}

function tooManyStreams(streams: number, size: number, max: number): ProtocolError {
  const what = `${streams} last blocks in ${size} bytes, must be <= ${max}`;
  const text = `Cannot accept compressed message: ${what} (§10.4)`;
  return new ProtocolError("DEFLATE_LAST_BLOCKS", text);
}
