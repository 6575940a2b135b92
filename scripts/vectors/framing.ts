// Frames, and what one frame by itself may not be: §5.1, §5.2, §5.5. The order of frames is left
// out here: a continuation may come first. Over 250 lines: tables, to be read on their own.

import { failureAt, rfc6455 } from "./vector.ts";
import type { Bytes, ErrorName, Role, Vector, VectorFile } from "./vector.ts";
import { f, HEL, HELLO, LO, repeat, seen, Stream } from "./wire.ts";
import type { Frame } from "./wire.ts";

const ROLES: readonly Role[] = ["server", "client"];

const OPCODES: readonly (readonly [opcode: number, name: string])[] = [
  [0x0, "continuation"],
  [0x1, "text"],
  [0x2, "binary"],
  [0x8, "Close"],
  [0x9, "ping"],
  [0xa, "pong"],
];
const CONTROL = OPCODES.slice(3);
const RESERVED = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf];

/** A first byte. */
function first(opcode: number, fin = true, rsv = 0): string {
  return ((fin ? 0x80 : 0) | (rsv << 4) | opcode).toString(16).padStart(2, "0");
}

function name(opcode: number): string {
  return `0x${opcode.toString(16).toUpperCase()}`;
}

function binary(rsv: number): string {
  return rsv.toString(2).padStart(3, "0");
}

/** Frames that are right. */
function good(
  what: string,
  section: string,
  role: Role,
  frames: readonly Frame[],
  rsvAllowed = 0,
): Vector {
  const { bytes } = new Stream(role, frames);
  const expect = { frames: frames.map((frame) => seen(role, frame)) };
  return { what, section: rfc6455(section), role, rsvAllowed, bytes, expect };
}

/** The last frame is wrong, in its first or second byte, or in its length of 16 or 64 bits. */
function bad(
  what: string,
  role: Role,
  frames: readonly Frame[],
  error: ErrorName,
  where: "first" | "second" | "length",
  more: { readonly rsvAllowed?: number; readonly note?: string } = {},
): Vector {
  const { rsvAllowed = 0, note } = more;
  const stream = new Stream(role, frames);
  const last = frames.length - 1;
  const start = stream.start(last);
  const offset = start + { first: 0, second: 1, length: 2 }[where];
  const known = where === "length" ? stream.length(last) : offset + 1;
  const before = frames.slice(0, -1).map((frame) => seen(role, frame));
  const failure = failureAt(error, offset, known);
  const { section } = failure;
  const expect = { frames: before, ...failure };
  const noted = note === undefined ? {} : { note };
  return { what, section, ...noted, role, rsvAllowed, bytes: stream.bytes, expect };
}

/** The examples, byte for byte as they are printed. */
const EXAMPLES: readonly Vector[] = [
  good("The unmasked text of the examples.", "5.7", "client", [f("81", HELLO)]),
  good("The masked text of the examples.", "5.7", "server", [f("81", HELLO)]),
  good("The fragmented text of the examples.", "5.7", "client", [f("01", HEL), f("80", LO)]),
  good("The ping of the examples.", "5.7", "client", [f("89", HELLO)]),
  good("The masked pong of the examples.", "5.7", "server", [f("8a", HELLO)]),
  good("The 256 bytes of the examples.", "5.7", "client", [f("82", repeat("61", 256))]),
  good("The 64 KiB of the examples.", "5.7", "client", [f("82", repeat("61", 65536))]),
];

/** Both sides of each form, and numbers of which no two bytes are the same. */
const LENGTHS: readonly (readonly [length: number, why: string])[] = [
  [0, "the least there is"],
  [1, "one byte"],
  [125, "the most that 7 bits hold"],
  [126, "the least of the 16-bit form"],
  [127, "126 and one more, which is no marker here"],
  [128, "where a 7-bit length would set its top bit"],
  [255, "one full byte"],
  [258, "0x0102, which shows the byte order"],
  [32768, "the top bit of 16, which is no sign"],
  [65535, "the most that 16 bits hold"],
  [65536, "the least of the 64-bit form"],
  [65537, "and one more"],
  [66051, "0x010203, which shows the byte order"],
];

