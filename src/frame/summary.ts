// A frame in one line, and what its payload says: for people who look at frames.

import { closeCodeName, exactLength, hex, opcodeName } from "./fields.ts";
import type { FrameField } from "./fields.ts";
import type { FrameHeader } from "./header.ts";
import type { OpenFrame } from "./open_frame.ts";
import { isControl, Opcode } from "./opcode.ts";

/** Characters of a text that are shown. */
const TEXT_LENGTH_MAX = 60;

/** Bytes of a payload that are shown as hex. */
const HEX_SIZE_MAX = 8;

/** One line, as in `text, final, masked, 5 bytes: "Hello"`. */
export function summaryOf(open: OpenFrame, text: string | null): string {
  const { header, headSize, missing, received, messageOpcode } = open;
  if (header === null) {
    return `cut in the header: ${countOf(headSize)}, at least ${missing} missing`;
  }
  const { opcode, fin, masked, length } = header;
  const isContinuation = opcode === Opcode.CONTINUATION;
  const parts = [opcodeName(opcode)];
  if (isContinuation && messageOpcode > 0) parts[0] += ` of ${opcodeName(messageOpcode)}`;
  parts.push(fin ? "final" : isFirst(opcode) ? "first of several" : "more follow");
  if (open.isCompressed) parts.push("compressed");
  parts.push(masked ? "masked" : "not masked");
  if (missing > 0) {
    parts.push(`cut: ${NUMBER.format(received)} of ${countOf(exactLength(open.head))}`);
  } else parts.push(length === 0 ? "empty" : countOf(length));
  return parts.join(", ") + contentOf(open, text);
}

function isFirst(opcode: number): boolean {
  return opcode !== Opcode.CONTINUATION && !isControl(opcode);
}

function contentOf({ close, payload, problems }: OpenFrame, text: string | null): string {
  if (payload.length === 0) {
    return close === null || problems.length > 0 ? "" : ": no code, so 1005 is reported";
  }
  if (close === null) return `: ${text === null ? shortHex(payload) : quoted(text)}`;
  const reason = close.reason === "" ? "" : ` ${quoted(close.reason)}`;
  return `: ${close.code} ${closeCodeName(close.code)}${reason}`;
}

/** The fields behind the header: what is in the payload, as far as it came. */
export function payloadFields(open: OpenFrame, text: string | null): FrameField[] {
  const { received, close, payload, wirePayload } = open;
  const { masked, opcode } = open.header as FrameHeader;
  const field = (name: string, value: string, meaning: string, section: string): FrameField => {
    return { name, offset: open.offset + open.headSize, bits: "", value, meaning, section };
  };
  const fields: FrameField[] = [];
  const size = countOf(received);
  if (masked) fields.push(field("masked payload", shortHex(wirePayload), size, "§5.3"));
  const meaning = open.isCompressed ? `${size}, compressed` : text === null ? size : quoted(text);
  fields.push(field("payload", shortHex(payload), meaning, "§5.2"));
  if (opcode !== Opcode.CLOSE || payload.length < 2) return fields;
  const code = (payload[0] << 8) | payload[1];
  fields.push(field("close code", String(code), closeCodeName(code), "§7.4"));
  if (close === null || close.reason === "") return fields;
  const reason = field("reason", shortHex(payload.subarray(2)), quoted(close.reason), "§5.5.1");
  fields.push({ ...reason, offset: reason.offset + 2 });
  return fields;
}

/** In quotes. What would move the cursor of a terminal, or turn its text around, is escaped. */
function quoted(text: string): string {
  const isLong = text.length > TEXT_LENGTH_MAX;
  const shown = JSON.stringify(isLong ? text.slice(0, TEXT_LENGTH_MAX).replace(HALF, "") : text);
  const safe = shown.replace(UNSEEN, escaped);
  return isLong ? `${safe}…` : safe;
}

/** The first half of a pair that was cut. */
const HALF = /[\ud800-\udbff]$/;

const UNSEEN = /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function shortHex(payload: Uint8Array): string {
  const shown = hex(payload.subarray(0, HEX_SIZE_MAX));
  return payload.length > HEX_SIZE_MAX ? `${shown} …` : shown;
}

const NUMBER: Intl.NumberFormat = new Intl.NumberFormat("en-US"); // made once: that takes long

/** As in "1 byte", "65,536 bytes". Of a number above 2^53 a double does not have all digits. */
export function countOf(count: number | bigint): string {
  if (typeof count === "number" && count > Number.MAX_SAFE_INTEGER) return "2^53 bytes or more";
  return `${NUMBER.format(count)} byte${Number(count) === 1 ? "" : "s"}`;
}
