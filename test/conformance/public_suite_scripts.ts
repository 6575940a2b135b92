// The cases that public conformance suites for WebSocket servers have in common, in our words and
// under the numbers by which people know them. What they measure by waiting is asserted here by
// order: in strict mode an echo comes before the Close that answers a later violation.

import { bytes, hex, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import type { Script } from "./script.ts";

const FAIL = ["close 1002"];
const HELLO = frame("81", "Hello");
const PING = frame("89");

const MESSAGES: readonly Script[] = [0, 125, 126, 127, 128, 65535, 65536].flatMap(
  (length, index): Script[] => {
    const text = utf8("*".repeat(length));
    const binary = new Uint8Array(length).fill(0xfe);
    return [
      [`1.1.${index + 1} ${length} bytes of text`, [frame("81", text)], [describe(1, text)]],
      [`1.2.${index + 1} ${length} bytes of binary`, [frame("82", binary)], [describe(2, binary)]],
    ];
  },
);

const OPAQUE = bytes("00 ff fe fd fc fb 00 ff");
const LONG = new Uint8Array(125).fill(0xfe);
const TEN = Array.from({ length: 10 }, (_, index) => `payload ${index}`);

const PINGS: readonly Script[] = [
  ["2.1 a ping without payload", [PING], ["pong "]],
  ["2.2 a ping with text", [frame("89", "Hello")], ["pong 48656c6c6f"]],
  ["2.3 a ping with what is no text", [frame("89", OPAQUE)], [`pong ${hex(OPAQUE)}`]],
  ["2.4 a ping of 125 bytes", [frame("89", LONG)], [`pong ${hex(LONG)}`]],
  ["2.5 a ping of 126 bytes", [frame("89", new Uint8Array(126))], FAIL],
  ["2.7 a pong without payload", [frame("8a")], []],
  ["2.8 a pong with payload", [frame("8a", "unasked")], []],
  ["2.9 a pong, then a ping", [frame("8a", "unasked"), frame("89", "ping")], ["pong 70696e67"]],
  [
    "2.10 ten pings",
    TEN.map((payload) => frame("89", payload)),
    TEN.map((payload) => `pong ${hex(utf8(payload))}`),
  ],
];

const RESERVED: readonly Script[] = [
  ["3.1 RSV 1 on a text", [frame("91", "Hello")], FAIL],
  [
    "3.2 a text, then RSV 2 on a text, then a ping",
    [HELLO, frame("a1", "x"), PING],
    ["text Hello", ...FAIL],
  ],
  [
    "3.3 a text, then RSV 3 on a text, then a ping",
    [HELLO, frame("b1", "x"), PING],
    ["text Hello", ...FAIL],
  ],
  [
    "3.4 a text, then RSV 4 on a text, then a ping",
    [HELLO, frame("c1", "x"), PING],
    ["text Hello", ...FAIL],
  ],
  ["3.5 RSV 5 on a binary", [frame("d2", OPAQUE)], FAIL],
  ["3.6 RSV 6 on a ping", [frame("e9", "x")], FAIL],
  ["3.7 RSV 7 on a Close", [frame("f8")], FAIL],
];

const OPCODES: readonly Script[] = ["3", "4", "5", "6", "7", "b", "c", "d", "e", "f"].flatMap(
  (opcode, index): Script[] => {
    const number = `4.${index < 5 ? 1 : 2}.${(index % 5) + 1}`;
    return [
      [`${number} opcode ${opcode} alone`, [frame(`8${opcode}`)], FAIL],
      [`${number} opcode ${opcode} with payload`, [frame(`8${opcode}`, "x")], FAIL],
      [
        `${number} a text, then opcode ${opcode}, then a ping`,
        [HELLO, frame(`8${opcode}`, "x"), PING],
        ["text Hello", ...FAIL],
      ],
    ];
  },
);

const FRAGMENTS: readonly Script[] = [
  ["5.1 a ping in two fragments", [frame("09", "1"), frame("80", "2")], FAIL],
  ["5.2 a pong in two fragments", [frame("0a", "1"), frame("80", "2")], FAIL],
  ["5.3 a text in two fragments", [frame("01", "one"), frame("80", "two")], ["text onetwo"]],
  [
    "5.6 a text in two fragments with a ping between",
    [frame("01", "one"), frame("89", "p"), frame("80", "two")],
    ["pong 70", "text onetwo"],
  ],
  ["5.9 a last continuation of nothing, then a text", [frame("80", "x"), HELLO], FAIL],
  ["5.12 a continuation of nothing, then a text", [frame("00", "x"), HELLO], FAIL],
  [
    "5.15 a text in two fragments, a continuation of nothing, a text",
    [frame("01", "one"), frame("80", "two"), frame("00", "x"), HELLO],
    ["text onetwo", ...FAIL],
  ],
  [
    "5.16 a continuation of nothing, then a text in two fragments, twice",
    [
      frame("00", "x"),
      frame("01", "one"),
      frame("80", "two"),
      frame("00", "x"),
      frame("01", "one"),
    ],
    FAIL,
  ],
  [
    "5.17 a last continuation of nothing, then a text in two fragments",
    [frame("80", "x"), frame("01", "one"), frame("80", "two")],
    FAIL,
  ],
  ["5.18 a text in a text", [frame("01", "one"), frame("81", "two")], FAIL],
  [
    "5.19 a text in five fragments with pings between",
    [
      ...[frame("01", "1"), frame("00", "2"), frame("89", "a"), frame("00", "3")],
      ...[frame("00", "4"), frame("89", "b"), frame("80", "5")],
    ],
    ["pong 61", "pong 62", "text 12345"],
  ],
];

const GREEK = "κόσμε";

const TEXTS: readonly Script[] = [
  ["6.1.1 a text of no bytes", [frame("81")], ["text "]],
  ["6.1.2 a text of three empty fragments", [frame("01"), frame("00"), frame("80")], ["text "]],
  [
    "6.1.3 a text between empty fragments",
    [frame("01"), frame("00", "x"), frame("80")],
    ["text x"],
  ],
  ["6.2.1 a text of many lengths", [frame("81", `-${GREEK}é😀-`)], [`text -${GREEK}é😀-`]],
  [
    "6.2.2 the same cut between characters",
    [frame("01", GREEK), frame("80", "é😀")],
    [`text ${GREEK}é😀`],
  ],
  [
    "6.4.1 bad text in the second of three fragments",
    [frame("01", GREEK), frame("00", bytes("f4908080")), frame("80", GREEK)],
    ["close 1007"],
  ],
  [
    "6.4.2 bad text whose fragment ends behind the bad byte",
    [frame("01", bytes("cebaf4")), frame("00", bytes("90")), frame("80", bytes("8080"))],
    ["close 1007"],
  ],
  ...Array.from({ length: 0x80 }, (_, index): Script => {
    const byte = (0x80 + index).toString(16);
    return [
      `6.12 6.13 6.16 the byte ${byte} and a space`,
      [frame("81", bytes(`${byte} 20`))],
      ["close 1007"],
    ];
  }),
  ...Array.from({ length: 17 }, (_, plane): Script => {
    const text = String.fromCodePoint(plane * 0x10000 + 0xfffe, plane * 0x10000 + 0xffff);
    return [`6.22 the noncharacters of plane ${plane}`, [frame("81", text)], [`text ${text}`]];
  }),
  [
    "6.23 the specials",
    [frame("81", "\uFFF9\uFFFA\uFFFB\uFFFC\uFFFD")],
    ["text \uFFF9\uFFFA\uFFFB\uFFFC\uFFFD"],
  ],
];

const LARGE = utf8("*".repeat(256 * 1024));

const CLOSES: readonly Script[] = [
  ["7.1.1 a text, then a Close", [HELLO, closeFrame(1000)], ["text Hello", "close 1000"]],
  ["7.1.2 two Closes", [closeFrame(1000), closeFrame(1000)], ["close 1000"]],
  ["7.1.3 a Close, then a ping", [closeFrame(1000), PING], ["close 1000"]],
  ["7.1.4 a Close, then a text", [closeFrame(1000), HELLO], ["close 1000"]],
  [
    "7.1.5 a fragment, a Close, the last fragment",
    [frame("01", "one"), closeFrame(1000), frame("80", "two")],
    ["close 1000"],
  ],
  [
    "7.1.6 256 KiB, a text, a Close, a ping",
    [frame("81", LARGE), HELLO, closeFrame(1000), PING],
    [describe(1, LARGE), "text Hello", "close 1000"],
  ],
  ["7.3.1 a Close without payload", [frame("88")], ["close"]],
  ["7.3.2 a Close of 1 byte", [frame("88", "a")], FAIL],
  ["7.3.3 a Close with a code", [closeFrame(1000)], ["close 1000"]],
  ["7.3.4 a Close with a reason", [closeFrame(1000, "Hello")], ["close 1000"]],
  ["7.3.5 a reason of 123 bytes", [closeFrame(1000, "*".repeat(123))], ["close 1000"]],
  ["7.3.6 a reason of 124 bytes", [closeFrame(1000, "*".repeat(124))], FAIL],
  ["7.5.1 a bad reason", [frame("88", bytes("03e8 cebae1bdb9cf83cebcceb5eda080"))], ["close 1007"]],
];

export const PUBLIC_SUITE: readonly Script[] = [
  ...MESSAGES,
  ...PINGS,
  ...RESERVED,
  ...OPCODES,
  ...FRAGMENTS,
  ...TEXTS,
  ...CLOSES,
];
