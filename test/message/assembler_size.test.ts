// What the assembler holds and refuses to hold: §10.4. A limit that counts the wrong thing is the
// usual hole, so what is retained is looked at after every push.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame, frameHeader } from "../support/frame.ts";
import { Chance, growth, violation } from "../frame/support.ts";
import { Receiver } from "./support.ts";

const test = suite("message/assembler (size)");

const KIB = 1024;
const MIB = 1024 * KIB;

for (const opcode of ["1", "2"]) {
  test(`MessageAssembler takes opcode ${opcode} up to its limit, and not one byte more`, () => {
    for (const limit of [1, 125, 126, 1000, 65535, 65536]) {
      const wire = frame(`8${opcode}`, new Uint8Array(limit).fill(0x61));
      assert.is(new Receiver(limit).push(wire).length, 1, `${limit}`);
      const receiver = new Receiver(limit);
      const header = frameHeader(`8${opcode}`, limit + 1);
      const found = violation(() => receiver.push(header));
      assert.is(found, "1009 RFC 6455 §10.4 at 0", `${limit}: the header is enough`);
    }
  });

  test(`MessageAssembler counts the fragments of opcode ${opcode} together`, () => {
    for (const [first, last] of [
      [400, 600],
      [1, 999],
      [999, 1],
      [1000, 0],
    ]) {
      const start = frame(`0${opcode}`, new Uint8Array(first).fill(0x61));
      const end = frame("80", new Uint8Array(last).fill(0x61));
      assert.is(new Receiver(1000).push(start, frame("89", "ping"), end).length, 2);
      const receiver = new Receiver(1000);
      receiver.push(start, frame("89", "ping"));
      const found = violation(() => receiver.push(frameHeader("00", last + 1)));
      const offset = start.length + frame("89", "ping").length;
      assert.is(found, `1009 RFC 6455 §10.4 at ${offset}`, `${first} + ${last}`);
    }
  });
}

const HUGE: readonly (readonly [what: string, length: string, closeCode: number])[] = [
  ["2^31 - 1", "000000007fffffff", 1009],
  ["2^31", "0000000080000000", 1009],
  ["2^32", "0000000100000000", 1009],
  ["2^53 - 1", "001fffffffffffff", 1009],
  ["2^53", "0020000000000000", 1009],
  ["2^53 + 1", "0020000000000001", 1009],
  ["2^63 - 1", "7fffffffffffffff", 1009],
  ["2^63", "8000000000000000", 1002],
  ["2^64 - 1", "ffffffffffffffff", 1002],
];

for (const [what, length, closeCode] of HUGE) {
  test(`MessageAssembler refuses ${what} bytes with ${closeCode}, alone and behind a byte`, () => {
    for (const [open, first] of [
      [new Uint8Array(0), "82"],
      [frame("02", "a"), "80"],
    ] as const) {
      const receiver = new Receiver(MIB);
      const found = violation(() => receiver.push(open, bytes(`${first} ff ${length} 00000000`)));
      assert.match(found, new RegExp(`^${closeCode} `));
      assert.ok(receiver.assembler.retained <= KIB);
    }
  });
}

test("MessageAssembler charges a message for its own empty fragments, not for earlier ones", () => {
  const receiver = new Receiver(3 * 160);
  for (let count = 0; count < 10; count++) {
    receiver.push(frame("01"), frame("00"), frame("00"), frame("80", "a"));
  }
  assert.equal(receiver.log.entries, Array(10).fill("text a"));
  receiver.push(frame("01"), frame("00"), frame("00"));
  assert.match(violation(() => receiver.push(frame("00"))), /^1009 RFC 6455 §10.4 /);
});

test("MessageAssembler charges 160 for an empty fragment: 6,553 fit into 1 MiB", () => {
  const receiver = new Receiver(MIB);
  receiver.push(frame("01"));
  for (let count = 2; count <= 6553; count++) receiver.push(frame("00"));
  assert.is(receiver.assembler.retained, 0, "they hold nothing");
  assert.match(violation(() => receiver.push(frame("00"))), /^1009 RFC 6455 §10.4 /);
});

test("MessageAssembler counts empty fragments apart from the bytes, and not the last", () => {
  const empty = ["02", "00", "00", "00", "00", "00"].map((first) => frame(first));
  const fits = [...empty, frame("00", new Uint8Array(1000)), frame("80")];
  assert.is(new Receiver(1000).push(...fits).length, 1);
  const bytesOver = [...empty, frame("00", new Uint8Array(1001))];
  assert.match(violation(() => new Receiver(1000).push(...bytesOver)), /^1009 /);
  const fragmentsOver = [...empty, frame("00")];
  assert.match(violation(() => new Receiver(1000).push(...fragmentsOver)), /^1009 /);
});

test("MessageAssembler begins to count anew with each message", () => {
  const receiver = new Receiver(1000);
  for (let round = 0; round < 10; round++) {
    const start = frame("02", new Uint8Array(600));
    assert.is(receiver.push(start, frame("80", new Uint8Array(400))).length, round + 1);
    assert.is(receiver.assembler.retained, 0);
  }
});

