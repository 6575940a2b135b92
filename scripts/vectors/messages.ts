// Frames to messages: §5.4, §5.5, §10.4. Over 250 lines: tables, to be read on their own.

import { failureAt, rfc6455 } from "./vector.ts";
import type { Bytes, ErrorName, Role, Vector, VectorFile } from "./vector.ts";
import { f, HEL, HELLO, hexOf, LO, repeat, Stream } from "./wire.ts";
import type { Frame } from "./wire.ts";

const ROLES: readonly Role[] = ["server", "client"];

/** A limit that none of the vectors that are not about limits comes near. */
const LIMIT = 1048576;

/** What a reader hands over. All payloads are hex; that of a text is valid UTF-8. */
export type Event =
  | { readonly type: "text" | "binary" | "ping" | "pong"; readonly payload: Bytes }
  | { readonly type: "close"; readonly code: number; readonly reason: string };

export const text = (payload: Bytes): Event => ({ type: "text", payload });
export const binary = (payload: Bytes): Event => ({ type: "binary", payload });
export const ping = (payload: Bytes = ""): Event => ({ type: "ping", payload });
export const pong = (payload: Bytes = ""): Event => ({ type: "pong", payload });
export const closed = (code: number, reason = ""): Event => ({ type: "close", code, reason });

/** What a vector may have besides. */
export interface More {
  readonly messageSizeMax?: number;
  readonly note?: string;
  readonly deflate?: object | null;
}

/** How long a reader may take to know. */
export type Known = "first" | "header" | "end" | { readonly payload: number };

/** Where the error is: in the frame with this index, at its start or at a byte of its payload. */
export interface Fault {
  readonly error: ErrorName;
  readonly frame: number;
  /** Index into the payload; left out, no single byte is at fault. */
  readonly at?: number;
  readonly known: Known;
}

/** Frames, and the events that they are. */
export function read(
  what: string,
  section: string,
  role: Role,
  frames: readonly Frame[],
  events: readonly Event[],
  more: More = {},
): Vector {
  const { bytes } = new Stream(role, frames);
  return vector(what, section, role, bytes, { events }, more);
}

/** Frames, the events of those that are right, and the error. */
export function refuse(
  what: string,
  role: Role,
  frames: readonly Frame[],
  events: readonly Event[],
  fault: Fault,
  more: More = {},
): Vector {
  const stream = new Stream(role, frames);
  const { error, frame, at, known } = fault;
  const offset = at === undefined ? stream.start(frame) : stream.payload(frame) + at;
  const failure = failureAt(error, offset, knownIn(stream, frame, known));
  const expect = { events, ...failure };
  const { section } = failure;
  return vector(what, section, role, stream.bytes, expect, more);
}

function vector(
  what: string,
  section: string,
  role: Role,
  bytes: Bytes,
  expect: object,
  { messageSizeMax = LIMIT, deflate = null, note }: More,
): Vector {
  const noted = note === undefined ? {} : { note };
  return { what, section, ...noted, role, messageSizeMax, deflate, bytes, expect };
}

function knownIn(stream: Stream, frame: number, known: Known): number {
  if (known === "header") return stream.payload(frame);
  if (known === "first") return stream.start(frame) + 1;
  if (known === "end") return stream.end(frame);
  return stream.payload(frame) + known.payload + 1;
}

const FRAGMENTS = rfc6455("5.4");

const WHOLE = ROLES.flatMap((role) => [
  read(`A ${role} reads a text.`, rfc6455("5.6"), role, [f("81", HELLO)], [text(HELLO)]),
  read(
    `A ${role} reads a binary message.`,
    rfc6455("5.6"),
    role,
    [f("82", "00ff")],
    [binary("00ff")],
  ),
  read(`A ${role} reads an empty text.`, rfc6455("5.6"), role, [f("81")], [text("")]),
  read(`A ${role} reads an empty binary message.`, rfc6455("5.6"), role, [f("82")], [binary("")]),
  read(
    `A ${role} reads messages in a row.`,
    rfc6455("6.2"),
    role,
    [f("81", "61"), f("82", "62"), f("81"), f("82"), f("81", "63")],
    [text("61"), binary("62"), text(""), binary(""), text("63")],
  ),
  read(
    `A ${role} reads a text of 65,536 bytes.`,
    rfc6455("5.6"),
    role,
    [f("81", repeat("61", 65536))],
    [text(repeat("61", 65536))],
  ),
]);

