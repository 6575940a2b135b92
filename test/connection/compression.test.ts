// Compressed messages among others leave in the order in which they were written, whatever the
// socket does. What has left is read by an inflater of the client's own: see `peer_inflater`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CompressionOptions } from "../../src/message/compression.ts";
import type { Message } from "../../src/message/message.ts";
import { Chance } from "../frame/support.ts";
import { flushed, jsonBytes } from "../message/compressed.ts";
import { bytes, utf8 } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { FrameReader } from "../support/frame_reader.ts";
import { PeerInflater } from "../support/peer_inflater.ts";
import { describe } from "../support/raw_client.ts";
import { rejects } from "../support/rejects.ts";
import { Line, lineOf, turn } from "./support.ts";

const test = suite("connection/compression");

const TEXT = "abcdefghij".repeat(20);

/** No context is kept; the server's is; both are. */
const MODES: readonly CompressionOptions[] = [
  {},
  { contextTakeover: { server: true } },
  { contextTakeover: true, windowBits: 9 },
  { contextTakeover: true, windowBits: 15, level: 9 },
];

/** What has left since the last call: one line each, compressed messages with an asterisk. */
class Peer {
  readonly #line: Line;
  readonly #reader = new FrameReader();
  readonly #inflater: PeerInflater;

  constructor(line: Line) {
    this.#line = line;
    this.#inflater = new PeerInflater(line.connection.extensions);
    this.#reader.mayCompress = true;
  }

