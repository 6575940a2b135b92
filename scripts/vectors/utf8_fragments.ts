// UTF-8 over frames: §5.4, §5.6, §8.1. A fragment may end anywhere, inside a character too, and
// what is wrong shows at its byte, in whichever fragment that is.

import { binary, ping, read, refuse, text } from "./messages.ts";
import { rfc6455 } from "./vector.ts";
import type { Role, Vector, VectorFile } from "./vector.ts";
import { f, repeat } from "./wire.ts";

const SECTION = rfc6455("8.1");
const ROLES: readonly Role[] = ["server", "client"];

/** "κόσμε", of 11 bytes. */
const GREEK = "cebae1bdb9cf83cebcceb5";

/** `text` in two fragments, the first of `at` bytes. */
function halves(text: string, at: number): readonly [string, string] {
  return [text.slice(0, 2 * at), text.slice(2 * at)];
}

const CHARACTERS: readonly (readonly [name: string, bytes: string])[] = [
  ["U+00E9", "c3a9"],
  ["U+0800, the first of three bytes,", "e0a080"],
  ["U+D7FF, before the surrogates,", "ed9fbf"],
  ["U+10000, the first of four bytes,", "f0908080"],
  ["U+10FFFF, the last there is,", "f48fbfbf"],
];

const SPLIT = ROLES.flatMap((role) =>
  CHARACTERS.flatMap(([name, bytes]) =>
    Array.from({ length: bytes.length / 2 - 1 }, (_, index) => index + 1).map((at) => {
      const [one, other] = halves(bytes, at);
      const what = `A ${role} reads ${name} cut behind ${at} of its bytes.`;
      return read(what, SECTION, role, [f("01", one), f("80", other)], [text(bytes)]);
    }),
  ),
);

const GREEK_SPLIT = Array.from({ length: 12 }, (_, at) => {
  const [one, other] = halves(GREEK, at);
  const what = `Greek in fragments of ${at} and ${11 - at} bytes.`;
  return read(what, SECTION, "server", [f("01", one), f("80", other)], [text(GREEK)]);
});

const EVERY_BYTE = GREEK.match(/../g) as string[];

const GOOD: readonly Vector[] = [
  read(
    "Greek in a fragment for each byte.",
    SECTION,
    "server",
    [f("01"), ...EVERY_BYTE.map((byte) => f("00", byte)), f("80")],
    [text(GREEK)],
  ),
  read(
    "Greek in a fragment for each byte, and a ping behind each.",
    SECTION,
    "client",
    [f("01"), ...EVERY_BYTE.flatMap((byte) => [f("00", byte), f("89", "ff")]), f("80")],
    [...EVERY_BYTE.map(() => ping("ff")), text(GREEK)],
  ),
  read(
    "An empty fragment within a character.",
    SECTION,
    "server",
    [f("01", "f09f"), f("00"), f("80", "8c8a")],
    [text("f09f8c8a")],
  ),
  read(
    "Each byte of a character with a key of its own.",
    SECTION,
    "server",
    [
      f("01", "f0", "ffffffff"),
      f("00", "9f", "01020304"),
      f("00", "8c"),
      f("80", "8a", "80808080"),
    ],
    [text("f09f8c8a")],
  ),
  read(
    "A binary message need not be UTF-8, in whatever fragments.",
    rfc6455("5.6"),
    "server",
    [f("02", "ed"), f("00", "a0"), f("80", "80")],
    [binary("eda080")],
  ),
  read(
    "A byte order mark that is cut stays.",
    SECTION,
    "server",
    [f("01", "efbb"), f("80", "bf61")],
    [text("efbbbf61")],
  ),
  read(
    "A long text with a character across the end of its first fragment.",
    SECTION,
    "server",
    [f("01", `${"61".repeat(124)}c3`), f("80", `a9${"61".repeat(124)}`)],
    [text(`${"61".repeat(124)}c3a9${"61".repeat(124)}`)],
  ),
];

/** Two fragments, and the byte of the second that no continuation of the first can be. */
const BROKEN: readonly (readonly [what: string, one: string, other: string, at: number])[] = [
  ["An ASCII byte follows the first of two", "c3", "41", 0],
  ["The overlong second byte of three", "e0", "9fbf", 0],
  ["The second byte of a surrogate", "ed", "a080", 0],
  ["The overlong second byte of four", "f0", "8fbfbf", 0],
  ["The second byte of what is above U+10FFFF", "f4", "908080", 0],
  ["The third of three bytes is none", "e697", "c3a9", 0],
  ["The third of four bytes is none", "f09f", "418a", 0],
  ["The last of four bytes is none", "f09f8c", "ff", 0],
  ["A continuation byte too many", "c3", "a9a9", 1],
  ["A bad byte behind a character that was cut", "e6", "97a5ff", 2],
  ["A bad byte behind a whole one", "c3a9", "6161c0", 2],
];

