// Compressed payloads to messages: RFC 7692 §7.2.2, RFC 7692 §7.2.3. Each payload is that of a
// whole message, its frames put together; several of them are one direction of one connection.
// Over 250 lines: tables, to be read on their own.

import { BitWriter, fixedMessage, manyMessage } from "./bit_writer.ts";
import { failure, rfc7692 } from "./vector.ts";
import type { Bytes, ErrorName, Vector, VectorFile } from "./vector.ts";
import { HELLO, hexOf, repeat } from "./wire.ts";

/** What the two sides have agreed on for the one that compresses, and the limit of the other. */
interface More {
  readonly contextTakeover?: boolean;
  readonly windowBits?: number;
  readonly messageSizeMax?: number;
  readonly note?: string;
}

function reads(
  what: string,
  section: string,
  payloads: readonly Bytes[],
  messages: readonly Bytes[],
  more: More = {},
): Vector {
  return vector(what, section, payloads, { messages }, more);
}

/** The last payload is at fault. */
function fails(
  what: string,
  section: string,
  payloads: readonly Bytes[],
  messages: readonly Bytes[],
  error: ErrorName,
  more: More = {},
): Vector {
  return vector(what, section, payloads, { messages, ...failure(error) }, more);
}

function vector(
  what: string,
  section: string,
  payloads: readonly Bytes[],
  expect: object,
  { contextTakeover = false, windowBits = 15, messageSizeMax = 1048576, note }: More,
): Vector {
  const noted = note === undefined ? {} : { note };
  const settings = { windowBits, contextTakeover, messageSizeMax };
  return { what, section, ...noted, ...settings, payloads, expect };
}

/** The examples, as they are printed. */
export const FIXED = "f248cdc9c90700";
export const AGAIN = "f200110000";
export const STORED = "000500faff48656c6c6f00";
export const FINAL = "f348cdc9c9070000";
export const TWO_BLOCKS = "f24805000000ffffcac9c90700";

/** With the tail it is a stored block of 65,280 bytes whose length is cut off. */
export const NO_BYTE_NOTE = "A strict reader may refuse it: the tail alone ends inside a block.";

const KEEP = { contextTakeover: true };

const EXAMPLES: readonly Vector[] = [
  reads("One block with fixed codes.", rfc7692("7.2.3.1"), [FIXED], [HELLO]),
  reads(
    "The same again, by reference to the first.",
    rfc7692("7.2.3.2"),
    [FIXED, AGAIN],
    [HELLO, HELLO],
    KEEP,
  ),
  reads("One stored block.", rfc7692("7.2.3.3"), [STORED], [HELLO]),
  reads("A block that is marked as the last.", rfc7692("7.2.3.4"), [FINAL], [HELLO]),
  reads("Two blocks, an empty stored one between.", rfc7692("7.2.3.5"), [TWO_BLOCKS], [HELLO]),
  reads("An empty message.", rfc7692("7.2.3.6"), ["00"], [""]),
];

const READS = rfc7692("7.2.2");

/** What zlib 1.3 made of a text of four letters: a block with codes of its own, RFC 1951 §3.2.7. */
const DYNAMIC =
  "248ec10900000802673d75ff19c27c2489762403a2124c2aa4431a280269d29dc8919bbec523c80e960a711e" +
  "97815b1db335e441eaa29ef8311ffc130bf21707";
const DYNAMIC_TEXT =
  "bcaaabaaaabdacaddacaadcaadadaababdbaabbbaabbbdbaaadbcdbcadaadbaaaaccaaababccdacbbacadcda" +
  "abdadabaaaaadaaaadcaaabababcaaadbcaabadbacbbcaaaacabcaabdacaabadbaddcaaa";

const BLOCKS: readonly Vector[] = [
  reads("Not even the byte of an empty message.", READS, [""], [""], { note: NO_BYTE_NOTE }),
  reads("An empty block with fixed codes.", READS, ["0200"], [""]),
  reads("An empty block that is marked as the last.", READS, ["030000"], [""]),
  reads("A stored block that is marked as the last.", READS, ["010500faff48656c6c6f00"], [HELLO]),
  reads("Ten empty stored blocks come before.", READS, ["000000ffff".repeat(10) + FIXED], [HELLO]),
  reads("A block with codes of its own.", READS, [DYNAMIC], [hexOf(DYNAMIC_TEXT)]),
  reads(
    "Every byte there is, as literals of 8 and 9 bits.",
    READS,
    [everyByte()],
    [Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString("hex")],
  ),
  reads(
    "A reference that reads what it writes.",
    READS,
    [new BitWriter().fixed().literals("ab").reference(10, 2).end().flush().hex],
    [hexOf("abababababab")],
  ),
  reads(
    "A stored block behind one with codes, whose bits do not end with a byte.",
    READS,
    [new BitWriter().fixed().literals("Hel").end().stored("6c6f").flush().hex],
    [HELLO],
  ),
  reads(
    "A reference from one block into another.",
    READS,
    [new BitWriter().stored("48656c").fixed().reference(3, 3).end().flush().hex],
    [hexOf("HelHel")],
  ),
  reads(
    "The longest reference there is, many times.",
    READS,
    [manyMessage(40)],
    [repeat("61", 10321)],
  ),
  reads(
    "A stored block of 65,535 bytes, the most there can be.",
    READS,
    [["00ffff0000", { repeat: "61", times: 65535 }, "00"]],
    [repeat("61", 65535)],
  ),
];