test("MessageAssembler takes 4 MiB in 65,536 fragments, with a limit of 64 MiB", () => {
  const payload = new Chance(1).bytes(4 * MIB);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += 64) {
    const first = at === 0 ? "02" : at + 64 < payload.length ? "00" : "80";
    frames.push(concat(frameHeader(first, 64), payload.subarray(at, at + 64)));
  }
  assert.is(frames.length, 65_536);
  const wire = Buffer.concat(frames);
  const receiver = new Receiver(64 * MIB);
  for (let at = 0; at < wire.length; at += 64 * KIB) {
    receiver.push(new Uint8Array(wire.subarray(at, at + 64 * KIB)));
    assert.ok(receiver.assembler.retained <= 2 * 4 * MIB + 64 * KIB, `${at}`);
  }
  const [message] = receiver.log.messages;
  assert.ok(Buffer.compare(message as Uint8Array, payload) === 0);
});

test("MessageAssembler retains what arrived, not what was announced", () => {
  const receiver = new Receiver(MIB);
  receiver.push(frameHeader("82", MIB));
  assert.is(receiver.assembler.retained, 0);
  receiver.push(bytes("00"));
  assert.ok(receiver.assembler.retained <= 64 * KIB);
  for (let received = 1 + KIB; received < MIB; received += KIB) {
    receiver.push(new Uint8Array(KIB));
    const { retained } = receiver.assembler;
    assert.ok(retained <= Math.max(64 * KIB, 4 * received), `${retained} for ${received}`);
  }
  receiver.push(new Uint8Array(KIB - 1));
  assert.is(receiver.log.entries.length, 1);
  assert.is(receiver.assembler.retained, 0);
});

test("MessageAssembler retains little for a small message, however it is cut", () => {
  const receiver = new Receiver(MIB);
  for (const byte of frame("82", "abc").slice(0, -1)) receiver.push(Uint8Array.of(byte));
  assert.ok(receiver.assembler.retained <= KIB);
});

test("MessageAssembler retains a control frame that is not complete, beside the message", () => {
  const receiver = new Receiver(MIB);
  receiver.push(frame("02", "abc"));
  const { retained } = receiver.assembler;
  const ping = frame("89", new Uint8Array(125));
  receiver.push(ping.slice(0, -1));
  assert.is(receiver.assembler.retained, retained + 125);
  receiver.push(ping.slice(-1));
  assert.is(receiver.assembler.retained, retained);
});

test("MessageAssembler never retains more than 2 * sizeMax + 64 KiB", () => {
  const chance = new Chance();
  for (let round = 0; round < 250; round++) {
    const sizeMax = chance.pick([1, 100, 1000, 65_536, 200_000]);
    const receiver = new Receiver(sizeMax);
    const payload = new Uint8Array(chance.below(sizeMax + 1));
    const fragments = chance.cut(payload, chance.pick([sizeMax, 1 + (sizeMax >> 4)]));
    const frames = fragments.map((part, index) => frame(index === 0 ? "02" : "00", part));
    if (frames.length > 0) frames.push(frame("89", new Uint8Array(125)), frame("80"));
    const chunkMax = chance.pick([1 + (sizeMax >> 6), 5000, 65_536]);
    for (const chunk of chance.cut(concat(...frames), chunkMax)) {
      receiver.push(chunk);
      const { retained } = receiver.assembler;
      if (retained > 2 * sizeMax + 64 * KIB) assert.unreachable(`${retained}, ${chance.seed}`);
    }
    assert.is(receiver.assembler.retained, 0, `seed ${chance.seed}`);
  }
});

test("MessageAssembler hands over plain bytes on memory of their own, at every size", () => {
  for (const size of [0, 1, 63, 64, 65, 1023, 1024, 1025, 65_535, 65_536, 65_537, 200_000]) {
    const payload = new Chance(size).bytes(size);
    const half = size >> 1;
    const fragmented = [frame("02", payload.slice(0, half)), frame("80", payload.slice(half))];
    const wires = [frame("82", payload), concat(...fragmented), concat(...fragmented, frame("89"))];
    for (const wire of wires) {
      for (const cut of [0, 1, 10, wire.length >> 1, wire.length - 1]) {
        const receiver = new Receiver(MIB);
        const chunks = [Buffer.from(wire.subarray(0, cut)), Buffer.from(wire.subarray(cut))];
        for (const chunk of chunks) receiver.pushInPlace(chunk);
        for (const chunk of chunks) chunk.fill(0xee); // a socket may use its memory again
        const message = receiver.log.messages[0] as Uint8Array;
        const what = `${size} bytes, cut at ${cut}`;
        assert.is(message.constructor, Uint8Array, what);
        assert.equal([message.byteOffset, message.buffer.byteLength], [0, size], what);
        if (hex(message) !== hex(payload)) assert.unreachable(what);
      }
    }
  }
});

test("MessageAssembler shares no memory between two messages without bytes", () => {
  const receiver = new Receiver(MIB);
  receiver.push(frame("82"), frame("82"), frame("02"), frame("80"), frame("02"), frame("80"));
  const buffers = receiver.log.messages.map((message) => (message as Uint8Array).buffer);
  assert.is(new Set(buffers).size, 4);
});

test("MessageAssembler does work in proportion to the bytes: in pieces of 64, and of 1", () => {
  const receive = (size: number, piece: number): void => {
    const receiver = new Receiver(8 * MIB);
    receiver.pushInPlace(frameHeader("81", size));
    const chunk = new Uint8Array(piece);
    for (let at = 0; at < size; at += piece) receiver.pushInPlace(chunk);
    assert.is(receiver.log.messages.length, 1);
  };
  for (const [piece, size] of [
    [64, MIB],
    [1, 64 * KIB],
  ]) {
    const times = growth(
      () => receive(size, piece),
      () => receive(2 * size, piece),
    );
    assert.ok(times <= 3, `${2 * size} bytes take ${times} times as long as ${size}`);
  }
});

test.run();
