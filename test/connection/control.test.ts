// Pings and pongs, theirs and ours: §5.5.2, §5.5.3.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { bytes } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { closeHex, isSettled, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/control");

/** A ping of the peer's, its payload the number in two bytes; and the pong due to it, in hex. */
function ping(number: number): Uint8Array {
  return frame("89", Uint8Array.of(number >> 8, number & 0xff));
}

function pongHex(number: number): string {
  return `8a02${number.toString(16).padStart(4, "0")}`;
}

/** The numbers from `start` up to `end`. */
function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

/** The pong to our ping with that number. */
function pongTo(number: number): Uint8Array {
  return frame("8a", Uint8Array.of(0, 0, number >> 8, number & 0xff));
}

/** A connection whose socket is full. */
async function fullLine(): Promise<Line> {
  const line = new Line();
  line.transport.full = true;
  await line.connection.write("x");
  await turn();
  line.transport.take();
  return line;
}

test("Lifecycle answers a ping at once, although nobody reads, with its payload", () => {
  const line = new Line();
  line.receive(frame("81", "unread"), frame("89", "Hello"), frame("89"));
  assert.is(line.transport.sent, "8a0548656c6c6f" + "8a00");
  assert.is(line.transport.writes.length, 1);
});

test("Lifecycle answers a ping of 125 bytes that comes inside a message", () => {
  const line = new Line();
  line.receive(frame("01", "Hel"), frame("89", "p".repeat(125)), frame("80", "lo"));
  assert.is(line.transport.sent, `8a7d${"70".repeat(125)}`);
  assert.is(line.connection.tryRead(), "Hello");
});

test("Lifecycle sends a pong before the messages that wait", async () => {
  const line = await fullLine();
  void line.connection.write("a");
  line.receive(ping(1));
  line.transport.drain();
  await turn();
  assert.is(line.transport.sent, pongHex(1) + textHex("a"));
});

test("Lifecycle sends a pong behind what was written in the same turn", async () => {
  const line = new Line();
  void line.connection.write("a");
  line.receive(ping(1));
  await turn();
  assert.is(line.transport.sent, textHex("a") + pongHex(1));
});

test("Lifecycle answers 10,000 pings of one chunk in order, some 1,000 in a turn", async () => {
  const line = new Line();
  line.receive(...range(0, 10_000).map(ping));
  assert.is(line.transport.sent.length, 1025 * pongHex(0).length);
  assert.is(line.transport.pauses, 1);
  for (let turns = 0; turns < 10; turns++) await turn();
  assert.is(line.transport.resumes, 1);
  assert.is(short(line.transport.sent), short(range(0, 10_000).map(pongHex).join("")));
});

for (const count of [1, 15, 16]) {
  test(`WriteLoop keeps ${count} pongs for a full socket, in order`, async () => {
    const line = await fullLine();
    for (const number of range(0, count)) line.receive(ping(number));
    assert.is(line.transport.sent, "");
    line.transport.drain();
    assert.is(line.transport.sent, range(0, count).map(pongHex).join(""));
  });
}

for (const count of [17, 18, 5000]) {
  test(`WriteLoop keeps 15 of ${count} pongs and the newest for a full socket`, async () => {
    const line = await fullLine();
    line.receive(...range(0, count).map(ping));
    for (let turns = 0; turns < 6; turns++) await turn();
    line.transport.drain();
    const kept = [...range(0, 15), count - 1];
    assert.is(line.transport.sent, kept.map(pongHex).join(""));
  });
}

test("Lifecycle answers a ping that comes behind our Close, none behind the peer's", async () => {
  const line = new Line();
  void line.connection.close();
  await turn();
  line.receive(ping(1));
  assert.is(line.transport.sent, closeHex(1000) + pongHex(1));
  line.receive(closeFrame(1000), ping(2));
  line.receive(ping(3));
  await turn();
  assert.is(line.transport.sent, closeHex(1000) + pongHex(1));
});

test("ping() sends a new number and fulfils with the milliseconds until its pong", async () => {
  const line = new Line();
  const first = line.connection.ping();
  await turn();
  assert.is(line.transport.take(), "890400000001");
  line.clock.advanceSync(42);
  line.receive(pongTo(1));
  assert.is(await withTimeout(first, "the pong"), 42);
  const second = line.connection.ping();
  await turn();
  assert.is(line.transport.take(), "890400000002");
  line.receive(pongTo(2));
  assert.is(await withTimeout(second, "the pong"), 0);
});

