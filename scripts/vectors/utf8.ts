// UTF-8: §8.1, RFC 3629. Each boundary of its table, each way to break it at each place, and the
// places where a validator that reads many bytes at once may look away.

import { rfc6455 } from "./vector.ts";
import type { Vector, VectorFile } from "./vector.ts";

const SECTION = rfc6455("8.1");

/** Valid: the code points that it spells. */
function valid(what: string, bytes: string, ...codePoints: number[]): Vector {
  return { what, section: SECTION, bytes, expect: { valid: true, codePoints } };
}

/** Invalid: no continuation can save it from the byte at `offset` on. */
function invalid(what: string, bytes: string, offset: number): Vector {
  const error = "TEXT_INVALID";
  return { what, section: SECTION, bytes, expect: { valid: false, error, offset } };
}

/** It ends inside a character: no byte is at fault, but that there is none. */
function truncated(what: string, bytes: string): Vector {
  const error = "TEXT_TRUNCATED";
  return { what, section: SECTION, bytes, expect: { valid: false, error } };
}

/** Both ends of each row of the table of RFC 3629 §4, and characters that are often got wrong. */
const BOUNDARIES: readonly (readonly [codePoint: number, bytes: string, why: string])[] = [
  [0x0000, "00", "the first"],
  [0x007f, "7f", "the last of one byte"],
  [0x0080, "c280", "the first of two bytes"],
  [0x00bf, "c2bf", "the last behind C2"],
  [0x00c0, "c380", "the first behind C3"],
  [0x07ff, "dfbf", "the last of two bytes"],
  [0x0800, "e0a080", "the first of three bytes"],
  [0x0fff, "e0bfbf", "the last behind E0"],
  [0x1000, "e18080", "the first behind E1"],
  [0xcfff, "ecbfbf", "the last behind EC"],
  [0xd000, "ed8080", "the first behind ED"],
  [0xd7ff, "ed9fbf", "the last before the surrogates"],
  [0xe000, "ee8080", "the first behind the surrogates"],
  [0xefff, "eebfbf", "the last behind EE"],
  [0xf000, "ef8080", "the first behind EF"],
  [0xfdd0, "efb790", "a noncharacter, which may travel"],
  [0xfeff, "efbbbf", "the byte order mark, which stays"],
  [0xfffd, "efbfbd", "the replacement character, which is no error"],
  [0xfffe, "efbfbe", "a noncharacter, which may travel"],
  [0xffff, "efbfbf", "the last of three bytes"],
  [0x10000, "f0908080", "the first of four bytes"],
  [0x1ffff, "f09fbfbf", "the last of its plane"],
  [0x3ffff, "f0bfbfbf", "the last behind F0"],
  [0x40000, "f1808080", "the first behind F1"],
  [0xfffff, "f3bfbfbf", "the last behind F3"],
  [0x100000, "f4808080", "the first behind F4"],
  [0x10ffff, "f48fbfbf", "the last there is"],
];

const TEXTS: readonly Vector[] = [
  valid("Nothing is valid.", ""),
  valid("ASCII.", "48656c6c6f", 0x48, 0x65, 0x6c, 0x6c, 0x6f),
  valid("Greek.", "cebae1bdb9cf83cebcceb5", 0x3ba, 0x1f79, 0x3c3, 0x3bc, 0x3b5),
  valid(
    "Characters of one to four bytes in a row.",
    "61c3a9e697a5f09f8c8a",
    0x61,
    0xe9,
    0x65e5,
    0x1f30a,
  ),
  valid("And the other way round.", "f09f8c8ae697a5c3a961", 0x1f30a, 0x65e5, 0xe9, 0x61),
  valid("A byte order mark within.", "61efbbbf62", 0x61, 0xfeff, 0x62),
  valid("A letter and an accent of its own stay two.", "65cc81", 0x65, 0x301),
  valid(
    "A family of three, joined.",
    "f09f91a9e2808df09f91a9e2808df09f91a7",
    0x1f469,
    0x200d,
    0x1f469,
    0x200d,
    0x1f467,
  ),
  valid("Two control characters and DEL.", "001b7f", 0, 0x1b, 0x7f),
];

/** Bytes that no UTF-8 has. */
const NEVER = ["c0", "c1", "f5", "f6", "f7", "f8", "f9", "fa", "fb", "fc", "fd", "fe", "ff"];

/** A first byte of each row of the table, with continuations that are right. */
const LEADS: readonly string[] = [
  "c280",
  "df80",
  "e0a080",
  "e18080",
  "ed8080",
  "ef8080",
  "f0908080",
  "f1808080",
  "f4808080",
];

/** What is no continuation: both neighbours of 80 to BF, a first byte, and one that none has. */
const NO_CONTINUATIONS: readonly (readonly [byte: string, what: string])[] = [
  ["7f", "7F, the last before the continuations,"],
  ["c0", "C0, the first behind them,"],
  ["c3", "the first byte of another character"],
  ["ff", "FF"],
];

