// Frames to bytes: §5.2, §5.7, §6.1. The expected bytes are literals, or built by the lines below
// from the rules for the length.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  appendBinary,
  appendText,
  appendTexts,
  encodeFrame,
  frameSizeMax,
  SHORT_TEXT_MAX,
} from "../../src/frame/encoder.ts";
import type { Frame } from "../../src/frame/encoder.ts";
import { Opcode } from "../../src/frame/opcode.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { freshModule } from "../support/fresh_module.ts";
import { Chance } from "./support.ts";

const test = suite("frame/encoder");

const KEY = 0x37fa213d;
const { BINARY, CONTINUATION, PING, PONG, TEXT } = Opcode;

/** An unmasked frame with `first` as its first byte. */
function frameNaive(first: number, payload: Uint8Array): Uint8Array {
  const size = payload.length;
  const length = size <= 125 ? "" : size <= 65535 ? hexOf(size, 4) : hexOf(size, 16);
  const second = size <= 125 ? hexOf(size, 2) : size <= 65535 ? "7e" : "7f";
  return concat(bytes(hexOf(first, 2) + second + length), payload);
}

function hexOf(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

const EXAMPLES: readonly (readonly [what: string, frame: Frame, wire: string])[] = [
  ["a text, §5.7", { opcode: TEXT, payload: "Hello" }, "81 05 48656c6c6f"],
  [
    "a masked text, §5.7",
    { opcode: TEXT, payload: "Hello", key: KEY },
    "81 85 37fa213d 7f9f4d5158",
  ],
  ["a first fragment, §5.7", { fin: false, opcode: TEXT, payload: "Hel" }, "01 03 48656c"],
  ["a last fragment, §5.7", { opcode: CONTINUATION, payload: "lo" }, "80 02 6c6f"],
  ["a ping, §5.7", { opcode: PING, payload: "Hello" }, "89 05 48656c6c6f"],
  ["a pong, §5.7", { opcode: PONG, payload: "Hello", key: KEY }, "8a 85 37fa213d 7f9f4d5158"],
  ["nothing but an opcode", { opcode: BINARY }, "82 00"],
  ["an empty payload, masked", { opcode: BINARY, key: 0 }, "82 80 00000000"],
  ["bytes", { opcode: BINARY, payload: bytes("00ff80") }, "82 03 00ff80"],
  ["RSV1", { opcode: TEXT, rsv: 4, payload: "x" }, "c1 01 78"],
  ["all RSV bits and a reserved opcode", { fin: false, rsv: 7, opcode: 15 }, "7f 00"],
  ["text of 2 and 3 bytes a character", { opcode: TEXT, payload: "é€" }, "81 05 c3a9 e282ac"],
  ["a lone surrogate", { opcode: TEXT, payload: "a\ud800" }, "81 04 61 efbfbd"],
  ["a key with its top bit", { opcode: TEXT, payload: "x", key: -2 }, "81 81 fffffffe 87"],
  ["a control frame that is too long", { opcode: PING, payload: new Uint8Array(126) }, ""],
];

for (const [what, frame, wire] of EXAMPLES) {
  const expected = wire === "" ? frameNaive(0x89, new Uint8Array(126)) : bytes(wire);
  test(`encodeFrame() makes ${what}`, () => assert.is(hex(encodeFrame(frame)), hex(expected)));
}

const LENGTHS: readonly (readonly [size: number, header: string])[] = [
  [0, "82 00"],
  [1, "82 01"],
  [125, "82 7d"],
  [126, "82 7e 007e"],
  [127, "82 7e 007f"],
  [256, "82 7e 0100"],
  [65535, "82 7e ffff"],
  [65536, "82 7f 0000000000010000"],
  [65537, "82 7f 0000000000010001"],
];

for (const [size, header] of LENGTHS) {
  const payload = Uint8Array.from({ length: size }, (_, index) => index & 0xff);
  const wire = hex(concat(bytes(header), payload));

  test(`encodeFrame() gives ${size} bytes the header ${header}`, () => {
    assert.ok(hex(encodeFrame({ opcode: BINARY, payload })) === wire);
  });

  test(`appendBinary() gives ${size} bytes the header ${header}, at any index`, () => {
    for (const at of [0, 5]) {
      const page = Buffer.alloc(at + frameSizeMax(payload) + 1, 0xee);
      const end = appendBinary(page, at, BINARY, payload);
      assert.ok(hex(page.subarray(at, end)) === wire, `at ${at}`);
      assert.is(hex(page.subarray(0, at)), "ee".repeat(at));
      assert.ok(page.subarray(end).every((byte) => byte === 0xee));
    }
  });
}

test("encodeFrame() copies the payload, masks the copy, and is as long as the frame", () => {
  const payload = bytes("48656c6c6f");
  const frame = encodeFrame({ opcode: TEXT, payload, key: KEY });
  assert.is(hex(payload), "48656c6c6f");
  assert.is(frame.constructor, Uint8Array);
  assert.is(frame.buffer.byteLength, frame.length);
});

test("appendBinary() puts any opcode before its bytes: control frames, fragments of none", () => {
  const page = Buffer.alloc(40);
  let at = appendBinary(page, 0, PING, utf8("Hello"));
  at = appendBinary(page, at, PONG, utf8("Hello"));
  at = appendText(page, at, "Hello");
  at = appendBinary(page, at, Opcode.CLOSE, bytes("03e8"));
  at = appendBinary(page, at, BINARY, new Uint8Array(0));
  const expected = "8905 48656c6c6f 8a05 48656c6c6f 8105 48656c6c6f 880203e8 8200";
  assert.is(hex(page.subarray(0, at)), hex(bytes(expected)));
});

/** The guess of one byte a character is wrong by 0 to 12 bytes on either side of each form. */
test("appendText() is right where the length changes its form: 125, 126, 65,535, 65,536", () => {
  for (const around of [125, 65535]) {
    for (let characters = around - 13; characters <= around + 2; characters++) {
      for (let wide = 0; wide <= 4; wide++) {
        for (const character of ["é", "€", "😀", "\ud800"]) {
          const text = character.repeat(wide) + "a".repeat(characters - character.length * wide);
          const what = `${characters} characters, ${wide} of them ${JSON.stringify(character)}`;
          checkText(text, what);
        }
      }
    }
  }
});

test("appendText() is right where every character takes three bytes", () => {
  for (const characters of [0, 1, 41, 42, 43, 125, 126, 21844, 21845, 21846, 65535, 65536]) {
    checkText("€".repeat(characters), `${characters} characters`);
  }
});

test("appendText() is right for every length up to 300, of ASCII and of others", () => {
  for (let characters = 0; characters <= 300; characters++) {
    checkText("a".repeat(characters), `${characters} characters`);
    checkText("é".repeat(characters), `${characters} characters`);
  }
});

/** The page has just the room that frameSizeMax() asks for, and other frames before that. */
function checkText(text: string, what: string): void {
  const expected = frameNaive(0x81, utf8(text));
  for (const at of [0, 3]) {
    const page = Buffer.alloc(at + frameSizeMax(text), 0xee);
    const end = appendText(page, at, text);
    assert.is(end, at + expected.length, what);
    if (Buffer.compare(page.subarray(at, end), expected) !== 0) assert.unreachable(what);
    assert.ok(page.subarray(0, at).every((byte) => byte === 0xee), what);
  }
}

test("appendText() writes U+FFFD for a lone surrogate, and pairs as they are", () => {
  const page = Buffer.alloc(64);
  const end = appendText(page, 0, "\ud83d\ude00 \ude00\ud83d");
  assert.is(hex(page.subarray(0, end)), hex(bytes("81 0b f09f9880 20 efbfbd efbfbd")));
});

test("frameSizeMax() is room enough, whatever the characters", () => {
  for (const text of ["", "a", "é", "€", "😀", "\ud800", "€".repeat(43), "a".repeat(70_000)]) {
    assert.ok(frameSizeMax(text) >= encodeFrame({ opcode: TEXT, payload: text }).length);
  }
  for (const size of [0, 125, 126, 65535, 65536]) {
    const payload = new Uint8Array(size);
    assert.ok(frameSizeMax(payload) >= encodeFrame({ opcode: BINARY, payload }).length);
  }
});

test("appendTexts() writes what appendText() writes one after the other, whatever they are", () => {
  const ascii = ["", "a", "Hello", "\0\0", "\x7f"];
  const parts = [...ascii, "\x80", "é", "日本", "\u{1f4a7}", "\ud800", "\ufeff"];
  for (let seed = 1; seed <= 500; seed++) {
    const chance = new Chance(seed);
    const isAscii = seed % 2 === 0;
    const texts = Array.from({ length: 1 + chance.below(40) }, () => {
      const some = Array.from({ length: chance.below(12) }, () => {
        return chance.pick(isAscii ? ascii : parts);
      });
      return some.join("").slice(0, SHORT_TEXT_MAX);
    });
    texts[chance.below(texts.length)] = "x".repeat(SHORT_TEXT_MAX);
    const [found, expected] = [Buffer.alloc(20_000), Buffer.alloc(20_000)];
    const start = chance.below(10);
    let end = start;
    for (const text of texts) end = appendText(expected, end, text);
    assert.is(appendTexts(found, start, texts, texts.length), end, `seed ${seed}`);
    assert.is(hex(found.subarray(0, end)), hex(expected.subarray(0, end)), `seed ${seed}`);
  }
});

test("frameSizeMax() has room for the longest header, and three bytes for each UTF-16 unit", () => {
  assert.is(frameSizeMax("€uro"), 10 + 3 * 4);
  assert.is(frameSizeMax(new Uint8Array(4)), 10 + 4);
});

test("appendText() sets no reserved bit, also as the first that is encoded", async () => {
  const { appendText } = (await freshModule(
    "frame/encoder",
  )) as typeof import("../../src/frame/encoder.ts");
  const page = Buffer.alloc(20);
  assert.is(hex(page.subarray(0, appendText(page, 0, "Hello"))), "810548656c6c6f");
});

test.run();
