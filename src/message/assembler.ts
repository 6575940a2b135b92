// Frames to messages: §5.4. The rules that bind a sequence of frames, and the buffer in which the
// pieces of a message meet. Over 250 lines: all ways of a payload go by this one state.
//
//   message in progress   frame            then
//   none                  text, binary     begins a message, and ends it if FIN
//   none                  continuation     refused
//   one                   continuation     goes on with it, and ends it if FIN
//   one                   text, binary     refused
//   either                control          handed over at once, the message stays as it is (§5.5)
//
// A message that came whole in one chunk is read straight from it. Any other is copied into one
// growing buffer, so that the count of frames or TCP segments costs nothing. The size is checked on
// each header, before its payload is there, and the buffer grows with what arrived, not with what
// was announced. Invariant: retained <= 2 * sizeMax + 64 KiB.

import {
  decodeAscii,
  decodeText,
  decodeUtf8,
  isControl,
  Opcode,
  ProtocolError,
  Utf8Validator,
} from "../frame/mod.ts";
import type { FrameHeader, FrameSink } from "../frame/mod.ts";
import { ControlFrame } from "./control_frame.ts";
import type { ControlSink } from "./control_frame.ts";
import type { Inflater } from "./inflate.ts";
import { ITEM_COST } from "./message.ts";
import type { Message } from "./message.ts";
import { copyBytes, copyOf, firstOf, owned, uninitialized } from "./owned.ts";
import { release } from "./release.ts";
import { asText } from "./text_bytes.ts";
import type { TextForm } from "./text_bytes.ts";
import { holdsTexts, holdText, takeTexts } from "./slab.ts";

/** Where a {@linkcode MessageAssembler} puts what is complete. */
export interface MessageSink extends ControlSink {
  /** A data message: the receiver owns it. */
  message(message: Message): void;
  /** Whether it should get no compressed message more for now. */
  isFull?(): boolean;
  /** Whether it would drop a message that comes now. */
  drops?(): boolean;
}

/** What messages may be, and become. */
export interface MessageOptions {
  /** For messages with RSV1. Default: `null`, the decoder lets none pass. */
  readonly inflater?: Inflater | null;
  /** How texts are handed over. Default: "string". */
  readonly text?: TextForm;
}

const BUFFER_SIZE_MIN = 1024;
/** Up to here a buffer of the announced size is made at once; above, only as bytes arrive. */
const BUFFER_SIZE_TRUSTED = 64 * 1024;
const EMPTY = new Uint8Array(0);

/**
 * What one read of the socket may make us do before others have their turn, in bytes to inflate: a
 * millisecond, and about 1,000 messages. Two bytes of a peer can be a zlib stream, and six a
 * message, or a ping that wants its pong.
 */
const WORK_MAX = 512 * 1024;
const STREAM_WORK = 16 * 1024;
const MESSAGE_WORK = 512;

/** Puts the frames of one direction together to messages. */
export class MessageAssembler implements FrameSink {
  readonly #sink: MessageSink;
  readonly #sizeMax: number;
  readonly #inflater: Inflater | null;
  readonly #textAsBytes: boolean;

  #opcode = 0; // of the message in progress, 0 when there is none
  #fin = false; // whether its last frame has begun
  #isCompressed = false;
  #announced = 0; // payload bytes that its headers announced
  #emptyCost = 0; // what its empty fragments are charged
  #isAscii = true; // all of its payload that has come so far
  #buffer: Uint8Array = EMPTY;
  #size = 0;
  #validator: Utf8Validator | null = null; // until something is not ASCII

  #control: ControlFrame | null = null; // the one in progress
  #work = 0; // of this chunk, see WORK_MAX
  #isSkipping = false; // no compressed message is inflated any more

  /** @param sizeMax The largest message, inflated, in bytes; beyond it the connection fails. */
  constructor(sink: MessageSink, sizeMax: number, options: MessageOptions = {}) {
    this.#sink = sink;
    this.#sizeMax = sizeMax;
    this.#inflater = options.inflater ?? null;
    this.#textAsBytes = options.text === "bytes";
  }

  /** Bytes of memory held for the frames in progress. */
  get unfinished(): number {
    return this.#buffer.buffer.byteLength + (this.#control?.retained ?? 0);
  }

