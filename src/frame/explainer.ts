// Takes a stream of frames apart for people to look at: every field, every rule that is broken, and
// what is missing. Unlike a decoder it does not stop at an error: it tells it, and goes on for as
// long as the bytes still make frames.
//
// Bounded: of a payload at most `payloadMax` bytes are kept, the rest is counted and checked.

import type { ClosePayload } from "./close.ts";
import { ProtocolError } from "./error.ts";
import { headerFields } from "./fields.ts";
import type { FrameField } from "./fields.ts";
import { createHeader, readHeader } from "./header.ts";
import type { FrameHeader } from "./header.ts";
import { OpenFrame } from "./open_frame.ts";
import type { FrameProblem } from "./open_frame.ts";
import { isControl, Opcode } from "./opcode.ts";
import { checkFirstByte, checkSecondByte } from "./rules.ts";
import type { Role } from "./rules.ts";
import { readClose, FrameSequence } from "./sequence.ts";
import { payloadFields, summaryOf } from "./summary.ts";

/** How to read the frames that are to be explained. */
export interface ExplainOptions {
  /**
   * Who reads them: a "server" requires that they are masked, a "client" that they are not (§5.1).
   * Default: both are fine.
   */
  readonly role?: Role;
  /** The reserved bits that an extension uses: RSV1 is 4. Default: 0, none (§5.2). */
  readonly rsvAllowed?: number;
  /** Bytes of a payload that are kept to be shown. Default: 65,536. */
  readonly payloadMax?: number;
}

/** A frame, or what there is of one, taken apart. */
export interface ExplainedFrame {
  /** Bytes from the start of the stream to its first. */
  readonly offset: number;
  /** As they are on the wire; of a long payload the first `payloadMax` bytes. */
  readonly bytes: Uint8Array;
  /** How many of them are the header. */
  readonly headerSize: number;
  /** `null`: the header itself is cut. */
  readonly header: FrameHeader | null;
  /** What is kept of the payload, unmasked. */
  readonly payload: Uint8Array;
  /** Bytes of the payload that came and were not kept. */
  readonly omitted: number;
  /** Bytes that are still to come; where the header is cut, at least so many. */
  readonly missing: number;
  /** In the order of the wire. */
  readonly fields: readonly FrameField[];
  /** One line, as in `text, final, masked, 5 bytes: "Hello"`. */
  readonly summary: string;
  /** The characters complete in this frame; `null` where it is no text, or no valid one. */
  readonly text: string | null;
  /** What a Close frame says; `null` for others, and for one that breaks a rule. */
  readonly close: ClosePayload | null;
  /** The rules that it breaks; none: it is fine. */
  readonly problems: readonly FrameProblem[];
}

const PAYLOAD_MAX = 65_536;

/**
 * Explains one direction of a connection as it comes.
 *
 * ```ts run
 * import { FrameExplainer } from "sluice/frame";
 *
 * const explainer = new FrameExplainer({ role: "client" });
 * for (const frame of explainer.push(Uint8Array.of(0x89, 0, 0x81, 5, 72, 101))) {
 *   console.log(frame.summary); // ping, final, not masked, empty
 * }
 * console.log(explainer.end()?.missing); // 3
 * ```
 */
export class FrameExplainer {
  readonly #role: Role | null;
  readonly #rsvAllowed: number;
  readonly #payloadMax: number;
  readonly #sequence: FrameSequence;
  #decoder = newDecoder();
  #received = 0;
  #open: OpenFrame | null = null;

  constructor(options: ExplainOptions = {}) {
    this.#role = options.role ?? null;
    this.#rsvAllowed = options.rsvAllowed ?? 0;
    this.#sequence = new FrameSequence(this.#rsvAllowed);
    this.#payloadMax = options.payloadMax ?? PAYLOAD_MAX;
  }

