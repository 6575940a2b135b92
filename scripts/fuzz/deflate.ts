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
import { conversations } from "./conversations.ts";
import type { Conversation, Sent } from "./conversations.ts";
import { mutate } from "./mutation.ts";
import type { Random } from "../../src/testing/random.ts";

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

/** What is tried, and what became of it. */
export class DeflateTarget implements MessageSink {
  readonly #conversations: readonly Conversation[] = conversations();
  readonly #wire: Buffer = Buffer.alloc(WIRE_SIZE_MAX); // all frames of one input
  #size = 0;
  #mode = "";
  #bent: Uint8Array = NOTHING; // the payload that was mutated,
  #bentIndex = -1; // and in which message
  #isReframed = false; // whether the first byte of a frame was
  #messages: Message[] = [];
  #taken = 0;
  #sound = 0;
  readonly #refused = new Map<unknown, number>();

  get input(): string {
    return `${this.#mode}, ${this.#wire.toString("hex", 0, this.#size)}`;
  }

  get summary(): string {
    const refused = CLOSE_CODES.map((code) => `${this.#refused.get(code) ?? 0} with ${code}`);
    return `${this.#taken} taken, ${this.#sound} of them unbent; refused ${refused.join(", ")}`;
  }

  run(random: Random): void {
    const { windowBits, contextTakeover, messages } = random.pick(this.#conversations);
    const isSound = random.oneIn(8);
    const limit = isSound ? LIMIT_SOUND : random.pick(LIMITS);
    this.#mode = `window ${windowBits} bits, takeover ${contextTakeover}, limit ${limit}`;
    this.#writeWire(messages, isSound, random);
    const inflater = new Inflater({ windowBits, contextTakeover });
    const assembler = new MessageAssembler(this, limit, { inflater });
    const decoder = new FrameDecoder(assembler, { rsvAllowed: 0b100 });
    this.#messages = [];
    const error = this.#push(decoder, assembler, limit, this.#chunkSize(random));
    for (const message of this.#messages) assert.ok(Buffer.byteLength(message) <= limit);
    if (isSound) this.#checkSound(messages, error);
    if (error === null) {
      this.#taken++;
      if (!isSound) this.#checkBent(messages, windowBits, contextTakeover);
      return;
    }
    if (!(error instanceof ProtocolError) || !CLOSE_CODES.includes(error.closeCode)) throw error;
    this.#refused.set(error.closeCode, (this.#refused.get(error.closeCode) ?? 0) + 1);
    assert.equal(this.#push(decoder, assembler, limit, WIRE_SIZE_MAX), error);
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

  /** Returns what it has thrown, or `null`. */
  #push(decoder: FrameDecoder, assembler: MessageAssembler, limit: number, size: number): unknown {
    const wire = new Uint8Array(this.#wire.subarray(0, this.#size)); // it is unmasked in place
    for (let at = 0; at < wire.length; at += size) {
      try {
        decoder.push(wire.subarray(at, at + size));
      } catch (error) {
        return error;
      }
      assert.ok(assembler.retained <= 2 * limit + 64 * 1024, `holds ${assembler.retained}`);
    }
    return null;
  }

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
  #checkBent(sent: readonly Sent[], windowBits: number, contextTakeover: boolean): void {
    if (this.#messages.length !== sent.length || this.#isReframed) return;
    const before = sent.slice(0, this.#bentIndex).filter(({ isCompressed }) => isCompressed);
    const past = contextTakeover ? Buffer.concat(before.map(({ plain }) => plain)) : NOTHING;
    const found = Buffer.from(this.#messages[this.#bentIndex] as string);
    const due = inflateRawSync(Buffer.concat([this.#bent, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits,
      ...(past.length === 0 ? {} : { dictionary: past.subarray(-(2 ** windowBits)) }),
    });
    assert.ok(found.subarray(0, due.length).equals(due));
  }

  #writeWire(messages: readonly Sent[], isSound: boolean, random: Random): void {
    this.#size = 0;
    this.#isReframed = false;
    const bent = isSound ? -1 : random.below(messages.length);
    this.#bentIndex = bent;
    for (const [index, { opcode, isCompressed, payload }] of messages.entries()) {
      const other = random.pick(random.pick(this.#conversations).messages).payload;
      const content = index === bent ? mutate(payload, random, other) : payload;
      if (index === bent) this.#bent = content;
      this.#writeMessage(opcode, isCompressed || index === bent, content, isSound, random);
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
