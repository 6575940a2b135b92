// Compressed messages in frames: RFC 7692 §6. Which frames carry RSV1, where fragments are put
// together, and what of that goes wrong. Over 250 lines: tables, to be read on their own.

import { BitWriter, fixedMessage, manyMessage } from "./bit_writer.ts";
import { AGAIN, FINAL, FIXED, NAIVE, NO_BYTE_NOTE, STORED, TWO_BLOCKS } from "./inflate.ts";
import { binary, closed, INTERRUPTED, ping, pong, read, refuse, text } from "./messages.ts";
import type { Event, Fault, More } from "./messages.ts";
import { rfc6455, rfc7692 } from "./vector.ts";
import type { Role, Vector, VectorFile } from "./vector.ts";
import { f, HELLO, hexOf, repeat } from "./wire.ts";
import type { Frame } from "./wire.ts";

const ANEW = { deflate: { windowBits: 15, contextTakeover: false } };
const KEEP = { deflate: { windowBits: 15, contextTakeover: true } };

const NO_BYTE = { ...ANEW, note: NO_BYTE_NOTE };

const RECEIVING = rfc7692("6.2");

function reads(
  what: string,
  frames: readonly Frame[],
  events: readonly Event[],
  more: More = ANEW,
  role: Role = "server",
): Vector {
  return read(what, RECEIVING, role, frames, events, more);
}

function fails(
  what: string,
  frames: readonly Frame[],
  events: readonly Event[],
  fault: Partial<Fault> & Pick<Fault, "error">,
  more: More = ANEW,
): Vector {
  const whole = { frame: frames.length - 1, known: "end", ...fault } as const;
  return refuse(what, "server", frames, events, whole, more);
}

/** A payload, cut behind `at` bytes. */
function cut(payload: string, at: number): readonly [string, string] {
  return [payload.slice(0, 2 * at), payload.slice(2 * at)];
}

const hello = text(HELLO);

const WHOLE: readonly Vector[] = [
  reads("A compressed text.", [f("c1", FIXED)], [hello]),
  reads("A client reads a compressed text.", [f("c1", FIXED)], [hello], ANEW, "client"),
  reads("A compressed binary message stays binary.", [f("c2", FIXED)], [binary(HELLO)]),
  reads("A stored block.", [f("c1", STORED)], [hello]),
  reads(
    "A block that is marked as the last, and the next message.",
    [f("c1", FINAL), f("c1", FIXED)],
    [hello, hello],
  ),
  reads("Two blocks.", [f("c1", TWO_BLOCKS)], [hello]),
  reads("An empty compressed message.", [f("c1", "00")], [text("")]),
  reads(
    "A compressed message without any payload.",
    [f("c1"), f("c2")],
    [text(""), binary("")],
    NO_BYTE,
  ),
  reads("A message that is not compressed.", [f("81", HELLO)], [hello]),
  reads(
    "Messages that are compressed, and others.",
    [f("81", "61"), f("c1", FIXED), f("82", "62"), f("c2", FIXED), f("81", "63")],
    [text("61"), hello, binary("62"), binary(HELLO), text("63")],
  ),
  reads(
    "An uncompressed message that looks compressed is what it is.",
    [f("82", FIXED)],
    [binary(FIXED)],
  ),
  reads(
    "Text beyond ASCII, whose compressed bytes are no UTF-8.",
    [f("c1", fixedMessage("日本 🌊"))],
    [text(hexOf("日本 🌊"))],
  ),
  reads(
    "Binary that is no UTF-8.",
    [f("c2", "0001 00fe ffff 00".replaceAll(" ", ""))],
    [binary("ff")],
  ),
];

