// Scripts for the base framing: §5.1 to §5.3, §5.8.

import { utf8 } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import type { Script } from "./script.ts";

const FAIL = ["close 1002"];

const UNMASKED: readonly Script[] = [
  ["B01 an unmasked text frame", ["81 05 48656c6c6f"], FAIL],
  ["B01 an unmasked binary frame", ["82 00"], FAIL],
  ["B01 an unmasked continuation", [frame("01", "Hel"), "80 02 6c6f"], FAIL],
  ["B01 an unmasked ping", ["89 00"], FAIL],
  ["B01 an unmasked pong", ["8a 00"], FAIL],
  ["B01 an unmasked Close", ["88 00"], FAIL],
  ["B01 an unmasked Close with 1000", ["88 02 03e8"], FAIL],
  [
    "B01 an unmasked frame behind a good one",
    [frame("81", "Hello"), "81 00"],
    ["text Hello", ...FAIL],
  ],
];

const RSV = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70];

/** First bytes in hex: FIN, each RSV, each opcode. */
const RESERVED_BITS: readonly Script[] = [0x81, 0x82, 0x88, 0x89, 0x8a, 0x01]
  .flatMap((first) => RSV.map((rsv) => (first | rsv).toString(16).padStart(2, "0")))
  .map((first): Script => [`B04 RSV is set: 0x${first}`, [frame(first, "Hello")], FAIL]);

const RESERVED_OPCODES: readonly Script[] = [3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].flatMap(
  (opcode): Script[] => {
    const first = (0x80 | opcode).toString(16);
    return [
      [`B05 opcode ${opcode} with no payload`, [frame(first)], FAIL],
      [`B05 opcode ${opcode} with payload`, [frame(first, "Hello")], FAIL],
      [`B05 opcode ${opcode} with FIN 0`, [frame(`0${opcode.toString(16)}`, "Hello")], FAIL],
      [
        `B05 opcode ${opcode} behind a message`,
        [frame("81", "a"), frame(first)],
        ["text a", ...FAIL],
      ],
    ];
  },
);

/** Both sides of each form of the length. */
const LENGTHS: readonly Script[] = [0, 1, 125, 126, 127, 65535, 65536, 65537].flatMap(
  (length): Script[] => {
    const payload = utf8("*".repeat(length));
    return [
      [`B06 ${length} bytes of text`, [frame("81", payload)], [describe(1, payload)]],
      [`B06 ${length} bytes of binary`, [frame("82", payload)], [describe(2, payload)]],
    ];
  },
);

const BAD_LENGTHS: readonly Script[] = [
  ["B07 the top bit of a 64-bit length", ["82 ff 8000000000000000 00000000"], FAIL],
  ["B07 all bits of a 64-bit length", ["82 ff ffffffffffffffff 00000000"], FAIL],
  ["B09 0 bytes in 16 bits", ["82 fe 0000 00000000"], FAIL],
  ["B09 125 bytes in 16 bits", ["82 fe 007d 00000000"], FAIL],
  ["B09 0 bytes in 64 bits", ["82 ff 0000000000000000 00000000"], FAIL],
  ["B09 126 bytes in 64 bits", ["82 ff 000000000000007e 00000000"], FAIL],
  ["B09 65535 bytes in 64 bits", ["82 ff 000000000000ffff 00000000"], FAIL],
];

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

const PAYLOADS: readonly Script[] = [
  ["B10 the masked Hello of §5.7", ["81 85 37fa213d 7f9f4d5158"], ["text Hello"]],
  ["B10 a key of ones", [frame("81", "Hello", "ffffffff")], ["text Hello"]],
  [
    "B10 the key is not in the length",
    ["81 81 61626364 00", "81 80 61626364"],
    ["text a", "text "],
  ],
  ["B38 every value of a byte", [frame("82", EVERY_BYTE, "a1b2c3d4")], [describe(2, EVERY_BYTE)]],
  ["B60 no byte is taken for extension data", [frame("81", "\0\0Hello")], ["text \0\0Hello"]],
];

export const FRAMING: readonly Script[] = [
  ...PAYLOADS,
  ...LENGTHS,
  ...BAD_LENGTHS,
  ...UNMASKED,
  ...RESERVED_BITS,
  ...RESERVED_OPCODES,
];
