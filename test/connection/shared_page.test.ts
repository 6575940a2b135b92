// One page for all connections: whose batch is in it, and what becomes of that when another one
// writes, when its own connection is cut, or when its socket turns out to be full.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { WireBytes } from "../../src/connection/diagnostics.ts";
import { hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { binaryHex, closeHex, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/shared_page");

const LARGE = new Uint8Array(100_000).fill(7);

/** What was written of one socket, write by write. */
function writesOf(line: Line): string[] {
  return line.transport.writes.map((bytes) => Buffer.from(bytes).toString("hex"));
}

test("messages to two connections by turns are one write for each", async () => {
  const [first, second] = [new Line(), new Line()];
  for (const text of ["a", "b", "c"]) {
    void first.connection.write(text);
    void second.connection.write(text.toUpperCase());
  }
  assert.equal([writesOf(first), writesOf(second)], [[], []]);
  await turn();
  assert.equal(writesOf(first), [["a", "b", "c"].map(textHex).join("")]);
  assert.equal(writesOf(second), [["A", "B", "C"].map(textHex).join("")]);
});

test("a large message waits while another has the page, and is whole", async () => {
  const [first, second] = [new Line(), new Line()];
  void first.connection.write("a");
  void first.connection.write("é"); // not encoded yet
  void second.connection.write(LARGE);
  assert.equal([writesOf(first), writesOf(second)], [[], []]);
  void first.connection.write("b");
  await turn();
  assert.is(short(second.transport.sent), short(binaryHex(LARGE)));
  assert.is(first.transport.sent, ["a", "é", "b"].map(textHex).join(""));
  assert.is(first.connection.stats().sent.messages, 3);
});

test("an answer that leaves at once has the page of another emptied first", async () => {
  const [first, second] = [new Line(), new Line()];
  void first.connection.write("a");
  second.receive(frame("89", "ping"));
  assert.is(first.transport.sent, textHex("a"));
  assert.is(second.transport.sent, `8a04${Buffer.from("ping").toString("hex")}`);
});

test("terminate() takes what was not sent out of the page, and nothing of others", async () => {
  const [first, second] = [new Line(), new Line()];
  void first.connection.write("lost");
  first.connection.terminate();
  void second.connection.write("kept");
  await turn();
  assert.is(first.transport.sent, "");
  assert.is(second.transport.sent, textHex("kept"));
});

test("a socket that another one's turn has found full stalls, and ends for it", async () => {
  const [first, second] = [new Line({ limits: { stallTimeoutMs: 50 } }), new Line()];
  first.transport.full = true;
  void first.connection.write("a");
  second.receive(frame("89", "ping"));
  assert.is(first.transport.sent, textHex("a"));
  void first.connection.write("b"); // waits now
  await turn();
  assert.is(first.transport.sent, textHex("a"));
  assert.is(first.connection.stats().outbox.messages, 1);
  first.clock.advanceSync(50);
  assert.is(first.transport.destroys, 1);
  first.disconnect();
  const closure = await first.connection.closed;
  assert.is(closure.code, 1006);
  assert.is((closure.cause as Error).message, "Peer made no room for 50 ms (stallTimeoutMs)");
});

test("what a stream writes within another's write is neither lost nor mixed up", async () => {
  const [first, second, third] = [new Line(), new Line(), new Line()];
  let depth = 0;
  first.transport.onWrite = () => {
    if (depth++ > 0) return;
    void second.connection.write("B");
    void third.connection.write("C");
  };
  void first.connection.write("a");
  void third.connection.write(LARGE); // before what comes in the write of the first
  void first.connection.write("b");
  await turn();
  assert.is(first.transport.sent, textHex("a") + textHex("b"));
  assert.is(second.transport.sent, textHex("B"));
  assert.is(short(third.transport.sent), short(binaryHex(LARGE) + textHex("C")));
});

test("B24 no data goes behind a Close that another's write has led to", async () => {
  const [first, second] = [new Line(), new Line()];
  first.transport.onWrite = () => void second.connection.close(4000);
  void first.connection.write("a"); // waits in the page
  const written = second.connection.write(LARGE).then(
    () => "written",
    () => "refused",
  );
  await turn();
  assert.is(first.transport.sent, textHex("a"));
  assert.is(short(second.transport.sent), short(binaryHex(LARGE) + closeHex(4000)));
  assert.is(await written, "written");
});

test("nothing is sent of a connection that was cut while it took the page", async () => {
  const [first, second] = [new Line(), new Line()];
  void first.connection.write("a"); // waits in the page
  first.transport.onWrite = () => second.connection.terminate();
  second.receive(frame("89", "ping"));
  first.transport.onWrite = null;
  void first.connection.write("b");
  await turn();
  assert.equal([first.transport.sent, second.transport.sent], [textHex("a") + textHex("b"), ""]);
  assert.equal([second.transport.destroys, second.connection.stats().sent.bytes], [1, 0]);
});

test("what an observer of the wire writes goes behind what he observes", async () => {
  const [first, second] = [new Line(), new Line()];
  let count = 0;
  const write = (event: unknown): void => {
    const { connection } = event as WireBytes;
    if (connection === first.connection && count++ === 0) void first.connection.write(LARGE);
  };
  subscribe("sluice.wire.sent", write);
  void first.connection.write("a");
  void second.connection.write(LARGE); // takes the page from the first
  await turn();
  unsubscribe("sluice.wire.sent", write);
  assert.is(short(first.transport.sent), short(textHex("a") + binaryHex(LARGE)));
  assert.is(short(second.transport.sent), short(binaryHex(LARGE)));
});

test("a batch for a socket that reads later is a copy, and the page is free again", async () => {
  const [first, second] = [new Line(), new Line()];
  const writes: Uint8Array[] = [];
  const write = (bytes: Uint8Array): boolean => writes.push(bytes) > 0;
  Object.assign(first.transport, { readsLater: true, flushed: false, write });
  Object.assign(second.transport, { write });
  for (const { connection } of [first, second, second]) {
    void connection.write("a");
    await turn();
  }
  assert.is(writes[0].buffer.byteLength, writes[0].length);
  assert.is(writes[1], writes[2], "the same view of the same place");
  assert.equal(writes.map(hex), Array(3).fill(textHex("a")));
});

test.run();