const SIZES = ROLES.flatMap((role) =>
  LENGTHS.map(([length, why]) => {
    const payload: Bytes =
      length === 0 ? "" : length < 3 ? "2a".repeat(length) : repeat("2a", length);
    const what = `A ${role} reads a payload of ${length} bytes: ${why}.`;
    return good(what, "5.2", role, [f("82", payload)]);
  }),
);

/** Each opcode that is defined, with FIN and, where it may be, without. */
const KINDS = ROLES.flatMap((role) =>
  OPCODES.flatMap(([opcode, kind]) => {
    const final = `A ${role} reads a ${kind} with FIN.`;
    const more = `A ${role} reads a ${kind} without FIN.`;
    const vectors = [good(final, "5.2", role, [f(first(opcode), opcode === 8 ? "03e8" : HELLO)])];
    if (opcode < 8) vectors.push(good(more, "5.2", role, [f(first(opcode, false), HELLO)]));
    return vectors;
  }),
);

const BAD_OPCODES = ROLES.flatMap((role) =>
  RESERVED.flatMap((opcode) =>
    [true, false].map((fin) => {
      const what = `A ${role} refuses opcode ${name(opcode)} ${fin ? "with" : "without"} FIN.`;
      return bad(what, role, [f(first(opcode, fin), HELLO)], "RESERVED_OPCODE", "first");
    }),
  ),
);

const RSV = [1, 2, 3, 4, 5, 6, 7];

const BAD_BITS = ROLES.flatMap((role) =>
  OPCODES.flatMap(([opcode, kind]) =>
    (role === "server" ? RSV : [1, 2, 4]).map((rsv) => {
      const what = `A ${role} refuses a ${kind} with the RSV bits ${binary(rsv)}.`;
      return bad(what, role, [f(first(opcode, true, rsv))], "RESERVED_BITS", "first");
    }),
  ),
);

/** With an extension: the bits that it uses, and others. */
const EXTENSION_BITS: readonly Vector[] = [
  ...[4, 2, 1, 7].map((rsv) =>
    good(
      `A server reads the RSV bits ${binary(rsv)} that extensions use.`,
      "9",
      "server",
      [f(first(1, true, rsv), HELLO)],
      rsv,
    ),
  ),
  good("An extension's RSV bit need not be set.", "9", "server", [f("81", HELLO)], 4),
  good("A client reads RSV1 where an extension uses it.", "9", "client", [f("c2", HELLO)], 4),
  ...[1, 2, 3, 5, 6, 7].map((rsv) =>
    bad(
      `A server refuses the RSV bits ${binary(rsv)} where an extension uses RSV1 only.`,
      "server",
      [f(first(2, true, rsv), HELLO)],
      "RESERVED_BITS",
      "first",
      { rsvAllowed: 4 },
    ),
  ),
];

const CONTROL_FRAMES = ROLES.flatMap((role) =>
  CONTROL.flatMap(([opcode, kind]) => {
    const payload = repeat("2a", 125);
    return [
      good(`A ${role} reads a ${kind} of 125 bytes.`, "5.5", role, [f(first(opcode), payload)]),
      good(`A ${role} reads a ${kind} of no bytes.`, "5.5", role, [f(first(opcode))]),
      bad(
        `A ${role} refuses a ${kind} without FIN.`,
        role,
        [f(first(opcode, false))],
        "CONTROL_FRAGMENTED",
        "first",
      ),
      bad(
        `A ${role} refuses a ${kind} of 126 bytes.`,
        role,
        [f(first(opcode), repeat("2a", 126))],
        "CONTROL_TOO_LONG",
        "second",
      ),
      bad(
        `A ${role} refuses a ${kind} of 65,536 bytes.`,
        role,
        [{ first: first(opcode), length: 65536n }],
        "CONTROL_TOO_LONG",
        "second",
      ),
    ];
  }),
);

const MASKS = OPCODES.flatMap(([opcode, kind]) => [
  bad(
    `A server refuses a ${kind} that is not masked.`,
    "server",
    [f(first(opcode), HELLO, null)],
    "MASK_MISSING",
    "second",
  ),
  bad(
    `A server refuses an empty ${kind} that is not masked.`,
    "server",
    [f(first(opcode), "", null)],
    "MASK_MISSING",
    "second",
  ),
  bad(
    `A client refuses a ${kind} that is masked.`,
    "client",
    [f(first(opcode), HELLO, "37fa213d")],
    "MASK_FORBIDDEN",
    "second",
  ),
  bad(
    `A client refuses a ${kind} whose masking key is zero.`,
    "client",
    [f(first(opcode), "", "00000000")],
    "MASK_FORBIDDEN",
    "second",
  ),
]);

