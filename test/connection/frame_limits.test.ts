// messagesPerSecondMax: what comes too fast waits, in our decoder and then in TCP. Nothing is lost.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError } from "../../src/protocol/limit_error.ts";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { Line, closeHex, turn } from "./support.ts";
import type { LineOptions } from "./support.ts";

const test = suite("connection/frame_limits");

/** Ten a second, five at once. */
const LIMITS = { messagesPerSecondMax: 10, messagesBurstMax: 5 };

/** A line, and what has been read of it, as it came. */
interface ReadLine {
  readonly line: Line;
  readonly seen: string[];
}

function readLine(options: LineOptions = {}): ReadLine {
  const line = new Line({ limits: LIMITS, ...options });
  const seen: string[] = [];
  line.connection.forEach((message) => void seen.push(String(message))).catch(() => {});
  return { line, seen };
}

function texts(count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => frame("81", String(from + index)));
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

test("messagesPerSecondMax: a burst passes, and what is more in its chunk waits", async () => {
  const { line, seen } = readLine();
  line.receive(...texts(25));
  assert.equal(seen, numbers(5));
  assert.is(line.connection.stats().paused, true);
  for (let passed = 1; passed <= 20; passed++) {
    await line.clock.advance(99);
    assert.is(seen.length, 4 + passed);
    await line.clock.advance(1);
    assert.is(seen.length, 5 + passed);
  }
  assert.equal(seen, numbers(25));
  await line.clock.advance(100);
  assert.is(line.connection.stats().paused, false);
  assert.is(line.clock.pending, 0);
  assert.is(line.transport.pauses > 0, true);
  await line.clock.advance(400);
  line.receive(...texts(5, 25));
  assert.is(seen.length, 30);
});

test("messagesPerSecondMax: who keeps to it is never paused", async () => {
  const { line, seen } = readLine();
  for (let round = 0; round < 20; round++) {
    line.receive(...texts(4));
    await line.clock.advance(400);
  }
  assert.equal([seen.length, line.transport.pauses], [80, 0]);
  assert.is(line.clock.alarmsSet, 0);
});

test("messagesBurstMax is a second of it by default", () => {
  const { line, seen } = readLine({ limits: { messagesPerSecondMax: 7 } });
  line.receive(...texts(20));
  assert.is(seen.length, 7);
});

test("messagesPerSecondMax is kept although the timers of Node are a little early", async () => {
  const { line, seen } = readLine({ limits: { messagesPerSecondMax: 7 }, truncates: true });
  line.receive(...texts(100));
  for (let ms = 1; ms <= 3000; ms++) {
    line.clock.advanceSync(1);
    if (line.clock.pending === 0) await turn(); // it goes on then
    assert.ok(seen.length <= 7 + (ms * 7) / 1000, `${seen.length} after ${ms} ms`);
  }
  assert.ok(seen.length >= 27);
});

test("messagesPerSecondMax of many wakes up 20 times a second, not for each", async () => {
  const { line, seen } = readLine({ limits: { messagesPerSecondMax: 1000 } });
  line.receive(...texts(3000));
  await line.clock.advance(0); // forEach() takes 256 in a turn
  assert.is(seen.length, 1000);
  await line.clock.advance(1000);
  assert.is(seen.length, 2000);
  assert.is(line.clock.alarmsSet, 21);
  await line.clock.advance(1000);
  assert.equal(seen, numbers(3000));
});

/** Ways to send many frames, and how many of them are messages. */
const EVASIONS: readonly (readonly [what: string, frames: Uint8Array[], messages: number])[] = [
  ["fragments", [frame("01", "a"), ...Array(30).fill(frame("00", "b")), frame("80", "c")], 1],
  ["empty fragments", [frame("01"), ...Array(30).fill(frame("00")), frame("80")], 1],
  ["empty messages", Array<Uint8Array>(32).fill(frame("81")), 32],
];

for (const [what, frames, messages] of EVASIONS) {
  test(`messagesPerSecondMax: ${what} do not evade it (A34, A35, A67)`, async () => {
    const { line, seen } = readLine();
    line.receive(...frames);
    await line.clock.advance(2600);
    assert.is(seen.length, messages === 1 ? 0 : 31);
    await line.clock.advance(100);
    assert.is(seen.length, messages);
  });
}

test("messagesPerSecondMax holds up no message in the middle of its frame", async () => {
  const { line, seen } = readLine({ limits: { messagesPerSecondMax: 1 } });
  line.receive(frameHeader("81", 3), bytes("61"));
  line.receive(bytes("62"));
  assert.is(line.transport.pauses, 0);
  line.receive(bytes("63"));
  assert.equal([seen, line.transport.pauses], [["abc"], 1]);
});

