// Both directions against others: round trips of chance, a peer that keeps its zlib streams, and
// compressed messages that were damaged on the way.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtocolError } from "../../src/frame/mod.ts";
import { Deflater } from "../../src/message/deflate.ts";
import { Inflater } from "../../src/message/inflate.ts";
import { Chance, thrown } from "../frame/support.ts";
import { concat } from "../support/bytes.ts";
import { jsonBytes, PeerStream } from "./compressed.ts";

const test = suite("message/deflate (oracle)");

const MIB = 1024 * 1024;

/** A message of one of many kinds, mostly short. */
function messageOf(chance: Chance, past: readonly Uint8Array[]): Uint8Array {
  const size = chance.below(20) === 0 ? chance.below(100_000) : chance.below(3000);
  switch (chance.below(6)) {
    case 0:
      return chance.bytes(size);
    case 1:
      return new Uint8Array(size).fill(chance.below(256));
    case 2:
      return Uint8Array.from({ length: size }, () => 0x61 + chance.below(4));
    case 3:
      return past.length > 0 ? chance.pick(past).slice() : new Uint8Array(0);
    default:
      return jsonBytes(chance, size);
  }
}

interface Mode {
  readonly windowBits: number;
  readonly contextTakeover: boolean;
  readonly level: number;
  readonly threshold: number;
}

function modeOf(chance: Chance): Mode {
  return {
    windowBits: 8 + chance.below(8),
    contextTakeover: chance.below(2) === 0,
    level: 1 + chance.below(9),
    threshold: chance.pick([0, 0, 100, 1024]),
  };
}

function same(found: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(found, expected) !== 0) assert.unreachable(`${what}: the messages differ`);
}

test("what a Deflater compresses, an Inflater of the same agreement inflates", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const chance = new Chance(seed);
    const mode = modeOf(chance);
    const [deflater, inflater] = [new Deflater(mode), new Inflater(mode)];
    const past: Uint8Array[] = [];
    for (let index = 0; index < 12; index++) {
      const message = messageOf(chance, past);
      const compressed = deflater.deflate(message);
      past.push(message);
      if (compressed === null) continue;
      const what = `seed ${seed}, message ${index}, ${JSON.stringify(mode)}`;
      assert.ok(compressed.length < message.length, what);
      same(inflater.inflate(compressed, MIB), message, what);
    }
    assert.is(inflater.bytesBefore, deflater.bytesAfter);
    assert.is(inflater.bytesAfter, deflater.bytesBefore);
  }
});

test("a peer that keeps one stream reads what a Deflater makes (D30, D33)", async () => {
  for (let seed = 1; seed <= 24; seed++) {
    const chance = new Chance(seed);
    const mode = modeOf(chance);
    const deflater = new Deflater(mode);
    const peer = new PeerStream("inflate", { windowBits: mode.windowBits });
    const past: Uint8Array[] = [];
    for (let index = 0; index < 12; index++) {
      const message = messageOf(chance, past);
      const compressed = deflater.deflate(message);
      past.push(message);
      if (compressed === null) continue;
      same(await peer.next(compressed), message, `seed ${seed}, ${JSON.stringify(mode)}`);
    }
    peer.close();
  }
});

test("an Inflater reads what a peer makes that keeps one stream (D33, D34)", async () => {
  for (let seed = 1; seed <= 24; seed++) {
    const chance = new Chance(seed);
    const { windowBits, level } = modeOf(chance);
    const inflater = new Inflater({ windowBits, contextTakeover: true });
    const peer = new PeerStream("deflate", { windowBits, level, memLevel: 1 + chance.below(9) });
    const past: Uint8Array[] = [];
    for (let index = 0; index < 12; index++) {
      const message = messageOf(chance, past);
      past.push(message);
      const compressed = await peer.next(message);
      same(inflater.inflate(compressed, MIB), message, `seed ${seed}, ${windowBits} bits`);
    }
    peer.close();
  }
});

/** `compressed` with one to four changes: a bit, a byte, a cut, an insertion, a repetition. */
function damaged(chance: Chance, compressed: Uint8Array): Uint8Array {
  let bytes = compressed.slice();
  for (let changes = 1 + chance.below(4); changes > 0; changes--) {
    const at = chance.below(bytes.length + 1);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    const kind = chance.below(6);
    if (kind === 0 && at < bytes.length) bytes[at] ^= 1 << chance.below(8);
    else if (kind === 1 && at < bytes.length) bytes[at] = chance.below(256);
    else if (kind === 2) bytes = head.slice();
    else if (kind === 3) bytes = concat(head, chance.bytes(1 + chance.below(5)), tail).slice();
    else if (kind === 4) bytes = concat(head, tail.subarray(1 + chance.below(5))).slice();
    else bytes = concat(bytes, tail).slice();
  }
  return bytes;
}

test("a damaged message is refused with 1007 or 1009, or is one: no other error comes", () => {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= 300; seed++) {
    const chance = new Chance(seed);
    const mode = modeOf(chance);
    const deflater = new Deflater({ ...mode, threshold: 0 });
    const inflater = new Inflater(mode);
    const sizeMax = chance.pick([100, 3000, MIB]);
    for (let index = 0; index < 6; index++) {
      const compressed = deflater.deflate(messageOf(chance, []).subarray(0, 3000));
      if (compressed === null) continue;
      const input = damaged(chance, compressed);
      let outcome = "a message";
      try {
        assert.ok(inflater.inflate(input, sizeMax).length <= sizeMax);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        outcome = `${error.closeCode} ${error.section}`;
      }
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  }
  const kinds = ["1007 RFC 7692 §7.2.2", "1009 RFC 6455 §10.4", "a message"];
  assert.equal(Array.from(counts.keys()).sort(), kinds);
  for (const kind of kinds) assert.ok((counts.get(kind) ?? 0) > 10, `${kind}: too few`);
});

test("an error that is no fault of the peer stays what it is", () => {
  const inflater = new Inflater({ windowBits: 15, contextTakeover: false });
  const error = thrown(() => inflater.inflate(Uint8Array.of(0), Infinity)); // zlib takes no such
  assert.is(error instanceof RangeError, true);
});

test.run();