/** The bytes from 128 on are no UTF-8 alone, so that each one is written by itself. */
function everyByte(): string {
  const writer = new BitWriter().fixed();
  for (let byte = 0; byte < 256; byte++) writer.literal(byte);
  return writer.end().flush().hex;
}

const LAST = rfc7692("7.2.3.4");
/** What goes wrong there. */
export const NAIVE =
  "A stream of zlib ends at a block that is marked as the last: go on with another.";

const FINALS: readonly Vector[] = [
  reads("Behind a last block the next message.", LAST, [FINAL, FIXED], [HELLO, HELLO], {
    note: NAIVE,
  }),
  reads("Last blocks in three messages.", LAST, [FINAL, FINAL, FINAL], [HELLO, HELLO, HELLO], {
    note: NAIVE,
  }),
  reads(
    "Behind a last block, in the same message, another block.",
    LAST,
    ["f348cdc9c90700" + FIXED],
    [HELLO + HELLO],
    { note: NAIVE },
  ),
  reads(
    "Behind a last block a reference to what was before it.",
    LAST,
    ["f348cdc9c90700" + AGAIN],
    [HELLO + HELLO],
    { note: NAIVE },
  ),
  reads(
    "A last block, and the next message refers to it.",
    LAST,
    [FINAL, AGAIN, AGAIN],
    [HELLO, HELLO, HELLO],
    { ...KEEP, note: NAIVE },
  ),
  reads(
    "A last block without the empty one that should follow.",
    LAST,
    ["f348cdc9c90700"],
    [HELLO],
    { note: "It is not what a sender may make; a reader may take it." },
  ),
];

const CONTEXT = rfc7692("7.1.1");

/** 2^bits bytes, of which the first five are "Hello", in one stored block or two. */
function past(bits: number): readonly [payload: Bytes, message: Bytes] {
  const size = Math.min(2 ** bits, 32768);
  const head = new BitWriter()
    .number(0, 8)
    .number(size, 16)
    .number(~size & 0xffff, 16).hex;
  const message = [HELLO, { repeat: "2a", times: size - 5 }];
  return [[head + HELLO, { repeat: "2a", times: size - 5 }, "00"], message];
}

/** The first five bytes of {@linkcode past}, from as far back as can be. */
function reachBack(bits: number): string {
  return new BitWriter()
    .fixed()
    .reference(5, 2 ** bits)
    .end()
    .flush().hex;
}

const CONTEXTS: readonly Vector[] = [
  reads(
    "Three messages, each by reference to the one before.",
    CONTEXT,
    [FIXED, AGAIN, AGAIN],
    [HELLO, HELLO, HELLO],
    KEEP,
  ),
  reads(
    "An empty message between leaves the context as it is.",
    CONTEXT,
    [FIXED, "00", AGAIN],
    [HELLO, "", HELLO],
    KEEP,
  ),
  reads("A stored message is part of the context.", CONTEXT, [STORED, AGAIN], [HELLO, HELLO], KEEP),
  reads(
    "A reference over two messages.",
    CONTEXT,
    [fixedMessage("Hel"), fixedMessage("lo"), AGAIN],
    ["48656c", "6c6f", HELLO],
    KEEP,
  ),
  reads("The context may be there and not be used.", CONTEXT, [FIXED, FIXED], [HELLO, HELLO], KEEP),
  ...[9, 10, 11, 12, 13, 14, 15].map((bits) => {
    const [payload, message] = past(bits);
    return reads(
      `A reference over all of a window of ${bits} bits.`,
      rfc7692("7.1.2"),
      [payload, reachBack(bits)],
      [message, HELLO],
      { ...KEEP, windowBits: bits },
    );
  }),
  fails(
    "A reference to the last message, though each begins anew.",
    CONTEXT,
    [FIXED, AGAIN],
    [HELLO],
    "DEFLATE_INVALID",
    { note: "A reader that keeps the context all the same does not notice." },
  ),
  fails("A reference before the first message.", CONTEXT, [AGAIN], [], "DEFLATE_INVALID", KEEP),
  fails(
    "A reference to one byte before the first message.",
    CONTEXT,
    [fixedMessage("Hel"), AGAIN],
    [hexOf("Hel")],
    "DEFLATE_INVALID",
    KEEP,
  ),
];

