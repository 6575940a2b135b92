// The order of frames: §5.4, §5.5. Every sequence of up to four frames is tried against the table
// at the head of the assembler, written down once more.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameDecoder, ProtocolError } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import { everySplit } from "../../src/testing/mod.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Chance, violation } from "../frame/support.ts";
import { MessageLog, Receiver } from "./support.ts";

const test = suite("message/assembler");

type Kind = "text" | "text more" | "binary" | "binary more" | "last" | "more" | "ping";

const FIRST_BYTES: Readonly<Record<Kind, string>> = {
  text: "81",
  "text more": "01",
  binary: "82",
  "binary more": "02",
  last: "80",
  more: "00",
  ping: "89",
};
const KINDS = Object.keys(FIRST_BYTES) as Kind[];

/** What must come of a sequence; the payload of each frame is its index. Ends at a refusal. */
function expected(sequence: readonly Kind[]): string[] {
  const log: string[] = [];
  let open: { type: "text" | "binary"; payload: string } | null = null;
  for (const [index, kind] of sequence.entries()) {
    if (kind === "ping") {
      log.push(`ping ${hex(utf8(String(index)))}`);
      continue;
    }
    const isContinuation = kind === "last" || kind === "more";
    if (isContinuation !== (open !== null)) return [...log, `refused at frame ${index}`];
    open ??= { type: kind.startsWith("text") ? "text" : "binary", payload: "" };
    open.payload += index;
    if (kind.endsWith("more")) continue;
    log.push(`${open.type} ${open.type === "text" ? open.payload : hex(utf8(open.payload))}`);
    open = null;
  }
  return log;
}

function found(sequence: readonly Kind[]): string[] {
  const receiver = new Receiver();
  const frames = sequence.map((kind, index) => frame(FIRST_BYTES[kind], String(index)));
  try {
    return receiver.push(concat(...frames));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert.is(`${error.closeCode} ${error.section}`, "1002 RFC 6455 §5.4");
    // Each frame is 7 bytes, and the fault is in the order, so the offset is that of the frame.
    return [...receiver.log.entries, `refused at frame ${error.offset / 7}`];
  }
}

test("MessageAssembler obeys the table of §5.4 for every sequence of up to four frames", () => {
  let sequences: Kind[][] = [[]];
  for (let length = 1; length <= 4; length++) {
    sequences = sequences.flatMap((sequence) => KINDS.map((kind) => [...sequence, kind]));
    for (const sequence of sequences) {
      assert.equal(found(sequence), expected(sequence), sequence.join(", "));
    }
  }
  assert.is(sequences.length, 7 ** 4);
});

const SEQUENCES: readonly (readonly [what: string, wire: Uint8Array[], log: string[]])[] = [
  ["a text of §5.7", [bytes("81 85 37fa213d 7f9f4d5158")], ["text Hello"]],
  ["two fragments", [frame("01", "Hel"), frame("80", "lo")], ["text Hello"]],
  [
    "fragments with a key each",
    [frame("01", "Hel", "37fa213d"), frame("00", "l", "01020304"), frame("80", "o", "ffffffff")],
    ["text Hello"],
  ],
  ["three empty fragments of text", [frame("01"), frame("00"), frame("80")], ["text "]],
  ["two empty fragments of binary", [frame("02"), frame("80")], ["binary "]],
  ["an empty text", [frame("81")], ["text "]],
  ["an empty binary", [frame("82")], ["binary "]],
  ["bytes behind nothing", [frame("02"), frame("80", "ab")], ["binary 6162"]],
  ["nothing behind bytes", [frame("02", "ab"), frame("80")], ["binary 6162"]],
  ["nothing between bytes", [frame("01", "a"), frame("00"), frame("80", "b")], ["text ab"]],
  [
    "pings and a pong between fragments",
    [frame("01", "Hel"), frame("89", "1"), frame("8a"), frame("89"), frame("80", "lo")],
    ["ping 31", "pong ", "ping ", "text Hello"],
  ],
  [
    "a Close between fragments",
    [frame("01", "Hel"), closeFrame(1001, "bye")],
    ["close 1001 bye"],
  ],
  ["a Close without a code", [frame("88")], ["close 1005 "]],
  [
    "messages one behind the other",
    [frame("01", "a"), frame("80", "b"), frame("82", "c"), frame("81", ""), frame("81", "d")],
    ["text ab", "binary 63", "text ", "text d"],
  ],
  [
    "a ping of 125 bytes that are no UTF-8",
    [frame("89", new Uint8Array(125).fill(0xff))],
    [`ping ${"ff".repeat(125)}`],
  ],
];

for (const [what, frames, log] of SEQUENCES) {
  const wire = concat(...frames);
  test(`MessageAssembler reads ${what}, at every cut and byte by byte`, () => {
    for (const chunks of everySplit(wire)) {
      assert.equal(new Receiver().push(...chunks), log, `cut at ${chunks[0].length}`);
    }
    const singles = [...wire].map((byte) => Uint8Array.of(byte));
    assert.equal(new Receiver().push(...singles), log, "byte by byte");
  });
}

