// The outbox: what a full socket leaves waiting, how much of it, and who goes on first.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { binaryHex, fullLine, isSettled, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/outbox");

const KiB = 1024;
const ITEM_COST = 160;

/** Bytes that are charged `size`. */
function charged(size: number): Uint8Array {
  return new Uint8Array(size - ITEM_COST);
}

test("write() waits at 1,000 messages, not at 999, and tryWrite() is false", async () => {
  const line = await fullLine({ outboxSizeMax: 1024 * KiB }); // 64 KiB is full at 409 already
  for (let count = 0; count < 999; count++) assert.is(line.connection.tryWrite(""), true);
  assert.is(await isSettled(line.connection.write("")), true);
  assert.is(line.connection.tryWrite(""), false);
  assert.is(await isSettled(line.connection.write("")), false);
  assert.is(line.connection.stats().outbox.messages, 1000);
});

test("write() waits above 64 KiB charged, not at it", async () => {
  const line = await fullLine();
  assert.is(line.connection.tryWrite(charged(63 * KiB)), true);
  assert.is(line.connection.tryWrite(charged(KiB + 1)), false);
  assert.is(line.connection.tryWrite(charged(KiB)), true);
  assert.is(line.connection.stats().outbox.size, 64 * KiB);
  assert.is(line.connection.tryWrite(""), false);
  assert.is(await isSettled(line.connection.write("")), false);
});

test("write() takes a message larger than the outbox when nothing else waits", async () => {
  const line = await fullLine();
  assert.is(line.connection.tryWrite(new Uint8Array(1024 * KiB)), true);
  assert.is(line.connection.tryWrite(""), false);
});

test("write() goes on in order when there is room after the socket has drained", async () => {
  const line = await fullLine({ outboxMessagesMax: 2 });
  const settled: number[] = [];
  const writes = [0, 1, 2, 3, 4].map((number) => {
    return line.connection.write(String(number)).then(() => settled.push(number));
  });
  await turn();
  assert.equal(settled, [0, 1]);
  line.transport.drain();
  await withTimeout(Promise.all(writes), "room");
  await turn();
  assert.equal(settled, [0, 1, 2, 3, 4]);
  assert.is(line.transport.sent, ["0", "1", "2", "3", "4"].map(textHex).join(""));
  assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
});

test("write() lets no small message overtake a large one that waits", async () => {
  const line = await fullLine();
  void line.connection.write(charged(60 * KiB));
  const large = line.connection.write(charged(8 * KiB));
  assert.is(line.connection.tryWrite(""), false); // there would be room for it
  assert.is(await isSettled(large), false);
});

test("write(): a large message that waits leaves room for others to wait", async () => {
  const line = await fullLine({ outboxMessagesMax: 1 });
  await line.connection.write("in the outbox");
  const large = line.connection.write(new Uint8Array(1024 * KiB));
  const small = line.connection.write("heartbeat");
  assert.equal([await isSettled(large), await isSettled(small)], [false, false]);
  while (line.transport.full) line.transport.drain();
  await Promise.all([large, small]);
  await turn();
  assert.ok(line.transport.sent.endsWith(textHex("heartbeat")));
});

test("write() rejects with RangeError when the calls that wait hold 1 MiB", async () => {
  const line = await fullLine({ outboxMessagesMax: 1 });
  void line.connection.write("0");
  const waiting = [];
  for (let index = 0; index < 16; index++) {
    waiting.push(line.connection.write(charged(64 * KiB)));
  }
  assert.is(line.connection.stats().outbox.size, ITEM_COST + 2 + 1024 * KiB);
  waiting.push(line.connection.write(charged(64 * KiB))); // as large as the largest, which is free
  const error = await rejects(line.connection.write(""));
  assert.instance(error, RangeError);
  assert.match(error.message, "must be <= 1048576 (outboxWaitingMax): await each write()");
  line.transport.drain();
  await withTimeout(Promise.all(waiting), "room for those that waited");
  assert.is(line.connection.tryWrite(""), true);
});

test("write() lets one call wait, however large it is, beside the limit", async () => {
  const line = await fullLine({ outboxMessagesMax: 1, outboxWaitingMax: 2 * ITEM_COST });
  void line.connection.write("0");
  const small = [line.connection.write(""), line.connection.write("")];
  const waiting = line.connection.write(new Uint8Array(5000));
  assert.is(await isSettled(waiting), false);
  assert.instance(await rejects(line.connection.write("")), RangeError);
  assert.instance(await rejects(line.connection.write(new Uint8Array(5000))), RangeError);
  line.transport.drain();
  await withTimeout(Promise.all([...small, waiting]), "room");
});

