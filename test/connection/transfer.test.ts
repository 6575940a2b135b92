// Messages whose memory is given away: nothing is copied, nobody can write into what is being sent,
// and the memory is freed as soon as it has left.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ITEM_COST } from "../../src/message/message.ts";
import { TextBytes } from "../../src/message/text_bytes.ts";
import { concat, hex } from "../support/bytes.ts";
import { FakeTransport } from "../support/fake_transport.ts";
import { PeerInflater } from "../support/peer_inflater.ts";
import { rejects } from "../support/rejects.ts";
import { binaryHex, fullLine, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/transfer");

const transfer = { transfer: true };

const counting = (size: number): Uint8Array => new Uint8Array(size).map((_, index) => index % 251);

/** A line to a socket that takes several pieces in one write, as those of Node do. */
function gathering(line: Line): Line {
  const { transport } = line;
  return Object.assign(line, {
    transport: Object.assign(transport, {
      writev(this: FakeTransport, pieces: readonly Uint8Array[]): boolean {
        const isTaken = this.write(concat(...pieces));
        this.views.pop();
        this.views.push(...pieces);
        return isTaken;
      },
    }),
  });
}

for (const [how, make] of [
  ["one piece at a time", () => new Line()],
  ["several pieces at once", () => gathering(new Line())],
] as const) {
  for (let taken = 0; taken <= 5; taken++) {
    test(`write(): ${how}, when the socket takes ${taken}: all of it arrives`, async () => {
      const line = make();
      line.transport.fullAfter = taken;
      let expected = textHex("before");
      void line.connection.write("before");
      for (const size of [40_000, 900_000, 65_536]) {
        const payload = counting(size);
        expected += binaryHex(payload);
        void line.connection.write(payload, transfer);
        assert.equal([payload.length, payload.buffer.byteLength], [0, 0]);
      }
      void line.connection.write("after");
      for (let drains = 0; drains < 20; drains++) {
        if (line.transport.full) line.transport.drain();
        await turn();
      }
      assert.is(short(line.transport.sent), short(expected + textHex("after")));
      assert.is(line.connection.stats().sent.messages, 5);
      assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
      const kept = line.transport.views.filter((view) => view.length > 10_000);
      assert.equal(kept, []); // each has lost its memory, since it has left
    });
  }
}

const KIB = 1024;

test("write(): slices double while the socket takes them, and then begin anew", async () => {
  const line = gathering(new Line());
  const sizes = (): number[] => line.transport.writes.map(({ length }) => length / KIB);
  const header = 10 / KIB;
  await line.connection.write(counting(64 * KIB), transfer);
  assert.equal(sizes(), [64 + header]); // one write with its header
  line.transport.take();
  await line.connection.write(counting(1024 * KIB), transfer);
  assert.equal(sizes(), [128 + header, 256, 256, 256, 128]);
  assert.is(short(line.transport.take()), short(binaryHex(counting(1024 * KIB))));
  line.transport.fullAfter = 1;
  await line.connection.write(counting(1024 * KIB), transfer);
  assert.equal(sizes(), [256 + header, 256]);
  line.transport.drain();
  assert.equal(sizes(), [256 + header, 256, 64, 128, 256, 64]);
  assert.is(short(line.transport.sent), short(binaryHex(counting(1024 * KIB))));
});

test("write(): what a full socket holds is counted once: the message, and its header", async () => {
  for (const make of [() => new Line(), () => gathering(new Line())]) {
    const line = make();
    line.transport.fullAfter = 0;
    void line.connection.write(counting(900_000), transfer);
    assert.is(line.lifecycle.heldSize, 900_000 + ITEM_COST + 10);
    line.lifecycle.drained(); // and it is full again: a slice of the message is no more than that
    assert.is(line.lifecycle.heldSize, 900_000 + ITEM_COST);
    while (line.transport.full) line.transport.drain();
    assert.is(line.lifecycle.heldSize, 0);
  }
});

test("write(): what waits for a full socket is the connection's alone, too", async () => {
  const line = await fullLine({ outboxSizeMax: 100_000 });
  const [first, second] = [counting(90_000), counting(80_000)];
  const written = [line.connection.write(first, transfer), line.connection.write(second, transfer)];
  assert.equal([first.length, second.length], [0, 0]);
  while (line.transport.full) {
    line.transport.drain();
    await turn();
  }
  await Promise.all(written);
  const expected = binaryHex(counting(90_000)) + binaryHex(counting(80_000));
  assert.is(short(line.transport.sent), short(expected));
  assert.equal(line.transport.views.filter((view) => view.length > 10_000), []);
});

test("write(): a socket that encrypts may read it later", async () => {
  const line = new Line();
  line.transport.flushed = false;
  const payload = counting(300_000);
  void line.connection.write(payload, transfer);
  await turn();
  assert.is(payload.length, 0);
  const { views } = line.transport;
  assert.is(short(hex(concat(...views))), short(binaryHex(counting(300_000))));
});

test("write(): a text stays a text", async () => {
  const line = new Line();
  const text = TextBytes.from(Buffer.from("ü".repeat(25_000))) as TextBytes;
  await line.connection.write(text, transfer);
  assert.is(text.length, 0);
  assert.is(short(line.transport.sent), short(textHex("ü".repeat(25_000))));
});

test("write(): what cannot be taken is copied, and stays its owner's", async () => {
  for (const bytes of [counting(300), counting(30_000), counting(99_000).subarray(1)]) {
    const line = new Line();
    const expected = binaryHex(bytes);
    const { length } = bytes;
    void line.connection.write(bytes, transfer);
    assert.is(bytes.length, length);
    bytes.fill(0);
    await turn();
    assert.is(short(line.transport.sent), short(expected));
  }
});

test("write(): strings need no transfer", async () => {
  const line = new Line();
  await line.connection.write("Hello", transfer);
  await turn();
  assert.is(line.transport.sent, textHex("Hello"));
});

test("write(): compressed, and as it is", async () => {
  for (const compress of [true, false]) {
    const line = new Line({ compression: { threshold: 0 } });
    const payload = counting(200_000);
    await line.connection.write(payload, { transfer: true, compress });
    assert.is(payload.length, 0);
    const sent = Buffer.from(line.transport.take(), "hex");
    if (compress) {
      assert.is(sent[0], 0xc2);
      const payload = sent.subarray(sent[1] === 126 ? 4 : 10);
      const inflated = await new PeerInflater("").inflate(payload);
      assert.is(short(hex(inflated)), short(hex(counting(200_000))));
    } else {
      assert.is(short(hex(sent)), short(binaryHex(counting(200_000))));
    }
  }
});

test("write(): what is compressed is freed, whether it went at once or had to wait", async () => {
  for (const contextTakeover of [false, true]) {
    const line = new Line({ compression: { threshold: 0, contextTakeover } });
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 24; count++) {
      line.transport.full = count % 2 === 1;
      void line.connection.write("a string, to fill the socket");
      void line.connection.write(new Uint8Array(1024 * 1024), transfer);
      await turn();
      line.transport.drain();
      await turn();
    }
    const held = process.memoryUsage().arrayBuffers - before;
    assert.ok(held < 8 * 1024 * 1024, `${held} bytes`);
    assert.is(line.connection.stats().sent.messages, 48);
  }
});

