// What the raw client may say: what a browser has no button for, and what breaks a rule. Each is
// the bytes themselves; the server is told nothing else.

import { closeFrame, concat, frame, utf8 } from "./bytes.js";

/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {() => Uint8Array<ArrayBuffer>} bytes
 */

/** @type {Recipe} */
export const FRAGMENTS = {
  name: "A text in three fragments (§5.4)",
  bytes: () =>
    concat(
      frame({ opcode: 1, fin: false, payload: "Hello, " }),
      frame({ opcode: 0, fin: false, payload: "wa" }),
      frame({ opcode: 0, payload: "ter" }),
    ),
};

/** @type {Recipe} */
export const PING = {
  name: "A ping (§5.5.2)",
  bytes: () => frame({ opcode: 9, payload: "are you there?" }),
};

/** @type {Readonly<Record<string, readonly Recipe[]>>} */
export const RECIPES = {
  "A client may send": [
    { name: "A text", bytes: () => frame({ opcode: 1, payload: "Hello, water" }) },
    FRAGMENTS,
    {
      name: "Fragments, and a ping between them (§5.4)",
      bytes: () =>
        concat(
          frame({ opcode: 1, fin: false, payload: "Hello, " }),
          PING.bytes(),
          frame({ opcode: 0, payload: "water" }),
        ),
    },
    {
      name: "A character cut between fragments (§8.1)",
      bytes: () =>
        concat(
          frame({ opcode: 1, fin: false, payload: utf8("🌊").subarray(0, 2) }),
          frame({ opcode: 0, payload: utf8("🌊").subarray(2) }),
        ),
    },
    PING,
    { name: "A pong that nobody asked for (§5.5.3)", bytes: () => frame({ opcode: 10 }) },
    { name: "60 KiB of text", bytes: () => frame({ opcode: 1, payload: "water ".repeat(10_240) }) },
    { name: "A Close without a code (§5.5.1)", bytes: () => frame({ opcode: 8 }) },
    {
      name: "Half a frame",
      bytes: () => frame({ opcode: 1, payload: "Hello, water" }).slice(0, 9),
    },
  ],
  "A mistake": [
    {
      name: "A frame that is not masked (§5.1)",
      bytes: () => frame({ opcode: 1, payload: "Hello", masked: false }),
    },
    {
      name: "A text that is not UTF-8 (§8.1)",
      bytes: () => frame({ opcode: 1, payload: concat(utf8("Hello "), Uint8Array.of(0xff)) }),
    },
    {
      name: "A reserved bit, RSV1 (§5.2)",
      bytes: () => frame({ opcode: 1, rsv: 4, payload: "Hello" }),
    },
    { name: "A reserved opcode, 3 (§5.2)", bytes: () => frame({ opcode: 3, payload: "Hello" }) },
    { name: "A ping in fragments (§5.5)", bytes: () => frame({ opcode: 9, fin: false }) },
    {
      name: "A ping of 126 bytes (§5.5)",
      bytes: () => frame({ opcode: 9, payload: "p".repeat(126) }),
    },
    {
      name: "A continuation of nothing (§5.4)",
      bytes: () => frame({ opcode: 0, payload: "and so on" }),
    },
    {
      name: "A text within another text (§5.4)",
      bytes: () =>
        concat(
          frame({ opcode: 1, fin: false, payload: "Hello, " }),
          frame({ opcode: 1, payload: "water" }),
        ),
    },
    {
      name: "A length in more bytes than it needs (§5.2)",
      bytes: () => concat(Uint8Array.of(0x81, 0xfe, 0, 5, 0, 0, 0, 0), utf8("Hello")),
    },
    {
      name: "A length of 2 MiB, above the limit (§10.4)",
      bytes: () => Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 1, 2, 3, 4),
    },
    {
      name: "A Close of one byte (§5.5.1)",
      bytes: () => frame({ opcode: 8, payload: Uint8Array.of(3) }),
    },
    { name: "A Close with code 1005 (§7.4)", bytes: () => closeFrame(1005) },
    {
      name: "A Close whose reason is not UTF-8 (§5.5.1)",
      bytes: () => frame({ opcode: 8, payload: Uint8Array.of(0x03, 0xe8, 0xff) }),
    },
  ],
};
