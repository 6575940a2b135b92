// RFC 6455 read a second time, and as slowly as it is written: byte after byte, no byte looked at
// twice, nothing that would be fast. It shares no line with src/. What it makes of a stream is what
// a connection must make of it, wherever TCP cuts.
//
//   head      2 bytes, then 0, 2 or 8 of length, then 4 of key   what is wrong shows at its byte
//   payload   each byte unmasked as it comes
//   frame     when its length has come
//   message   when a frame with FIN has
//
// Where the RFC leaves a choice it follows ours: a length must be in the fewest bytes, an empty
// fragment costs 160 bytes of the limit, what is compressed may be an eighth larger than the limit.
// In the place of DEFLATE stands the identity: this is about frames. Over 250 lines: it is meant to
// be read beside the RFC, from its first byte to its last.

import { isCodePoint, startsCodePoint } from "./reference_utf8.ts";

/** What is handed over: a whole message or control frame. */
export interface ReferenceEvent {
  readonly type: "text" | "binary" | "ping" | "pong" | "close";
  readonly payload: readonly number[];
}

/** A rule that was broken, as the vectors have it. */
export interface ReferenceFailure {
  readonly code: string;
  readonly closeCode: number;
  /** From the start of the stream: the byte at fault, or the first of its frame. */
  readonly offset: number;
}

/** What is read, and how. */
export interface ReferenceOptions {
  readonly role: "server" | "client";
  /** The largest message. */
  readonly sizeMax: number;
  /** Whether RSV1 was agreed on. */
  readonly isCompressing: boolean;
}

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const OPCODES = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG];

const EMPTY_FRAGMENT_COST = 160;

/** Reads what one side sends. */
export class ReferenceReader {
  readonly events: ReferenceEvent[] = [];
  failure: ReferenceFailure | null = null;
  /** A Close has come: nothing counts any more. */
  isClosed = false;

  readonly #options: ReferenceOptions;
  #offset = 0; // of the byte that is being read
  #frameOffset = 0;
  #head: number[] = []; // of the frame in progress
  #isInPayload = false; // whether all of its head has come
  #length = 0;
  #key: number[] = []; // empty: it is not masked
  #payload: number[] = []; // of the control frame in progress

  #message: { opcode: number; isCompressed: boolean } | null = null;
  #bytes: number[] = []; // of the message in progress
  #announced = 0;
  #emptyFragments = 0;
  #character: number[] = []; // of its text, the bytes of the last character

  constructor(options: ReferenceOptions) {
    this.#options = options;
  }

  /** Whether nothing is in progress. */
  get isIdle(): boolean {
    return this.#head.length === 0 && this.#message === null;
  }

  /** One byte has come. */
  push(byte: number): void {
    if (this.failure !== null || this.isClosed) return;
    if (this.#isInPayload) this.#takePayload(byte);
    else this.#takeHead(byte);
    this.#offset++;
  }

  #takeHead(byte: number): void {
    if (this.#head.length === 0) this.#frameOffset = this.#offset;
    this.#head.push(byte);
    const { length } = this.#head;
    if (length === 1) return this.#checkFirst(byte);
    if (length === 2) this.#checkSecond(byte);
    if (this.failure !== null) return;
    const short = this.#head[1] % 128;
    const lengthEnd = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0);
    if (length === lengthEnd) this.#readLength(short);
    if (this.failure !== null) return;
    const isMasked = this.#head[1] >= 128;
    if (length === lengthEnd + (isMasked ? 4 : 0)) this.#beginFrame();
  }

