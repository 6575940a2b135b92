// The tables of a frame: its masking undone, and its fields.

import { hexByte } from "./bytes.js";
import { linked } from "./parts.js";
import { element } from "./words.js";

/** @typedef {import("./observed.js").ExplainedFrame} ExplainedFrame */

const COLUMNS = 8;
const BYTES_MAX = 64;

/**
 * Eight bytes a block: masked, key, payload, and the character where there is one.
 *
 * @param {ExplainedFrame} explained
 */
export function maskTable({ bytes, headerSize, payload }) {
  const table = element("table.mask");
  const key = bytes.subarray(headerSize - 4, headerSize);
  const shown = Math.min(payload.length, BYTES_MAX);
  for (let start = 0; start < shown; start += COLUMNS) {
    const length = Math.min(COLUMNS, shown - start);
    const places = Array.from({ length }, (_, at) => start + at);
    /** @param {string} name @param {string} kind @param {(at: number) => string} cell */
    const row = (name, kind, cell) =>
      element(`tr.${kind}`, element("th", name), ...places.map((at) => element("td", cell(at))));
    table.append(
      element(
        "tbody",
        row("masked", "masked", (at) => hexByte(bytes[headerSize + at])),
        row("XOR key", "key", (at) => hexByte(key[at % 4])),
        row("= payload", "payload", (at) => hexByte(payload[at])),
        row("ASCII", "ascii", (at) => printable(payload[at])),
      ),
    );
  }
  if (shown < payload.length) {
    const rest = (payload.length - shown).toLocaleString("en-US");
    table.append(element("caption", `and ${rest} bytes more in the same way`));
  }
  return table;
}

/** Bytes are counted from the first one of the frame. @param {ExplainedFrame} explained */
export function fieldTable({ fields, offset: start }) {
  const names = ["byte", "field", "bits", "value", "meaning", "section"];
  const head = element("tr", ...names.map((name) => element(`th.${name}`, name)));
  const rows = fields.map(({ offset, name, bits, value, meaning, section }) =>
    element(
      "tr",
      element("td", String(offset - start)),
      element("th", name),
      element("td.bits", bits.replace(/.{8}(?=.)/g, "$& ")),
      element("td.value", value),
      element("td.meaning", meaning),
      element("td", linked(section)),
    ),
  );
  return element("table.fields", element("thead", head), element("tbody", ...rows));
}

/** @param {number} byte */
function printable(byte) {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? "␣" : "·";
}
