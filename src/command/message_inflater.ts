// What the compressed messages among explained frames say: RFC 7692 §7.2.2. It reads one direction
// of a connection, and lets nothing pass that a connection would not take.

import { Buffer } from "node:buffer";
import { countOf } from "../frame/summary.ts";
import { isControl, Opcode } from "../frame/mod.ts";
import type { ExplainedFrame } from "../frame/mod.ts";
import { Inflater } from "../message/inflate.ts";
import type { InflaterOptions } from "../message/inflate.ts";
import type { Message } from "../message/message.ts";

/** What became of a compressed message: the message itself, or why it could not be inflated. */
export type InflatedMessage =
  | { readonly message: Message; readonly problem: null }
  | { readonly message: null; readonly problem: string };

/** The longest message, inflated, and the most bytes of a payload that are kept for it. */
export const INFLATED_SIZE_MAX: number = 1024 * 1024;

/** RSV1 in the header of a frame. */
const RSV1 = 0b100;

/**
 * A stream that never looks back is read as well with all of its past: where nothing is known of
 * what was agreed on, this reads all that there is.
 */
const ANY: InflaterOptions = { windowBits: 15, contextTakeover: true };

/** Puts the compressed messages of one direction together, and inflates them. */
export class MessageInflater {
  readonly #inflater: Inflater;
  readonly #contextTakeover: boolean;
  #opcode = 0; // of the compressed message in progress, 0 when there is none
  #parts: Uint8Array[] = [];
  #size = 0;
  #isWhole = true;
  #isLost = false; // a message could not be inflated, and later ones may refer to it

  constructor(options: InflaterOptions = ANY) {
    this.#inflater = new Inflater(options);
    this.#contextTakeover = options.contextTakeover;
  }

  /** The message that ends with this frame, or `null` where no compressed one does. */
  push(frame: ExplainedFrame): InflatedMessage | null {
    const { header, payload, omitted, missing } = frame;
    if (header === null || isControl(header.opcode)) return null;
    if (header.opcode !== Opcode.CONTINUATION) this.#begin(header.opcode, header.rsv);
    if (this.#opcode === 0) return null;
    this.#size += payload.length;
    this.#isWhole &&= omitted === 0 && missing === 0 && this.#size <= INFLATED_SIZE_MAX;
    if (this.#isWhole && payload.length > 0) this.#parts.push(payload);
    if (!header.fin) return null;
    return this.#finish();
  }

  #begin(opcode: number, rsv: number): void {
    this.#opcode = (rsv & RSV1) === 0 ? 0 : opcode;
    this.#parts = [];
    this.#size = 0;
    this.#isWhole = true;
  }

  #finish(): InflatedMessage {
    const isText = this.#opcode === Opcode.TEXT;
    const parts = this.#parts;
    const isWhole = this.#isWhole;
    this.#begin(0, 0);
    if (this.#isLost) return failed("not inflated: it may refer to an earlier one that was not");
    try {
      if (!isWhole) throw new RangeError(`not inflated: it is cut, or over ${LIMIT}`);
      const bytes = this.#inflater.inflate(new Uint8Array(Buffer.concat(parts)), INFLATED_SIZE_MAX);
      return { message: isText ? checkedText(bytes) : bytes, problem: null };
    } catch (error) {
      this.#isLost = this.#contextTakeover;
      return failed((error as Error).message);
    }
  }
}

const LIMIT: string = countOf(INFLATED_SIZE_MAX);

/** Only now its text can be validated: RFC 7692 §6.2. */
function checkedText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RangeError("inflated, it is no valid UTF-8 (§8.1)");
  }
}

function failed(problem: string): InflatedMessage {
  return { message: null, problem };
}
