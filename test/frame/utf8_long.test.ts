// Long pieces, which the validator hands to the native check from 96 bytes on, and the way between
// strings and bytes: §5.6, §8.1.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeUtf8, encodeUtf8, Utf8Validator } from "../../src/frame/utf8.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { Chance } from "./support.ts";

const test = suite("frame/utf8 (long pieces, strings)");

/** From here on a piece is checked natively; 95 and 96 must not differ in anything seen. */
const NATIVE_FROM = 96;

const CHARACTERS = ["a", "é", "€", "😀"];

test("Utf8Validator finds a bad byte at each place of pieces around the native size", () => {
  for (const size of [NATIVE_FROM - 1, NATIVE_FROM, NATIVE_FROM + 1, 200]) {
    for (let at = 0; at < size; at++) {
      for (const bad of [0x80, 0xc0, 0xff]) {
        const input = new Uint8Array(size).fill(0x61);
        input[at] = bad;
        assert.is(new Utf8Validator().push(input, 0, size), at, `${bad} at ${at} of ${size}`);
      }
    }
  }
});

test("Utf8Validator finds the byte that breaks a character anywhere in a long piece", () => {
  for (const character of ["é", "€", "😀"]) {
    const whole = utf8(character);
    for (let kept = 1; kept < whole.length; kept++) {
      for (let before = 0; before < 120; before++) {
        const start = utf8("x".repeat(before));
        const rest = utf8("y".repeat(NATIVE_FROM));
        const input = concat(start, whole.subarray(0, kept), rest);
        const found = new Utf8Validator().push(input, 0, input.length);
        assert.is(found, before + kept, `${character} cut to ${kept} bytes at ${before}`);
      }
    }
  }
});

for (const character of CHARACTERS) {
  test(`Utf8Validator takes long texts of ${character} wherever they are cut`, () => {
    for (let shift = 0; shift < 4; shift++) {
      const input = utf8("b".repeat(shift) + character.repeat(260));
      for (let cut = 0; cut <= input.length; cut++) {
        const validator = new Utf8Validator();
        const what = `shift ${shift}, cut ${cut}`;
        assert.is(validator.push(input, 0, cut), -1, what);
        assert.is(validator.complete, isBoundary(input, cut), what);
        assert.is(validator.push(input, cut, input.length), -1, what);
        assert.is(validator.complete, true, what);
      }
    }
  });
}

function isBoundary(input: Uint8Array, at: number): boolean {
  return at === input.length || (input[at] & 0xc0) !== 0x80;
}

test("Utf8Validator checks the open character before it hands a long piece over", () => {
  for (const [open, next, index] of [
    ["e0", "80", 0], // overlong
    ["ed", "a0", 0], // a surrogate
    ["f0", "8f", 0], // overlong
    ["f4", "90", 0], // above U+10FFFF
    ["f09f", "61", 0],
    ["f0", "9f98ff", 2],
    ["f09f98", "80ff", 1],
    ["c3", "a980", 1],
  ] as const) {
    const validator = new Utf8Validator();
    assert.is(validator.push(bytes(open), 0, open.length / 2), -1);
    assert.is(validator.complete, false);
    const piece = concat(bytes(next), utf8("a".repeat(200)));
    assert.is(validator.push(piece, 0, piece.length), index, `${open} then ${next}`);
  }
});

test("Utf8Validator leaves a character open at the end of a long piece, and no more", () => {
  for (const [end, complete] of [
    ["c3", false],
    ["e282", false],
    ["f09f98", false],
    ["f09f", false],
    ["c3a9", true],
    ["e282ac", true],
    ["f09f9880", true],
  ] as const) {
    const validator = new Utf8Validator();
    const piece = concat(utf8("a".repeat(200)), bytes(end));
    assert.is(validator.push(piece, 0, piece.length), -1, end);
    assert.is(validator.complete, complete, end);
  }
});

