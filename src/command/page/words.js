// What the page calls things, and small pieces of DOM.

import { closeCodeName, opcodeName } from "../../frame/fields.js";

/** @typedef {import("./observed.js").ObservedFrame} ObservedFrame */

/** Characters of a payload that a row shows. */
const CONTENT_LENGTH_MAX = 80;

/**
 * The element with this id.
 *
 * @param {string} id
 * @returns {any}
 */
export function $(id) {
  return document.getElementById(id);
}

/**
 * A new element. Strings become text, so nothing that came over the wire is ever read as HTML.
 *
 * @param {string} name As in "span" or "span.key".
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function element(name, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  made.className = classes.join(" ");
  made.append(...children);
  return made;
}

/** Whether the detail is below the wire, and not beside it: then it has a way back. */
export function isNarrow() {
  return $("back").offsetParent !== null;
}

/** Which kind a frame is, for its colour. @param {ObservedFrame} frame */
export function kindOf({ explained: { header } }) {
  if (header === null) return "cut";
  if (header.opcode <= 2) return "data";
  if (header.opcode === 8) return "close";
  return header.opcode === 9 || header.opcode === 10 ? "ping" : "reserved";
}

/** A frame's name: "text", "continuation", "reserved 0x3". @param {ObservedFrame} frame */
export function nameOf({ explained: { header } }) {
  if (header === null) return "a header, cut";
  const name = opcodeName(header.opcode);
  return name === "reserved" ? `reserved 0x${header.opcode.toString(16)}` : name;
}

/** What a frame says, in a few words. @param {ObservedFrame} frame */
export function contentOf({ explained: { text, close, payload, header } }) {
  if (close !== null) return closeWords(close.code, close.reason);
  if (text !== null && payload.length > 0) return quoted(text);
  if (payload.length === 0) return "";
  const isText = header?.opcode === 9 || header?.opcode === 10;
  const ascii = isText && payload.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (ascii) return quoted(String.fromCharCode(...payload));
  const shown = Array.from(payload.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0"));
  return shown.join(" ") + (payload.length > 16 ? " …" : "");
}

/** "1002 PROTOCOL_ERROR “…”". @param {number} code @param {string} reason */
export function closeWords(code, reason) {
  const name = closeCodeName(code);
  const shown = /^[A-Z_]+$/.test(name) ? name : `(${name})`;
  return `${code} ${shown}${reason === "" ? "" : ` ${quoted(reason)}`}`;
}

/** @param {string} text */
export function quoted(text) {
  const shown = text.length > CONTENT_LENGTH_MAX ? `${text.slice(0, CONTENT_LENGTH_MAX)}…` : text;
  return `“${shown.replace(UNSEEN, escaped)}”`;
}

/** What ends a line, or turns the text around it, as the quotes of a row. */
const UNSEEN = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** @param {string} character */
function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** "5 B", "64 KiB". @param {number} size */
export function sizeWords(size) {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${Number((size / 1024).toFixed(1))} KiB`;
  return `${Number((size / 1024 / 1024).toFixed(1))} MiB`;
}

/** Size of a frame on the wire. @param {ObservedFrame} frame */
export function wireSize({ explained: { headerSize, payload, omitted } }) {
  return headerSize + payload.length + omitted;
}

/** "12.031": seconds since the page opened. @param {number} milliseconds */
export function seconds(milliseconds) {
  return (milliseconds / 1000).toFixed(3);
}

/** "client", as the page's two clients are called. @param {"browser" | "raw"} lane */
export function clientName(lane) {
  return lane === "browser" ? "browser" : "raw client";
}

/** "browser to server". @param {"browser" | "raw"} lane @param {"client" | "server"} from */
export function wayOf(lane, from) {
  const client = clientName(lane);
  return from === "client" ? `${client} to server` : `server to ${client}`;
}