const CUT_NOTE =
  "A reader that does not look whether the last block is complete takes it for shorter.";

const BROKEN: readonly Vector[] = [
  fails("A type of block that there is not.", READS, ["06"], [], "DEFLATE_INVALID"),
  fails("Only ones.", READS, ["ffffffff"], [], "DEFLATE_INVALID"),
  fails(
    "The two sizes of a stored block differ.",
    READS,
    ["000500faf048656c6c6f00"],
    [],
    "DEFLATE_INVALID",
  ),
  fails("A block with codes of its own that says none.", READS, ["04"], [], "DEFLATE_INVALID"),
  fails("A distance that there is not.", READS, [badDistance()], [], "DEFLATE_INVALID"),
  fails("A length that there is not.", READS, [badLength()], [], "DEFLATE_INVALID"),
  fails("Garbage behind a last block.", READS, ["f348cdc9c90700ff"], [], "DEFLATE_INVALID"),
  fails("The tail was left on the message.", READS, [`${FIXED}0000ffff`], [], "DEFLATE_INVALID", {
    note: "Some readers take it: it is an empty block, and the start of another.",
  }),
  fails("A good message before a bad one.", READS, [FIXED, "06"], [HELLO], "DEFLATE_INVALID"),
  fails("A stored block that is cut off.", READS, ["00ff0000ff4865"], [], "DEFLATE_INVALID", {
    note: CUT_NOTE,
  }),
  ...[1, 2, 3, 4, 5].map((size) =>
    fails(
      `Of a message of 7 bytes ${size} have come.`,
      READS,
      [FIXED.slice(0, 2 * size)],
      [],
      "DEFLATE_INVALID",
      { note: CUT_NOTE },
    ),
  ),
];

function badDistance(): string {
  const writer = new BitWriter().fixed().literals("aaaa");
  return writer
    .code(257 - 256, 7)
    .code(30, 5)
    .end()
    .flush().hex; // length 3, distance code 30
}

function badLength(): string {
  const writer = new BitWriter().fixed().literals("aaaa");
  return writer
    .code(0b11000000 + 286 - 280, 8)
    .code(0, 5)
    .end()
    .flush().hex; // length code 286
}

const SIZE = "RFC 6455 §10.4";

const LIMITS: readonly Vector[] = [
  reads("A message that is as large as may be.", SIZE, [FIXED], [HELLO], { messageSizeMax: 5 }),
  fails("A message that is one byte too large.", SIZE, [FIXED], [], "MESSAGE_TOO_BIG", {
    messageSizeMax: 4,
  }),
  fails("A stored message that is one byte too large.", SIZE, [STORED], [], "MESSAGE_TOO_BIG", {
    messageSizeMax: 4,
  }),
  reads("The size begins anew with each message.", SIZE, [FIXED, FIXED], [HELLO, HELLO], {
    messageSizeMax: 5,
  }),
  reads("An empty message where nothing may be.", SIZE, ["00"], [""], { messageSizeMax: 0 }),
  fails(
    "Two blocks, of which the second passes the limit.",
    SIZE,
    [TWO_BLOCKS],
    [],
    "MESSAGE_TOO_BIG",
    {
      messageSizeMax: 4,
    },
  ),
  fails(
    "A last block and another, which passes the limit.",
    SIZE,
    ["f348cdc9c90700" + FIXED],
    [],
    "MESSAGE_TOO_BIG",
    { messageSizeMax: 9 },
  ),
  fails("A bomb: 6.5 KB that are a megabyte.", SIZE, [manyMessage(4000)], [], "MESSAGE_TOO_BIG", {
    messageSizeMax: 100000,
  }),
  reads("The same where so much may be.", SIZE, [manyMessage(4000)], [repeat("61", 1032001)], {
    messageSizeMax: 1032001,
  }),
  fails("The same, and one byte less may be.", SIZE, [manyMessage(4000)], [], "MESSAGE_TOO_BIG", {
    messageSizeMax: 1032000,
  }),
  fails(
    "A good message before a bomb, with context.",
    SIZE,
    [FIXED, manyMessage(400)],
    [HELLO],
    "MESSAGE_TOO_BIG",
    { ...KEEP, messageSizeMax: 10000 },
  ),
];

export const inflate: VectorFile = {
  name: "inflate",
  kind: "inflate",
  about: "Payloads of compressed messages, and the messages.",
  vectors: [...EXAMPLES, ...BLOCKS, ...FINALS, ...CONTEXTS, ...BROKEN, ...LIMITS],
};
