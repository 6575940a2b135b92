// Compressed messages to messages, with the examples: RFC 7692 §7.2.2, RFC 7692 §7.2.3. D06 and so
// on are the clauses.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { constants, deflateRawSync } from "node:zlib";
import { Inflater } from "../../src/message/inflate.ts";
import { Chance, thrownAs, violation } from "../frame/support.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { jsonBytes } from "./compressed.ts";

const test = suite("message/inflate");

const MIB = 1024 * 1024;
const HELLO = "f248cdc9c90700";

function inflater(contextTakeover: boolean = false, windowBits: number = 15): Inflater {
  return new Inflater({ contextTakeover, windowBits });
}

function inflate(message: string, which: Inflater = inflater()): string {
  return Buffer.from(which.inflate(bytes(message), MIB)).toString();
}

function flushed(text: Uint8Array, dictionary?: Uint8Array): Uint8Array {
  const finishFlush = constants.Z_SYNC_FLUSH;
  return new Uint8Array(deflateRawSync(text, { finishFlush, dictionary }).subarray(0, -4));
}

const GOOD: readonly (readonly [what: string, payload: string, text: string])[] = [
  ["D06, D32, RFC 7692 §7.2.3.1: a fixed block", HELLO, "Hello"],
  ["D35, RFC 7692 §7.2.3.3: a stored block", "000500faff48656c6c6f00", "Hello"],
  ["D35, RFC 7692 §7.2.3.4: BFINAL", "f348cdc9c9070000", "Hello"],
  ["D35, RFC 7692 §7.2.3.5: two blocks", "f248050000 00ffffcac9c90700", "Hello"],
  ["D37, RFC 7692 §7.2.3.6: an empty message", "00", ""],
  ["D37: not even that", "", ""],
  ["an empty fixed block", "0200", ""],
  ["BFINAL, and nothing else", "0300 00", ""],
  ["BFINAL, without the empty block that must follow", "f348cdc9c90700", "Hello"],
  ["BFINAL, and that without the 0 bits", "0300", ""],
  ["BFINAL, then a block", `f348cdc9c90700 ${HELLO}`, "HelloHello"],
  ["BFINAL three times", "f348cdc9c90700 f348cdc9c90700 f348cdc9c9070000", "HelloHelloHello"],
  ["BFINAL, then a reference behind it", "f348cdc9c90700 f200110000", "HelloHello"],
  ["a stored block marked as the last", "010500faff48656c6c6f 00", "Hello"],
  ["ten empty stored blocks", "000000ffff".repeat(10) + HELLO, "Hello"],
];

for (const [what, payload, text] of GOOD) {
  test(`Inflater reads ${payload} as ${JSON.stringify(text)} (${what})`, () => {
    assert.is(inflate(payload), text);
    for (const contextTakeover of [false, true]) {
      const one = inflater(contextTakeover);
      for (let round = 0; round < 3; round++) {
        assert.is(inflate(payload, one), text, "the same again");
        assert.is(inflate(HELLO, one), "Hello", "D36, A51: the next message");
      }
    }
  });
}

const BAD: readonly (readonly [what: string, payload: string, found: string])[] = [
  ["D38", "ffffffff", "found invalid block type"],
  ["a block type that there is not", "06", "found invalid block type"],
  ["stored lengths that differ", "000500faf048656c6c6f00", "found invalid stored block lengths"],
  ["D38: a stored block that is cut off", "00ff0000ff4865", "it ends within a block"],
  ["a reference before the beginning", "f20011000000", "found invalid distance too far back"],
  ["garbage behind BFINAL", "f348cdc9c90700ff", "found invalid block type"],
  ["a message whose tail was left on it", `${HELLO}0000ffff`, "found invalid stored block lengths"],
  ["a dynamic block that says nothing", "04", "found invalid code lengths set"],
];

for (const [what, payload, found] of BAD) {
  test(`Inflater refuses ${payload} with 1007: ${found} (${what})`, () => {
    assert.is(violation(() => inflate(payload)), "1007 RFC 7692 §7.2.2 at -1");
    const { message } = thrownAs(Error, () => inflate(payload));
    assert.is(message, `Cannot accept compressed message: ${found} (RFC 7692 §7.2.2)`);
  });
}

test("Inflater refuses a message that is cut off anywhere: none passes for a shorter one", () => {
  const text = jsonBytes(new Chance(1), 700);
  const whole = flushed(text);
  for (let size = 1; size < whole.length - 1; size++) {
    const cut = whole.subarray(0, size);
    assert.match(violation(() => inflater().inflate(cut, MIB)), /^1007 /, `${size} bytes`);
  }
  assert.is(hex(inflater().inflate(whole, MIB)), hex(text));
});

test("Inflater refuses random bytes with 1007, or reads them (A50)", () => {
  const chance = new Chance(50);
  let refused = 0;
  for (let round = 0; round < 1000; round++) {
    const payload = chance.bytes(1 + chance.below(200));
    try {
      inflater().inflate(payload, MIB);
    } catch {
      assert.match(violation(() => inflater().inflate(payload, MIB)), /^1007 RFC 7692 §7.2.2/);
      refused++;
    }
  }
  assert.ok(refused > 950, `${refused} of 1000`);
});