test("MessageAssembler hands a control frame over at once, in the middle of a message", () => {
  const receiver = new Receiver();
  receiver.push(frame("02", "abc"));
  assert.equal(receiver.push(frame("89", "now")), ["ping 6e6f77"]);
  const pong = frame("8a", "cut");
  assert.is(receiver.push(pong.slice(0, 8)).length, 1);
  assert.equal(receiver.push(pong.slice(8)).at(-1), "pong 637574");
  assert.equal(receiver.push(frame("80", "d")).at(-1), "binary 61626364");
});

test("MessageAssembler takes a compressed message that nobody agreed on for a bug of ours", () => {
  const decoder = new FrameDecoder(new MessageAssembler(new MessageLog(), 100), { rsvAllowed: 4 });
  assert.throws(() => decoder.push(frame("c1", bytes("00"))), /^Bug: nobody agreed on/);
});

test("MessageAssembler gives each control frame a payload of its own", () => {
  const payloads: Uint8Array[] = [];
  const receiver = new Receiver();
  receiver.log.ping = (payload) => payloads.push(payload);
  const chunk = concat(frame("89", "one"), frame("89", "two"));
  receiver.pushInPlace(chunk);
  chunk.fill(0);
  assert.equal(payloads.map(hex), ["6f6e65", "74776f"]);
  assert.ok(payloads.every((payload) => payload.buffer.byteLength === payload.length));
});

const REFUSED: readonly (readonly [what: string, wire: Uint8Array, expected: string])[] = [
  ["a continuation of nothing", bytes("80 85 00000000"), "1002 RFC 6455 §5.4 at 0"],
  ["a continuation behind a message", concat(frame("81"), frame("00")), "1002 RFC 6455 §5.4 at 6"],
  ["text in a text", concat(frame("01"), frame("01")), "1002 RFC 6455 §5.4 at 6"],
  ["binary in a text", concat(frame("01"), frame("82")), "1002 RFC 6455 §5.4 at 6"],
  [
    "text in a binary, behind a ping",
    concat(frame("02", "a"), frame("89"), frame("81", "b")),
    "1002 RFC 6455 §5.4 at 13",
  ],
  ["a Close of 1 byte", concat(frame("81", "abc"), frame("88", "x")), "1002 RFC 6455 §5.5.1 at 15"],
  ["a Close with 1005", concat(frame("81"), closeFrame(1005)), "1002 RFC 6455 §7.4 at 12"],
  [
    "a Close with a bad reason",
    concat(frame("81"), frame("88", bytes("03e8 61 ff"), "37fa213d")),
    "1007 RFC 6455 §5.5.1 at 15",
  ],
  [
    "a Close whose reason ends inside a character",
    concat(frame("81"), frame("88", bytes("03e8 61 c3"))),
    "1007 RFC 6455 §5.5.1 at 6",
  ],
];

test("MessageAssembler of a client names the byte of a Close, whose header is shorter", () => {
  const assembler = new MessageAssembler(new MessageLog(), 1000);
  const decoder = new FrameDecoder(assembler, { role: "client" });
  const wire = bytes("8902 6162 8804 03e861ff");
  assert.is(violation(() => decoder.push(wire)), "1007 RFC 6455 §5.5.1 at 9");
});

for (const [what, wire, expectedViolation] of REFUSED) {
  test(`MessageAssembler refuses ${what}, with its offset, at every cut`, () => {
    for (const chunks of everySplit(wire)) {
      const found = violation(() => new Receiver().push(...chunks));
      assert.is(found, expectedViolation, `cut at ${chunks[0].length}`);
    }
  });
}

test("MessageAssembler delivers the same however a message is fragmented and cut: §5.4", () => {
  const chance = new Chance();
  for (let round = 0; round < 400; round++) {
    const payload = utf8("aé€😀".repeat(chance.below(chance.pick([8, 40]))));
    const isText = chance.below(2) === 0;
    const fragments = chance.cut(payload, chance.pick([2, 30, 500]));
    const frames = fragments.flatMap((fragment, index) => [
      frame(index > 0 ? "00" : isText ? "01" : "02", fragment, hex(chance.bytes(4))),
      ...(chance.below(4) === 0 ? [frame("89", "p")] : []),
    ]);
    frames.push(frame(fragments.length > 0 ? "80" : isText ? "81" : "82"));
    const log = new Receiver().push(...chance.cut(concat(...frames), chance.pick([3, 50, 900])));
    const messages = log.filter((entry) => !entry.startsWith("ping"));
    const text = new TextDecoder().decode(payload);
    assert.equal(messages, [isText ? `text ${text}` : `binary ${hex(payload)}`], `${chance.seed}`);
  }
});

test.run();