test("ping() is answered by the pong to a later one, too", async () => {
  const line = new Line();
  const latencies = [];
  for (let count = 0; count < 4; count++) {
    latencies.push(line.connection.ping());
    line.clock.advanceSync(10);
  }
  line.receive(pongTo(3));
  const first = await withTimeout(Promise.all(latencies.slice(0, 3)), "three answers");
  assert.equal(first, [40, 30, 20]);
  assert.is(await isSettled(latencies[3]), false);
  line.receive(pongTo(4));
  assert.is(await withTimeout(latencies[3], "the pong"), 10);
});

/** Pongs that answer nothing. */
const UNSOLICITED: readonly (readonly [what: string, pong: Uint8Array])[] = [
  ["an empty one", frame("8a")],
  ["one with another payload", frame("8a", "beat")],
  ["one with the number and a byte more", frame("8a", bytes("00000001 00"))],
  ["one with a number that was never sent", pongTo(2)],
  ["one with the number 0", pongTo(0)],
];

for (const [what, pong] of UNSOLICITED) {
  test(`ping() takes no unsolicited pong for its own: ${what}`, async () => {
    const line = new Line();
    const latency = line.connection.ping();
    line.receive(pong);
    assert.is(await isSettled(latency), false);
    assert.is(await isSettled(line.connection.closed), false);
    line.receive(pongTo(1));
    assert.is(await withTimeout(latency, "the pong"), 0);
  });
}

test("ping() takes no pong twice", async () => {
  const line = new Line();
  await Promise.all([line.connection.ping(), Promise.resolve(line.receive(pongTo(1)))]);
  const latency = line.connection.ping();
  line.receive(pongTo(1));
  assert.is(await isSettled(latency), false);
});

test("ping() rejects with RangeError while 16 wait, and goes on after a pong", async () => {
  const line = new Line();
  const latencies = range(0, 16).map(() => line.connection.ping());
  const error = await rejects(line.connection.ping());
  assert.instance(error, RangeError);
  assert.is(error.message, "Cannot ping: 16 pings wait for their pong, which is the limit");
  line.receive(pongTo(1));
  assert.is(await withTimeout(latencies[0], "the pong"), 0);
  const seventeenth = line.connection.ping();
  line.receive(pongTo(17));
  await withTimeout(Promise.all([...latencies, seventeenth]), "all pongs");
  assert.is(line.transport.sent.length, 0); // they are sent at the end of the tick
  await turn();
  assert.is(line.transport.sent.slice(-12), "890400000011");
});

test("ping() leaves before the messages that wait, and behind no Close", async () => {
  const line = await fullLine();
  void line.connection.write("a");
  void line.connection.ping();
  void line.connection.close();
  assert.instance(await rejects(line.connection.ping()), ConnectionClosedError);
  line.transport.drain();
  await turn();
  assert.is(line.transport.sent, "890400000001" + textHex("a") + closeHex(1000));
});

/** What ends a connection, and the code that ping() then rejects with. */
const ENDS: readonly (readonly [what: string, end: (line: Line) => void, code: number])[] = [
  ["close()", (line) => void line.connection.close(4000), 4000],
  ["the peer's Close", (line) => line.receive(closeFrame(1001)), 1001],
  ["a violation", (line) => line.receive(frame("83")), 1006],
  ["FIN", (line) => line.fin(), 1006],
  ["terminate()", (line) => line.connection.terminate(), 1006],
  ["the loss of the line", (line) => line.disconnect(), 1006],
];

for (const [what, end, code] of ENDS) {
  test(`ping() rejects after ${what}, quietly`, async () => {
    const line = new Line();
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    end(line);
    void line.connection.ping();
    const error = await rejects(line.connection.ping());
    await turn();
    await turn();
    process.off("unhandledRejection", note);
    assert.instance(error, ConnectionClosedError);
    assert.is((error as ConnectionClosedError).code, code);
    assert.match(error.message, /^Cannot ping: connection is closed/);
    assert.equal(unhandled, []);
    assert.not.match(line.transport.sent, /^89/);
  });
}

test("ping() that waits rejects at the end of the connection, with its code", async () => {
  const line = new Line();
  const waiting = [line.connection.ping(), line.connection.ping()].map((one) => rejects(one));
  line.receive(closeFrame(1001));
  line.disconnect();
  for (const error of await Promise.all(waiting)) {
    assert.instance(error, ConnectionClosedError);
    assert.is((error as ConnectionClosedError).code, 1001);
  }
});

test.run();