  get #fin(): boolean {
    return this.#head[0] >= 128;
  }

  get #rsv(): number {
    return Math.floor(this.#head[0] / 16) % 8;
  }

  get #opcode(): number {
    return this.#head[0] % 16;
  }

  /** §5.2, §5.5: the first byte. */
  #checkFirst(byte: number): void {
    const isAllowed = this.#rsv === 0 || (this.#rsv === 4 && this.#options.isCompressing);
    if (!isAllowed) return this.#fail("RESERVED_BITS", 1002, this.#offset);
    if (!OPCODES.includes(this.#opcode)) return this.#fail("RESERVED_OPCODE", 1002, this.#offset);
    if (this.#opcode >= CLOSE && byte < 128) {
      return this.#fail("CONTROL_FRAGMENTED", 1002, this.#offset);
    }
  }

  /** §5.1, §5.5: the second byte. */
  #checkSecond(byte: number): void {
    const isMasked = byte >= 128;
    if (this.#options.role === "server" && !isMasked) {
      return this.#fail("MASK_MISSING", 1002, this.#offset);
    }
    if (this.#options.role === "client" && isMasked) {
      return this.#fail("MASK_FORBIDDEN", 1002, this.#offset);
    }
    if (this.#opcode >= CLOSE && byte % 128 > 125) {
      return this.#fail("CONTROL_TOO_LONG", 1002, this.#offset);
    }
  }

  /** §5.2: the length is in network byte order, and in the fewest bytes. */
  #readLength(short: number): void {
    const extended = this.#head.slice(2);
    const offset = this.#frameOffset + 2;
    if (short < 126) {
      this.#length = short;
      return;
    }
    let length = 0n;
    for (const byte of extended) length = 256n * length + BigInt(byte);
    if (length >= 2n ** 63n) return this.#fail("LENGTH_TOP_BIT", 1002, offset);
    if (length >= 2n ** 53n) return this.#fail("LENGTH_TOO_BIG", 1009, offset);
    const isMinimal = short === 126 ? length >= 126n : length >= 65536n;
    if (!isMinimal) return this.#fail("LENGTH_NOT_MINIMAL", 1002, offset);
    this.#length = Number(length);
  }

  /** The head is whole. */
  #beginFrame(): void {
    const opcode = this.#opcode;
    const isCompressed = this.#rsv === 4;
    if (isCompressed && (opcode >= CLOSE || opcode === CONTINUATION)) {
      return this.#fail("RSV1_MISPLACED", 1002, this.#frameOffset); // RFC 7692 §6.1
    }
    if (opcode >= CLOSE) this.#payload = [];
    else this.#beginFragment(opcode, isCompressed);
    if (this.failure !== null) return;
    this.#isInPayload = true;
    this.#key = this.#head[1] >= 128 ? this.#head.slice(-4) : [];
    if (this.#length === 0) this.#endFrame();
  }

  /** §5.4: the order of fragments; §10.4: the size of all together. */
  #beginFragment(opcode: number, isCompressed: boolean): void {
    if (opcode === CONTINUATION && this.#message === null) {
      return this.#fail("CONTINUATION_UNEXPECTED", 1002, this.#frameOffset);
    }
    if (opcode !== CONTINUATION && this.#message !== null) {
      return this.#fail("CONTINUATION_EXPECTED", 1002, this.#frameOffset);
    }
    if (opcode !== CONTINUATION) {
      this.#message = { opcode, isCompressed };
      this.#bytes = [];
      this.#announced = 0;
      this.#emptyFragments = 0;
      this.#character = [];
    }
    this.#announced += this.#length;
    if (this.#length === 0 && !this.#fin) this.#emptyFragments++;
    const { sizeMax } = this.#options;
    const isTooBig =
      this.#announced > (this.#message?.isCompressed ? (sizeMax * 9) / 8 + 64 : sizeMax) ||
      this.#emptyFragments * EMPTY_FRAGMENT_COST > sizeMax;
    if (isTooBig) this.#fail("MESSAGE_TOO_BIG", 1009, this.#frameOffset);
  }

  #takePayload(byte: number): void {
    const at = this.#opcode >= CLOSE ? this.#payload.length : this.#fragmentSize;
    const plain = this.#key.length === 0 ? byte : byte ^ this.#key[at % 4]; // §5.3
    if (this.#opcode >= CLOSE) this.#payload.push(plain);
    else this.#takeData(plain);
    if (this.failure === null && at + 1 === this.#length) this.#endFrame();
  }

  /** How much of the fragment in progress has come. */
  get #fragmentSize(): number {
    return this.#bytes.length - (this.#announced - this.#length);
  }

  #takeData(byte: number): void {
    this.#bytes.push(byte);
    if (this.#message?.opcode !== TEXT || this.#message.isCompressed) return;
    this.#takeText(byte, this.#offset);
  }

  /** §8.1: what no continuation can save fails as it comes. */
  #takeText(byte: number, offset: number): void {
    if (isCodePoint(this.#character)) this.#character = [];
    this.#character.push(byte);
    if (!startsCodePoint(this.#character)) this.#fail("TEXT_INVALID", 1007, offset);
  }

  #endFrame(): void {
    const [opcode, fin] = [this.#opcode, this.#fin];
    const headSize = this.#head.length;
    this.#isInPayload = false;
    this.#head = [];
    if (opcode === CLOSE) return this.#endClose(headSize);
    if (opcode === PING) this.events.push({ type: "ping", payload: this.#payload });
    else if (opcode === PONG) this.events.push({ type: "pong", payload: this.#payload });
    else if (fin) this.#endMessage();
  }

  #endMessage(): void {
    if (this.#message === null) return;
    const { opcode, isCompressed } = this.#message;
    this.#message = null;
    const [bytes, offset] = [this.#bytes, this.#frameOffset];
    if (isCompressed && bytes.length > this.#options.sizeMax) {
      return this.#fail("MESSAGE_TOO_BIG", 1009, offset);
    }
    if (isCompressed && opcode === TEXT) for (const byte of bytes) this.#takeText(byte, offset);
    if (this.failure !== null) return;
    const isWhole = this.#character.length === 0 || isCodePoint(this.#character);
    if (opcode === TEXT && !isWhole) return this.#fail("TEXT_TRUNCATED", 1007, offset);
    this.events.push({ type: opcode === TEXT ? "text" : "binary", payload: bytes });
  }

  /** §5.5.1, §7.4. */
  #endClose(headSize: number): void {
    const payload = this.#payload;
    const offset = this.#frameOffset + headSize;
    const code = 256 * payload[0] + payload[1];
    if (payload.length === 1) return this.#fail("CLOSE_SIZE", 1002, offset);
    if (payload.length > 1 && !mayBeSent(code)) return this.#fail("CLOSE_CODE", 1002, offset);
    let character: number[] = [];
    for (const [at, byte] of payload.entries()) {
      if (at < 2) continue;
      if (isCodePoint(character)) character = [];
      character.push(byte);
      if (!startsCodePoint(character)) return this.#fail("CLOSE_REASON", 1007, offset + at);
    }
    if (character.length > 0 && !isCodePoint(character)) {
      return this.#fail("CLOSE_REASON", 1007, this.#frameOffset);
    }
    this.events.push({ type: "close", payload });
    this.isClosed = true;
  }

  #fail(code: string, closeCode: number, offset: number): void {
    this.failure = { code, closeCode, offset };
  }
}

/** §7.4: those that are defined, and may be in a frame. */
function mayBeSent(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].includes(code);
}
