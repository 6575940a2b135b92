// Large messages go past the outbox, out of the caller's memory: which is the caller's again when
// the call returns, whatever the socket has taken of it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat, hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
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

test("B16 B27 write(): nothing goes into a frame, though a stream calls back in it", async () => {
  for (const large of [new Uint8Array(250_000), "é".repeat(125_000)]) {
    const line = new Line();
    line.transport.fullAfter = 1;
    void line.connection.write(large); // its first slices, and then no more
    let writes = 0;
    line.transport.onWrite = () => {
      if (writes++ > 1) return;
      line.connection.tryWrite(`between ${writes}`);
      line.receive(frame("89"));
      if (writes === 2) void line.connection.close(1000);
    };
    while (line.transport.full) line.transport.drain();
    await turn();
    const first = typeof large === "string" ? textHex(large) : binaryHex(large);
    const rest = line.transport.sent.slice(first.length);
    assert.is(short(line.transport.sent.slice(0, first.length)), short(first));
    assert.is(rest, `8a008a00${textHex("between 1")}${textHex("between 2")}${closeHex(1000)}`);
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

test.run();