test("messagesPerSecondMax: what was under way when the socket was paused waits, too", async () => {
  const { line, seen } = readLine();
  const wire = concat(...texts(40));
  for (let at = 0; at < wire.length; at += 11) line.receive(wire.subarray(at, at + 11));
  assert.ok(seen.length <= 6, `${seen.length} at once`);
  await line.clock.advance(3600);
  assert.equal(seen, numbers(40));
});

test("messagesPerSecondMax: a Close behind the messages comes behind them", async () => {
  const { line, seen } = readLine();
  line.receive(...texts(10), closeFrame(1000));
  await line.clock.advance(499);
  assert.equal([seen.length, line.transport.sent], [9, ""]);
  await line.clock.advance(101); // for the tenth, and for the token that lets the decoder go on
  assert.equal([seen.length, line.transport.sent], [10, closeHex(1000)]);
  line.disconnect();
  assert.is((await line.connection.closed).wasClean, true);
  assert.is(line.clock.pending, 0);
});

/** What ends a connection while the rate holds it up. */
const ENDS: readonly (readonly [what: string, end: (line: Line) => void])[] = [
  ["close()", (line) => void line.connection.close()],
  ["terminate()", (line) => line.connection.terminate()],
];

for (const [what, end] of ENDS) {
  test(`messagesPerSecondMax: ${what} ends the pause, and leaves no timer`, async () => {
    const { line } = readLine();
    line.receive(...texts(100));
    assert.is(line.clock.pending, 1);
    end(line);
    await turn();
    assert.is(line.connection.stats().paused, false);
    line.disconnect();
    assert.is(line.clock.pending, 0);
    await turn();
  });
}

test("messagesPerSecondMax: behind our Close everything is read, to find the peer's", async () => {
  const { line, seen } = readLine();
  line.receive(...texts(100), closeFrame(3000));
  void line.connection.close(1000);
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.is(seen.length, 100);
  line.disconnect();
  assert.equal((await line.connection.closed).code, 3000);
});

test("messagesPerSecondMax: keepalive does not take a paused peer for dead (A66)", async () => {
  const limits = { messagesPerSecondMax: 1 };
  const { line, seen } = readLine({ limits, keepalive: { interval: 1000, timeout: 1000 } });
  line.receive(...texts(300));
  await line.clock.advance(299_000);
  assert.equal([seen.length, line.transport.destroys], [300, 0]);
  await line.clock.advance(1000);
  assert.is(line.connection.stats().paused, false);
  await line.clock.advance(3000);
  assert.is(line.transport.destroys, 1); // now it is silent
});

test("messagesPerSecondMax and a full inbox: read again only when neither holds", async () => {
  const line = new Line({ limits: { ...LIMITS, inboxMessagesMax: 5 } });
  line.receive(...texts(6));
  assert.equal([line.transport.pauses, line.transport.resumes], [1, 0]);
  await line.clock.advance(10_000);
  assert.equal([line.transport.pauses, line.transport.resumes], [1, 0]);
  for (let count = 0; count < 3; count++) line.connection.tryRead();
  await turn();
  assert.is(line.connection.stats().received.messages, 6);
  await turn();
  assert.equal([line.transport.pauses, line.transport.resumes], [1, 1]);
});

test("no limit of frames is set: no timer, no error for 100,000 of each", async () => {
  const line = new Line({ limits: { inboxMessagesMax: Infinity, inboxSizeMax: Infinity } });
  const [message, ping] = [frame("81"), frame("8a")];
  const chunk = concat(...Array.from({ length: 10_000 }, () => concat(message, ping)));
  for (let count = 0; count < 10; count++) {
    line.receive(chunk);
    while (line.connection.stats().received.messages < 10_000 * (count + 1)) await turn();
  }
  assert.equal([line.connection.stats().inbox.messages, line.clock.alarmsSet], [100_000, 0]);
});

test("LimitError says the limit, what it is set to, and what was found", () => {
  const passed = { limit: "messageTimeoutMs", max: 1, found: 2 };
  const error = new LimitError("Cannot accept message", passed, 1008);
  assert.is(String(error), "LimitError: Cannot accept message");
  assert.equal([error.limit, error.max, error.found, error.closeCode, error.isPeers], [
    "messageTimeoutMs",
    1,
    2,
    1008,
    true,
  ]);
});

test("messagesPerSecondMax: its pauses are a limit that is hit, and count as time", async () => {
  const limits = { ...LIMITS, messageTimeoutMs: 2000 };
  const { line } = readLine({ limits });
  line.receive(frame("01", "a"), ...Array.from({ length: 99 }, () => frame("00", "a")));
  assert.is(line.lifecycle.observed.limitHits?.toRecord()["messagesPerSecondMax"], 1);
  await line.clock.advance(2600);
  line.disconnect();
  const { cause } = await line.connection.closed;
  assert.instance(cause, LimitError);
  assert.is((cause as LimitError).limit, "messageTimeoutMs");
});

test.run();