test("write(): the largest that waited is forgotten when none waits any more", async () => {
  const line = await fullLine({ outboxMessagesMax: 1, outboxWaitingMax: 2 * ITEM_COST });
  void line.connection.write("0");
  const large = line.connection.write(new Uint8Array(100 * KiB));
  while (!(await isSettled(large))) line.transport.drain();
  line.transport.full = true;
  await line.connection.write("1"); // leaves, and nothing more
  await turn();
  await line.connection.write("2");
  for (let count = 0; count < 3; count++) void line.connection.write("");
  assert.instance(await rejects(line.connection.write("")), RangeError);
  assert.is(line.connection.stats().outbox.size, 4 * ITEM_COST + 2);
});

test("write() that is refused for the pile after close() says that it is closed", async () => {
  const line = await fullLine({ outboxMessagesMax: 1, outboxWaitingMax: 1000 });
  void line.connection.write("0");
  void line.connection.write(new Uint8Array(5000));
  void line.connection.close();
  assert.instance(await rejects(line.connection.write("")), ConnectionClosedError);
});

test("write() with a signal that is aborted already queues nothing", async () => {
  const line = new Line();
  const signal = AbortSignal.abort(new Error("enough"));
  assert.is((await rejects(line.connection.write("a", { signal }))).message, "enough");
  await turn();
  assert.is(line.transport.sent, "");
  assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
});

test("write() whose signal is aborted while it waits is not sent, those behind are", async () => {
  const line = await fullLine({ outboxMessagesMax: 1 });
  const controller = new AbortController();
  void line.connection.write("0");
  const given = rejects(line.connection.write("1", { signal: controller.signal }));
  const behind = line.connection.write("2");
  controller.abort(new Error("enough"));
  assert.is((await given).message, "enough");
  assert.is(line.connection.stats().outbox.size, 2 * (ITEM_COST + 2));
  line.transport.drain();
  await withTimeout(behind, "room");
  await turn();
  assert.is(line.transport.sent, textHex("0") + textHex("2"));
});

test("write() whose signal is aborted after it was queued is sent", async () => {
  const line = new Line();
  const controller = new AbortController();
  await line.connection.write("a", { signal: controller.signal });
  controller.abort();
  await turn();
  assert.is(line.transport.sent, textHex("a"));
});

/** Payload sizes around the last that is copied into the page, and around a whole page. */
const SIZES = [16_374, 16_375, 65_535, 65_536, 65_537, 300_000];

const PAGE_SIZE = 64 * KiB + 16;

for (const size of SIZES) {
  test(`FrameWriter writes ${size} bytes in slices, with the right bytes`, async () => {
    const payload = new Uint8Array(size).map((_, index) => index % 251);
    const line = new Line();
    await line.connection.write("before");
    await line.connection.write(payload);
    await line.connection.write("after");
    await turn();
    const expected = textHex("before") + binaryHex(payload) + textHex("after");
    assert.is(short(line.transport.sent), short(expected));
    const largest = Math.max(...line.transport.writes.map((bytes) => bytes.length));
    assert.ok(largest <= PAGE_SIZE, `a write of ${largest} bytes`);
  });
}

test("FrameWriter writes a long text with the right bytes", async () => {
  const text = "Grüße \u{1f4a7} ".repeat(10_000);
  const line = new Line();
  await line.connection.write(text);
  await turn();
  assert.is(short(line.transport.sent), short(textHex(text)));
});

test("FrameWriter writes one slice for each drain of the socket, nothing between", async () => {
  const line = new Line();
  const payload = new Uint8Array(200_000).map((_, index) => index % 251);
  line.transport.full = true;
  void line.connection.write(payload);
  void line.connection.write("after");
  await turn();
  line.receive(frame("89", "a"));
  void line.connection.ping();
  await turn();
  const whole = binaryHex(payload);
  let drains = 0;
  while (line.transport.sent.length < whole.length) {
    assert.ok(whole.startsWith(line.transport.sent));
    assert.is(line.transport.writes.length, drains + 1);
    line.lifecycle.drained(); // and full again with the next write
    assert.ok(++drains < 10);
  }
  line.transport.drain();
  await turn();
  assert.is(drains, 3);
  const controls = "8a0161" + "890400000001";
  assert.is(short(line.transport.sent), short(whole + controls + textHex("after")));
});

test("FrameWriter writes nothing to a socket that is full", async () => {
  const line = await fullLine();
  for (let count = 0; count < 100; count++) {
    line.connection.tryWrite(new Uint8Array(500));
    line.receive(frame("89", String(count)));
    void line.connection.ping();
    await turn();
  }
  assert.is(line.transport.writes.length, 0);
});

test("FrameWriter writes no more once a batch has filled the socket", async () => {
  const line = new Line({ limits: { outboxSizeMax: 1024 * KiB } });
  line.transport.full = true; // from the first write on
  for (let count = 0; count < 100; count++) line.connection.tryWrite(new Uint8Array(900));
  await turn(); // together more than a page
  assert.is(line.transport.writes.length, 1);
});

test.run();
