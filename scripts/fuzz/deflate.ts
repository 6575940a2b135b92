// Compressed streams, bent, through decoder, assembler and inflater, as a connection has them.
//
//   conversation -> mutate -> frames, fragmented -> chunks -> FrameDecoder -> MessageAssembler
//                                                                          -> Inflater
//
// Whatever comes: messages, or a ProtocolError with 1002, 1007 or 1009, and then the same again for
// all that follows; no message above the limit; no more held than 2 * limit + 64 KiB. What was not
// bent arrives as it was sent; what was, and passes, begins with all that zlib makes of it.

import { strict as assert } from "node:assert";
import { constants, inflateRawSync } from "node:zlib";
import { FrameDecoder, ProtocolError } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import type { MessageSink } from "../../src/message/assembler.ts";
import { Inflater } from "../../src/message/inflate.ts";
import type { Message } from "../../src/message/message.ts";
import type { Random } from "../../src/testing/random.ts";
import { conversations } from "./conversations.ts";
import type { Conversation, Sent } from "./conversations.ts";
import { fewestBytes } from "./minimise.ts";
import { mutate } from "./mutation.ts";
import type { Fails, Target } from "./target.ts";

const CLOSE_CODES: readonly unknown[] = [1002, 1007, 1009];
const LIMIT_SOUND = 20_000;
const LIMITS = [1, 200, 2000, LIMIT_SOUND, LIMIT_SOUND, LIMIT_SOUND, LIMIT_SOUND, 100_000];
/** Chunks: small ones, those from which on SIMD takes them, and all at once. */
const CHUNK_SIZES = [7, 40, 520, 1000, 65_536, 65_536, 65_536, 65_536];
/** What may come byte by byte. */
const CHOPPED_SIZE_MAX = 100;
const WIRE_SIZE_MAX = 1024 * 1024;
const NOTHING = new Uint8Array(0);
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/** Compressed messages in frames. */
export interface CompressedStream {
  readonly windowBits: number;
  readonly contextTakeover: boolean;
  readonly limit: number;
  readonly chunkSize: number;
  readonly wire: Uint8Array;
  /** What was sent; `null`: nobody knows, and there is less to check. */
  readonly sent: readonly Sent[] | null;
  readonly bent: Bent | null;
}

/** The message that was mutated. */
interface Bent {
  readonly index: number;
  readonly payload: Uint8Array;
  /** Whether the first byte of a frame was, too. */
  readonly isReframed: boolean;
}

/** Compressed messages, as far as an assembler takes them. */
export class DeflateTarget implements Target<CompressedStream>, MessageSink {
  readonly inFlight = 1;
  readonly #conversations: readonly Conversation[] = conversations();
  readonly #wire: Buffer = Buffer.alloc(WIRE_SIZE_MAX); // all frames of one input
  #size = 0;
  #bent: Uint8Array = NOTHING; // the payload that was mutated
  #isReframed = false; // whether the first byte of a frame was
  #messages: Message[] = [];
  #taken = 0;
  #sound = 0;
  readonly #refused = new Map<unknown, number>();

  get summary(): string {
    const refused = CLOSE_CODES.map((code) => `${this.#refused.get(code) ?? 0} with ${code}`);
    return `${this.#taken} taken, ${this.#sound} of them unbent; refused ${refused.join(", ")}`;
  }

