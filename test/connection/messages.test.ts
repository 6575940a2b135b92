// `connection.messages`: what arrived, as the end of a channel.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select, trySelect } from "../../src/channel/mod.ts";
import type { Message } from "../../src/message/message.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Line } from "./support.ts";

const test = suite("connection/messages");

/** Text frames with the numbers from `start` up to `end`. */
function numbers(start: number, end: number): Uint8Array[] {
  return Array.from({ length: end - start }, (_, index) => frame("81", String(start + index)));
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

test.run();
