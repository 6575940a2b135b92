// `connection.messages` and `batches()`: what arrived, as the end of a channel and in arrays.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select, trySelect } from "../../src/channel/mod.ts";
import type { Connection } from "../../src/connection/connection.ts";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Message } from "../../src/message/message.ts";
import { isCollected } from "../channel/support.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/messages");

const END = { value: undefined, done: true };

/** Text frames with the numbers from `start` up to `end`. */
function numbers(start: number, end: number): Uint8Array[] {
  return numbersOf(start, end).map((number) => frame("81", number));
}

/** What is in them. */
function numbersOf(start: number, end: number): string[] {
  return Array.from({ length: end - start }, (_, index) => String(start + index));
}

test("messages: a case of select, in one queue with read() and the loops", async () => {
  const line = new Line();
  const other = new Channel<string>();
  const selected = select({ message: line.connection.messages, other });
  const read = line.connection.read();
  line.receive(...numbers(0, 3));
  assert.equal(await selected, { case: "message", value: "0", done: false });
  assert.is(await read, "1");
  const ready = trySelect({ other, message: line.connection.messages });
  assert.equal(ready, { case: "message", value: "2", done: false });
  const loser = select({ other, message: line.connection.messages });
  other.trySend("this");
  assert.is((await loser).case, "other");
  line.receive(...numbers(3, 5), closeFrame(1000));
  assert.equal(await line.connection.messages.receive(), { value: "3", done: false });
  const left: Message[] = [];
  for await (const message of line.connection.messages) left.push(message);
  assert.equal(left, ["4"]);
  assert.equal(line.connection.messages.tryReceive(), { value: undefined, done: true });
});

test("messages: receive() waits in its turn, and takes nothing once it is aborted", async () => {
  const line = new Line();
  const { messages } = line.connection;
  const giveUp = new AbortController();
  const waiting = [messages.receive({ signal: giveUp.signal }), messages.receive()];
  giveUp.abort(new Error("enough"));
  line.receive(...numbers(0, 2));
  assert.is((await rejects(waiting[0])).message, "enough");
  assert.equal(await waiting[1], { value: "0", done: false });
  assert.is((await rejects(messages.receive({ signal: giveUp.signal }))).message, "enough");
  assert.equal(await messages.receive({}), { value: "1", done: false });
  const last = messages.receive();
  line.receive(closeFrame(1000));
  assert.equal([await last, await messages.receive()], [END, END]);
});

test("messages: done, not an error, when the connection is lost", async () => {
  const line = new Line();
  const selected = select({ message: line.connection.messages });
  const next = line.connection.messages[Symbol.asyncIterator]().next();
  line.disconnect();
  line.fin();
  assert.equal(await selected, { case: "message", value: undefined, done: true });
  assert.equal(await next, { value: undefined, done: true });
});

test("messages: to select one resumes a paused socket, as to read it does", () => {
  const line = new Line({ limits: { inboxMessagesMax: 2 } });
  line.receive(...numbers(0, 2));
  assert.is(line.connection.stats().paused, true);
  assert.is(trySelect({ message: line.connection.messages })?.value, "0");
  assert.equal([line.transport.resumes, line.connection.stats().paused], [1, false]);
});

test("batches() gives all that has arrived, in order, and waits for more", async () => {
  const line = new Line();
  const batches = line.connection.batches();
  line.receive(...numbers(0, 3));
  assert.equal(await batches.next(), { value: ["0", "1", "2"], done: false });
  const next = batches.next();
  line.receive(...numbers(3, 5));
  assert.equal(await next, { value: ["3", "4"], done: false });
  line.receive(...numbers(5, 7), closeFrame(1000));
  assert.equal(await batches.next(), { value: ["5", "6"], done: false });
  assert.equal(await batches.next(), { value: undefined, done: true });
});

