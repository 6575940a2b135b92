// One read of the socket may hold 62 messages of 1 MiB, a KiB each. They come out of it one by one,
// as there is room for them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Message } from "../../src/message/message.ts";
import { flushed } from "../message/compressed.ts";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { Line, textHex, turn } from "./support.ts";

const test = suite("connection/compressed_inbox");

const MIB = 1024 * 1024;
const COUNT = 40;

/** Messages of 1 MiB, each its number; all of them in one chunk. */
function bombs(count: number = COUNT): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    return frame("c2", flushed(new Uint8Array(MIB).fill(index)));
  });
}

function firstByte(message: Message): number {
  return (message as Uint8Array)[0];
}

const numbers = Array.from({ length: COUNT }, (_, index) => index);

test("A48 nobody reads: the inbox holds one message, and the socket is paused", async () => {
  const line = new Line({ compression: {} });
  line.receive(...bombs());
  for (let turns = 0; turns < 5; turns++) await turn();
  const { inbox, paused, received } = line.connection.stats();
  assert.ok(inbox.size <= 2 * MIB + 320, `${inbox.size} bytes`);
  assert.equal([inbox.messages, received.messages, paused], [1, 1, true]);
});

test("A48 all of them are read in their order, with what comes behind them", async () => {
  const line = new Line({ compression: {} });
  const seen: number[] = [];
  const reading = (async () => {
    for await (const message of line.connection) seen.push(firstByte(message));
  })();
  const wire = concat(...bombs(), frame("82", bytes("63")), closeFrame(1000));
  const cut = wire.length - 100;
  line.receive(wire.subarray(0, cut));
  line.receive(wire.subarray(cut)); // was under way when the socket was paused
  await withTimeout(reading, "the end");
  assert.equal(seen, [...numbers, 0x63]);
  assert.is(line.transport.pauses > 0, true);
  assert.ok(line.transport.resumes > 0, "the socket is read again");
});

test("A48 forEach() gets one in a turn of the event loop, and then reads on", async () => {
  const line = new Line({ compression: {} });
  const seen: number[] = [];
  void line.connection.forEach((message) => void seen.push(firstByte(message)));
  line.receive(...bombs(5));
  assert.equal(seen, [0]);
  for (let count = 2; count <= 5; count++) {
    await turn();
    assert.ok(seen.length <= count, `${seen.length} after ${count - 1} turns`);
  }
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.equal(seen, [0, 1, 2, 3, 4]);
  assert.is(line.transport.resumes, 1);
  line.receive(frame("82", bytes("07")));
  assert.is(seen.at(-1), 7);
});

test("A48 a Close behind them is found by our close(), which drops what nobody reads", async () => {
  const line = new Line({ compression: {} });
  line.receive(...bombs(), closeFrame(3000));
  void line.connection.close(1000);
  for (let turns = 0; turns < 100; turns++) await turn();
  line.disconnect();
  assert.is((await withTimeout(line.connection.closed, "the end")).code, 3000);
});

test("A48 behind them a violation is still one, and a ping is answered", async () => {
  const line = new Line({ compression: {} });
  line.receive(...bombs(3), frame("89", "ping"), frame("83"));
  const seen: Message[] = [];
  await line.connection.forEach((message) => void seen.push(message)).catch(() => {});
  assert.is(seen.length, 3);
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.match(line.transport.sent, /^8a0470696e6788/);
});

test("tryWrite() takes compress: false, and nothing takes what is no boolean", async () => {
  const line = new Line({ compression: { threshold: 0 } });
  const text = "abcdefghij".repeat(10);
  line.connection.tryWrite(text, { compress: false });
  await turn();
  assert.is(line.transport.take(), textHex(text));
  for (const compress of [null, 0, "false"]) {
    for (const write of ["write", "tryWrite"] as const) {
      assert.throws(
        () => line.connection[write](text, { compress: compress as never }),
        (error: Error) => error instanceof TypeError && /write: compress is/.test(error.message),
      );
    }
  }
  await turn();
  assert.is(line.transport.sent, "");
});

test.run();
