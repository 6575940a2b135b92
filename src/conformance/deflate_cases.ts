// Compressed messages that the client sends: RFC 7692 §6, RFC 7692 §7.2.2.

import { bytes, utf8 } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { closeFrame, frame } from "./client_frame.ts";
import { deflated } from "./compressed.ts";
import { expectEvents, expectNothingMore } from "./expect_events.ts";
import { describe } from "./server_event.ts";
import { NotTestableError } from "./trial.ts";
import type { Trial } from "./trial.ts";
import { noise } from "./noise.ts";
import { closed, echoed, failed, sketch } from "./script.ts";
import type { EchoRow, FailureRow } from "./script.ts";

/** "Hello" as in RFC 7692 §7.2.3.1, and with the context of an earlier one: RFC 7692 §7.2.3.2. */
const HELLO = bytes("f248cdc9c90700");
const HELLO_AGAIN = bytes("f200110000");
/** RFC 7692 §7.2.3.3 to RFC 7692 §7.2.3.5. */
const STORED = bytes("000500faff48656c6c6f00");
const LAST = bytes("f348cdc9c9070000");
const TWO_BLOCKS = bytes("f24805000000ffffcac9c90700");

const ECHOES: readonly EchoRow[] = [
  ["D06 a compressed text", [frame("c1", HELLO)], ["text Hello"]],
  ["D06 a compressed text, masked", [frame("c1", HELLO, 0x37fa213d)], ["text Hello"]],
  ["D08 a compressed binary message is binary", [frame("c2", HELLO)], ["binary 48656c6c6f"]],
  [
    "D09 compressed bytes that are no UTF-8",
    [frame("c2", deflated(bytes("eda080")))],
    ["binary eda080"],
  ],
  ["D09 compressed text beyond ASCII", [frame("c1", deflated(utf8("日本 🌊")))], ["text 日本 🌊"]],
  [
    "D10 uncompressed messages among compressed ones",
    [frame("81", "a"), frame("c1", HELLO), frame("82", "b"), frame("c2", HELLO)],
    ["text a", "text Hello", "binary 62", "binary 48656c6c6f"],
  ],
  [
    "D11 a frame for each compressed byte, and empty ones",
    [frame("41"), ...Array.from(HELLO, (byte) => frame("00", Uint8Array.of(byte))), frame("80")],
    ["text Hello"],
  ],
  [
    "D12 pings between compressed fragments",
    [
      ...[frame("41", HELLO.subarray(0, 3)), frame("89", "one"), frame("00", HELLO.subarray(3, 5))],
      ...[frame("8a", "unasked"), frame("89", HELLO), frame("80", HELLO.subarray(5))],
    ],
    ["pong 6f6e65", "pong f248cdc9c90700", "text Hello"],
  ],
  [
    "D32 a message by zlib",
    [frame("c1", deflated(utf8("ab".repeat(99))))],
    [`text ${"ab".repeat(99)}`],
  ],
  ["D35 a stored block", [frame("c1", STORED)], ["text Hello"]],
  ["D35 a block with BFINAL", [frame("c1", LAST)], ["text Hello"]],
  ["D35 two blocks", [frame("c1", TWO_BLOCKS)], ["text Hello"]],
  [
    "D36 messages behind one with BFINAL",
    [frame("c1", LAST), frame("c1", HELLO), frame("c1", LAST), frame("c1", LAST)],
    ["text Hello", "text Hello", "text Hello", "text Hello"],
  ],
  ["D37 an empty message of one octet", [frame("c1", bytes("00"))], ["text "]],
];

/** First bytes with RSV1 that no compressed message begins with. */
const MISPLACED: readonly FailureRow[] = [
  ["D07 RSV1 on a ping", [frame("c9", "a")]],
  ["D07 RSV1 on a pong", [frame("ca", "a")]],
  ["D07 RSV1 on a ping between fragments", [frame("41", HELLO.subarray(0, 3)), frame("c9")]],
  [
    "D07 RSV1 on the last continuation",
    [frame("41", HELLO.subarray(0, 3)), frame("c0", HELLO.subarray(3))],
  ],
  [
    "D07 RSV1 on a continuation",
    [frame("41", HELLO.subarray(0, 3)), frame("40", HELLO.subarray(3)), frame("80")],
  ],
  ["B04 RSV2 beside RSV1", [frame("e1", HELLO)]],
  ["B04 RSV3 beside RSV1", [frame("d1", HELLO)]],
];

const BAD_TEXT: readonly FailureRow[] = [
  ["D09 compressed text that is no UTF-8", [frame("c1", deflated(bytes("eda080")))]],
  ["D09 compressed text that ends within a character", [frame("c1", deflated(bytes("e697")))]],
];

const BROKEN: readonly FailureRow[] = [
  ["D38 broken DEFLATE", [frame("c1", bytes("ffffffff"))]],
  ["D38 noise", [frame("c2", bytes("8c1f03d5a7e9b26470"))]],
  [
    "D38 broken DEFLATE behind a good message",
    [frame("c1", HELLO), frame("c2", bytes("06"))],
    ["text Hello"],
  ],
];

/** Only who keeps the window of the first message can read the second. */
async function keepsContext(trial: Trial): Promise<void> {
  const { client, agreement } = await trial.openDeflate();
  if (!agreement.clientTakesOver) {
    throw new NotTestableError("The server demands client_no_context_takeover");
  }
  const [send, due] = [frame("c1", HELLO_AGAIN), "text Hello"];
  client.send(frame("c1", HELLO), send, frame("81", "x"), send);
  const all = [due, due, "text x", due];
  if (await expectEvents(trial, client, all)) await expectNothingMore(trial, client);
}

/** A reference over the whole window that the client may use. */
async function fullWindow(trial: Trial): Promise<void> {
  const { client, agreement } = await trial.openDeflate();
  const bits = Math.max(agreement.clientWindowBits, 9); // zlib makes no window of 8 bits
  const block = noise(2 ** bits - 300);
  const text = utf8(block + block);
  client.send(frame("c1", deflated(text, bits)));
  const due = [describe("text", text)];
  if (await expectEvents(trial, client, due)) await expectNothingMore(trial, client);
}

const ECHO = { needs: ["deflate", "echo"] } as const;
const ON = { deflate: true } as const;
const OPTIONAL = { deflate: true, level: "CHOICE" } as const;
const LENIENT = { deflate: true, level: "SHOULD" } as const;

export const DEFLATE: readonly CaseSketch[] = [
  ...echoed(ECHOES, ON),
  // Without its one octet the DEFLATE is cut: RFC 7692 §7.2.3.6. Some make nothing of it.
  ...echoed([["D37 a compressed message of no octet", [frame("c1")], ["text "]]], OPTIONAL),
  ...failed([1002], MISPLACED, ON),
  ...failed([1007], BAD_TEXT, ON),
  ...failed([1007, 1002], BROKEN, ON),
  ...closed(
    [
      [
        "D12 a Close between compressed fragments",
        [frame("41", HELLO.subarray(0, 3)), closeFrame(1000)],
        1000,
      ],
    ],
    LENIENT,
  ),
  sketch("D33 a message that refers to the last one", keepsContext, ECHO),
  sketch("D34 a reference over the whole window", fullWindow, ECHO),
];
