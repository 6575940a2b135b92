// messageTimeoutMs: a message that has begun is complete in time, or the connection fails: 1008.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PauseReason } from "../../src/connection/pause_reason.ts";
import { LimitError } from "../../src/protocol/limit_error.ts";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { closeHex, Line, turn } from "./support.ts";
import type { LineOptions } from "./support.ts";

const test = suite("connection/message_deadline");

const TIMEOUT_MS = 8000;
const MIB = 1024 * 1024;

function limited(options: LineOptions = {}): Line {
  return new Line({ limits: { messageTimeoutMs: TIMEOUT_MS, ...options.limits }, ...options });
}

function refusal(foundMs: number): string {
  const text = `Cannot accept message: after ${foundMs} ms it is incomplete, must be complete`;
  return closeHex(1008, `${text} within ${TIMEOUT_MS} (messageTimeoutMs)`);
}

test("messageTimeoutMs: 1 MiB announced, a byte a second: 1008, not early (A32)", async () => {
  const line = limited();
  line.receive(frameHeader("82", MIB));
  for (let second = 1; second < TIMEOUT_MS / 1000; second++) {
    await line.clock.advance(1000);
    line.receive(bytes("61"));
  }
  await line.clock.advance(999);
  assert.equal([line.transport.sent, line.transport.ends], ["", 0]);
  await line.clock.advance(1001); // an eighth of it
  assert.is(line.transport.sent, refusal(8000));
  assert.is(line.transport.ends, 1);
  line.disconnect();
  const { initiator, cause } = await line.connection.closed;
  assert.ok(cause instanceof LimitError);
  assert.equal([initiator, cause.limit, cause.max], ["remote", "messageTimeoutMs", TIMEOUT_MS]);
  assert.is(line.clock.pending, 0);
});

test("messageTimeoutMs is for the whole message, however many fragments it has", async () => {
  const line = limited();
  line.receive(frame("01", "a"));
  for (let count = 0; count < 90; count++) {
    line.receive(frame("00", "b"), frame("89"));
    await line.clock.advance(100);
  }
  assert.ok(line.transport.sent.endsWith(refusal(8000)));
});

test("messageTimeoutMs: a message in time is no matter, nor is the next", async () => {
  const line = limited();
  for (let count = 0; count < 5; count++) {
    line.receive(frame("01", "a"));
    await line.clock.advance(7000);
    line.receive(frame("80", "b"), frame("01", "c")); // and one that begins at once
    await line.clock.advance(7000);
    line.receive(frame("80", "d"));
    await line.clock.advance(60_000);
  }
  assert.is(line.connection.stats().received.messages, 10);
  assert.is(line.transport.ends, 0);
  assert.is(line.clock.pending, 0);
});

test("messageTimeoutMs sets no timer for messages that come whole", async () => {
  const line = limited();
  for (let count = 0; count < 100; count++) {
    line.receive(frame("81", "whole"), frame("01", "a"), frame("80", "b"));
    await line.clock.advance(10);
  }
  assert.is(line.clock.alarmsSet, 0);
});

test("messageTimeoutMs: one timer for all connections", () => {
  const first = limited();
  const others = Array.from({ length: 100 }, () => limited({ clock: first.clock }));
  for (const line of [first, ...others]) line.receive(frame("01", "a"));
  assert.is(first.clock.pending, 1);
  for (const line of [first, ...others]) line.receive(frame("80", "b"));
  assert.is(first.clock.pending, 0);
});

test("messageTimeoutMs does not count the time in which the socket is paused", async () => {
  const line = limited({ limits: { messageTimeoutMs: TIMEOUT_MS, inboxMessagesMax: 1 } });
  line.receive(frame("01", "a"));
  await line.clock.advance(5000);
  line.receive(frame("80", "b"), frame("01", "c"));
  assert.is(line.connection.stats().paused, true);
  await line.clock.advance(100_000);
  line.connection.tryRead();
  await line.clock.advance(7900);
  assert.is(line.transport.ends, 0);
  await line.clock.advance(1100);
  assert.is(line.transport.ends, 1);
});

