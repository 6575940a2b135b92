// The base framing: §5.1 to §5.3, §5.6.

import { bytes, concat, hex, utf8 } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { frame } from "./client_frame.ts";
import { expectEvents, expectNothingMore } from "./expect_events.ts";
import { describe } from "./server_event.ts";
import type { Trial } from "./trial.ts";
import { echoed, failed, sketch } from "./script.ts";
import type { EchoRow, FailureRow } from "./script.ts";

const hexByte = (byte: number): string => byte.toString(16).padStart(2, "0");

const UNMASKED: readonly FailureRow[] = [
  ["B01 an unmasked text frame", ["81 05 48656c6c6f"]],
  ["B01 an unmasked, empty binary frame", ["82 00"]],
  ["B01 an unmasked continuation", [frame("01", "Hel"), "80 02 6c6f"]],
  ["B01 an unmasked ping", ["89 00"]],
  ["B01 an unmasked pong", ["8a 00"]],
  ["B01 an unmasked Close", ["88 02 03e8"]],
  ["B01 an unmasked frame behind a good one", [frame("81", "good"), "81 03 626164"], ["text good"]],
];

const RSV = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70];

const RESERVED_BITS: readonly FailureRow[] = [0x81, 0x82, 0x89, 0x8a, 0x01]
  .flatMap((first) => RSV.map((rsv) => first | rsv))
  .map((first) => [
    `B04 reserved bits are set: first byte 0x${hexByte(first)}`,
    [frame(hexByte(first), "Hello")],
  ]);

const RESERVED_OPCODES: readonly FailureRow[] = [3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].flatMap(
  (opcode): FailureRow[] => [
    [`B05 opcode ${opcode} with no payload`, [frame(hexByte(0x80 | opcode))]],
    [`B05 opcode ${opcode} with payload`, [frame(hexByte(0x80 | opcode), "Hello")]],
    [
      `B05 opcode ${opcode} behind a message`,
      [frame("81", "a"), frame(hexByte(0x80 | opcode))],
      ["text a"],
    ],
  ],
);

/** Both sides of each form of the length. */
const LENGTHS: readonly EchoRow[] = [0, 1, 125, 126, 127, 65535, 65536, 65537].flatMap(
  (length): EchoRow[] => {
    const payload = utf8("*".repeat(length));
    return [
      [`B06 ${length} bytes of text`, [frame("81", payload)], [describe("text", payload)]],
      [`B06 ${length} bytes of binary`, [frame("82", payload)], [describe("binary", payload)]],
    ];
  },
);

const TOP_BIT: readonly FailureRow[] = [
  ["B07 the top bit of a 64-bit length is set", ["82 ff 8000000000000005 00000000 48656c6c6f"]],
  ["B07 all bits of a 64-bit length are set", ["82 ff ffffffffffffffff 00000000"]],
];

const LONG_FORMS: readonly FailureRow[] = [
  ["B09 no bytes, the length in 16 bits", ["82 fe 0000 00000000"]],
  ["B09 5 bytes, the length in 16 bits", ["81 fe 0005 00000000 48656c6c6f"]],
  ["B09 5 bytes, the length in 64 bits", ["81 ff 0000000000000005 00000000 48656c6c6f"]],
  ["B09 a ping whose length is in 16 bits", ["89 fe 0005 00000000 48656c6c6f"]],
];

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

const PAYLOADS: readonly EchoRow[] = [
  ["B10 the masked Hello of §5.7", ["81 85 37fa213d 7f9f4d5158"], ["text Hello"]],
  ["B10 a key of ones", [frame("81", "Hello", -1)], ["text Hello"]],
  [
    "B10 the key is not in the length",
    ["81 81 61626364 00", "81 80 61626364"],
    ["text a", "text "],
  ],
  [
    "B38 every value of a byte",
    [frame("82", EVERY_BYTE, 0x0badcafe)],
    [describe("binary", EVERY_BYTE)],
  ],
  ["B38 what is no UTF-8 is good binary", [frame("82", bytes("eda080"))], ["binary eda080"]],
  [
    "B38 also in fragments",
    [frame("02", bytes("ed")), frame("80", bytes("a080ff"))],
    ["binary eda080ff"],
  ],
  ["B42 a text comes back as text", [frame("81", "κ")], ["text κ"]],
  ["B42 bytes come back as binary", [frame("82", "κ")], ["binary ceba"]],
  ["B42 an empty text comes back as text", [frame("81")], ["text "]],
  ["B42 no bytes come back as binary", [frame("82")], ["binary "]],
  [
    "B44 two messages in one segment",
    [frame("81", "a"), frame("82", "b")],
    ["text a", "binary 62"],
  ],
  ["B60 no byte is taken for extension data", [frame("81", "\0\0Hello")], ["text \0\0Hello"]],
];

/** §5.7 */
const KEY = 0x37fa213d;
const LENGTHS_MAX = 300;

/** All lengths to `LENGTHS_MAX`, the key turned so that each of its bytes comes first once. */
async function unmasks(trial: Trial): Promise<void> {
  const { client } = await trial.open();
  for (let phase = 0; phase < 4; phase++) {
    const key = phase === 0 ? KEY : (KEY << (8 * phase)) | (KEY >>> (32 - 8 * phase));
    const payloads = Array.from({ length: LENGTHS_MAX + 1 }, (_, length) =>
      Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff),
    );
    client.send(...payloads.map((payload) => frame("82", payload, key)));
    const due = payloads.map((payload) => describe("binary", payload));
    if (!(await expectEvents(trial, client, due))) return;
  }
  await expectNothingMore(trial, client);
}

/** A frame that lies across many reads of the server, and ends among others. */
async function unmasksLong(trial: Trial): Promise<void> {
  const payload = Uint8Array.from({ length: 60_001 }, (_, index) => (index * 31) & 0xff);
  const { client } = await trial.open();
  const wire = concat(frame("82", payload, KEY), frame("81", "behind", KEY));
  for (let at = 0; at < wire.length; at += 7001) client.send(wire.subarray(at, at + 7001));
  const due = [describe("binary", payload), "text behind"];
  if (await expectEvents(trial, client, due)) await expectNothingMore(trial, client);
}

/** The bytes of one echo of each kind: not a bit more than there must be. */
async function plainBytes(trial: Trial): Promise<void> {
  const { client } = await trial.open();
  client.send(frame("81", "Hello"));
  if (!(await expectEvents(trial, client, ["text Hello"]))) return;
  const last = client.passages.at(-1)!; // in which that has come
  if (trial.facts.isTalkative) return;
  if (hex(last.bytes) !== "810548656c6c6f") {
    trial.note(`The echo of "Hello" is ${hex(last.bytes)}, not 810548656c6c6f`);
  }
}

export const FRAMING: readonly CaseSketch[] = [
  ...failed([1002], UNMASKED),
  ...failed([1002], RESERVED_BITS),
  ...failed([1002], RESERVED_OPCODES),
  ...echoed(LENGTHS),
  ...failed([1002, 1009], TOP_BIT),
  ...failed([1002], LONG_FORMS, { level: "SHOULD" }),
  ...echoed(PAYLOADS),
  sketch(`B10 0 to ${LENGTHS_MAX} bytes, wherever the key begins`, unmasks, { needs: ["echo"] }),
  sketch("B10 a long frame in pieces, and a short one behind", unmasksLong, { needs: ["echo"] }),
  sketch("B42 the bytes of an echo", plainBytes, { needs: ["echo"], level: "CHOICE" }),
];
