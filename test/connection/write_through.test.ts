// Large messages go past the outbox, out of the caller's memory: which is the caller's again when
// the call returns, whatever the socket has taken of it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat, hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { binaryHex, closeHex, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/write_through");

for (let taken = 0; taken <= 4; taken++) {
  test(`write(): bytes are the caller's again when the socket takes ${taken} pieces`, async () => {
    const payload = new Uint8Array(250_000).map((_, index) => index % 251);
    const expected = binaryHex(payload) + textHex("after");
    const line = new Line();
    line.transport.fullAfter = taken;
    void line.connection.write(payload);
    payload.fill(0);
    void line.connection.write("after");
    while (line.transport.full) line.transport.drain();
    await turn();
    assert.is(short(line.transport.sent), short(expected));
    assert.is(line.connection.stats().sent.messages, 2);
  });
}

test("write(): 64 KiB are one write with their header, 1 MiB are sixteen", async () => {
  const other = new Line();
  other.transport.flushed = false; // keeps more than half of the page, so that the next is new
  for (let index = 0; index < 3; index++) void other.connection.write(new Uint8Array(15_000));
  await turn();
  for (const [size, writes] of [
    [64 * 1024, 1],
    [1024 * 1024, 16],
  ] as const) {
    for (const message of [new Uint8Array(size), "a".repeat(size)]) {
      const line = new Line();
      void line.connection.write(message);
      assert.is(line.transport.writes.length, writes);
      assert.is(line.connection.stats().sent.messages, 1);
    }
  }
});

test("B16 B27 write(): nothing goes into a frame, though a stream calls back in it", async () => {
  for (const large of [new Uint8Array(900_000), "é".repeat(450_000)]) {
    const line = new Line();
    void line.connection.forEach((message) => line.connection.write(message));
    line.transport.fullAfter = 1;
    void line.connection.write(large); // its first slices, and then no more
    for (let pings = 0; pings < 20; pings++) line.receive(frame("89", "full"));
    let callbacks = 0;
    line.transport.onWrite = () => {
      if (callbacks++ < 2) line.receive(frame("89", "within"), frame("81", "echo"));
      if (callbacks === 3) line.receive(closeFrame(1000));
    };
    while (line.transport.full) line.transport.drain();
    while (line.transport.ends === 0) await turn();
    const whole = typeof large === "string" ? textHex(large) : binaryHex(large);
    const { sent } = line.transport;
    assert.is(short(sent.slice(0, whole.length)), short(whole));
    const rest = sent.slice(whole.length);
    assert.ok(rest.endsWith(textHex("echo").repeat(2) + closeHex(1000)), rest);
  }
});

test("write(): large bytes stay as they were while a socket that encrypts reads them", async () => {
  const line = new Line();
  line.transport.flushed = false;
  let expected = "";
  for (const size of [20_000, 70_000, 65_536, 300_000, 17_000]) {
    const payload = new Uint8Array(size).fill(size % 251);
    expected += binaryHex(payload);
    void line.connection.write(payload);
    payload.fill(0);
  }
  await turn();
  assert.is(short(hex(concat(...line.transport.views))), short(expected));
});

test("write(): many large messages in one turn let the event loop turn", async () => {
  const line = new Line();
  const payload = new Uint8Array(20_000);
  let turns = 0;
  let waiting = true;
  const count = (): void => {
    turns++;
    if (waiting) setImmediate(count);
  };
  setImmediate(count);
  for (let written = 0; written < 200; written++) await line.connection.write(payload);
  waiting = false;
  assert.ok(turns >= 8, `${turns} turns of the event loop`);
});

test("a pong leaves before FIN, though the ping came within our last write", async () => {
  for (const fullAfter of [0, Infinity]) {
    const line = new Line();
    line.transport.fullAfter = fullAfter;
    line.transport.onWrite = () => {
      line.transport.onWrite = null;
      line.receive(frame("89", "p"), closeFrame(4000));
    };
    void line.connection.close(4000);
    await turn();
    line.transport.drain();
    await turn();
    assert.is(line.transport.sent, closeHex(4000) + "8a0170");
    assert.equal([line.transport.ends, line.transport.writesAfterEnd], [1, 0]);
    line.disconnect();
  }
});

test.run();