const FRAGMENTS: readonly Vector[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((at) => {
    const [one, other] = cut(FIXED, at);
    return reads(
      `A compressed text in fragments of ${at} and ${7 - at} bytes.`,
      [f("41", one), f("80", other)],
      [hello],
    );
  }),
  reads(
    "A compressed text in a fragment for each byte, and empty ones around.",
    [f("41"), ...(FIXED.match(/../g) as string[]).map((byte) => f("00", byte)), f("80")],
    [hello],
  ),
  reads("A compressed message of two empty fragments.", [f("42"), f("80")], [binary("")], NO_BYTE),
  reads(
    "Pings and pongs between compressed fragments are not compressed.",
    [f("41", "f248cd"), f("89", FIXED), f("00", "c9c9"), f("8a", "31"), f("80", "0700")],
    [ping(FIXED), pong("31"), hello],
  ),
  reads(
    "A Close between compressed fragments.",
    [f("41", "f248cd"), f("88", "0bb8")],
    [closed(3000)],
    { ...ANEW, note: INTERRUPTED },
  ),
  reads(
    "A character that is cut by the compression, not by the text.",
    [f("41", fixedMessage("é").slice(0, 4)), f("80", fixedMessage("é").slice(4))],
    [text("c3a9")],
  ),
  reads(
    "A client reads compressed fragments.",
    [f("42", "f248cd"), f("80", "c9c90700")],
    [binary(HELLO)],
    ANEW,
    "client",
  ),
];

const CONTEXT: readonly Vector[] = [
  reads(
    "A message that refers to the last.",
    [f("c1", FIXED), f("c1", AGAIN)],
    [hello, hello],
    KEEP,
  ),
  reads(
    "A message that refers over others that are not compressed.",
    [f("c1", FIXED), f("81", "61"), f("82", "62"), f("89"), f("c1", AGAIN)],
    [hello, text("61"), binary("62"), ping(), hello],
    KEEP,
  ),
  reads(
    "A text that refers to a binary message, in fragments.",
    [f("c2", FIXED), f("41", AGAIN.slice(0, 2)), f("80", AGAIN.slice(2))],
    [binary(HELLO), hello],
    KEEP,
  ),
  reads(
    "A message that refers over a last block and an empty message.",
    [f("c1", FINAL), f("c1"), f("c1", AGAIN)],
    [hello, text(""), hello],
    { ...KEEP, note: NAIVE },
  ),
  fails(
    "A message that refers to the last, though each begins anew.",
    [f("c1", FIXED), f("c1", AGAIN)],
    [hello],
    { error: "DEFLATE_INVALID" },
  ),
];

const CONTINUES = "A continuation";

/** Frames with RSV1 that begin no data message: behind a whole one, and within one. */
const MISPLACED: readonly Vector[] = [
  ...(
    [
      ["A ping", f("c9", "70")],
      ["A pong", f("ca", "70")],
      ["A Close", f("c8", "03e8")],
      ["An empty ping", f("c9")],
      [`${CONTINUES} of nothing`, f("c0", FIXED)],
      [`${CONTINUES} of nothing, which is not the last,`, f("40", FIXED)],
    ] as const
  ).map(([what, frame]) =>
    fails(`${what} has RSV1.`, [f("c1", FIXED), frame], [hello], {
      error: "RSV1_MISPLACED",
      known: "header",
    }),
  ),
  ...(
    [
      ["A ping between fragments", f("c9", "70")],
      ["A Close between fragments", f("c8", "03e8")],
      ["A last continuation", f("c0", "c9c90700")],
      ["Another continuation", f("40", "c9c9")],
    ] as const
  ).map(([what, frame]) =>
    fails(`${what} has RSV1.`, [f("41", "f248cd"), frame], [], {
      error: "RSV1_MISPLACED",
      known: "header",
    }),
  ),
  fails(
    `${CONTINUES} of a message that is not compressed has RSV1.`,
    [f("01", "61"), f("c0", "62")],
    [],
    {
      error: "RSV1_MISPLACED",
      known: "header",
    },
  ),
  fails(
    "A compressed text follows the first fragment of another.",
    [f("41", "f248cd"), f("c1", FIXED)],
    [],
    { error: "CONTINUATION_EXPECTED", known: "header" },
  ),
  ...(["e1", "d1", "a1", "91", "f1"] as const).map((first) =>
    fails(
      `Bits beside RSV1: the first byte is ${first.toUpperCase()}.`,
      [f("c1", FIXED), f(first, FIXED)],
      [hello],
      { error: "RESERVED_BITS", known: "first" },
    ),
  ),
];

