// Compressed messages between frames and inflater: where they are put together, and how large they
// may be before they are inflated, RFC 7692 §6.1, RFC 7692 §6.2. D11 and so on are the clauses.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameDecoder } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import { Inflater } from "../../src/message/inflate.ts";
import type { Message } from "../../src/message/message.ts";
import { everySplit } from "../../src/testing/mod.ts";
import { Chance, growth, violation } from "../frame/support.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame, frameHeader } from "../support/frame.ts";
import { MessageLog } from "./support.ts";

const test = suite("message/assembler (deflate)");

const MIB = 1024 * 1024;

/** A server's decoder and assembler where compression was agreed on. */
class Receiver {
  readonly log: MessageLog = new MessageLog();
  readonly assembler: MessageAssembler;
  readonly #decoder: FrameDecoder;

  constructor(sizeMax: number = MIB) {
    const inflater = new Inflater({ windowBits: 15, contextTakeover: false });
    this.assembler = new MessageAssembler(this.log, sizeMax, { inflater });
    this.#decoder = new FrameDecoder(this.assembler, { rsvAllowed: 4 });
  }

  push(...chunks: readonly Uint8Array[]): string[] {
    for (const chunk of chunks) this.#decoder.push(chunk.slice());
    return this.log.entries;
  }
}

/** `text` in stored blocks of `sizeMax` bytes, five bytes more for each: RFC 1951 §3.2.4. */
function stored(text: Uint8Array, sizeMax: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += sizeMax) {
    const size = Math.min(sizeMax, text.length - at);
    const lengths = [size & 255, size >> 8, ~size & 255, (~size >> 8) & 255];
    blocks.push(Uint8Array.of(0, ...lengths), text.slice(at, at + size));
  }
  return concat(...blocks, bytes("00"));
}

test("MessageAssembler hands out inflated messages on memory of their own, no Buffer", () => {
  for (const text of ["string", "bytes"] as const) {
    const messages: Message[] = [];
    const sink = Object.assign(new MessageLog(), { message: (m: Message) => messages.push(m) });
    const inflater = new Inflater({ windowBits: 15, contextTakeover: true });
    const assembler = new MessageAssembler(sink, MIB, { inflater, text });
    const decoder = new FrameDecoder(assembler, { rsvAllowed: 4 });
    const sizes = [1, 100, 4000, 20_000, 200_000];
    for (const size of sizes) {
      decoder.push(frame(text === "bytes" ? "c1" : "c2", stored(new Uint8Array(size), 60_000)));
    }
    assert.equal(messages.map((message) => message.length), sizes);
    for (const message of messages as Uint8Array[]) {
      assert.is(Buffer.isBuffer(message), false);
      assert.is(message.buffer.byteLength, message.length);
    }
  }
});

test("MessageAssembler gives inflated text that is no UTF-8 the offset of a frame (D09)", () => {
  const text = concat(new Uint8Array(40).fill(0x61), bytes("eda080"));
  const payload = stored(text, 99); // the bad byte is further behind than the frame is long
  const [first, last] = [frame("41", payload.slice(0, 20)), frame("80", payload.slice(20))];
  const wire = concat(frame("89"), first, last);
  const offset = wire.length - last.length;
  for (let cut = 0; cut <= wire.length; cut++) {
    const receiver = new Receiver();
    const found = violation(() => receiver.push(wire.slice(0, cut), wire.slice(cut)));
    assert.is(found, `1007 RFC 6455 §8.1 at ${offset}`, `cut at ${cut}`);
  }
});

test("MessageAssembler joins a message wherever it is fragmented, with empty ones (D11)", () => {
  const payload = bytes("f248cdc9c90700");
  for (const [first, second, third] of everySplit(payload, { parts: 3 })) {
    const frames = [frame("41", first), frame("00", second), frame("80", third)];
    const sizes = `${first.length}, ${second.length}`;
    assert.equal(new Receiver().push(...frames), ["text Hello"], sizes);
    for (const chunks of everySplit(concat(...frames))) {
      assert.equal(new Receiver().push(...chunks), ["text Hello"], `${sizes}, ${chunks[0].length}`);
    }
  }
});

test("MessageAssembler takes what is larger compressed than inflated, by an eighth (D39)", () => {
  for (const size of [1, 100, 1000, 65_536, 200_000]) {
    const text = new Chance(size).bytes(size);
    const payload = stored(text, 16_000);
    assert.ok(payload.length > size);
    assert.equal(new Receiver(size).push(frame("c2", payload)), [`binary ${hex(text)}`]);
    const half = payload.length >> 1;
    const fragments = [frame("42", payload.slice(0, half)), frame("80", payload.slice(half))];
    assert.equal(new Receiver(size).push(...fragments), [`binary ${hex(text)}`]);
    if (size === 1) continue; // there the spare is all
    const over = violation(() => new Receiver(size - 1).push(frame("c2", payload)));
    assert.match(over, /^1009 /, `${size} bytes`);
  }
});

test("MessageAssembler refuses at its header what no message is compressed to (D39)", () => {
  for (const size of [1, 8, 1000, MIB]) {
    const most = Math.floor((size * 9) / 8) + 64;
    new Receiver(size).push(frameHeader("c2", most));
    const receiver = new Receiver(size);
    assert.match(violation(() => receiver.push(frameHeader("c2", most + 1))), /^1009 /);
    const fragmented = new Receiver(size);
    fragmented.push(frame("42", new Uint8Array(most - 1)));
    assert.match(violation(() => fragmented.push(frameHeader("80", 2))), /^1009 /);
    assert.ok(fragmented.assembler.retained <= most);
  }
});

test("MessageAssembler holds an uncompressed message to the limit beside compressed ones", () => {
  const receiver = new Receiver(1000);
  receiver.push(frame("42", new Uint8Array(1001)));
  assert.match(violation(() => receiver.push(frame("80"))), /^1007 /);
  const after = new Receiver(1000);
  after.push(frame("c1", bytes("f248cdc9c90700")));
  assert.match(violation(() => after.push(frameHeader("82", 1001))), /^1009 /);
});

test("MessageAssembler does work in proportion to the bytes behind the limit, too", () => {
  const receive = (count: number): void => {
    const receiver = new Receiver(MIB);
    receiver.push(frame("42", new Uint8Array(MIB)));
    receiver.push(concat(...new Array<Uint8Array>(count).fill(frame("00", bytes("00")))));
  };
  receive(1);
  const times = growth(
    () => receive(4000),
    () => receive(8000),
  );
  assert.ok(times <= 3, `twice as many fragments take ${times} times as long`);
  const start = performance.now();
  receive(100_000);
  assert.ok(performance.now() - start < 2000, "a copy of 1 MiB for each would take 10 s");
});

test.run();