test("write(): nothing is taken for a message that is refused", async () => {
  const line = new Line();
  const payload = counting(50_000);
  const signal = AbortSignal.abort(new Error("enough"));
  await rejects(line.connection.write(payload, { transfer: true, signal }));
  for (const options of [{ transfer: 1 }, { transfer: true, compress: 1 }]) {
    const act = (): void => void line.connection.write(payload, options as never);
    assert.throws(act, (error: unknown) => error instanceof TypeError);
  }
  assert.throws(
    () => line.connection.write(payload, { transfer: "yes" } as never),
    "Cannot write: transfer is \"yes\", must be true or false",
  );
  void line.connection.close();
  await rejects(line.connection.write(payload, transfer));
  assert.throws(
    () => line.connection.write(payload, { transfer: 1 } as never),
    "Cannot write: transfer is 1, must be true or false",
  );
  assert.is(hex(payload), hex(counting(50_000)));
});

test("write(): nothing is taken when too many calls wait, and what is not refused is", async () => {
  const line = await fullLine({ outboxSizeMax: 40_000, outboxWaitingMax: 100_000 });
  const payloads = Array.from({ length: 6 }, () => counting(40_000));
  // One in the outbox, the largest that waits, and two besides it.
  const written = payloads.map((payload) => line.connection.write(payload, transfer));
  assert.equal(payloads.map(({ length }) => length), [0, 0, 0, 0, 40_000, 40_000]);
  for (const late of written.slice(4)) assert.instance(await rejects(late), RangeError);
  assert.is(hex(payloads[5]), hex(counting(40_000)));
  line.connection.terminate();
});

test("write(): where an observer cuts the connection nothing more is written or told", async () => {
  await turn(); // or what the test before has left to be sent would be told of
  for (const make of [() => new Line(), () => gathering(new Line())]) {
    const line = make();
    const told: unknown[] = [];
    const cut = (message: unknown): void => {
      told.push((message as { connection: unknown }).connection);
      line.connection.terminate();
    };
    subscribe("sluice.wire.sent", cut);
    try {
      void line.connection.write(counting(600_000), transfer);
      await turn();
    } finally {
      unsubscribe("sluice.wire.sent", cut);
    }
    assert.is(told.length, 1);
    assert.is(told[0], line.connection);
    assert.is(line.transport.sent, "");
  }
});

test.run();
