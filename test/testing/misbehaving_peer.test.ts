// Each misbehaviour, and what a handler sees of it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Message } from "../../src/message/message.ts";
import { decodeFrames, encodeFrame } from "../../src/frame/mod.ts";
import { FakeClock, misbehavingPeer } from "../../src/testing/mod.ts";
import type { MisbehavingPeer } from "../../src/testing/mod.ts";
import { bytes, hex, utf8 } from "../support/bytes.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("testing/misbehaving_peer");

/** The handler under test: says back what it hears. */
async function echo({ connection }: MisbehavingPeer): Promise<Message[]> {
  const heard: Message[] = [];
  for await (const message of connection) {
    heard.push(message);
    await connection.write(message);
  }
  return heard;
}

/** What the server sent, a frame each: opcode and payload. */
function answers({ wire }: MisbehavingPeer): string[] {
  const frames = decodeFrames(wire.sent("server"), { role: "client" });
  return frames.map(({ opcode, payload }) => `${opcode} ${hex(payload)}`);
}

test("A peer that is asked for nothing wrong masks, answers, and closes as it should", async () => {
  const messages = ["Hello", Uint8Array.of(1, 2)];
  const peer = misbehavingPeer({ messages, closes: true });
  assert.equal(await withTimeout(echo(peer), "the echo to end"), messages);
  assert.is((await withTimeout(peer.connection.closed, "the end")).wasClean, true);
  assert.equal(answers(peer), ["1 48656c6c6f", "2 0102", "8 03e8"]);
  const sent = decodeFrames(peer.wire.sent("client"), { role: "server" }); // refuses the unmasked
  assert.equal(sent.map(({ opcode }) => opcode), [1, 2, 8]);
});

test("A peer answers pings, our Close and our FIN, in no time", async () => {
  const clock = new FakeClock();
  const peer = misbehavingPeer({ clock });
  assert.ok((await withTimeout(peer.connection.ping(), "the pong")) >= 0);
  const closed = peer.connection.close(4000);
  await clock.advance(0);
  assert.is(clock.pending, 0);
  const { wasClean, received } = await withTimeout(closed, "the end");
  assert.is(wasClean, true);
  assert.equal(received, { code: 4000, reason: "" });
});

test("A peer that comes byte by byte is understood as any other", async () => {
  const peer = misbehavingPeer({ messages: ["Hello", "Grüße"], closes: true, byteByByte: true });
  assert.equal(await withTimeout(echo(peer), "the echo to end"), ["Hello", "Grüße"]);
});

test("A peer that sends a byte each second keeps a connection alive", async () => {
  const clock = new FakeClock();
  const keepalive = { interval: 5000, timeout: 5000 };
  const slow = { byteByByte: true, intervalMs: 1000 };
  const peer = misbehavingPeer({ messages: ["Hello, World"], ...slow, clock, keepalive });
  await clock.advance(16_999); // 18 bytes: the first at once
  assert.is(peer.connection.stats().received.bytes, 17);
  assert.is(peer.connection.tryRead(), undefined);
  await clock.advance(1);
  assert.is(peer.connection.tryRead(), "Hello, World");
  peer.stop();
});

/** The frame of "Hello" has 11 bytes: a header of 6, and 5. */
for (let resetsAt = 0; resetsAt <= 12; resetsAt++) {
  test(`A peer that resets at byte ${resetsAt} of a frame of 11 ends with 1006`, async () => {
    const peer = misbehavingPeer({ messages: ["Hello"], resetsAt });
    const heard: Message[] = [];
    const handler = (async () => {
      for await (const message of peer.connection) heard.push(message);
    })();
    assert.instance(await rejects(handler), ConnectionClosedError);
    const closure = await withTimeout(peer.connection.closed, "the end");
    assert.equal([closure.code, closure.wasClean, closure.sent], [1006, false, null]);
    assert.is((closure.cause as NodeJS.ErrnoException).code, "ECONNRESET");
    assert.is(peer.wire.size("client"), Math.min(resetsAt, 11));
    assert.equal(heard, resetsAt < 11 ? [] : ["Hello"]);
  });
}

test("A peer resets behind all that it was to send, also when it waited for room", async () => {
  const message = new Uint8Array(200_000);
  const cases: readonly [resetsAt: number, highWaterMark: number][] = [
    [100_000, 64 * 1024],
    [200_014, 64 * 1024],
    [1000, 100],
  ];
  for (const [resetsAt, highWaterMark] of cases) {
    const peer = misbehavingPeer({ messages: [message], resetsAt, highWaterMark });
    const { cause } = await withTimeout(peer.connection.closed, "the end");
    assert.is((cause as { code?: string }).code, "ECONNRESET");
    assert.is(peer.wire.size("client"), resetsAt);
    assert.is(peer.connection.stats().received.bytes, resetsAt);
  }
});

