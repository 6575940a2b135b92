// What a compressed message says, in a line below its last frame.

import { Buffer } from "node:buffer";
import { countOf } from "../frame/summary.ts";
import type { Paint } from "./colour.ts";
import { hex } from "./frame_json.ts";
import type { InflatedMessage } from "./message_inflater.ts";
import { visible } from "./visible.ts";

/** Characters of a text, and bytes of a binary message, that are shown. */
const TEXT_LENGTH_MAX = 500;
const BYTES_MAX = 32;

/** The line, with the line end before it; "" where there is no such message. */
export function inflatedLine(
  inflated: InflatedMessage | null,
  indent: string,
  paint: Paint,
): string {
  if (inflated === null) return "";
  const { message, problem } = inflated;
  if (message === null) return `\n${indent}${paint("wrong", problem)}`;
  const isText = typeof message === "string";
  const lengthMax = isText ? TEXT_LENGTH_MAX : BYTES_MAX;
  const shown = message.slice(0, lengthMax);
  const content = typeof shown === "string" ? `"${visible(shown)}"` : hex(shown);
  const size = countOf(isText ? Buffer.byteLength(message) : message.length);
  const more = message.length > lengthMax ? "…" : "";
  return `\n${indent}inflated: ${isText ? "text" : "binary"}, ${size}: ${content}${more}`;
}