/** RSV1 where nobody has agreed on compression. */
const NOT_AGREED: readonly Vector[] = (["c1", "c2", "41", "c0", "c9", "c8"] as const).map((first) =>
  fails(
    `Nobody has agreed on RSV1: the first byte is ${first.toUpperCase()}.`,
    [f("81", "61"), f(first, FIXED)],
    [text("61")],
    { error: "RESERVED_BITS", known: "first" },
    { deflate: null },
  ),
);

const ANY_FRAME = "A reader that inflates each fragment as it comes may know before.";
const SURROGATE = new BitWriter().stored("61eda080").flush().hex;
const OPEN = new BitWriter().stored("61e697").flush().hex;

const BROKEN: readonly Vector[] = [
  fails("A text that is no DEFLATE.", [f("c1", "ffffffff")], [], { error: "DEFLATE_INVALID" }),
  fails("A binary message that is no DEFLATE.", [f("c2", "06")], [], { error: "DEFLATE_INVALID" }),
  fails(
    "A message that is no DEFLATE behind good ones.",
    [f("c1", FIXED), f("81", "61"), f("c2", "06")],
    [hello, text("61")],
    { error: "DEFLATE_INVALID" },
  ),
  fails(
    "Fragments that are no DEFLATE together.",
    [f("42", "f248"), f("80", "ffffffff")],
    [],
    { error: "DEFLATE_INVALID" },
    { ...ANEW, note: ANY_FRAME },
  ),
  fails("Compressed text that is no UTF-8.", [f("c1", SURROGATE)], [], { error: "TEXT_INVALID" }),
  fails(
    "Compressed text that is no UTF-8, in fragments.",
    [f("41", SURROGATE.slice(0, 12)), f("80", SURROGATE.slice(12))],
    [],
    { error: "TEXT_INVALID" },
    { ...ANEW, note: ANY_FRAME },
  ),
  fails("Compressed text that ends inside a character.", [f("c1", OPEN)], [], {
    error: "TEXT_TRUNCATED",
  }),
  reads(
    "The same bytes as binary.",
    [f("c2", SURROGATE), f("c2", OPEN)],
    [binary("61eda080"), binary("61e697")],
  ),
];

const SMALL = { ...ANEW, messageSizeMax: 1000 };

const LIMITS: readonly Vector[] = [
  read(
    "A message that inflates to as much as may be.",
    rfc6455("10.4"),
    "server",
    [f("c2", FIXED)],
    [binary(HELLO)],
    { ...ANEW, messageSizeMax: 5, note: "Some readers hold what is compressed to the limit too." },
  ),
  fails(
    "A message that inflates to one byte more than may be.",
    [f("c2", FIXED)],
    [],
    { error: "MESSAGE_TOO_BIG" },
    { ...ANEW, messageSizeMax: 4 },
  ),
  fails(
    "A message that is small, and inflates to more than may be.",
    [f("c2", manyMessageHex(10))],
    [],
    { error: "MESSAGE_TOO_BIG" },
    SMALL,
  ),
  fails(
    "The same in fragments.",
    [f("42", manyMessageHex(10).slice(0, 20)), f("80", manyMessageHex(10).slice(20))],
    [],
    { error: "MESSAGE_TOO_BIG" },
    { ...SMALL, note: ANY_FRAME },
  ),
  reads(
    "The same where so much may be.",
    [f("c2", manyMessageHex(10))],
    [binary(repeat("61", 2581))],
  ),
  fails(
    "A header that says more than any compression of what may be is long.",
    [{ first: "c2", length: 2n ** 53n - 1n }],
    [],
    { error: "MESSAGE_TOO_BIG", known: "header" },
    { ...SMALL, note: "A reader may wait, as long as it keeps no more than what inflates." },
  ),
];

/** In hex, all of it: a frame masks hex. */
function manyMessageHex(references: number): string {
  return (manyMessage(references) as readonly (string | { repeat: string; times: number })[])
    .map((part) => (typeof part === "string" ? part : part.repeat.repeat(part.times)))
    .join("");
}

export const deflate: VectorFile = {
  name: "deflate",
  kind: "messages",
  about: "Compressed messages in frames: RSV1, fragments, contexts, limits.",
  vectors: [...WHOLE, ...FRAGMENTS, ...CONTEXT, ...MISPLACED, ...NOT_AGREED, ...BROKEN, ...LIMITS],
};