test("messageTimeoutMs: pauses for the rate are the peer's, and count", async () => {
  const limits = { messageTimeoutMs: TIMEOUT_MS, messagesPerSecondMax: 2, messagesBurstMax: 1 };
  const line = limited({ limits });
  line.receive(frame("01", "a"));
  let seconds = 0;
  for (; line.transport.ends === 0 && seconds < 100; seconds++) {
    line.receive(frame("00", "b")); // paused for half of each second
    await line.clock.advance(1000);
  }
  assert.ok(seconds >= 8 && seconds <= 10, `${seconds} seconds`);
});

test("messageTimeoutMs: the next message has all of it, also behind one with pauses", async () => {
  const limits = { messageTimeoutMs: TIMEOUT_MS, messagesPerSecondMax: 2, messagesBurstMax: 1 };
  const line = limited({ limits });
  line.receive(frame("01", "a"));
  await line.clock.advance(5000);
  line.receive(frame("00", "b"));
  await line.clock.advance(1000);
  line.receive(frame("80", "c"));
  await line.clock.advance(1000);
  line.receive(frame("01", "d"));
  await line.clock.advance(7000);
  assert.is(line.transport.ends, 0);
});

test("messageTimeoutMs: the next has all of it, also behind one that we did not read", async () => {
  const line = limited();
  line.receive(frame("01", "a"));
  await line.clock.advance(5000);
  line.lifecycle.pauseInput(PauseReason.BUDGET);
  await line.clock.advance(60_000);
  line.lifecycle.resumeInput(PauseReason.BUDGET);
  line.receive(frame("80", "b"), frame("01", "c"));
  await line.clock.advance(7999);
  assert.is(line.transport.ends, 0);
  await line.clock.advance(1001);
  assert.is(line.transport.ends, 1);
});

for (const [what, ...rest] of [
  ["nothing", frame("80", "b")],
  ["the next", frame("80", "b"), frame("01", "c")],
] as const) {
  test(`messageTimeoutMs: after a sleep what lies there counts, ${what} behind it`, async () => {
    const line = limited();
    line.receive(frame("01", "a"));
    line.clock.advanceSync(60_000); // no socket is read meanwhile
    line.receive(...rest);
    await turn();
    await turn();
    assert.is(line.transport.ends, 0);
    assert.is(line.connection.tryRead(), "ab");
  });
}

/** What ends it all while a message is incomplete. */
const ENDS: readonly (readonly [what: string, end: (line: Line) => void])[] = [
  ["close()", (line) => void line.connection.close()],
  ["terminate()", (line) => line.connection.terminate()],
  ["a Close", (line) => line.receive(closeFrame(1000))],
  ["a violation", (line) => line.receive(frame("83"))],
  ["FIN", (line) => line.fin()],
  ["a reset", (line) => line.disconnect(new Error("ECONNRESET"))],
];

for (const [what, end] of ENDS) {
  test(`messageTimeoutMs: ${what} calls it off, and leaves no timer`, async () => {
    const line = limited();
    line.receive(frame("01", "a"));
    assert.is(line.clock.pending, 1);
    end(line);
    await turn();
    line.disconnect();
    assert.is(line.clock.pending, 0);
    await line.clock.advance(60_000);
    assert.not.match(line.transport.sent, refusal(8000).slice(8, 40));
  });
}

test("messageTimeoutMs: a message cut anywhere is timed from where it began", async () => {
  const wire = concat(frame("81", "0"), frame("01", "a"), frame("80", "b"));
  for (let cut = 8; cut < wire.length; cut++) {
    const line = limited();
    line.receive(wire.subarray(0, cut));
    await line.clock.advance(9000);
    // A header that is cut is no message yet: it holds 14 bytes at most.
    assert.is(line.transport.ends, cut < 13 ? 0 : 1, `cut at ${cut}`);
  }
});

test.run();