test("Utf8Validator looks at its range only", () => {
  for (const size of [0, 1, 40, NATIVE_FROM, 300]) {
    const input = concat(bytes("ff ff ff"), utf8("a".repeat(size)), bytes("ff 80"));
    const validator = new Utf8Validator();
    assert.is(validator.push(input, 3, 3 + size), -1);
    assert.is(validator.complete, true);
    assert.is(validator.push(input, 3 + size, 3 + size + 2), 3 + size, "counts from index 0");
  }
});

test("Utf8Validator.reset() forgets an open character, and a bad byte", () => {
  const validator = new Utf8Validator();
  for (const input of ["f4", "e0", "ed", "f09f98", "ff", "f490"]) {
    validator.push(bytes(input), 0, input.length / 2);
    validator.reset();
    assert.is(validator.complete, true, input);
    assert.is(validator.push(bytes("ce ba ed 9f bf f4 8f bf bf"), 0, 9), -1, input);
    assert.is(validator.complete, true, input);
  }
});

/** Texts of all lengths around the ones that matter, of characters of 1 to 4 bytes. */
function randomTexts(chance: Chance): string[] {
  return Array.from({ length: 500 }, () => {
    const size = chance.below(chance.pick([4, 30, 130, 2000]));
    return Array.from({ length: size }, () => chance.pick(CHARACTERS)).join("");
  });
}

test("decodeUtf8() and encodeUtf8() agree with TextDecoder and TextEncoder", () => {
  const chance = new Chance();
  for (const text of randomTexts(chance)) {
    const at = chance.below(9);
    const page = Buffer.alloc(at + 3 * text.length);
    const size = encodeUtf8(page, at, text);
    const plain = new Uint8Array(page); // decodeUtf8 takes both kinds
    assert.is(hex(page.subarray(at, at + size)), hex(utf8(text)), `seed ${chance.seed}`);
    assert.is(decodeUtf8(page, at, at + size), text, `seed ${chance.seed}`);
    assert.is(decodeUtf8(plain, at, at + size), text, `seed ${chance.seed}`);
  }
});

test("decodeUtf8() keeps a byte order mark, at the start and elsewhere", () => {
  assert.is(decodeUtf8(bytes("ef bb bf 41"), 0, 4), "\uFEFFA");
  assert.is(decodeUtf8(bytes("41 ef bb bf"), 0, 4), "A\uFEFF");
  assert.is(decodeUtf8(bytes("ef bb bf ef bb bf"), 0, 6), "\uFEFF\uFEFF");
});

test("decodeUtf8() reads a range of a view that begins inside its buffer", () => {
  const view = new Uint8Array(bytes("ff ff 61 62 63 ff").buffer, 2, 3);
  assert.is(decodeUtf8(view, 1, 3), "bc");
  assert.is(decodeUtf8(view, 1, 1), "");
  assert.is(decodeUtf8(view, 3, 3), "");
});

const SURROGATES: readonly (readonly [what: string, text: string, encoded: string])[] = [
  ["a high one", "\ud83d", "ef bf bd"],
  ["a low one", "\ude00", "ef bf bd"],
  ["both in the wrong order", "\ude00\ud83d", "ef bf bd ef bf bd"],
  ["one before a pair", "\ud83d\ud83d\ude00", "ef bf bd f0 9f 98 80"],
  ["one inside text", "a\ud83db", "61 ef bf bd 62"],
];

for (const [what, text, encoded] of SURROGATES) {
  test(`encodeUtf8() writes U+FFFD for a lone surrogate: ${what}`, () => {
    const page = Buffer.alloc(3 * text.length);
    const size = encodeUtf8(page, 0, text);
    assert.is(hex(page.subarray(0, size)), hex(bytes(encoded)));
  });
}

test("encodeUtf8() writes nothing of an empty text, at the very end too", () => {
  assert.is(encodeUtf8(Buffer.alloc(4), 2, ""), 0);
  assert.is(encodeUtf8(Buffer.alloc(4), 4, ""), 0);
});

test.run();
