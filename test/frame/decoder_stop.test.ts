// A decoder that is told to stop, and what it says of the payload on the way.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameDecoder } from "../../src/frame/decoder.ts";
import { HEADER_SIZE_MAX } from "../../src/frame/header.ts";
import type { FrameSink } from "../../src/frame/mod.ts";
import { bytes, concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { Chance, FrameLog, violation } from "./support.ts";

const test = suite("frame/decoder (stop)");

/** A log that tells the decoder to stop behind each frame. */
class StoppingLog extends FrameLog {
  shouldStop(): boolean {
    return true;
  }
}

test("FrameDecoder stops behind a frame when it is told to, and the rest waits for goOn()", () => {
  const log = new StoppingLog();
  const decoder = new FrameDecoder(log);
  decoder.push(concat(frame("82", "a"), frame("82", "b"), bytes("82")));
  assert.is(decoder.stopped, true);
  decoder.push(concat(frame("82", "c").slice(1), frame("82", "d")));
  assert.equal(log.entries, ["fin masked opcode 2 length 1", "end 61"]);
  for (const letter of ["62", "63"]) {
    decoder.goOn();
    assert.equal(log.entries.slice(-2), ["fin masked opcode 2 length 1", `end ${letter}`]);
    assert.is(decoder.stopped, true);
  }
  decoder.goOn();
  assert.is(log.entries.at(-1), "end 64");
  assert.is(decoder.stopped, false);
  decoder.goOn();
  assert.is(log.entries.length, 8);
});

test("FrameDecoder copies what waits, and counts its bytes once", () => {
  const log = new StoppingLog();
  const decoder = new FrameDecoder(log);
  const chunk = concat(frame("82", "a"), frame("82", "b"), frame("83"));
  decoder.push(chunk);
  chunk.fill(0xff); // the caller reads the next bytes into the same memory
  decoder.goOn();
  assert.is(log.entries.at(-1), "end 62");
  assert.is(violation(() => decoder.goOn()), "1002 RFC 6455 §5.2 at 14");
});

for (const own of [0, 100]) {
  test(`FrameDecoder.retained: a cut head, what waits, and ${own} bytes of its sink`, () => {
    const log = new StoppingLog();
    const decoder = new FrameDecoder(own === 0 ? log : Object.assign(log, { retained: own }));
    assert.is(decoder.retained, own);
    decoder.push(bytes("82"));
    assert.equal([decoder.retained, decoder.waiting], [own + HEADER_SIZE_MAX, 0]);
    const waiting = concat(frame("82", "b"), bytes("82"));
    decoder.push(concat(frame("82", "a").slice(1), waiting));
    assert.is(decoder.retained, own + HEADER_SIZE_MAX + waiting.length);
    assert.is(decoder.waiting, waiting.length);
    decoder.goOn();
    assert.is(decoder.retained, own + HEADER_SIZE_MAX + 1);
  });
}

test("FrameDecoder copies all that waits about once, however often it is told to stop", () => {
  const count = 2000;
  const wire = concat(...Array.from({ length: count }, () => bytes("8203616263"))); // a server's
  const held = new Set<ArrayBufferLike>();
  let read = 0;
  const sink: FrameSink = {
    frameStart() {},
    framePayload: (payload) => held.add(payload.buffer),
    frameEnd: () => read++,
    shouldStop: () => true,
  };
  const decoder = new FrameDecoder(sink, { role: "client" });
  decoder.push(wire);
  for (; decoder.stopped; decoder.goOn()) {
    assert.is(decoder.waiting, wire.length - 5 * read);
    assert.ok(decoder.retained <= 2 * decoder.waiting, `${decoder.retained} held`);
  }
  assert.is(read, count);
  const copied = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0) - wire.length;
  assert.ok(copied <= 2 * wire.length, `${copied} bytes of ${wire.length}`);
});

test("FrameDecoder reads the same however often it is told to stop, and what comes then", () => {
  const chance = new Chance(5);
  const frames = Array.from({ length: 200 }, () => {
    return frame("82", chance.bytes(chance.below(chance.pick([4, 40, 400]))), "37fa213d");
  });
  const wire = concat(...frames);
  const whole = new FrameLog();
  new FrameDecoder(whole).push(wire.slice());
  for (const sizeMax of [20, 1000, 5000]) {
    const log = new StoppingLog();
    const decoder = new FrameDecoder(log);
    for (const chunk of chance.cut(wire, sizeMax)) {
      decoder.push(chunk);
      for (let times = chance.below(12); times > 0; times--) decoder.goOn();
    }
    while (decoder.stopped) decoder.goOn();
    assert.equal(log.entries, whole.entries, `chunks of up to ${sizeMax} bytes`);
  }
});

for (const [what, broken, offset] of [
  ["RSV1", "c2", 0],
  ["a frame that is not masked", "8201", 1],
  ["RSV1 of a header that is cut and goes on", "82 80 00000000 c2", 6],
] as const) {
  for (const [count, behind] of [[10, 0], [2, 100]]) {
    test(`FrameDecoder says where ${what} is in what has waited, ${behind} bytes ahead`, () => {
      const decoder = new FrameDecoder(new StoppingLog());
      const frames = Array.from({ length: count }, () => frame("82", "a"));
      decoder.push(concat(...frames, bytes(broken), new Uint8Array(behind)));
      const found = violation(() => {
        while (decoder.stopped) decoder.goOn();
      });
      const alone = violation(() => new FrameDecoder(new FrameLog()).push(bytes(broken)));
      assert.is(found, alone.replace(/ at .*/, ` at ${7 * count + offset}`));
    });
  }
}

for (const size of [1, 3, 4, 15, 16, 17, 600]) {
  test(`FrameDecoder sees whether ${size} bytes are ASCII while it unmasks them`, () => {
    const verdicts: boolean[] = [];
    const sink: FrameSink = {
      frameStart() {},
      framePayload: (_bytes, _start, _end, isAscii) => verdicts.push(isAscii),
      frameEnd() {},
    };
    const ascii = new Uint8Array(size).fill(0x7f);
    const other = ascii.slice();
    other[size - 1] = 0x80;
    new FrameDecoder(sink).push(concat(frame("82", ascii), frame("82", other)));
    // And as a part of a chunk that is large enough for SIMD.
    const filler = frame("82", new Uint8Array(600));
    new FrameDecoder(sink).push(concat(frame("82", ascii), frame("82", other), filler));
    assert.equal(verdicts, [true, false, true, false, true]);
  });
}

test.run();
