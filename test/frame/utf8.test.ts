// Which bytes are UTF-8, and which byte is the first that cannot be: RFC 3629 §4. There are two
// oracles: the TextDecoder says whether bytes are valid, and a reading of the table of RFC 3629,
// character by character, says where they stop to be.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeText, sliceEnd, Utf8Validator } from "../../src/frame/utf8.ts";
import { everySplit } from "../../src/testing/mod.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";

const test = suite("frame/utf8");

/** Each row a kind of character: for each of its bytes the lowest and the highest value. */
const TABLE: readonly (readonly (readonly [low: number, high: number])[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], [0x80, 0xbf]],
  [[0xe0, 0xe0], [0xa0, 0xbf], [0x80, 0xbf]],
  [[0xe1, 0xec], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xed, 0xed], [0x80, 0x9f], [0x80, 0xbf]],
  [[0xee, 0xef], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xf0, 0xf0], [0x90, 0xbf], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xf1, 0xf3], [0x80, 0xbf], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xf4, 0xf4], [0x80, 0x8f], [0x80, 0xbf], [0x80, 0xbf]],
];

/** "valid", "cut" inside a character, or the index of the first byte that is wrong. */
type Verdict = "valid" | "cut" | number;

function verdictNaive(input: Uint8Array): Verdict {
  let at = 0;
  while (at < input.length) {
    const matches = TABLE.map((row) => {
      const wrong = row.findIndex(([low, high], index) => {
        const byte = input[at + index];
        return !(byte >= low && byte <= high);
      });
      return { size: row.length, fit: wrong === -1 ? row.length : wrong };
    });
    const whole = matches.find(({ size, fit }) => size === fit);
    const longest = Math.max(...matches.map(({ fit }) => fit));
    if (whole === undefined) return at + longest < input.length ? at + longest : "cut";
    at += whole.size;
  }
  return "valid";
}

function verdict(...pieces: readonly Uint8Array[]): Verdict {
  const validator = new Utf8Validator();
  let before = 0;
  for (const piece of pieces) {
    const bad = validator.push(piece, 0, piece.length);
    if (bad !== -1) return before + bad;
    before += piece.length;
  }
  return validator.complete ? "valid" : "cut";
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isValidForTextDecoder(input: Uint8Array): boolean {
  try {
    decoder.decode(input);
    return true;
  } catch {
    return false;
  }
}

/** Fails the test unless both oracles say what the validator says. */
function check(input: Uint8Array): void {
  const expected = verdictNaive(input);
  const found = verdict(input);
  if (found !== expected) assert.unreachable(`${hex(input)}: found ${found}, must be ${expected}`);
  if ((found === "valid") !== isValidForTextDecoder(input)) {
    assert.unreachable(`${hex(input)}: found ${found}, and TextDecoder thinks otherwise`);
  }
}

test("Utf8Validator knows every sequence of one and of two bytes", () => {
  for (let first = 0; first < 256; first++) {
    check(Uint8Array.of(first));
    for (let second = 0; second < 256; second++) check(Uint8Array.of(first, second));
  }
});

/** Both ends of each range of the table, and what is next to them. */
const EDGES = [
  ...bytes("00 7f 80 8f 90 9f a0 bf c0 c1 c2 df e0 e1 ec ed ee ef f0 f1 f3 f4 f5 ff"),
];

test("Utf8Validator knows every sequence of three bytes at the edges of the table", () => {
  for (const first of EDGES) {
    for (const second of EDGES) {
      for (const third of EDGES) check(Uint8Array.of(first, second, third));
    }
  }
});

test("Utf8Validator knows every sequence of four bytes at the edges of the table", () => {
  const rest = bytes("7f 80 8f 90 9f a0 bf c0");
  for (const first of bytes("ef f0 f1 f3 f4 f5")) {
    for (const second of rest) {
      for (const third of rest) {
        for (const fourth of rest) check(Uint8Array.of(first, second, third, fourth));
      }
    }
  }
});

const EXAMPLES: readonly (readonly [what: string, input: string, expected: Verdict])[] = [
  ["nothing", "", "valid"],
  ["Greek", "ce ba e1 bd b9 cf 83 ce bc ce b5", "valid"],
  ["a byte order mark", "ef bb bf", "valid"],
  ["U+0000", "00", "valid"],
  ["U+10FFFF", "f4 8f bf bf", "valid"],
  ["U+110000", "f4 90 80 80", 1],
  ["noncharacters", "ef bf be ef bf bf", "valid"],
  ["a surrogate", "ed a0 80", 1],
  ["a pair of surrogates", "ed a0 bd ed b8 80", 1],
  ["the character before the surrogates", "ed 9f bf", "valid"],
  ["the character behind them", "ee 80 80", "valid"],
  ["an overlong slash of 2 bytes", "c0 af", 0],
  ["an overlong slash of 3 bytes", "e0 80 af", 1],
  ["an overlong slash of 4 bytes", "f0 80 80 af", 1],
  ["a form of 5 bytes", "f8 88 80 80 80", 0],
  ["a continuation alone", "61 80", 1],
  ["a character cut by another", "e2 82 61", 2],
  ["a character cut by the end", "61 f0 9f 98", "cut"],
  ["Greek, a surrogate, ASCII", "ce ba e1 bd b9 ed a0 80 65 64", 6],
];

for (const [what, input, expected] of EXAMPLES) {
  test(`Utf8Validator finds ${what}: ${expected}`, () => {
    assert.is(verdict(bytes(input)), expected);
    assert.is(verdictNaive(bytes(input)), expected, "by the table");
  });
}

test("Utf8Validator finds the same wherever the bytes are cut", () => {
  const invalid = EXAMPLES.map(([, input]) => concat(utf8("aé€😀"), bytes(input), utf8("z")));
  for (const input of [...invalid, utf8("κόσμε 😀\u{10ffff}\ufeff"), utf8("\u{7ff}\u{800}")]) {
    const expected = verdictNaive(input);
    for (const parts of everySplit(input, { parts: 3 })) {
      assert.is(verdict(...parts), expected, `cut into ${parts.map(hex).join(", ")}`);
    }
    const singles = [...input].map((byte) => Uint8Array.of(byte));
    assert.is(verdict(...singles), expected, `${hex(input)} byte by byte`);
  }
});

for (const text of ["", "a", "Hello", "é", "a€", "\ufeffa"]) {
  test(`decodeText() reads ${JSON.stringify(text)}, also from a view into more`, () => {
    assert.is(decodeText(utf8(text)), text);
    assert.is(decodeText(concat(bytes("ff"), utf8(text), bytes("ff")).subarray(1, -1)), text);
  });
}

/** What the last code unit of a slice is, and whether the slice may end behind it. */
const LAST_UNITS: readonly (readonly [unit: number, mayEnd: boolean])[] = [
  [0x61, true],
  [0xd7ff, true],
  [0xd800, false],
  [0xdbff, false],
  [0xdc00, true],
  [0xdfff, true],
  [0xe000, true],
];

for (const [unit, mayEnd] of LAST_UNITS) {
  test(`sliceEnd() ${mayEnd ? "ends" : "does not end"} behind ${unit.toString(16)}`, () => {
    const text = `ab${String.fromCharCode(unit)}\udc00cd`;
    assert.is(sliceEnd(text, 0, 3), mayEnd ? 3 : 2);
    assert.is(sliceEnd(text, 1, 2), mayEnd ? 3 : 2);
    assert.is(sliceEnd(text.slice(0, 3), 0, 3), 3, "the end of the text");
    assert.is(sliceEnd(text, 4, 9), text.length);
  });
}

test.run();