  /** The same, and that held for the past of what is compressed. */
  get retained(): number {
    return this.unfinished + (this.#inflater?.retained ?? 0);
  }

  /** Hot: §5.4, §10.4. */
  frameStart(header: FrameHeader): void {
    const { opcode, fin, length, rsv } = header;
    // RFC 7692 §6.1 [D07]
    if (rsv !== 0 && (isControl(opcode) || opcode === Opcode.CONTINUATION)) {
      const text = "Cannot accept frame: RSV1 is for first frames (RFC 7692 §6.1)";
      throw new ProtocolError("RSV1_MISPLACED", text);
    }
    if (isControl(opcode)) { // §5.4 [B13]: whatever message is in progress
      this.#control = new ControlFrame(header);
      return;
    }
    if (opcode === Opcode.CONTINUATION) {
      if (this.#opcode === 0) { // §5.4 [B17]
        const text = "Cannot accept continuation: no message is in progress (§5.4)";
        throw new ProtocolError("CONTINUATION_UNEXPECTED", text);
      }
    } else {
      if (this.#opcode !== 0) { // §5.4 [B16]
        const text = "Cannot accept data frame: message in progress, must be a continuation (§5.4)";
        throw new ProtocolError("CONTINUATION_EXPECTED", text);
      }
      this.#opcode = opcode; // §5.4 [B18], §6.2 [B44]
      this.#isCompressed = rsv !== 0; // RFC 7692 §6 [D06], RFC 7692 §6.1 [D10]
      this.#announced = 0;
      this.#emptyCost = 0;
      this.#isAscii = true;
    }
    this.#fin = fin; // §5.4 [B12]
    this.#announced += length;
    if (this.#announced > this.#sizeMax && this.#announced > this.#announcedMax) { // §10.4 [B56]
      throw this.#tooBig("size is", this.#announced, this.#announcedMax);
    }
    if (length > 0 || fin) return;
    // §5.4 [B20]: empty fragments are legal, but no size would ever stop a million of them.
    this.#emptyCost += ITEM_COST;
    if (this.#emptyCost <= this.#sizeMax) return; // §10.4 [B56]
    throw this.#tooBig("empty fragments cost", this.#emptyCost, this.#sizeMax);
  }

  /** Hot. */
  framePayload(bytes: Uint8Array, start: number, end: number, isAscii: boolean): void {
    if (this.#control !== null) return this.#control.append(bytes, start, end); // RFC 7692 §6 [D12]
    const isWhole = this.#fin && end - start === this.#announced;
    if (this.#isCompressed) {
      if (isWhole) this.#inflate(bytes.subarray(start, end));
      else this.#append(bytes, start, end);
      return;
    }
    if (this.#opcode === Opcode.TEXT) { // §5.6 [B36]
      if (isWhole && isAscii && !this.#textAsBytes) return this.#finishAscii(bytes, start, end);
      if (!isAscii) this.#isAscii = false;
      if (!isAscii || this.#isWithinCharacter()) this.#validate(bytes, start, end);
    }
    if (!isWhole) this.#append(bytes, start, end);
    else if (this.#opcode === Opcode.BINARY) this.#finish(copyOf(bytes, start, end)); // §5.6 [B38]
    else if (this.#textAsBytes) this.#finish(asText(copyOf(bytes, start, end)));
    else this.#finish(decodeUtf8(bytes, start, end));
  }

  /** Hot. */
  frameEnd(): void {
    if (this.#control !== null) this.#finishControl(this.#control);
    else if (this.#fin && this.#opcode !== 0) this.#finishBuffer();
  }

  /**
   * Hot: a compressed message may be a thousand times what came, so that one read of the socket
   * would bring more than any inbox should hold. And others want their turn.
   */
  shouldStop(): boolean {
    if (this.#work > WORK_MAX) return true;
    return this.#isCompressed && this.#opcode === 0 && this.#sink.isFull?.() === true;
  }

  /** Hot: the chunk, in which texts may still lie, is about to go. */
  chunkEnd(): void {
    this.#takeTexts();
    this.#work = 0;
  }

  /** Hot: what waits came first. */
  #takeTexts(): void {
    if (holdsTexts(this)) this.#work += MESSAGE_WORK * takeTexts(this.#sink);
  }

  /** §8.1 [B37]: an invalid byte fails the connection as it arrives, not when its message ends. */
  #validate(bytes: Uint8Array, start: number, end: number): void {
    const bad = this.#firstInvalid(bytes, start, end);
    if (bad !== -1) throw notUtf8(bad);
  }

  #firstInvalid(bytes: Uint8Array, start: number, end: number): number {
    this.#validator ??= new Utf8Validator();
    return this.#validator.push(bytes, start, end);
  }

  #isWithinCharacter(): boolean {
    return this.#validator !== null && !this.#validator.complete;
  }

  /** Hot: a whole text in which every byte is a character. It may wait for others like it. */
  #finishAscii(bytes: Uint8Array, start: number, end: number): void {
    this.#opcode = 0;
    if (holdText(this, bytes, start, end)) return;
    this.#takeTexts();
    if (!holdText(this, bytes, start, end)) this.#finish(decodeAscii(bytes, start, end));
  }

  #finish(message: Message): void {
    if (this.#isWithinCharacter()) { // §8.1 [B36]
      const text = "Cannot accept text: it ends inside a UTF-8 character (§8.1)";
      throw new ProtocolError("TEXT_TRUNCATED", text);
    }
    this.#opcode = 0;
    this.#work += MESSAGE_WORK;
    this.#takeTexts();
    this.#sink.message(message);
  }

  #finishControl(control: ControlFrame): void {
    this.#control = null;
    this.#work += MESSAGE_WORK;
    this.#takeTexts();
    control.handTo(this.#sink);
  }

  #tooBig(what: string, found: number, max: number): ProtocolError {
    const text = `Cannot accept message: ${what} ${found}, must be <= ${max} (§10.4)`;
    return new ProtocolError("MESSAGE_TOO_BIG", text, -1, found);
  }

  /** §5.4 [B15, B19]: one behind the other, and where they met is forgotten. */
  #append(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#size + (end - start);
    if (needed > this.#buffer.length) this.#grow(needed);
    copyBytes(this.#buffer, this.#size, bytes, start, end);
    this.#size = needed;
  }

  /**
   * Grows fourfold: the work stays linear, and what is outgrown, a third of the whole, is little
   * garbage. A last fragment, whose end is known, gets its exact size.
   */
  #grow(needed: number): void {
    const trusted = Math.min(this.#announced, BUFFER_SIZE_TRUSTED);
    const wanted = Math.max(needed, trusted, 4 * this.#buffer.length, BUFFER_SIZE_MIN);
    const most = this.#fin ? this.#announced : this.#announcedMax;
    const buffer = uninitialized(Math.min(wanted, most));
    buffer.set(this.#buffer.subarray(0, this.#size));
    release(this.#buffer);
    this.#buffer = buffer;
  }

  /** The message in the buffer, which is let go: what the user keeps must be the user's alone. */
  #finishBuffer(): void {
    const buffer = this.#buffer;
    const size = this.#size;
    this.#buffer = EMPTY;
    this.#size = 0;
    if (this.#isCompressed) return this.#inflateAndRelease(buffer, size);
    if (this.#opcode === Opcode.BINARY) return this.#finish(firstOf(buffer, size));
    if (this.#textAsBytes) return this.#finish(asText(firstOf(buffer, size)));
    const text = this.#isAscii ? decodeAscii(buffer, 0, size) : decodeUtf8(buffer, 0, size);
    release(buffer);
    this.#finish(text);
  }

  #inflateAndRelease(buffer: Uint8Array, size: number): void {
    try {
      this.#inflate(buffer.subarray(0, size));
    } finally {
      release(buffer);
    }
  }

  /** A compressed message is complete. Only now its text can be validated: RFC 7692 §6.2. */
  #inflate(compressed: Uint8Array): void {
    if (this.#inflater === null) throw new Error("Bug: nobody agreed on compression");
    // For nobody: and the next may refer to this one.
    if ((this.#isSkipping ||= this.#sink.drops?.() === true)) return void (this.#opcode = 0);
    const bytes = this.#inflater.inflate(compressed, this.#sizeMax); // RFC 7692 §6.2 [D11]
    this.#work += bytes.length + STREAM_WORK * this.#inflater.streams;
    if (this.#opcode === Opcode.BINARY) return this.#finish(owned(bytes)); // RFC 7692 §6.1 [D08]
    // RFC 7692 §6.1 [D09]. What was inflated has no place in the stream, only its frame has: -1.
    if (this.#firstInvalid(bytes, 0, bytes.length) !== -1) throw notUtf8(-1);
    this.#finish(this.#textAsBytes ? asText(owned(bytes)) : decodeText(bytes));
  }

  /** What does not shrink may grow: by an eighth where each byte is a code of nine bits. */
  get #announcedMax(): number {
    if (!this.#isCompressed) return this.#sizeMax;
    return Math.floor(this.#sizeMax * (9 / 8)) + COMPRESSED_SPARE;
  }
}

/** What a short message may grow by, and the empty blocks of a flush. */
const COMPRESSED_SPARE = 64;

function notUtf8(offset: number): ProtocolError {
  const text = "Cannot accept text: a byte is not valid UTF-8 (§8.1)";
  return new ProtocolError("TEXT_INVALID", text, offset);
}