const SPLIT_BROKEN = ROLES.flatMap((role) =>
  BROKEN.map(([what, one, other, at]) =>
    refuse(
      `${what}, in the second fragment; a ${role} reads.`,
      role,
      [f("01", one), f("80", other)],
      [],
      {
        error: "TEXT_INVALID",
        frame: 1,
        at,
        known: { payload: at },
      },
    ),
  ),
);

const EARLY: readonly Vector[] = [
  refuse(
    "The first byte of a text is bad, and the rest of it has not come.",
    "server",
    [{ first: "81", payload: "ff", length: 1000n }],
    [],
    { error: "TEXT_INVALID", frame: 0, at: 0, known: { payload: 0 } },
  ),
  refuse(
    "A byte in the middle of a text is bad, and the rest of it has not come.",
    "client",
    [{ first: "81", payload: `${"61".repeat(200)}c0`, length: 70000n }],
    [],
    { error: "TEXT_INVALID", frame: 0, at: 200, known: { payload: 200 } },
  ),
  refuse(
    "A byte of the first fragment is bad, and no other fragment has come.",
    "server",
    [f("01", "61ff62")],
    [],
    { error: "TEXT_INVALID", frame: 0, at: 1, known: { payload: 1 } },
  ),
  refuse(
    "A bad text comes behind good messages and a ping.",
    "server",
    [f("81", GREEK), f("82", "ff"), f("89", "ff"), f("81", "61eda080")],
    [text(GREEK), binary("ff"), ping("ff")],
    { error: "TEXT_INVALID", frame: 3, at: 2, known: { payload: 2 } },
  ),
  refuse(
    "A bad byte comes behind a ping that came within a character.",
    "server",
    [f("01", "e6"), f("89", "97a5"), f("80", "97ff")],
    [ping("97a5")],
    { error: "TEXT_INVALID", frame: 2, at: 1, known: { payload: 1 } },
  ),
  refuse(
    "A bad byte comes behind 65,536 bytes of ASCII.",
    "server",
    [f("01", repeat("61", 65536)), f("80", "80")],
    [],
    { error: "TEXT_INVALID", frame: 1, at: 0, known: { payload: 0 } },
  ),
];

const OPEN: readonly (readonly [what: string, open: string])[] = [
  ["the first of two bytes", "c3"],
  ["the first of three bytes", "e6"],
  ["the second of three bytes", "e697"],
  ["the first of four bytes", "f0"],
  ["the second of four bytes", "f09f"],
  ["the third of four bytes", "f09f8c"],
];

/** No byte is at fault but that there is none: the offset is that of the last frame. */
const TRUNCATED = OPEN.flatMap(([what, open]) => [
  refuse(`A text ends behind ${what} of a character.`, "server", [f("81", `61${open}`)], [], {
    error: "TEXT_TRUNCATED",
    frame: 0,
    known: "end",
  }),
  refuse(
    `The last fragment of a text ends behind ${what} of a character.`,
    "client",
    [f("01", GREEK), f("80", open)],
    [],
    { error: "TEXT_TRUNCATED", frame: 1, known: "end" },
  ),
  refuse(
    `An empty last fragment follows ${what} of a character.`,
    "server",
    [f("01", open), f("89"), f("80")],
    [ping()],
    { error: "TEXT_TRUNCATED", frame: 2, known: "end" },
  ),
]);

const ANEW: readonly Vector[] = [
  refuse(
    "What is missing at the end of a text does not come with the next.",
    "server",
    [f("81", "c3"), f("81", "a9")],
    [],
    { error: "TEXT_TRUNCATED", frame: 0, known: "end" },
  ),
  refuse(
    "A text begins with a continuation byte behind another text.",
    "server",
    [f("81", "c3a9"), f("81", "a9")],
    [text("c3a9")],
    { error: "TEXT_INVALID", frame: 1, at: 0, known: { payload: 0 } },
  ),
  read(
    "A binary message that ends as a character begins leaves nothing to the next text.",
    SECTION,
    "server",
    [f("82", "c3"), f("81", "61")],
    [binary("c3"), text("61")],
  ),
];

export const utf8Fragments: VectorFile = {
  name: "utf8_fragments",
  kind: "messages",
  about: "Texts whose fragments end inside characters, and where what is not UTF-8 shows.",
  vectors: [...SPLIT, ...GREEK_SPLIT, ...GOOD, ...SPLIT_BROKEN, ...EARLY, ...TRUNCATED, ...ANEW],
};