const LENIENT = "Some readers take it: the rule is worded for the sender.";

const BAD_LENGTHS = ROLES.flatMap((role) => [
  ...[0, 1, 125].map((length) =>
    bad(
      `A ${role} refuses the length ${length} in 16 bits.`,
      role,
      [{ first: "82", payload: repeat("2a", length), form: 2 }],
      "LENGTH_NOT_MINIMAL",
      "length",
      { note: LENIENT },
    ),
  ),
  ...[0, 1, 125, 126, 65535].map((length) =>
    bad(
      `A ${role} refuses the length ${length} in 64 bits.`,
      role,
      [{ first: "82", payload: repeat("2a", length), form: 8 }],
      "LENGTH_NOT_MINIMAL",
      "length",
      { note: LENIENT },
    ),
  ),
  ...(
    [
      ["and no other", 2n ** 63n],
      ["and a length of 1", 2n ** 63n + 1n],
      ["and all others", 2n ** 64n - 1n],
      ["and 65,536", 2n ** 63n + 65536n],
    ] as const
  ).map(([others, length]) =>
    bad(
      `A ${role} refuses a length with its top bit set, ${others}.`,
      role,
      [{ first: "82", length }],
      "LENGTH_TOP_BIT",
      "length",
    ),
  ),
  ...(
    [
      ["2^53", 2n ** 53n],
      ["2^53 + 1, which a double cannot hold", 2n ** 53n + 1n],
      ["2^63 - 1", 2n ** 63n - 1n],
    ] as const
  ).map(([text, length]) =>
    bad(
      `A ${role} refuses a length of ${text}.`,
      role,
      [{ first: "82", length }],
      "LENGTH_TOO_BIG",
      "length",
      { note: "A reader that counts in 64 bits may wait for the payload, or refuse by its limit." },
    ),
  ),
]);

/** What is cut gives no frame yet, and is no error: more may come. */
function cut(what: string, role: Role, frame: Frame, size: number): Vector {
  const { bytes } = new Stream(role, [frame]);
  const text = bytes as string; // only short frames are cut
  return {
    ...good(`A ${role} waits: ${what}.`, "5.2", role, []),
    bytes: text.slice(0, 2 * size),
  };
}

const SHORT = f("82", HELLO);
const MEDIUM: Frame = { first: "82", length: 126n };
const LONG: Frame = { first: "82", length: 65536n };
const LONGEST: Frame = { first: "82", length: 2n ** 53n - 1n };

const CUTS: readonly Vector[] = [
  cut("nothing has come", "server", SHORT, 0),
  cut("the first byte has come", "server", SHORT, 1),
  cut("the key is missing", "server", SHORT, 2),
  cut("three bytes of the key have come", "server", SHORT, 5),
  cut("the payload is missing", "server", SHORT, 6),
  cut("the last byte is missing", "server", SHORT, 10),
  cut("the 16-bit length is missing", "server", MEDIUM, 2),
  cut("half of the 16-bit length has come", "server", MEDIUM, 3),
  cut("the key behind the 16-bit length is missing", "server", MEDIUM, 4),
  cut("three bytes of the key behind the 16-bit length have come", "server", MEDIUM, 7),
  cut("the payload behind the 16-bit length is missing", "server", MEDIUM, 8),
  cut("the 64-bit length is missing", "server", LONG, 2),
  cut("seven bytes of the 64-bit length have come", "server", LONG, 9),
  cut("the key behind the 64-bit length is missing", "server", LONG, 10),
  cut("the payload behind the 64-bit length is missing", "server", LONG, 14),
  cut("the first byte has come", "client", SHORT, 1),
  cut("the payload is missing", "client", SHORT, 2),
  cut("the last byte is missing", "client", SHORT, 6),
  cut("half of the 16-bit length has come", "client", MEDIUM, 3),
  cut("the payload behind the 16-bit length is missing", "client", MEDIUM, 4),
  cut("seven bytes of the 64-bit length have come", "client", LONG, 9),
  cut("the payload behind the 64-bit length is missing", "client", LONG, 10),
  ...ROLES.map((role) => ({
    ...cut("of 2^53 - 1 bytes of payload none has come", role, LONGEST, 14),
    note: "A limit may refuse it with 1009: see messages.json.",
  })),
];

