// Scripts for compressed messages: RFC 7692 §6, RFC 7692 §7.2. The server tries to compress every
// message; it sends what does not shrink as it is, as most of these. In the answer `*` marks those
// that came compressed.

import { bytes, concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { flushed } from "../message/compressed.ts";
import type { Script } from "./script.ts";

const REFUSED = ["close 1002"];
const INVALID = ["close 1007"];

/** "Hello" as in RFC 7692 §7.2.3.1. */
const HELLO = bytes("f248cdc9c90700");
/** With the context of an earlier one: RFC 7692 §7.2.3.2. */
const HELLO_AGAIN = bytes("f200110000");
/** RFC 7692 §7.2.3.3 to RFC 7692 §7.2.3.5. */
const STORED = bytes("000500faff48656c6c6f00");
const LAST = bytes("f348cdc9c9070000");
const TWO_BLOCKS = bytes("f24805000000ffffcac9c90700");

const TWICE = ["text HelloHello"];

const LONG = "abcdefghij".repeat(20);
const NOISE = bytes("8c1f03d5a7e9b26470");

/** First bytes with RSV1 that no compressed message begins with, and whether one is in progress. */
const MISPLACED: readonly (readonly [first: string, what: string, isWithin: boolean])[] = [
  ["c9", "a ping", false],
  ["ca", "a pong", false],
  ["c8", "a Close", false],
  ["49", "a ping without FIN", false],
  ["4a", "a pong without FIN", false],
  ["48", "a Close without FIN", false],
  ["c9", "a ping between fragments", true],
  ["c8", "a Close between fragments", true],
  ["40", "a continuation", true],
  ["c0", "the last continuation", true],
  ["40", "a continuation of nothing", false],
  ["c0", "the last continuation of nothing", false],
  ["c3", "opcode 3", false],
  ["cb", "opcode 11", false],
];

/** Both modes of the client. */
export const DEFLATE: readonly Script[] = [
  ["D06 D32 a compressed text", [frame("c1", HELLO)], ["text Hello"]],
  ["D06 a compressed text, masked", [frame("c1", HELLO, "37fa213d")], ["text Hello"]],
  ["D08 a compressed binary message stays binary", [frame("c2", HELLO)], ["binary 48656c6c6f"]],
  ["D09 compressed text that is no UTF-8", [frame("c1", flushed(bytes("eda080")))], INVALID],
  [
    "D09 compressed text that ends within a character",
    [frame("41", flushed(bytes("e697"))), frame("80")],
    INVALID,
  ],
  ["D09 the same as binary", [frame("c2", flushed(bytes("eda080")))], ["binary eda080"]],
  ["D09 text beyond ASCII", [frame("c1", flushed(utf8("日本 🌊")))], ["text 日本 🌊"]],
  [
    "D10 uncompressed among compressed",
    [frame("81", "a"), frame("c1", HELLO), frame("81", "b"), frame("82", "c"), frame("c2", HELLO)],
    ["text a", "text Hello", "text b", "binary 63", "binary 48656c6c6f"],
  ],
  ["D10 D08 the answer is compressed where it shrinks", [frame("81", LONG)], [`* text ${LONG}`]],
  ["D10 D08 and to a compressed one", [frame("c1", flushed(utf8(LONG)))], [`* text ${LONG}`]],
  ["D08 and stays binary", [frame("82", new Uint8Array(99))], [`* binary ${"00".repeat(99)}`]],
  [
    "D11 in a frame for each byte, and empty ones",
    [frame("41"), ...Array.from(HELLO, (byte) => frame("00", Uint8Array.of(byte))), frame("80")],
    ["text Hello"],
  ],
  [
    "D12 pings between compressed fragments",
    [
      frame("41", HELLO.subarray(0, 3)),
      frame("89", "one"),
      frame("00", HELLO.subarray(3, 5)),
      frame("8a", "unasked"),
      frame("89", HELLO), // nobody inflates it
      frame("80", HELLO.subarray(5)),
    ],
    ["pong 6f6e65", "pong f248cdc9c90700", "text Hello"],
  ],
  [
    "D12 a Close between compressed fragments",
    [frame("41", HELLO.subarray(0, 3)), closeFrame(3000)],
    ["close 3000"],
  ],
  ["D35 a stored block", [frame("c1", STORED)], ["text Hello"]],
  ["D35 BFINAL", [frame("c1", LAST)], ["text Hello"]],
  ["D35 two blocks", [frame("c1", TWO_BLOCKS)], ["text Hello"]],
  ["D35 BFINAL, and more behind it", [frame("c1", concat(LAST.subarray(0, 7), HELLO))], TWICE],
  [
    "D36 A51 behind BFINAL the next messages",
    [frame("c1", LAST), frame("c1", HELLO), frame("81", "x"), frame("c1", LAST), frame("c1", LAST)],
    ["text Hello", "text Hello", "text x", "text Hello", "text Hello"],
  ],
  ["D37 an empty message", [frame("c1", bytes("00"))], ["text "]],
  ["D37 without its only byte", [frame("c1"), frame("c2")], ["text ", "binary "]],
  ["D37 in two empty fragments", [frame("41"), frame("80")], ["text "]],
  ["D38 broken DEFLATE", [frame("c1", bytes("ffffffff"))], INVALID],
  [
    "D38 and what came before it",
    [frame("c1", HELLO), frame("81", "x"), frame("c2", bytes("06"))],
    ["text Hello", "text x", ...INVALID],
  ],
  ["D38 a message that is cut off", [frame("c1", HELLO.subarray(0, 4))], INVALID],
  ["D38 a stored block that is cut off", [frame("c2", bytes("00ff0000ff4865"))], INVALID],
  ["A50 noise", [frame("c2", NOISE)], INVALID],
  ["A50 noise in fragments", [frame("42", NOISE), frame("80", NOISE)], INVALID],
  ["B04 RSV2 beside RSV1", [frame("e1", HELLO)], REFUSED],
  ["B04 RSV3 beside RSV1", [frame("d1", HELLO)], REFUSED],
  ["B04 RSV2", [frame("a1", "Hello")], REFUSED],
  ["B16 a compressed message within another", [frame("41", HELLO), frame("c1", HELLO)], REFUSED],
  ...MISPLACED.map(([first, what, isWithin]): Script => {
    const before = isWithin ? [frame("41", HELLO)] : [frame("c1", HELLO)];
    return [
      `D07 A47 RSV1 on ${what}: 0x${first}`,
      [...before, frame(first, "\x03\xe8".repeat(2))],
      isWithin ? REFUSED : ["text Hello", ...REFUSED],
    ];
  }),
];

/** Where the client goes on with its context. */
export const TAKEOVER: readonly Script[] = [
  [
    "D33 a message that refers to the last",
    [frame("c1", HELLO), frame("c1", HELLO_AGAIN), frame("c1", HELLO_AGAIN)],
    ["text Hello", "text Hello", "text Hello"],
  ],
  [
    "D33 over uncompressed messages, empty ones and BFINAL",
    [frame("c1", LAST), frame("81", "x"), frame("82"), frame("c1"), frame("c1", HELLO_AGAIN)],
    ["text Hello", "text x", "binary ", "text ", "text Hello"],
  ],
  [
    "D33 D11 in fragments",
    [frame("c2", HELLO), frame("41", HELLO_AGAIN.slice(0, 1)), frame("80", HELLO_AGAIN.slice(1))],
    ["binary 48656c6c6f", "text Hello"],
  ],
];

/** Where it has said that it will not. */
export const NO_TAKEOVER: readonly Script[] = [
  [
    "D31 a message that refers to the last all the same",
    [frame("c1", HELLO), frame("c1", HELLO_AGAIN)],
    ["text Hello", ...INVALID],
  ],
];

/** Where nothing was agreed on. */
export const NOT_AGREED: readonly Script[] = [
  ...["c1", "c2", "41", "42", "c0", "40", "c8", "c9", "ca", "48", "49", "4a"].map(
    (first): Script => [`D01 A47 RSV1 that nobody agreed on: 0x${first}`, [frame(first)], REFUSED],
  ),
  ["D01 no answer is compressed", [frame("81", LONG)], [`text ${LONG}`]],
];