const SPLITS = [0, 1, 2, 3, 4, 5].map((at) =>
  read(
    `A text in two fragments, of ${at} and ${5 - at} bytes.`,
    FRAGMENTS,
    "server",
    [f("01", HELLO.slice(0, 2 * at)), f("80", HELLO.slice(2 * at))],
    [text(HELLO)],
  ),
);

const EVERY_BYTE = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString("hex");

const FRAGMENTED: readonly Vector[] = [
  read(
    "A client reads a text in two fragments.",
    FRAGMENTS,
    "client",
    [f("01", HEL), f("80", LO)],
    [text(HELLO)],
  ),
  read(
    "A text has a fragment for each byte.",
    FRAGMENTS,
    "server",
    [f("01", "48"), f("00", "65"), f("00", "6c"), f("00", "6c"), f("80", "6f")],
    [text(HELLO)],
  ),
  read(
    "Each fragment has a masking key of its own.",
    rfc6455("5.3"),
    "server",
    [f("01", HEL, "37fa213d"), f("00", "6c", "01020304"), f("80", "6f", "ffffffff")],
    [text(HELLO)],
  ),
  read(
    "The first fragment says of what type the message is.",
    FRAGMENTS,
    "server",
    [f("02", "ff"), f("00", "fe"), f("80", "fd")],
    [binary("fffefd")],
  ),
  read(
    "A text of three empty fragments is empty.",
    FRAGMENTS,
    "server",
    [f("01"), f("00"), f("80")],
    [text("")],
  ),
  read(
    "A binary message of two empty fragments is empty.",
    FRAGMENTS,
    "client",
    [f("02"), f("80")],
    [binary("")],
  ),
  read(
    "Empty fragments stand before, between and behind others.",
    FRAGMENTS,
    "server",
    [f("01"), f("00", HEL), f("00"), f("00", LO), f("80")],
    [text(HELLO)],
  ),
  read(
    "Fragments of all three forms of length make one message.",
    FRAGMENTS,
    "server",
    [f("02", repeat("2a", 125)), f("00", repeat("2a", 126)), f("80", repeat("2a", 65536))],
    [binary(repeat("2a", 65787))],
  ),
  read(
    "Every byte there is, in fragments of a binary message.",
    rfc6455("5.6"),
    "server",
    [f("02", EVERY_BYTE.slice(0, 200)), f("80", EVERY_BYTE.slice(200))],
    [binary(EVERY_BYTE)],
  ),
  read(
    "Fragmented messages in a row begin anew.",
    FRAGMENTS,
    "server",
    [f("01", "61"), f("80", "62"), f("02", "63"), f("80", "64"), f("81", "65")],
    [text("6162"), binary("6364"), text("65")],
  ),
  read(
    "A message whose last fragment has not come is none yet.",
    FRAGMENTS,
    "server",
    [f("81", "61"), f("01", HEL), f("00", LO)],
    [text("61")],
  ),
];

/** Nothing forbids it (§5.4), though the message can never be complete. */
export const INTERRUPTED = "Some readers fail with 1002, since the message is not complete.";

const CONTROL: readonly Vector[] = [
  ...ROLES.map((role) =>
    read(
      `A ${role} hands over a ping between fragments before their message.`,
      FRAGMENTS,
      role,
      [f("01", HEL), f("89", "70"), f("80", LO)],
      [ping("70"), text(HELLO)],
    ),
  ),
  read(
    "Pings and pongs between all fragments.",
    FRAGMENTS,
    "server",
    [f("01", HEL), f("89", "31"), f("8a", "32"), f("00", "6c"), f("89"), f("80", "6f")],
    [ping("31"), pong("32"), ping(), text(HELLO)],
  ),
  read(
    "A ping of 125 bytes between fragments is no part of the message.",
    FRAGMENTS,
    "server",
    [f("02", "61"), f("89", repeat("ff", 125)), f("80", "62")],
    [ping(repeat("ff", 125)), binary("6162")],
  ),
  ...[0, 1, 125].flatMap((size) => {
    const payload: Bytes = size === 0 ? "" : size === 1 ? "ff" : repeat("ff", size);
    return [
      read(
        `A ping of ${size} bytes.`,
        rfc6455("5.5.2"),
        "server",
        [f("89", payload)],
        [ping(payload)],
      ),
      read(
        `A pong of ${size} bytes.`,
        rfc6455("5.5.3"),
        "server",
        [f("8a", payload)],
        [pong(payload)],
      ),
    ];
  }),
  read(
    "The payload of a ping need not be UTF-8.",
    rfc6455("5.5.2"),
    "client",
    [f("89", "c328")],
    [ping("c328")],
  ),
  read(
    "A pong that nobody asked for is no error.",
    rfc6455("5.5.3"),
    "client",
    [f("8a", "6162"), f("81", "61")],
    [pong("6162"), text("61")],
  ),
  read(
    "A Close between fragments ends the message without it.",
    rfc6455("5.5.1"),
    "server",
    [f("01", HEL), f("88", "03e8"), f("80", LO)],
    [closed(1000)],
    { note: INTERRUPTED },
  ),
];

