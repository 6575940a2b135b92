// Fragmented messages: §5.4.

import { bytes, concat, utf8 } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { closeFrame, fragments, frame } from "./client_frame.ts";
import { expectEvents, expectNothingMore } from "./expect_events.ts";
import { describe } from "./server_event.ts";
import type { Trial } from "./trial.ts";
import { closed, echoed, failed, sketch } from "./script.ts";
import type { CloseRow, EchoRow, FailureRow } from "./script.ts";

const WHOLE: readonly EchoRow[] = [
  ["B12 two fragments", [frame("01", "Hel"), frame("80", "lo")], ["text Hello"]],
  ["B12 three fragments", [frame("01", "H"), frame("00", "el"), frame("80", "lo")], ["text Hello"]],
  [
    "B11 each fragment has its own key",
    [frame("01", "Hel", 0x37fa213d), frame("00", "l", 0x0102ff00), frame("80", "o", -1)],
    ["text Hello"],
  ],
  [
    "B15 eleven fragments keep their order",
    [frame("01", "0"), ..."123456789".split("").map((n) => frame("00", n)), frame("80")],
    ["text 0123456789"],
  ],
  [
    "B18 a binary message in three fragments is binary",
    [frame("02", bytes("ff")), frame("00", bytes("fe")), frame("80", bytes("fd"))],
    ["binary fffefd"],
  ],
  ["B20 three empty fragments of text", [frame("01"), frame("00"), frame("80")], ["text "]],
  ["B20 three empty fragments of binary", [frame("02"), frame("00"), frame("80")], ["binary "]],
  [
    "B20 only the middle one has bytes",
    [frame("01"), frame("00", "mid"), frame("80")],
    ["text mid"],
  ],
  [
    "B44 fragmented and whole messages, one behind the other",
    [frame("01", "a"), frame("80", "b"), frame("81", "c"), frame("02", "d"), frame("80")],
    ["text ab", "text c", "binary 64"],
  ],
];

const WITH_CONTROL: readonly EchoRow[] = [
  [
    "B13 a ping between two fragments",
    [frame("01", "Hel"), frame("89", "1"), frame("80", "lo")],
    ["pong 31", "text Hello"],
  ],
  [
    "B13 two pings and a pong between fragments",
    [
      ...[frame("01", "Hel"), frame("89", "1"), frame("00"), frame("8a", "2")],
      ...[frame("89", "3"), frame("80", "lo")],
    ],
    ["pong 31", "pong 33", "text Hello"],
  ],
];

/** The client may close although its message is not complete: it is answered, whatever the code. */
const CLOSE_WITHIN: readonly CloseRow[] = [
  ["B13 a Close between two fragments", [frame("01", "Hel"), closeFrame(1000)], 1000],
];

const FRAGMENTED_CONTROL: readonly FailureRow[] = [
  ["B14 a ping with FIN 0", [frame("09")]],
  ["B14 a pong with FIN 0", [frame("0a", "x")]],
  ["B14 a Close with FIN 0", [frame("08", bytes("03e8"))]],
  ["B14 a ping in two fragments", [frame("09", "a"), frame("80", "b")]],
  ["B14 a ping with FIN 0 inside a message", [frame("01", "a"), frame("09"), frame("80", "b")]],
];

const OUT_OF_ORDER: readonly FailureRow[] = [
  ["B16 a text within a text", [frame("01", "a"), frame("01", "b"), frame("80", "c")]],
  ["B16 a binary within a text", [frame("01", "a"), frame("02", "b"), frame("80", "c")]],
  ["B16 a whole text within a text", [frame("01", "a"), frame("81", "b")]],
  ["B16 a whole binary within a text", [frame("01", "a"), frame("00", "b"), frame("82", "c")]],
  ["B16 a whole text within a binary", [frame("02", "a"), frame("81", "b")]],
  ["B16 an empty text within an empty text", [frame("01"), frame("81")]],
  ["B17 the last continuation of nothing", [frame("80", "a")]],
  ["B17 a continuation of nothing", [frame("00", "a"), frame("80", "b")]],
  ["B17 an empty continuation of nothing", [frame("80")]],
  ["B17 a continuation of a whole message", [frame("81", "a"), frame("80", "b")], ["text a"]],
  [
    "B17 a continuation of a message that has ended",
    [frame("01", "a"), frame("80", "b"), frame("80", "c")],
    ["text ab"],
  ],
];

/** "Grüße, κόσμε 🌊" over and over. */
const TEXT = utf8("Grüße, κόσμε 🌊 ".repeat(40));

/** The same message, cut differently each time, is the same message. */
async function anyCut(trial: Trial): Promise<void> {
  const { client } = await trial.open();
  for (const size of [1, 2, 3, 5, 7, 64, 125, 126, 500]) {
    client.send(...fragments("81", TEXT, size));
    if (!(await expectEvents(trial, client, [describe("text", TEXT)]))) {
      return trial.note(`This was for fragments of ${size} bytes`);
    }
  }
  await expectNothingMore(trial, client);
}

const MANY = 1000;

/** As many small fragments as a sender that streams may need. */
async function manyFragments(trial: Trial): Promise<void> {
  const numbers = Array.from({ length: MANY }, (_, index) => utf8(`${index},`));
  const { client } = await trial.open();
  client.send(frame("01"), ...numbers.map((number) => frame("00", number)), frame("80"));
  const due = [describe("text", concat(...numbers))];
  if (await expectEvents(trial, client, due)) await expectNothingMore(trial, client);
}

const PONG_AT_ONCE = "B32 a ping while a message is half received";

/** The pong comes though the message does not go on. */
async function pongAtOnce(trial: Trial): Promise<void> {
  const { client } = await trial.open();
  client.send(frame("01", "x".repeat(65_536)), frame("89", "now?"));
  await expectEvents(trial, client, [`pong ${Buffer.from("now?").toString("hex")}`]);
}

export const FRAGMENTATION: readonly CaseSketch[] = [
  ...echoed(WHOLE),
  ...echoed(WITH_CONTROL),
  ...closed(CLOSE_WITHIN, { level: "SHOULD" }),
  ...failed([1002], FRAGMENTED_CONTROL),
  ...failed([1002], OUT_OF_ORDER),
  sketch("B19 a text in fragments of 1 to 500 bytes", anyCut, { needs: ["echo"] }),
  sketch(`B15 ${MANY} numbered fragments`, manyFragments, { needs: ["echo"] }),
  sketch(PONG_AT_ONCE, pongAtOnce),
];
