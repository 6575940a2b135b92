// The bytes that a command is given: as arguments, in a file, or on its standard input.

import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { UsageError } from "./command.ts";
import { readHexText } from "./hex_text.ts";

/** How bytes are written down; "raw" are bytes as they are. */
export type Form = "hex" | "base64" | "raw";

/** A larger input is refused: to look at it frame by frame is no way to read it. */
const INPUT_SIZE_MAX = 64 * 1024 * 1024;

/** The bytes that `text` spells. @throws {UsageError} Where it does not. */
export function readText(text: string, form: "hex" | "base64"): Uint8Array {
  return form === "hex" ? readHexText(text) : readBase64(text);
}

/**
 * All of a file, or of the standard input when `path` is `null`, in the form `form`. Where that is
 * `null` it is hex if all of it is text, else raw: no frame begins with a character that is seen,
 * unless it has RSV1.
 */
export async function readInput(path: string | null, form: Form | null): Promise<Uint8Array> {
  const bytes = await readAll(path);
  const isText = bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || isSpace(byte));
  switch (form ?? (isText ? "hex" : "raw")) {
    case "raw":
      return bytes;
    case "base64":
      return readBase64(bytes.toString("latin1"));
    case "hex":
      return readHexText(bytes.toString("latin1"));
  }
}

async function readAll(path: string | null): Promise<Buffer> {
  const stream = path === null ? process.stdin : createReadStream(path);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size > INPUT_SIZE_MAX) break;
    }
  } catch (error) {
    const what = path === null ? "standard input" : "file";
    throw new UsageError(`Cannot read the ${what}: ${(error as Error).message}`);
  }
  if (size > INPUT_SIZE_MAX) throw new UsageError(`Input is over ${INPUT_SIZE_MAX} bytes`);
  return Buffer.concat(parts);
}

function isSpace(byte: number): boolean {
  return byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Of either alphabet, with or without padding: RFC 4648 §4, §5. */
function readBase64(text: string): Uint8Array {
  const digits = text.replace(/\s/g, "");
  const at = digits.search(/[^A-Za-z0-9+/_-]/);
  if (at >= 0 && !/^={1,2}$/.test(digits.slice(at))) {
    const found = JSON.stringify(digits[at]);
    throw new UsageError(`Character ${at + 1} of the base64: found ${found}, which is none of it`);
  }
  if (digits.replace(/=/g, "").length % 4 === 1) {
    throw new UsageError("Base64 is cut: its last character alone is no byte");
  }
  return new Uint8Array(Buffer.from(digits, "base64"));
}
