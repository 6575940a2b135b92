// Frames as a raw client sends them, right or wrong: §5.2. Header and masking are the library's
// own modules, the same files that the server runs.

import { headerSize, writeHeader } from "../../frame/header.js";
import { mask } from "../../frame/mask.js";

/**
 * What a frame is made of; what is left out is as a client must have it.
 *
 * @typedef {object} FrameParts
 * @property {number} opcode
 * @property {boolean} [fin]
 * @property {number} [rsv] RSV1 is 4.
 * @property {string | Uint8Array} [payload]
 * @property {boolean} [masked]
 */

/**
 * The bytes of one frame, its key drawn by lot: §5.3.
 *
 * @param {FrameParts} parts
 */
export function frame({ opcode, fin = true, rsv = 0, payload = "", masked = true }) {
  const content = typeof payload === "string" ? utf8(payload) : payload;
  const { length } = content;
  const key = masked ? crypto.getRandomValues(new Int32Array(1))[0] : 0;
  const bytes = new Uint8Array(headerSize(length, masked) + length);
  const start = writeHeader(bytes, 0, { fin, rsv, opcode, masked, key, length });
  bytes.set(content, start);
  if (masked) mask(bytes, start, bytes.length, key);
  return bytes;
}

/**
 * A Close frame with any code, also one that nobody may send: §5.5.1.
 *
 * @param {number} code
 * @param {string} reason
 */
export function closeFrame(code, reason = "") {
  return frame({ opcode: 8, payload: concat(Uint8Array.of(code >> 8, code & 0xff), utf8(reason)) });
}

/** @param {Uint8Array[]} parts */
export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {string} text */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/** "81 05 48": two digits a byte. @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, hexByte).join(" ");
}

/** @param {number} byte */
export function hexByte(byte) {
  return byte.toString(16).padStart(2, "0");
}

/**
 * The bytes that `text` spells, white space or not between them; `null` when it is no hex.
 *
 * @param {string} text
 */
export function parseHex(text) {
  const digits = text.replace(/\s|0x|,/g, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}