test("batches() gives 256 at most, resumes the socket, and lets the event loop turn", async () => {
  const line = new Line({ limits: { inboxMessagesMax: 600 } });
  line.receive(...numbers(0, 600));
  const sizes: number[] = [];
  let turns = 0;
  setImmediate(function count() {
    if (turns++ < 1000) setImmediate(count);
  });
  for await (const batch of line.connection.batches()) {
    sizes.push(batch.length);
    if (sizes.length === 3) break;
  }
  assert.equal(sizes, [256, 256, 88]);
  assert.equal([line.transport.pauses, line.transport.resumes], [1, 1]);
  assert.ok(turns >= 2, `${turns} turns`);
});

test("batches() throws when the connection is lost; return() ends what waits", async () => {
  const line = new Line();
  const left = line.connection.batches();
  const waiting = left.next();
  assert.equal(await left.return?.(), { value: undefined, done: true });
  assert.equal(await waiting, { value: undefined, done: true });
  const lost = line.connection.batches().next();
  line.disconnect();
  line.fin();
  assert.instance(await rejects(lost), ConnectionClosedError);
});

test("batches() keeps the order when next() is called ahead, whatever is there", async () => {
  for (const before of [0, 1, 6]) {
    const line = new Line();
    const batches = line.connection.batches();
    line.receive(...numbers(0, before));
    const ahead = [batches.next(), batches.next(), batches.next()];
    line.receive(...numbers(before, 10));
    const { value: first } = await ahead[0];
    assert.equal(first, numbersOf(0, 10), `${before} before`);
    line.receive(...numbers(10, 12));
    assert.equal(await ahead[1], { value: numbersOf(10, 12), done: false });
    line.receive(frame("81", "12"), closeFrame(1000));
    assert.equal(await ahead[2], { value: ["12"], done: false });
    assert.equal(await batches.next(), END);
  }
});

test("batches(): one who always asks for one ahead has every message in order", async () => {
  const line = new Line({ limits: { inboxMessagesMax: 2000 } });
  line.receive(...numbers(0, 1000), closeFrame(1000));
  const batches = line.connection.batches();
  const read: Message[] = [];
  for (let next = batches.next(), ahead; ; next = ahead) {
    ahead = batches.next();
    const { value, done } = await next;
    if (done) break;
    read.push(...value);
  }
  assert.equal(read, numbersOf(0, 1000));
});

test("batches(): return() ends every next() that is pending, and takes nothing", async () => {
  const line = new Line();
  const batches = line.connection.batches();
  const pending = [batches.next(), batches.next(), batches.next()];
  assert.equal(await batches.return?.(), END);
  assert.equal(await Promise.all(pending), [END, END, END]);
  line.receive(frame("81", "0"));
  assert.is(line.connection.tryRead(), "0");
});

test("batches(): every next() that is pending rejects when the connection is lost", async () => {
  const line = new Line();
  const batches = line.connection.batches();
  const pending = [batches.next(), batches.next()];
  line.disconnect();
  for (const next of pending) assert.instance(await rejects(next), ConnectionClosedError);
});

test("batches() holds no batch that its reader has", async () => {
  const line = new Line();
  const batches = line.connection.batches();
  line.receive(frame("82", "Hello"));
  const message = new WeakRef((await batches.next()).value?.[0] as Uint8Array);
  assert.ok(await isCollected(message));
  assert.is(typeof batches.next, "function"); // which is still held
});

/** What is asked of a connection, and its promise left alone. */
const FLOATING: readonly (readonly [what: string, ask: (connection: Connection) => unknown])[] = [
  ["read()", (connection) => connection.read()],
  ["next()", (connection) => connection[Symbol.asyncIterator]().next()],
  ["next() of batches()", (connection) => connection.batches().next()],
];

for (const [what, ask] of FLOATING) {
  test(`${what} that nobody awaits is no unhandled rejection, in a long stretch too`, async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const line = new Line();
    line.receive(...Array.from({ length: 300 }, () => frame("81", "Hello")));
    for (let count = 0; count < 302; count++) void ask(line.connection);
    line.disconnect();
    await turn();
    void ask(line.connection);
    await turn();
    process.off("unhandledRejection", note);
    assert.equal(unhandled.map(String), []);
  });
}

test.run();
