// What binds frames to each other: §5.4, §5.5.1, §8.1, RFC 7692 §6.1. The server has these rules in
// its assembler, which stops at the first that is broken; here, for people who look at frames, each
// is told, and the stream goes on.

import { readClosePayload } from "./close.ts";
import type { ClosePayload } from "./close.ts";
import { ProtocolError, VIOLATIONS } from "./error.ts";
import type { ProtocolErrorCode } from "./error.ts";
import type { FrameHeader } from "./header.ts";
import type { FrameProblem } from "./open_frame.ts";
import { isControl, Opcode } from "./opcode.ts";
import { Utf8Scanner } from "./utf8_scanner.ts";

/** Follows the messages of one direction. Its methods return the rule that is broken, or `null`. */
export class FrameSequence {
  /** The opcode of the message that the frame last begun belongs to: its own if it is a control. */
  opcode = 0;
  /** Whether its payload is compressed, so that its bytes are no text yet. */
  isCompressed = false;

  #message = 0; // opcode of the message in progress, 0 when there is none
  #messageCompressed = false;
  #closed = false;
  readonly #scanner = new Utf8Scanner();
  #isText = true;
  readonly #rsvAllowed: number;

  /** @param rsvAllowed The reserved bits that an extension uses: RSV1 is 4. */
  constructor(rsvAllowed: number) {
    this.#rsvAllowed = rsvAllowed;
  }

  /** Whether nothing of the message is known not to be UTF-8. */
  get isText(): boolean {
    return this.#isText;
  }

  /** Whether a Close was sent: what comes behind it is ignored (§1.4). */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** A frame begins, its header at `offset` of the stream. */
  frameStart({ opcode, rsv, fin }: FrameHeader, offset: number): FrameProblem | null {
    const problem = this.#checkOrder(opcode, rsv, offset);
    this.opcode = opcode;
    this.isCompressed = false;
    if (isControl(opcode)) {
      this.#closed ||= opcode === Opcode.CLOSE;
      return problem;
    }
    if (opcode !== Opcode.CONTINUATION) {
      this.#message = opcode;
      this.#messageCompressed = (rsv & this.#rsvAllowed) !== 0;
      this.#scanner.reset();
      this.#isText = true;
    }
    this.opcode = this.#message;
    this.isCompressed = this.#messageCompressed;
    if (fin) this.#message = 0;
    return problem;
  }

  #checkOrder(opcode: number, rsv: number, offset: number): FrameProblem | null {
    const refused = (what: string, section: string, code: FrameProblem["code"]): FrameProblem =>
      problem(code, `Cannot accept frame: ${what}`, section, offset);
    if (this.#closed && !isControl(opcode)) {
      return refused("no data may follow a Close", "§5.5.1", "DATA_AFTER_CLOSE");
    }
    if ((rsv & this.#rsvAllowed) !== 0 && (isControl(opcode) || opcode === Opcode.CONTINUATION)) {
      return refused("RSV1 is for first frames", "RFC 7692 §6.1", "RSV1_MISPLACED");
    }
    if (isControl(opcode)) return null;
    const isContinuation = opcode === Opcode.CONTINUATION;
    if (isContinuation === (this.#message !== 0)) return null;
    return isContinuation
      ? refused("it continues, but no message is open", "§5.4", "CONTINUATION_UNEXPECTED")
      : refused("a message is open, must continue it", "§5.4", "CONTINUATION_EXPECTED");
  }

  /** Payload of a text that begins at `offset` of the stream, unmasked. */
  text(payload: Uint8Array, offset: number): FrameProblem | null {
    if (!this.#isText) return null;
    const bad = this.#scanner.scan(payload, 0, payload.length);
    if (bad === -1) return null;
    const byte = `0x${payload[bad].toString(16).toUpperCase().padStart(2, "0")}`;
    return this.#invalid("TEXT_INVALID", `byte ${byte} is not valid UTF-8 here`, offset + bad);
  }

  /** The last frame of a text, at `offset`, has ended. */
  textEnd(offset: number): FrameProblem | null {
    if (!this.#isText || this.#scanner.complete) return null;
    return this.#invalid("TEXT_TRUNCATED", "it ends inside a UTF-8 character", offset);
  }

  #invalid(code: ProtocolErrorCode, what: string, offset: number): FrameProblem {
    this.#isText = false;
    return problem(code, `Cannot accept text: ${what}`, "§8.1", offset);
  }
}

function problem(
  code: FrameProblem["code"],
  what: string,
  cited: string,
  offset: number,
): FrameProblem {
  const section = cited.startsWith("§") ? `RFC 6455 ${cited}` : cited;
  const closeCode = code === "DATA_AFTER_CLOSE" ? null : VIOLATIONS[code];
  return { code, message: `${what} (${cited})`, section, closeCode, offset };
}

/**
 * What a Close frame says, or the rule that it breaks: at the byte of the payload, which is at
 * `payloadOffset`, or at the frame where no single byte is at fault.
 */
export function readClose(
  payload: Uint8Array,
  payloadOffset: number,
  frameOffset: number,
): ClosePayload | ProtocolError {
  try {
    return readClosePayload(payload, 0, payload.length);
  } catch (error) {
    const broken = error as ProtocolError; // it throws nothing else
    const { offset } = broken;
    broken.offset = offset < payload.length ? payloadOffset + offset : frameOffset;
    return broken;
  }
}
