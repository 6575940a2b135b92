// The inbox: what nobody reads pauses the socket, what is read lets it go on.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeFrame, frame } from "../support/frame.ts";
import { Line } from "./support.ts";

const test = suite("connection/inbox");

const MiB = 1024 * 1024;
const ITEM_COST = 160;

/** `count` empty binary messages. */
function empty(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => frame("82"));
}

/** A binary message that is charged `size`. */
function charged(size: number): Uint8Array {
  return frame("82", new Uint8Array(size - ITEM_COST));
}

function read(line: Line, count: number): void {
  for (let index = 0; index < count; index++) {
    assert.is.not(line.connection.tryRead(), undefined, `message ${index}`);
  }
}

/** How often the socket was paused, and how often resumed. */
function counts({ transport }: Line): [pauses: number, resumes: number] {
  return [transport.pauses, transport.resumes];
}

test("ReadLoop pauses at 1,000 messages, not at 999, and resumes at 500", () => {
  const line = new Line();
  line.receive(...empty(999));
  assert.equal(counts(line), [0, 0]);
  line.receive(...empty(1));
  assert.equal(counts(line), [1, 0]);
  assert.is(line.connection.stats().paused, true);
  read(line, 499);
  assert.equal(counts(line), [1, 0]);
  read(line, 1);
  assert.equal(counts(line), [1, 1]);
  assert.is(line.connection.stats().paused, false);
  read(line, 500);
  assert.equal(counts(line), [1, 1]);
});

test("ReadLoop pauses above 1 MiB charged, not at it, and resumes at half", () => {
  const line = new Line();
  line.receive(charged(MiB / 2), charged(MiB / 4), charged(MiB / 4));
  assert.is(line.connection.stats().inbox.size, MiB);
  assert.equal(counts(line), [0, 0]);
  line.receive(charged(ITEM_COST));
  assert.equal(counts(line), [1, 0]);
  read(line, 1);
  assert.equal(counts(line), [1, 0]); // 160 above the half
  read(line, 1);
  assert.equal(counts(line), [1, 1]);
});

test("ReadLoop charges text two bytes a code unit", () => {
  const line = new Line();
  line.receive(frame("81", "Hello"));
  assert.equal(line.connection.stats().inbox, { messages: 1, size: ITEM_COST + 10 });
});

test("ReadLoop pauses once for what still arrives behind the pause, and keeps it", () => {
  const line = new Line({ limits: { inboxMessagesMax: 2 } });
  line.receive(...empty(5));
  line.receive(...empty(5));
  assert.equal(counts(line), [1, 0]);
  assert.is(line.connection.stats().inbox.messages, 10);
  read(line, 9);
  assert.equal(counts(line), [1, 1]);
});

test("ReadLoop pauses anew after it resumed", () => {
  const line = new Line({ limits: { inboxMessagesMax: 2 } });
  for (let round = 1; round <= 3; round++) {
    line.receive(...empty(2));
    read(line, 2);
    assert.equal(counts(line), [round, round]);
  }
});

for (const way of ["read()", "for await"]) {
  test(`ReadLoop resumes for ${way} as for tryRead()`, async () => {
    const line = new Line({ limits: { inboxMessagesMax: 2 } });
    line.receive(...empty(2));
    assert.equal(counts(line), [1, 0]);
    if (way === "read()") await line.connection.read();
    else for await (const _ of line.connection) break;
    assert.equal(counts(line), [1, 1]);
  });
}

test("ReadLoop never pauses while somebody waits for the message", async () => {
  const line = new Line({ limits: { inboxSizeMax: 100 } });
  const reading = line.connection.read();
  line.receive(frame("82", new Uint8Array(1000)));
  assert.is((await reading).length, 1000);
  assert.equal(counts(line), [0, 0]);
});

test("ReadLoop takes one message that is larger than the bound, and pauses for it", () => {
  const line = new Line({ limits: { inboxSizeMax: 1000 } });
  line.receive(frame("82", new Uint8Array(5000)));
  assert.equal(counts(line), [1, 0]);
  assert.is(line.connection.tryRead()?.length, 5000);
  assert.equal(counts(line), [1, 1]);
});

test("ReadLoop resumes for close(), pauses no more, and drops beyond the bound", async () => {
  const line = new Line({ limits: { inboxMessagesMax: 3 } });
  line.receive(frame("81", "0"), frame("81", "1"), frame("81", "2"));
  assert.equal(counts(line), [1, 0]);
  void line.connection.close();
  assert.equal(counts(line), [1, 1]);
  for (let number = 3; number < 100; number++) line.receive(frame("81", String(number)));
  assert.equal(counts(line), [1, 1]);
  assert.is(line.connection.stats().inbox.messages, 3);
  line.receive(closeFrame(1000));
  const messages = [];
  for await (const message of line.connection) messages.push(message);
  assert.equal(messages, ["0", "1", "2"]);
});

test("ReadLoop drops by size, too, once close() was called", () => {
  const line = new Line({ limits: { inboxSizeMax: 1000 } });
  void line.connection.close();
  for (let index = 0; index < 100; index++) line.receive(charged(400));
  assert.equal(line.connection.stats().inbox, { messages: 3, size: 1200 });
});

test("ReadLoop takes messages again after close() when somebody reads", () => {
  const line = new Line({ limits: { inboxMessagesMax: 1 } });
  void line.connection.close();
  line.receive(frame("81", "0"), frame("81", "1"));
  assert.is(line.connection.tryRead(), "0");
  line.receive(frame("81", "2"));
  assert.is(line.connection.tryRead(), "2");
});

/** What ends the input while the socket is paused. */
const ENDS: readonly (readonly [what: string, end: (line: Line) => void])[] = [
  ["a Close", (line) => line.receive(closeFrame(1000))],
  ["a violation", (line) => line.receive(frame("83"))],
  ["FIN", (line) => line.fin()],
];

for (const [what, end] of ENDS) {
  test(`ReadLoop lets a paused socket go on after ${what}, or its end would never show`, () => {
    const line = new Line({ limits: { inboxMessagesMax: 1 } });
    line.receive(...empty(1));
    assert.equal(counts(line), [1, 0]);
    end(line);
    assert.equal(counts(line), [1, 1]);
    assert.is(line.connection.tryRead()?.length, 0);
  });
}

test("Lifecycle answers the control frames that arrive with, and behind, the pause", () => {
  const line = new Line({ limits: { inboxMessagesMax: 1 } });
  line.receive(frame("82"), frame("89", "a"));
  assert.equal(counts(line), [1, 0]);
  line.receive(frame("89", "b"));
  assert.is(line.transport.sent, "8a01618a0162");
});

test("Connection counts what arrived in stats()", () => {
  const line = new Line();
  line.receive(frame("81", "Hello"), frame("89"), frame("82"));
  const { received, inbox, paused } = line.connection.stats();
  assert.equal(received, { messages: 2, bytes: 11 + 6 + 6 });
  assert.is(inbox.messages, 2);
  assert.is(paused, false);
});

test.run();
