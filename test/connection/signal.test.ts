// The option `signal` of read() and write() that is none: nothing is taken, charged or sent.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { fullLine, Line, textHex, turn } from "./support.ts";

const test = suite("connection/signal");

/** The usual mistake, a new one each time: what once was in a queue may be taken for a signal. */
function mistaken(): { signal: AbortSignal } {
  return { signal: new AbortController() as unknown as AbortSignal };
}

async function refused(operation: Promise<unknown>): Promise<void> {
  const error = await rejects(operation);
  assert.instance(error, TypeError);
  assert.is(error.message, "Cannot wait: signal is AbortController, must be an AbortSignal");
}

test("read() with a controller for a signal takes no message, now or later", async () => {
  const line = new Line();
  await refused(line.connection.read(mistaken()));
  await refused(line.connection.messages.receive(mistaken()));
  line.receive(frame("81", "1"), frame("81", "2"));
  await refused(line.connection.read(mistaken()));
  await refused(line.connection.messages.receive(mistaken()));
  assert.equal([line.connection.tryRead(), line.connection.tryRead()], ["1", "2"]);
});

test("write() with a controller for a signal sends and charges nothing", async () => {
  const idle = new Line();
  await refused(idle.connection.write("a", mistaken()));
  await turn();
  assert.is(idle.transport.sent, "");
  const line = await fullLine({ outboxMessagesMax: 1 });
  await line.connection.write("0");
  const before = line.connection.stats().outbox;
  for (let count = 0; count < 3; count++) await refused(line.connection.write("no", mistaken()));
  assert.equal(line.connection.stats().outbox, before);
  line.transport.drain();
  await turn();
  assert.is(line.transport.sent, textHex("0"));
  assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
});

test("read() and write() with a controller for a signal need not be awaited", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const line = await fullLine({ outboxMessagesMax: 1 });
  await line.connection.write("0");
  void line.connection.read(mistaken());
  void line.connection.write("no", mistaken());
  await turn();
  process.off("unhandledRejection", note);
  assert.equal(unhandled, []);
});

test.run();
