// A text that nobody has decoded. Who only passes texts on need not make strings of them: for those
// that are long, or not ASCII, the decoding and the encoding are most of what a message costs.

import { Buffer, isUtf8 } from "node:buffer";
import { Opcode } from "../frame/mod.ts";
import type { Message } from "./message.ts";

/**
 * The UTF-8 of a text message, as the option `text: "bytes"` gives it. To `write()` it is a text,
 * where any other `Uint8Array` is binary (§5.6); so a relay passes on what it gets, as it is.
 * `String(bytes)` decodes it.
 *
 * ```ts run
 * import { TextBytes } from "sluice";
 *
 * const text = TextBytes.from(Buffer.from("Grüße"));
 * console.log(text.length, String(text)); // 7 Grüße
 * ```
 */
export class TextBytes extends Uint8Array {
  /** Methods such as `slice()` give plain bytes: a part of a text may end within a character. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  /** The text. A BOM is kept. */
  override toString(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.length).toString();
  }
}

/** The same memory as a text. It must be valid. */
export function asText({ buffer, byteOffset, length }: Uint8Array): TextBytes {
  return new TextBytes(buffer as ArrayBuffer, byteOffset, length);
}

/** Hot: the opcode says what a message is, §6.1 [B42]. */
export function opcodeOf(message: Message): number {
  return typeof message === "string" || message instanceof TextBytes ? Opcode.TEXT : Opcode.BINARY;
}

/** Throws a TypeError unless it is UTF-8: what came was validated, but anybody can make one. */
export function checkUtf8(bytes: TextBytes): void {
  if (isUtf8(bytes)) return;
  throw new TypeError("Cannot write: text is not valid UTF-8 (§8.1)");
}

/** How text messages are handed over. */
export type TextForm = "string" | "bytes";