const AFTER_CLOSE: readonly Vector[] = [
  ...(
    [
      ["a text", f("81", HELLO)],
      ["a ping", f("89", "70")],
      ["a second Close", f("88", "03e9")],
      ["a reserved opcode", f("83", HELLO)],
      ["a frame that is not masked", f("81", HELLO, null)],
      ["a continuation", f("80", HELLO)],
      ["a text that is no UTF-8", f("81", "ff")],
    ] as const
  ).map(([what, frame]) =>
    read(
      `Behind a Close ${what} is ignored.`,
      rfc6455("1.4"),
      "server",
      [f("81", "61"), f("88", "03e8"), frame],
      [text("61"), closed(1000)],
    ),
  ),
  read(
    "A client ignores a text behind a Close.",
    rfc6455("1.4"),
    "client",
    [f("88"), f("81", HELLO)],
    [closed(1005)],
  ),
];

const FAULTS: readonly (readonly [what: string, before: Frame[], events: Event[], bad: Frame])[] = [
  ["A continuation comes first", [], [], f("80", HELLO)],
  ["A continuation that is not the last comes first", [], [], f("00", HELLO)],
  ["An empty continuation comes first", [], [], f("80")],
  ["A continuation follows a whole text", [f("81", "61")], [text("61")], f("80", "62")],
  [
    "A continuation follows a fragmented message",
    [f("02", "61"), f("80", "62")],
    [binary("6162")],
    f("00", "63"),
  ],
  ["A continuation follows a ping", [f("89", "70")], [ping("70")], f("80", "62")],
];

const INTERRUPTIONS: readonly (readonly [what: string, before: Frame[], bad: Frame])[] = [
  ["A text follows the first fragment of a text", [f("01", HEL)], f("81", HELLO)],
  ["A fragment of a text follows another", [f("01", HEL)], f("01", LO)],
  ["A binary message follows the first fragment of a text", [f("01", HEL)], f("82", "00")],
  ["A fragment of a binary message follows one of a text", [f("01", HEL)], f("02", "00")],
  ["A text follows the first fragment of a binary message", [f("02", "00")], f("81", HELLO)],
  ["A binary message follows the first fragment of another", [f("02", "00")], f("82", "01")],
  ["An empty text follows an empty first fragment", [f("01")], f("81")],
  ["A text follows two fragments of another", [f("01", "48"), f("00", "65")], f("81", "61")],
];

const ORDER: readonly Vector[] = ROLES.flatMap((role) => [
  ...FAULTS.map(([what, before, events, bad]) =>
    refuse(`${what}, and a ${role} refuses it.`, role, [...before, bad], events, {
      error: "CONTINUATION_UNEXPECTED",
      frame: before.length,
      known: "header",
    }),
  ),
  ...INTERRUPTIONS.map(([what, before, bad]) =>
    refuse(`${what}, and a ${role} refuses it.`, role, [...before, bad], [], {
      error: "CONTINUATION_EXPECTED",
      frame: before.length,
      known: "header",
    }),
  ),
  refuse(
    `A text follows a ping within a message, and a ${role} refuses it.`,
    role,
    [f("01", HEL), f("89", "70"), f("81", HELLO)],
    [ping("70")],
    { error: "CONTINUATION_EXPECTED", frame: 2, known: "header" },
  ),
]);

const TEN = { messageSizeMax: 10 };
const A = hexOf("a");