test("Inflater keeps the window from message to message: RFC 7692 §7.2.3.2 (D33)", () => {
  const one = inflater(true);
  assert.is(inflate(HELLO, one), "Hello");
  assert.is(inflate("f200110000", one), "Hello");
  assert.is(inflate("f200110000", one), "Hello", "and again");
});

test("Inflater without context takeover refuses a reference to the last message (D31)", () => {
  const one = inflater(false);
  assert.is(inflate(HELLO, one), "Hello");
  assert.match(violation(() => inflate("f200110000", one)), /^1007 /);
});

test("Inflater keeps the window over BFINAL, within a message and to the next (D36)", () => {
  const one = inflater(true);
  assert.is(inflate("f348cdc9c9070000", one), "Hello");
  assert.is(inflate("f200110000", one), "Hello");
  const chance = new Chance(36);
  const texts = Array.from({ length: 12 }, () => jsonBytes(chance, chance.below(5000)));
  for (const contextTakeover of [true, false]) {
    const other = inflater(contextTakeover);
    const past = concat(...texts);
    const finals = texts.map((text) => deflateRawSync(text)); // each ends in BFINAL
    assert.is(hex(other.inflate(concat(...finals, bytes("00")), MIB)), hex(past));
    if (!contextTakeover) continue;
    const next = jsonBytes(chance, 1000);
    assert.is(hex(other.inflate(flushed(next, past.subarray(-32_768)), MIB)), hex(next));
  }
});

for (let windowBits = 8; windowBits <= 15; windowBits++) {
  test(`Inflater reads references over all of an agreed window of ${windowBits} bits (D34)`, () => {
    const size = 2 ** windowBits;
    const chance = new Chance(windowBits);
    const old = chance.bytes(size);
    const text = old.slice(0, 100); // as far back as can be
    const header = Uint8Array.of(0, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255);
    const stored = concat(header, old, bytes("00"));
    const one = inflater(true, windowBits);
    assert.is(hex(one.inflate(stored, MIB)), hex(old));
    assert.is(hex(one.inflate(reference(size, text.length), MIB)), hex(text));
  });
}

/** A fixed block with one reference, of 99 to 114 bytes, written by hand: RFC 1951 §3.2.6. */
function reference(distance: number, length: number): Uint8Array {
  let [code, extra] = [0, 0]; // the last code with a distance up to this one: RFC 1951 §3.2.5
  for (let symbol = 2; symbol < 30; symbol++) {
    const bits = (symbol >> 1) - 1;
    const start = ((2 + (symbol & 1)) << bits) + 1;
    if (distance >= start) [code, extra] = [symbol, distance - start];
  }
  const bits: number[] = [0, 1, 0]; // not the last, fixed codes
  const push = (value: number, count: number, highFirst: boolean): void => {
    for (let index = 0; index < count; index++) {
      bits.push((value >> (highFirst ? count - 1 - index : index)) & 1);
    }
  };
  push(279 - 256, 7, true); // lengths of 99 to 114 have the code 279, four bits more say which
  push(length - 99, 4, false);
  push(code, 5, true);
  push(extra, Math.max(0, (code >> 1) - 1), false);
  push(0, 7, true); // end of block
  push(0, 3, false); // the empty stored block
  const packed = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries()) packed[index >> 3] |= bit << (index & 7);
  return packed;
}

test("Inflater hands out memory that nobody writes to, and leaves its input as it is", () => {
  const earlier: [Uint8Array, Uint8Array][] = [];
  const chance = new Chance(7);
  for (const size of [0, 1, 100, 4000, 16_384, 65_536, 65_537, 200_000, 2 ** 20]) {
    for (const contextTakeover of [false, true]) {
      const text = jsonBytes(chance, size);
      const payload = flushed(text);
      const before = hex(payload);
      const message = inflater(contextTakeover).inflate(payload, MIB);
      assert.is(hex(payload), before);
      payload.fill(0xff);
      earlier.push([message, text]);
      for (const [then, sent] of earlier) assert.ok(Buffer.compare(then, sent) === 0, `${size}`);
    }
  }
});

test("Inflater copies what it keeps: a message that is changed does not change the next", () => {
  const one = inflater(true);
  one.inflate(bytes(HELLO), MIB).fill(0);
  assert.is(inflate("f200110000", one), "Hello");
});

test("Inflater counts the bytes of compressed messages, before and after", () => {
  const one = inflater(true);
  assert.equal([one.bytesBefore, one.bytesAfter], [0, 0]);
  inflate(HELLO, one);
  inflate("f200110000", one);
  inflate("", one);
  assert.equal([one.bytesBefore, one.bytesAfter], [12, 10]);
});

test("Inflater gives what was compressed, be it valid text or not (D09)", () => {
  assert.is(hex(inflater().inflate(flushed(bytes("eda080")), MIB)), "eda080");
  assert.is(hex(inflater().inflate(flushed(utf8("日本語")), MIB)), hex(utf8("日本語")));
});

test.run();