const BROKEN = LEADS.flatMap((lead) =>
  Array.from({ length: lead.length / 2 - 1 }, (_, index) => index + 1).flatMap((place) =>
    NO_CONTINUATIONS.map(([byte, what]) =>
      invalid(
        `In ${lead.toUpperCase()}, ${what} stands at index ${place}.`,
        `${lead.slice(0, 2 * place)}${byte}`,
        place,
      ),
    ),
  ),
);

const CUT = LEADS.flatMap((lead) =>
  Array.from({ length: lead.length / 2 - 1 }, (_, index) => index + 1).map((size) =>
    truncated(
      `Of ${lead.toUpperCase()} ${size} of ${lead.length / 2} bytes have come.`,
      `61${lead.slice(0, 2 * size)}`,
    ),
  ),
);

const RANGES: readonly Vector[] = [
  invalid("A continuation byte alone, the first.", "80", 0),
  invalid("A continuation byte alone, the last.", "bf", 0),
  invalid("Two continuation bytes alone.", "80bf", 0),
  invalid("A continuation byte behind ASCII.", "6180", 1),
  invalid("A continuation byte too many behind two bytes.", "c3a980", 2),
  invalid("A continuation byte too many behind three bytes.", "e697a580", 3),
  invalid("A continuation byte too many behind four bytes.", "f09f8c8a80", 4),
  invalid("U+0000 in two bytes.", "c080", 0),
  invalid("A slash in two bytes.", "c0af", 0),
  invalid("A slash in three bytes.", "e080af", 1),
  invalid("A slash in four bytes.", "f08080af", 1),
  invalid("A slash in five bytes.", "f8808080af", 0),
  invalid("A slash in six bytes.", "fc80808080af", 0),
  invalid("The largest that one byte holds, in two.", "c1bf", 0),
  invalid("The largest that two bytes hold, in three.", "e09fbf", 1),
  invalid("The largest that three bytes hold, in four.", "f08fbfbf", 1),
  invalid("The first surrogate.", "eda080", 1),
  invalid("The last of the high surrogates.", "edafbf", 1),
  invalid("The first of the low surrogates.", "edb080", 1),
  invalid("The last surrogate.", "edbfbf", 1),
  invalid("A pair of surrogates, as CESU-8 has it.", "eda081edb080", 1),
  invalid("A low surrogate before a high one.", "edb080eda081", 1),
  invalid("The first above U+10FFFF.", "f4908080", 1),
  invalid("F4 with the last continuation byte.", "f4bfbfbf", 1),
  invalid("The largest of four bytes.", "f7bfbfbf", 0),
  invalid("The largest of five bytes.", "fbbfbfbfbf", 0),
  invalid("The largest of six bytes.", "fdbfbfbfbfbf", 0),
  invalid("A good text before the bad byte.", "cebae1bdb9cf83cebcceb5eda080656469746564", 12),
  truncated("Latin-1 at the end of a text passes for a character that is cut.", "636166e9"),
  invalid("Latin-1 within a text.", "636166e921", 4),
  invalid("UTF-16 with its mark, little end first.", "fffe6100", 0),
  invalid("UTF-16 with its mark, big end first.", "feff0061", 0),
];

/** Around blocks of 8, 16, 32, 64, 96 and 128 bytes, of which a validator may read each at once. */
const PLACES = [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97, 127, 128, 129];
const LONG = 140;

const BLOCKS = PLACES.flatMap((place) => {
  const before = "61".repeat(place);
  const behind = (size: number): string => "61".repeat(LONG - place - size);
  const points = (...middle: number[]): number[] => [
    ...new Array<number>(place).fill(0x61),
    ...middle,
    ...new Array<number>(LONG - place - (middle[0] > 0xffff ? 4 : 3)).fill(0x61),
  ];
  return [
    invalid(`A byte that is no UTF-8 behind ${place} of ASCII.`, `${before}ff${behind(1)}`, place),
    invalid(
      `A surrogate behind ${place} bytes of ASCII.`,
      `${before}eda080${behind(3)}`,
      place + 1,
    ),
    valid(
      `A character of four bytes behind ${place} of ASCII.`,
      `${before}f09f8c8a${behind(4)}`,
      ...points(0x1f30a),
    ),
  ];
});

export const utf8: VectorFile = {
  name: "utf8",
  kind: "utf8",
  about: "Sequences of bytes that are UTF-8, and that are not: at which byte it shows.",
  vectors: [
    ...BOUNDARIES.map(([codePoint, bytes, why]) => {
      const name = codePoint.toString(16).toUpperCase().padStart(4, "0");
      return valid(`U+${name}: ${why}.`, bytes, codePoint);
    }),
    ...TEXTS,
    ...NEVER.map((byte) => invalid(`${byte.toUpperCase()}, which no UTF-8 has.`, `${byte}8080`, 0)),
    ...BROKEN,
    ...CUT,
    ...RANGES,
    ...BLOCKS,
  ],
};
