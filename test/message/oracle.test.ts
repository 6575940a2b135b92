// Everything that makes decoding fast, against what was sent: texts of one chunk that are decoded
// together, SIMD, views and copies. Sessions of chance, cut into chunks of chance.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Chance } from "../frame/support.ts";
import { concat, hex, utf8 } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { MessageLog, Receiver } from "./support.ts";

const test = suite("message/oracle");

/** Texts by what they are made of. */
const ALPHABETS = ["a", "abcdefghij KLMNOP{}:,\"", "aé", "日本語", "\u{1f4a7}x", "\ufeffab", "\0\x7f"];

/** Sizes around all borders: of lengths, slabs, loops and SIMD. */
const SIZES = [0, 1, 2, 12, 13, 32, 63, 64, 65, 95, 96, 125, 126, 127, 128, 129, 500, 1024, 2040];

interface Session {
  readonly wire: Uint8Array;
  readonly expected: readonly string[];
}

function keyOf(chance: Chance): string {
  return hex(chance.bytes(4));
}

/** A session of messages, fragments, and control frames between them; and what must come of it. */
function sessionOf(chance: Chance, count: number, largest: number): Session {
  const frames: Uint8Array[] = [];
  const log = new MessageLog();
  const control = (): void => {
    const payload = chance.bytes(chance.below(126));
    frames.push(frame("89", payload, keyOf(chance)));
    log.ping(payload);
  };
  for (let index = 0; index < count; index++) {
    const size = chance.below(30) === 0 ? chance.below(largest) : chance.pick(SIZES);
    const isText = chance.below(4) > 0;
    const alphabet = Array.from(chance.pick(ALPHABETS));
    const text = Array.from({ length: size }, () => chance.pick(alphabet)).join("");
    const message = isText ? text : chance.bytes(size);
    const payload = typeof message === "string" ? utf8(message) : message;
    const first = isText ? 1 : 2;
    if (chance.below(5) > 0) {
      frames.push(frame(`8${first}`, payload, keyOf(chance)));
    } else {
      const cut = chance.below(payload.length + 1);
      frames.push(frame(`0${first}`, payload.subarray(0, cut), keyOf(chance)));
      if (chance.below(2) === 0) control();
      frames.push(frame("80", payload.subarray(cut), keyOf(chance)));
    }
    log.message(message);
    if (chance.below(6) === 0) control();
  }
  return { wire: concat(...frames), expected: log.entries };
}

for (const [what, pieceMax, largest] of [
  ["bytes", 4, 300],
  ["small pieces", 700, 3000],
  ["the reads of a socket", 65_536, 100_000],
  ["more than a socket reads", 300_000, 200_000],
] as const) {
  test(`what comes out is what went in, in order, cut into ${what}`, () => {
    for (let seed = 1; seed <= 12; seed++) {
      const chance = new Chance(seed);
      const { wire, expected } = sessionOf(chance, pieceMax === 4 ? 60 : 300, largest);
      const receiver = new Receiver();
      for (const piece of chance.cut(wire, pieceMax)) {
        receiver.pushInPlace(piece);
        piece.fill(0xff); // nothing that was handed over may be looking at it
      }
      const found = receiver.log.entries;
      const differs = expected.findIndex((entry, index) => entry !== found[index]);
      assert.is(differs, -1, `seed ${seed}: entry ${differs}`);
      assert.is(found.length, expected.length, `seed ${seed}`);
      const kept = new MessageLog();
      for (const message of receiver.log.messages) kept.message(message);
      const texts = expected.filter((entry) => !entry.startsWith("ping"));
      assert.equal(kept.entries, texts, `seed ${seed}: a message changed after it was handed over`);
    }
  });
}

test("texts before a broken rule, or a control frame of their chunk, are handed over first", () => {
  const receiver = new Receiver();
  const texts = [frame("81", "one"), frame("81", "two"), frame("89", "p"), frame("81", "three")];
  assert.throws(() => receiver.push(concat(...texts, frame("83"))), /1002|opcode/);
  assert.equal(receiver.log.entries, ["text one", "text two", "ping 70", "text three"]);
});

test("a decoder that is called within another's delivery gets its own texts", () => {
  const inner = new Receiver();
  const outer = new Receiver();
  const texts = (name: string, size: number): Uint8Array =>
    concat(...[0, 1, 2].map((index) => frame("81", name.repeat(size) + index, "01020304")));
  const message = outer.log.message.bind(outer.log);
  outer.log.message = (text) => {
    inner.push(texts("i", 300));
    message(text);
  };
  outer.push(texts("o", 300), texts("o", 3));
  const expected = (name: string, size: number): string[] =>
    [0, 1, 2].map((index) => `text ${name.repeat(size)}${index}`);
  assert.equal(outer.log.entries, [...expected("o", 300), ...expected("o", 3)]);
  assert.equal(inner.log.entries, Array.from({ length: 6 }, () => expected("i", 300)).flat());
});

test.run();
