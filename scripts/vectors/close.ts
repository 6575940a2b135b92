// Close frames: §5.5.1, §7.4. Every class of codes at both of its ends, and reasons.

import { closed, read, refuse, text } from "./messages.ts";
import { rfc6455 } from "./vector.ts";
import type { Role, Vector, VectorFile } from "./vector.ts";
import { f, hexOf, repeat } from "./wire.ts";

const ROLES: readonly Role[] = ["server", "client"];

/** Two bytes of hex. */
function hex16(code: number): string {
  return code.toString(16).padStart(4, "0");
}

const GOOD_CODES: readonly (readonly [code: number, why: string])[] = [
  [1000, "normal closure"],
  [1001, "going away"],
  [1002, "protocol error"],
  [1003, "unsupported data"],
  [1007, "invalid payload"],
  [1008, "policy violation"],
  [1009, "message too big"],
  [1010, "mandatory extension"],
  [1011, "internal error"],
  [3000, "the first that is registered"],
  [3999, "the last that is registered"],
  [4000, "the first for private use"],
  [4999, "the last for private use"],
];

/** Of the registry of IANA, §11.7: younger than the RFC. */
const REGISTERED: readonly (readonly [code: number, why: string])[] = [
  [1012, "service restart"],
  [1013, "try again later"],
  [1014, "bad gateway"],
];

const BAD_CODES: readonly (readonly [code: number, why: string])[] = [
  [0, "no code below 1000 is used"],
  [1, "no code below 1000 is used"],
  [999, "the last that is not used"],
  [1004, "it is reserved"],
  [1005, "it stands for no code, and never travels"],
  [1006, "it stands for no Close, and never travels"],
  [1015, "it stands for TLS, and never travels"],
  [1016, "the first that the registry has not assigned"],
  [1100, "not assigned"],
  [2000, "for extensions, none of which has it"],
  [2999, "the last for extensions"],
  [5000, "the first that is not defined"],
  [10000, "not defined"],
  [32768, "its top bit is set, which is no sign"],
  [59395, "1000 in the wrong order of bytes"],
  [65535, "the last there is"],
];

const CODES = ROLES.flatMap((role) => [
  ...GOOD_CODES.map(([code, why]) =>
    read(
      `A ${role} reads the code ${code}: ${why}.`,
      rfc6455("7.4"),
      role,
      [f("88", hex16(code))],
      [closed(code)],
    ),
  ),
  ...REGISTERED.map(([code, why]) =>
    read(
      `A ${role} reads the code ${code}: ${why}.`,
      rfc6455("11.7"),
      role,
      [f("88", hex16(code))],
      [closed(code)],
      { note: "A reader that knows the RFC's own codes only may refuse it with 1002." },
    ),
  ),
  ...BAD_CODES.map(([code, why]) =>
    refuse(`A ${role} refuses the code ${code}: ${why}.`, role, [f("88", hex16(code))], [], {
      error: "CLOSE_CODE",
      frame: 0,
      at: 0,
      known: "end",
    }),
  ),
  read(
    `A ${role} reads a Close without a code, and reports 1005.`,
    rfc6455("7.1.5"),
    role,
    [f("88")],
    [closed(1005)],
  ),
  refuse(`A ${role} refuses half a code.`, role, [f("88", "03")], [], {
    error: "CLOSE_SIZE",
    frame: 0,
    at: 0,
    known: "end",
  }),
]);

const GOOD_REASONS: readonly (readonly [what: string, reason: string])[] = [
  ["of one byte", hexOf("x")],
  ["in ASCII", hexOf("going away")],
  ["of characters of two bytes", "cebacf8ccf83cebc"],
  ["of characters of three bytes", "e697a5e69cac"],
  ["of a character of four bytes", "f09f8c8a"],
  ["that begins with a byte order mark, which stays", "efbbbf61"],
  ["with U+0000 in it", "610062"],
  ["with a line feed and a tab", "0a09"],
  ["with U+FFFD, which is no sign of an error", "efbfbd"],
  ["with the last character there is", "f48fbfbf"],
  ["of 122 bytes", "61".repeat(122)],
  ["of 123 bytes, the most there can be", "61".repeat(123)],
  ["of 41 characters of three bytes, the most there can be", "e697a5".repeat(41)],
];

/** `at` is the bad byte of the reason, `null` when the reason ends too early. */
const BAD_REASONS: readonly (readonly [what: string, reason: string, at: number | null])[] = [
  ["that begins with a continuation byte", "80", 0],
  ["with a byte that UTF-8 does not have", "61ff", 1],
  ["with an overlong slash", "c0af", 0],
  ["with an overlong character of three bytes", "e09f80", 1],
  ["with an overlong character of four bytes", "f08f8080", 1],
  ["with a surrogate", "61eda080", 2],
  ["above U+10FFFF", "f4908080", 1],
  ["with a character that is not finished before the next", "c361", 1],
  ["of Latin-1", "e97465", 1],
  ["whose 123rd byte is bad", `${"61".repeat(122)}ff`, 122],
  ["that ends behind the first of two bytes", "61c3", null],
  ["that ends behind the first of three bytes", "e6", null],
  ["that ends behind the second of three bytes", "e697", null],
  ["that ends behind the third of four bytes", "f09f8c", null],
  ["of 123 bytes that end inside a character", `${"61".repeat(122)}c3`, null],
];

const REASONS: readonly Vector[] = [
  ...GOOD_REASONS.map(([what, reason]) =>
    read(
      `A reason ${what}.`,
      rfc6455("5.5.1"),
      "server",
      [f("88", `03e8${reason}`)],
      [closed(1000, reason)],
    ),
  ),
  ...BAD_REASONS.map(([what, reason, at]) =>
    refuse(
      `A reason ${what}.`,
      "server",
      [f("88", `03e8${reason}`)],
      [],
      {
        error: "CLOSE_REASON",
        frame: 0,
        ...(at === null ? {} : { at: 2 + at }),
        known: "end",
      },
      { note: "Some readers fail with 1002, since it is a control frame." },
    ),
  ),
  ...ROLES.map((role) =>
    read(
      `A ${role} reads a private code with a reason.`,
      rfc6455("5.5.1"),
      role,
      [f("88", `0fa1${hexOf("bye")}`)],
      [closed(4001, hexOf("bye"))],
    ),
  ),
  refuse(
    "The code is looked at before the reason.",
    "server",
    [f("88", "03edff")],
    [],
    { error: "CLOSE_CODE", frame: 0, at: 0, known: "end" },
    { note: "A reader may name the reason, with 1007: both are wrong." },
  ),
];

/** The offset counts over what came before. */
const LATER = ROLES.flatMap((role) => {
  const before = [f("81", "61"), f("82", repeat("2a", 126))];
  const events = [text("61"), { type: "binary", payload: repeat("2a", 126) } as const];
  const cases = [
    ["a bad code", "03ee", "CLOSE_CODE", 0],
    ["half a code", "03", "CLOSE_SIZE", 0],
    ["a bad reason", "03e86162ff", "CLOSE_REASON", 4],
  ] as const;
  return cases.map(([what, payload, error, at]) =>
    refuse(
      `A ${role} finds ${what} behind two messages.`,
      role,
      [...before, f("88", payload)],
      events,
      { error, frame: 2, at, known: "end" },
    ),
  );
});

export const close: VectorFile = {
  name: "close",
  kind: "messages",
  about: "Close frames: every class of codes, reasons that are UTF-8 and that are not.",
  vectors: [...CODES, ...REASONS, ...LATER],
};