  /** Goes on with `bytes`, which stay as they are. Returns the frames that are complete now. */
  push(bytes: Uint8Array): ExplainedFrame[] {
    const frames: ExplainedFrame[] = [];
    let at = 0;
    while (at < bytes.length) {
      const open = (this.#open ??= new OpenFrame(this.#received, this.#sequence.isClosed));
      if (open.header === null) at += this.#readHead(open, bytes, at);
      if (open.header !== null) at += this.#readPayload(open, open.header, bytes, at);
      if (open.missing > 0) continue;
      frames.push(this.#finished(open));
      this.#open = null;
    }
    return frames;
  }

  /** What there is of the frame that is not complete; `null` when the stream ends behind one. */
  end(): ExplainedFrame | null {
    return this.#open === null ? null : this.#explained(this.#open);
  }

  /** Returns how many bytes from `at` on belong to the header. */
  #readHead(open: OpenFrame, bytes: Uint8Array, at: number): number {
    let read = 0;
    while (at + read < bytes.length && open.headMissing > 0) {
      open.pushHead(bytes[at + read++]);
      if (open.headSize === 1) this.#checkFirst(open);
      if (open.headSize === 2) this.#checkSecond(open);
      else open.attempt(() => readHeader(open.head, 0, open.headSize, createHeader()), open.offset);
    }
    this.#received += read;
    if (open.headMissing === 0) this.#startPayload(open);
    return read;
  }

  /** Each rule of the first byte by itself: where RSV is wrong the opcode may be, too. */
  #checkFirst(open: OpenFrame): void {
    const [first] = open.head;
    open.attempt(() => checkFirstByte(first, this.#rsvAllowed, open.offset));
    if (open.problems.length > 0) open.attempt(() => checkFirstByte(first, 0b111, open.offset));
  }

  #checkSecond(open: OpenFrame): void {
    const [first, second] = open.head;
    const masked = second >= 0x80;
    const due = this.#role === null ? masked : this.#role === "server";
    if (due !== masked) open.attempt(() => checkSecondByte(second, 0, due, open.offset + 1));
    open.attempt(() => checkSecondByte(second, first, masked, open.offset + 1));
  }

  #startPayload(open: OpenFrame): void {
    const header = open.startPayload(this.#payloadMax);
    open.problem(this.#sequence.frameStart(header, open.offset));
    open.messageOpcode = this.#sequence.opcode;
    open.isCompressed = this.#sequence.isCompressed;
    open.isText = open.messageOpcode === Opcode.TEXT && !open.isCompressed;
    const isFirst = !isControl(header.opcode) && header.opcode !== Opcode.CONTINUATION;
    if (isFirst) this.#decoder = newDecoder();
  }

  /** Returns how many bytes from `at` on belong to the payload. */
  #readPayload(open: OpenFrame, header: FrameHeader, bytes: Uint8Array, at: number): number {
    const size = Math.min(bytes.length - at, header.length - open.received);
    if (size === 0) return 0;
    const payload = open.pushPayload(bytes.subarray(at, at + size));
    if (open.isText) {
      open.problem(this.#sequence.text(payload, this.#received));
      const room = this.#payloadMax - open.text.length;
      open.text += this.#decoder.decode(payload, { stream: true }).slice(0, room);
    }
    this.#received += size;
    return size;
  }

  #finished(open: OpenFrame): ExplainedFrame {
    const { fin, opcode } = open.header as FrameHeader;
    if (open.isText && fin) open.problem(this.#sequence.textEnd(open.offset));
    if (opcode === Opcode.CLOSE) {
      const read = readClose(open.payload, open.offset + open.headSize, open.offset);
      if (read instanceof ProtocolError) open.problem(read);
      else open.close = read;
    }
    return this.#explained(open);
  }

  #explained(open: OpenFrame): ExplainedFrame {
    const { offset, header, head, missing, close, received } = open;
    const payload = open.payload.slice();
    const problems = [...open.problems];
    const text = open.isText && this.#sequence.isText ? open.text : null;
    const fields = headerFields(head, offset, this.#rsvAllowed);
    if (received > 0) fields.push(...payloadFields(open, text));
    const bytes = new Uint8Array([...head, ...open.wirePayload]);
    const omitted = received - payload.length;
    return {
      offset,
      bytes,
      headerSize: head.length,
      header,
      payload,
      omitted,
      missing,
      fields,
      summary: summaryOf(open, text),
      text,
      close,
      problems,
    };
  }
}

/** A BOM is part of the text: §5.6. */
function newDecoder(): InstanceType<typeof TextDecoder> {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}