const IN_A_ROW: readonly Vector[] = [
  ...ROLES.flatMap((role) => [
    good(`A ${role} reads frames in a row.`, "6.2", role, [
      f("81", HELLO),
      f("82", "00ff"),
      f("89", "70"),
      f("8a"),
    ]),
    good(`A ${role} reads empty frames in a row.`, "6.2", role, [f("01"), f("00"), f("80")]),
    good(`A ${role} reads lengths of all three forms in a row.`, "6.2", role, [
      f("82", "2a"),
      f("82", repeat("2a", 126)),
      f("82", repeat("2a", 65536)),
      f("81", HELLO),
    ]),
  ]),
  good("Each frame has a masking key of its own.", "5.3", "server", [
    f("01", HEL, "01020304"),
    f("00", LO, "a1b2c3d4"),
    f("80", HELLO, "00000000"),
  ]),
  good("A payload that looks like a header is a payload.", "5.2", "client", [
    f("82", "8200"),
    f("82", "8a00"),
  ]),
  good("A masking key that looks like a header is a key.", "5.3", "server", [
    f("82", "", "82800000"),
    f("82", "2a", "88808080"),
  ]),
];

/** The offset counts from the start of the stream, over all forms of header. */
const BEFORE = [f("81", HELLO), f("89"), f("82", repeat("2a", 126))];

const LATER = ROLES.flatMap((role) => {
  const wrongKey = role === "server" ? null : "37fa213d";
  const wrongMask = role === "server" ? "MASK_MISSING" : "MASK_FORBIDDEN";
  const cases: readonly (readonly [Frame, ErrorName, "first" | "second" | "length"])[] = [
    [f("c1", HELLO), "RESERVED_BITS", "first"],
    [f("83", HELLO), "RESERVED_OPCODE", "first"],
    [f("09", HELLO), "CONTROL_FRAGMENTED", "first"],
    [f("81", HELLO, wrongKey), wrongMask, "second"],
    [f("89", repeat("2a", 126)), "CONTROL_TOO_LONG", "second"],
    [{ first: "82", payload: HELLO, form: 2 }, "LENGTH_NOT_MINIMAL", "length"],
    [{ first: "82", length: 2n ** 63n }, "LENGTH_TOP_BIT", "length"],
    [{ first: "82", length: 2n ** 53n }, "LENGTH_TOO_BIG", "length"],
  ];
  return cases.map(([frame, error, where]) => {
    const what = `A ${role} reads three frames and finds ${error} in the fourth.`;
    return bad(what, role, [...BEFORE, frame], error, where);
  });
});

const ANY = "Any of the rules that it breaks may be named: all are 1002.";

/** More than one rule is broken: the first byte comes before the second. */
const SEVERAL: readonly Vector[] = [
  bad(
    "The RSV bits are set on a reserved opcode.",
    "server",
    [f("f3", HELLO)],
    "RESERVED_BITS",
    "first",
    { note: ANY },
  ),
  bad(
    "A reserved opcode is not masked.",
    "server",
    [f("83", HELLO, null)],
    "RESERVED_OPCODE",
    "first",
    { note: ANY },
  ),
  bad(
    "A ping without FIN has 126 bytes, and they are not masked.",
    "server",
    [f("09", repeat("2a", 126), null)],
    "CONTROL_FRAGMENTED",
    "first",
    { note: ANY },
  ),
  bad(
    "A masked ping of 126 bytes comes from a server.",
    "client",
    [f("89", repeat("2a", 126), "37fa213d")],
    "MASK_FORBIDDEN",
    "second",
    { note: ANY },
  ),
];

/** All that concerns one frame. */
export const framing: VectorFile = {
  name: "framing",
  kind: "frames",
  about: "Bytes to frames: headers, lengths, opcodes, reserved bits, masks, control frames.",
  vectors: [
    ...EXAMPLES,
    ...SIZES,
    ...KINDS,
    ...BAD_OPCODES,
    ...BAD_BITS,
    ...EXTENSION_BITS,
    ...CONTROL_FRAMES,
    ...MASKS,
    ...BAD_LENGTHS,
    ...CUTS,
    ...IN_A_ROW,
    ...LATER,
    ...SEVERAL,
  ],
};