  draw(random: Random): CompressedStream {
    const { windowBits, contextTakeover, messages } = random.pick(this.#conversations);
    const isSound = random.oneIn(8);
    const limit = isSound ? LIMIT_SOUND : random.pick(LIMITS);
    const index = isSound ? -1 : random.below(messages.length);
    this.#writeWire(messages, index, random);
    const bent = isSound ? null : { index, payload: this.#bent, isReframed: this.#isReframed };
    const chunkSize = this.#chunkSize(random);
    const wire = this.#wire.subarray(0, this.#size);
    return { windowBits, contextTakeover, limit, chunkSize, wire, sent: messages, bent };
  }

  check(stream: CompressedStream): void {
    const { windowBits, contextTakeover, limit, chunkSize, sent, bent } = stream;
    const inflater = new Inflater({ windowBits, contextTakeover });
    const assembler = new MessageAssembler(this, limit, { inflater });
    const decoder = new FrameDecoder(assembler, { rsvAllowed: 0b100 });
    this.#messages = [];
    const error = push(decoder, stream, chunkSize);
    for (const message of this.#messages) assert.ok(Buffer.byteLength(message) <= limit);
    if (sent !== null && bent === null) this.#checkSound(sent, error);
    if (error === null) {
      this.#taken++;
      if (sent !== null && bent !== null) this.#checkBent(stream, sent, bent);
      return;
    }
    if (!(error instanceof ProtocolError) || !CLOSE_CODES.includes(error.closeCode)) throw error;
    this.#refused.set(error.closeCode, (this.#refused.get(error.closeCode) ?? 0) + 1);
    assert.equal(push(decoder, stream, WIRE_SIZE_MAX), error);
  }

  write({ wire, sent: _sent, bent: _bent, ...rest }: CompressedStream): string {
    return JSON.stringify({ ...rest, wire: Buffer.from(wire).toString("hex") });
  }

  /** What was sent is not in the text: a seed has it. */
  read(text: string): CompressedStream {
    const stream = JSON.parse(text) as CompressedStream & { readonly wire: string };
    return { ...stream, wire: Buffer.from(stream.wire, "hex"), sent: null, bent: null };
  }

  async minimise(
    stream: CompressedStream,
    fails: Fails<CompressedStream>,
  ): Promise<CompressedStream> {
    if (!(await fails(stream))) return stream; // it depends on what was sent
    const wire = await fewestBytes(stream.wire, (wire) => fails({ ...stream, wire }));
    return { ...stream, wire };
  }

  message(message: Message): void {
    this.#messages.push(message);
  }

  ping(payload: Uint8Array): void {
    assert.ok(payload.length <= 125);
  }

  pong(payload: Uint8Array): void {
    assert.ok(payload.length <= 125);
  }

  closeReceived(): void {}

  #chunkSize(random: Random): number {
    return this.#size <= CHOPPED_SIZE_MAX && random.oneIn(4) ? 1 : random.pick(CHUNK_SIZES);
  }

  #checkSound(sent: readonly Sent[], error: unknown): void {
    if (error !== null) throw error;
    this.#sound++;
    assert.equal(this.#messages.length, sent.length);
    for (const [index, { opcode, plain }] of sent.entries()) {
      const message = this.#messages[index];
      assert.equal(typeof message === "string", opcode === 1);
      assert.ok(Buffer.from(message as string).equals(plain));
    }
  }

  /** The first message that was bent, and was taken all the same. Behind it all may differ. */
  #checkBent(stream: CompressedStream, sent: readonly Sent[], bent: Bent): void {
    if (this.#messages.length !== sent.length || bent.isReframed) return;
    const { windowBits, contextTakeover } = stream;
    const before = sent.slice(0, bent.index).filter(({ isCompressed }) => isCompressed);
    const past = contextTakeover ? Buffer.concat(before.map(({ plain }) => plain)) : NOTHING;
    const found = Buffer.from(this.#messages[bent.index] as string);
    const due = inflateRawSync(Buffer.concat([bent.payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits,
      ...(past.length === 0 ? {} : { dictionary: past.subarray(-(2 ** windowBits)) }),
    });
    assert.ok(found.subarray(0, due.length).equals(due));
  }

  /** @param bent Which of them is mutated; -1: none. */
  #writeWire(messages: readonly Sent[], bent: number, random: Random): void {
    this.#size = 0;
    this.#isReframed = false;
    for (const [index, { opcode, isCompressed, payload }] of messages.entries()) {
      const other = random.pick(random.pick(this.#conversations).messages).payload;
      const content = index === bent ? mutate(payload, random, other) : payload;
      if (index === bent) this.#bent = content;
      this.#writeMessage(opcode, isCompressed || index === bent, content, bent < 0, random);
    }
  }

  /** In one frame, or in several, with pings between them. */
  #writeMessage(
    opcode: number,
    isCompressed: boolean,
    payload: Uint8Array,
    isSound: boolean,
    random: Random,
  ): void {
    const frames = random.pick([1, 1, 1, 2, 3, 8]);
    let at = 0;
    for (let frame = 1; frame <= frames; frame++) {
      const isLast = frame === frames;
      const end = isLast ? payload.length : at + random.below(payload.length - at + 1);
      let first = (isLast ? 0x80 : 0) | (frame === 1 ? opcode : 0);
      if (frame === 1 && isCompressed) first |= 0x40;
      if (!isSound && random.oneIn(60)) {
        first ^= 1 << random.below(8);
        this.#isReframed = true;
      }
      this.#writeFrame(first, payload.subarray(at, end), random);
      if (!isLast && random.oneIn(3)) this.#writeFrame(0x89, payload.subarray(0, 5), random);
      at = end;
    }
  }

  #writeFrame(first: number, payload: Uint8Array, random: Random): void {
    const wire = this.#wire;
    const { length } = payload;
    if (this.#size + length + 14 > WIRE_SIZE_MAX) return;
    let at = this.#size;
    wire[at++] = first;
    wire[at++] = 0x80 | (length > 65_535 ? 127 : length > 125 ? 126 : length);
    if (length > 65_535) at = wire.writeUInt32BE(0, at);
    if (length > 65_535) at = wire.writeUInt32BE(length, at);
    else if (length > 125) at = wire.writeUInt16BE(length, at);
    const start = wire.writeUInt32BE(random.oneIn(2) ? 0 : random.below(2 ** 32), at);
    for (let index = 0; index < length; index++) {
      wire[start + index] = payload[index] ^ wire[at + (index & 3)];
    }
    this.#size = start + length;
  }
}

/** Returns what it has thrown, or `null`. */
function push(decoder: FrameDecoder, { wire, limit }: CompressedStream, size: number): unknown {
  const bytes = new Uint8Array(wire); // it is unmasked in place
  for (let at = 0; at < bytes.length; at += size) {
    try {
      decoder.push(bytes.subarray(at, at + size));
    } catch (error) {
      return error;
    }
    assert.ok(decoder.retained <= 2 * limit + 64 * 1024, `holds ${decoder.retained}`);
  }
  return null;
}