  async read(): Promise<string[]> {
    const wire = bytes(this.#line.transport.take());
    const lines: string[] = [];
    for (let at = 0; at < wire.length; ) {
      const next = this.#reader.read(wire.subarray(at));
      if (next === null) throw new Error("Expected whole frames");
      const { isCompressed, opcode, payload, size } = next;
      at += size;
      if (isCompressed) lines.push(`* ${describe(opcode, await this.#inflater.inflate(payload))}`);
      else lines.push(describe(opcode, payload));
    }
    return lines;
  }
}

/** All has left, however often the socket is full, and others have their turn, on the way. */
async function emptied(line: Line): Promise<void> {
  do {
    if (line.transport.full) line.transport.drain();
    await turn();
  } while (line.transport.full || line.connection.stats().outbox.messages > 0);
}

for (const mode of MODES) {
  const how = JSON.stringify(mode);

  test(`write() compresses from the threshold on, in bytes of UTF-8: ${how}`, async () => {
    for (const threshold of [0, 1, 100, 1000, 20_000, 100_000, Infinity]) {
      const line = new Line({ compression: { ...mode, threshold } });
      const peer = new Peer(line);
      for (const size of [50, 99, 100, 999, 1000, 19_999, 20_000, 99_999, 100_000]) {
        const messages = ["a".repeat(size), "é".repeat(size / 2), new Uint8Array(size)];
        for (const message of messages) await line.connection.write(message);
        await turn();
        const expected = messages.map((message) => {
          const isLong = Buffer.byteLength(message) >= threshold;
          return `${isLong ? "* " : ""}${lineOf(message)}`;
        });
        assert.equal(await peer.read(), expected, `${size}, threshold ${threshold}`);
      }
    }
  });

  test(`D40 A56 write() with compress: false sends it as it is: ${how}`, async () => {
    const line = new Line({ compression: { ...mode, threshold: 0 }, isOpen: false });
    const peer = new Peer(line);
    const plain = [TEXT, utf8(TEXT), "é".repeat(50_000), new Uint8Array(200_000)];
    const write = (message: Message, compress: boolean): void => {
      void line.connection.write(message, { compress });
    };
    write(TEXT, false); // it waits for the handshake
    line.open();
    await turn();
    assert.equal(await peer.read(), [lineOf(TEXT)]);
    for (const message of plain) {
      write(message, false); // large ones go past the outbox
      write(message, true);
      write(message, false); // behind one that waits
      await turn();
      const due = lineOf(message);
      assert.equal(await peer.read(), [due, `* ${due}`, due]);
    }
    line.transport.full = true;
    write("x", false);
    await turn();
    for (const message of plain) {
      write(message, false); // behind a full socket, and a full outbox
      write(message, true);
    }
    await emptied(line);
    const expected = plain.map(lineOf).flatMap((due) => [due, `* ${due}`]);
    assert.equal(await peer.read(), ["text x", ...expected]);
  });

  test(`what is written leaves in its order, wherever the socket is full: ${how}`, async () => {
    const chance = new Chance();
    for (let run = 0; run < 10; run++) {
      const line = new Line({ compression: { ...mode, threshold: chance.pick([0, 300]) } });
      const peer = new Peer(line);
      const expected: string[] = [];
      for (let step = 0; step < 30; step++) {
        const size = chance.pick([0, 10, 200, 1000, 3000, 17_000, 70_000, 150_000]);
        const content = chance.below(4) > 0 ? jsonBytes(chance, size) : chance.bytes(size);
        const message = chance.below(2) > 0 ? content : Buffer.from(content).toString("latin1");
        expected.push(lineOf(message));
        const written = line.connection.write(message, { compress: chance.below(5) > 0 });
        if (typeof message !== "string") message.fill(0xee); // it is the caller's again
        if (chance.below(6) === 0) line.transport.fullAfter = chance.below(4);
        if (chance.below(8) === 0) line.receive(frame("89", `${step}`));
        if (chance.below(3) === 0) continue; // the next one is written before this one has left
        await emptied(line);
        await written;
      }
      await emptied(line);
      const found = (await peer.read()).filter((one) => !one.startsWith("pong"));
      const what = `seed ${chance.seed}, run ${run}`;
      assert.equal(found.map((one) => one.replace("* ", "")), expected, what);
      assert.ok(found.some((one) => one.startsWith("*")), what);
    }
  });

  test(`a write that is aborted never was in the context: ${how}`, async () => {
    const line = new Line({
      compression: { ...mode, threshold: 0 },
      limits: { outboxMessagesMax: 1 },
    });
    const peer = new Peer(line);
    line.transport.full = true;
    const texts = ["first", "second", "waits", "never", "last"].map((name) => name.repeat(40));
    const gone = new AbortController();
    await line.connection.write(texts[0]);
    await turn();
    await line.connection.write(texts[1]);
    const waits = line.connection.write(texts[2]);
    const refused = rejects(line.connection.write(texts[3], { signal: gone.signal }), "gone");
    gone.abort(new Error("gone"));
    await refused;
    const last = line.connection.write(texts[4]);
    await emptied(line);
    await Promise.all([waits, last]);
    const expected = [texts[0], texts[1], texts[2], texts[4]].map((text) => `* ${lineOf(text)}`);
    assert.equal(await peer.read(), expected);
    assert.is(line.connection.stats().compression?.sent.before, expected.join("").length - 4 * 7);
  });

  test(`close() right behind what is written: all of it, then the Close: ${how}`, async () => {
    for (const fullAfter of [0, 1, 2, Infinity]) {
      const limits = { outboxSizeMax: 1_000_000 }; // what waits for room, close() refuses
      const line = new Line({ compression: { ...mode, threshold: 0 }, limits });
      const peer = new Peer(line);
      line.transport.fullAfter = fullAfter;
      const messages = [TEXT, jsonBytes(new Chance(1), 90_000), "", TEXT, new Uint8Array(2000)];
      for (const message of messages) void line.connection.write(message);
      void line.connection.close(3001);
      await emptied(line);
      const found = await peer.read();
      const expected = [...messages.map(lineOf), "close 3001"];
      assert.equal(found.map((one) => one.replace("* ", "")), expected, `${fullAfter}`);
    }
  });

  test(`terminate() in the middle of a compressed message lets go of all: ${how}`, async () => {
    const line = new Line({ compression: { ...mode, threshold: 0 } });
    line.transport.fullAfter = 0;
    void line.connection.write(jsonBytes(new Chance(2), 2_000_000));
    void line.connection.write(TEXT);
    line.receive(frame("41", flushed(utf8(TEXT)).slice(0, 5)));
    const { writes } = line.transport;
    const before = writes.length;
    line.connection.terminate();
    await turn();
    line.transport.drain();
    line.receive(frame("80"));
    await turn();
    assert.equal([writes.length, line.transport.destroys], [before, 1]);
    assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
    assert.is((await line.connection.closed).code, 1006);
  });
}

test("stats().compression: payloads, exactly, in each direction", async () => {
  const line = new Line({ compression: { threshold: 100, contextTakeover: true } });
  const { connection } = line;
  const none = { before: 0, after: 0 };
  assert.equal(connection.stats().compression, { received: none, sent: none });
  const noise = new Chance(3).bytes(200);
  for (const message of ["short", TEXT, noise, TEXT]) await connection.write(message);
  await connection.write(TEXT, { compress: false });
  await turn();
  const wire = bytes(line.transport.take());
  const sentSize = wire.length - (2 + 5) - (4 + 200) - (4 + 200) - 2 * 2; // all but these are
  const hello = frame("c1", bytes("f248cdc9c90700"));
  line.receive(hello, frame("81", "plain"), hello, frame("41", bytes("f200")), frame("89"));
  line.receive(frame("80", bytes("110000")), frame("c1"));
  const stats = connection.stats().compression;
  assert.equal(stats?.received, { before: 15, after: 19 });
  assert.is(stats?.sent.before, 400);
  assert.is(stats?.sent.after, sentSize);
  assert.is(new Line().connection.stats().compression, null);
});

test.run();