function tooBig(
  what: string,
  frames: readonly Frame[],
  events: readonly Event[] = [],
  more: More = TEN,
  role: Role = "server",
): Vector {
  const fault = { error: "MESSAGE_TOO_BIG", frame: frames.length - 1, known: "header" } as const;
  return refuse(what, role, frames, events, fault, more);
}

const SIZE = rfc6455("10.4");
const KEEPS = "A reader may count what its fragments cost besides, and refuse some of these.";

const LIMITS: readonly Vector[] = [
  ...ROLES.flatMap((role) => [
    read(
      `A ${role} reads a text as large as may be.`,
      SIZE,
      role,
      [f("81", A.repeat(10))],
      [text(A.repeat(10))],
      TEN,
    ),
    tooBig(
      `A ${role} refuses a text that is one byte too large, by its header.`,
      [{ first: "81", length: 11n }],
      [],
      TEN,
      role,
    ),
    tooBig(
      `A ${role} refuses a binary message of a 16-bit length, by its header.`,
      [{ first: "82", length: 126n }],
      [],
      TEN,
      role,
    ),
    tooBig(
      `A ${role} refuses a binary message of a 64-bit length, by its header.`,
      [{ first: "82", length: 65536n }],
      [],
      TEN,
      role,
    ),
    tooBig(
      `A ${role} refuses 2^53 - 1 bytes, by their header.`,
      [{ first: "82", length: 2n ** 53n - 1n }],
      [],
      {},
      role,
    ),
  ]),
  read(
    "Fragments that are as large as may be together.",
    SIZE,
    "server",
    [f("01", A.repeat(5)), f("80", A.repeat(5))],
    [text(A.repeat(10))],
    { ...TEN, note: KEEPS },
  ),
  read(
    "An empty last fragment behind a message as large as may be.",
    SIZE,
    "server",
    [f("02", A.repeat(10)), f("80")],
    [binary(A.repeat(10))],
    { ...TEN, note: KEEPS },
  ),
  tooBig("Fragments that are one byte too large together, by the header of the second.", [
    f("01", A.repeat(5)),
    { first: "80", length: 6n },
  ]),
  tooBig("A first fragment that is too large by itself.", [{ first: "01", length: 11n }]),
  tooBig("A third fragment that is one byte too many.", [
    f("02", A.repeat(5)),
    f("00", A.repeat(5)),
    { first: "00", length: 1n },
  ]),
  tooBig(
    "A message that is too large behind one that was not.",
    [f("81", A.repeat(10)), { first: "81", length: 11n }],
    [text(A.repeat(10))],
  ),
  read(
    "The size of a message begins anew with the next.",
    SIZE,
    "server",
    [f("81", A.repeat(10)), f("82", A.repeat(10)), f("01", A.repeat(9)), f("80", A)],
    [text(A.repeat(10)), binary(A.repeat(10)), text(A.repeat(10))],
    { ...TEN, note: KEEPS },
  ),
  read(
    "Control frames do not count.",
    SIZE,
    "server",
    [f("89", repeat("2a", 125)), f("02", A.repeat(5)), f("89", repeat("2a", 11)), f("80", A)],
    [ping(repeat("2a", 125)), ping(repeat("2a", 11)), binary(A.repeat(6))],
    { ...TEN, note: "Some readers hold control frames to the same limit." },
  ),
  read(
    "Where nothing may be in a message, an empty one may come.",
    SIZE,
    "server",
    [f("82")],
    [binary("")],
    {
      messageSizeMax: 0,
    },
  ),
  tooBig(
    "Where nothing may be in a message, one byte is too many.",
    [{ first: "82", length: 1n }],
    [],
    { messageSizeMax: 0 },
  ),
  read(
    "A message of 65,536 bytes where so many may be.",
    SIZE,
    "server",
    [f("02", repeat("2a", 65535)), f("80", "2a")],
    [binary(repeat("2a", 65536))],
    { messageSizeMax: 65536 },
  ),
  tooBig(
    "A message of 65,537 bytes where 65,536 may be.",
    [f("02", repeat("2a", 65536)), { first: "80", length: 1n }],
    [],
    { messageSizeMax: 65536 },
  ),
];

export const messages: VectorFile = {
  name: "messages",
  kind: "messages",
  about: "Frames to messages: fragments, control frames between them, their order, limits.",
  vectors: [...WHOLE, ...SPLITS, ...FRAGMENTED, ...CONTROL, ...AFTER_CLOSE, ...ORDER, ...LIMITS],
};