test("A peer that never reads does not see our Close: 1006 behind the time-out", async () => {
  const clock = new FakeClock();
  const peer = misbehavingPeer({ neverReads: true, clock });
  const closed = peer.connection.close();
  await clock.advance(9_999);
  assert.equal(answers(peer), ["8 03e8"]); // it is on the wire
  await clock.advance(1);
  const { code, cause } = await withTimeout(closed, "the end");
  assert.is(code, 1006);
  assert.is((cause as DOMException).name, "TimeoutError");
  assert.is(clock.pending, 0);
});

test("A peer that never answers is cut by the keepalive, or by close()", async () => {
  const clock = new FakeClock();
  const silent = misbehavingPeer({ neverAnswers: true, clock, keepalive: {} });
  await clock.advance(39_999);
  assert.is(silent.connection.tryWrite("it is open"), true);
  await clock.advance(1);
  assert.is((await withTimeout(silent.connection.closed, "the end")).code, 1006);
  assert.equal(answers(silent), ["9 ", `1 ${hex(utf8("it is open"))}`]);
  const stubborn = misbehavingPeer({ neverAnswers: true, clock });
  const closed = stubborn.connection.close();
  await clock.advance(10_000);
  assert.is((await withTimeout(closed, "the end")).wasClean, false);
});

test("A peer that half-closes without a Close hears the answer, then FIN: 1006", async () => {
  const peer = misbehavingPeer({ messages: ["Hello"], halfCloses: true });
  assert.instance(await rejects(echo(peer)), ConnectionClosedError);
  const closure = await withTimeout(peer.connection.closed, "the end");
  assert.equal(answers(peer), ["1 48656c6c6f"]);
  assert.equal([closure.code, closure.initiator], [1006, "remote"]);
  assert.match((closure.cause as Error).message, /Peer ended TCP without a Close frame/);
});

test("A peer that half-closes behind its Close closes cleanly", async () => {
  const peer = misbehavingPeer({ closes: true, halfCloses: true });
  assert.is((await withTimeout(peer.connection.closed, "the end")).wasClean, true);
});

test("A peer that pings forever pings each ms, and stops when it is told", async () => {
  const clock = new FakeClock();
  const peer = misbehavingPeer({ pingsForever: true, clock });
  await clock.advance(99);
  assert.is(answers(peer).length, 100);
  assert.ok(answers(peer).every((answer) => answer === "10 "));
  peer.stop();
  peer.stop(); // is one
  assert.is(clock.pending, 0);
  await clock.advance(10);
  assert.is((await withTimeout(peer.connection.closed, "the end")).code, 1006);
  assert.is(peer.wire.size("client"), 600);
});

test("A peer that pings forever stops when the connection ends", async () => {
  const clock = new FakeClock();
  const peer = misbehavingPeer({ pingsForever: true, intervalMs: 10, clock });
  await clock.advance(50);
  const closed = peer.connection.close();
  await clock.advance(10_000);
  assert.is((await withTimeout(closed, "the end")).wasClean, true);
  assert.is(clock.pending, 0);
});

test("A peer that pings and never reads fills the wire, not the server", async () => {
  const clock = new FakeClock();
  const options = { pingsForever: true, neverReads: true, highWaterMark: 50 };
  const peer = misbehavingPeer({ ...options, clock, limits: { stallTimeoutMs: 1000 } });
  await clock.advance(900);
  assert.is(peer.wire.size("server"), 50);
  assert.is(peer.connection.stats().outbox.size, 0);
  await clock.advance(200); // 25 pongs fill the wire, at the 26th the socket is full
  assert.is((await withTimeout(peer.connection.closed, "the end")).code, 1006);
});

test("A peer sends the bytes that it is given, whatever they are: §5.1", async () => {
  const unmasked = encodeFrame({ opcode: 1, payload: "Hello" });
  const peer = misbehavingPeer({ bytes: unmasked });
  const { sent } = await withTimeout(peer.connection.closed, "the end");
  assert.is(sent?.code, 1002);
  assert.is(hex(peer.wire.sent("client").subarray(0, 7)), hex(unmasked));
});

test("A peer sends more when it is told", async () => {
  const peer = misbehavingPeer({ messages: ["Hello"] });
  assert.is(await peer.connection.read(), "Hello");
  peer.send(bytes("81 85 37fa213d"));
  await peer.settled();
  assert.is(peer.connection.tryRead(), undefined);
  peer.send(bytes("7f9f4d5158"));
  assert.is(await withTimeout(peer.connection.read(), "the rest"), "Hello");
  peer[Symbol.dispose]();
  peer.send(bytes("8900"));
  assert.is((await peer.connection.closed).code, 1006);
  assert.is(peer.wire.size("client"), 22);
});

test("misbehavingPeer() refuses what means nothing", () => {
  const both = { halfCloses: true, pingsForever: true };
  assert.throws(() => misbehavingPeer(both), /Cannot misbehave: with halfCloses it has no way to/);
  assert.throws(() => misbehavingPeer({ resetsAt: -1 }), /resetsAt is -1, must be a number >= 0/);
  assert.throws(() => misbehavingPeer({ intervalMs: Number.NaN }), /intervalMs is NaN/);
});

test.run();
