// `connection.forEach()`: a callback instead of promises, and the same guarantees.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection } from "../../src/connection/connection.ts";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Message } from "../../src/message/message.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { closeHex, fullLine, isSettled, Line, textHex, turn } from "./support.ts";

const test = suite("connection/for_each");

function texts(...payloads: readonly string[]): Uint8Array[] {
  return payloads.map((payload) => frame("81", payload));
}

function raise(error: Error): never {
  throw error;
}

test("forEach() calls in the turn in which the messages arrive, and answers with one write", () => {
  const line = new Line();
  const seen: Message[] = [];
  void line.connection.forEach((message) => {
    seen.push(message);
    return line.connection.write(message);
  });
  line.receive(...texts("a", "b"), frame("82", "c"));
  assert.equal(seen, ["a", "b", new Uint8Array(Buffer.from("c"))]);
  line.receive(...texts("d", "e"));
  assert.is(line.transport.writes.length, 3, "a; b and c; d and e");
  const expected = [textHex("a"), textHex("b"), "820163", textHex("d"), textHex("e")];
  assert.is(line.transport.sent, expected.join(""));
});

test("forEach() takes what arrived before it was called", async () => {
  const line = new Line();
  line.receive(...texts("a", "b"), closeFrame(1000));
  const seen: Message[] = [];
  await line.connection.forEach((message) => void seen.push(message));
  assert.equal(seen, ["a", "b"]);
});

test("forEach() waits for a promise, while the inbox fills and the socket pauses", async () => {
  const line = new Line({ limits: { inboxMessagesMax: 4 } });
  const seen: Message[] = [];
  let slow = new Deferred<void>();
  const finished = line.connection.forEach((message) => {
    seen.push(message);
    return slow.promise;
  });
  line.receive(...texts("a", "b", "c", "d", "e"));
  await turn();
  assert.equal(seen, ["a"]);
  assert.equal([line.connection.stats().inbox.messages, line.transport.pauses], [4, 1]);
  for (const [last, resumes] of [["b", 0], ["c", 1], ["d", 1], ["e", 1]] as const) {
    const { resolve } = slow;
    slow = new Deferred();
    resolve();
    await turn();
    assert.is(seen.at(-1), last);
    assert.is(line.transport.resumes, resumes, `behind ${last}`);
  }
  line.receive(closeFrame(1000));
  assert.is(await isSettled(finished), false, "the last message is not done");
  slow.resolve();
  await withTimeout(finished, "the end");
  assert.equal(seen, ["a", "b", "c", "d", "e"]);
});

test("forEach() waits for a write() that waits for a full socket", async () => {
  const line = await fullLine({ outboxMessagesMax: 1 });
  let calls = 0;
  void line.connection.forEach((message) => (calls++, line.connection.write(message)));
  line.receive(...texts("a", "b", "c"));
  await turn();
  assert.is(calls, 2, "a is in the outbox, b waits");
  line.transport.drain();
  await turn();
  await turn();
  assert.is(line.transport.take(), textHex("a") + textHex("b") + textHex("c"));
});

test("forEach() fulfils with the peer's Close, and its answers are in front of ours", async () => {
  const line = new Line();
  const finished = line.connection.forEach((message) => line.connection.write(message));
  line.receive(...texts("a", "b"), closeFrame(1000));
  assert.is(await withTimeout(finished, "the end"), undefined);
  await turn();
  await turn();
  assert.is(line.transport.sent, textHex("a") + textHex("b") + closeHex(1000));
});

test("forEach() rejects when the connection is lost", async () => {
  for (const lose of [
    (line: Line) => line.fin(),
    (line: Line) => line.disconnect(new Error("reset")),
    (line: Line) => line.connection.terminate(),
    (line: Line) => line.receive(frame("83")),
  ]) {
    const line = new Line();
    const finished = line.connection.forEach(() => {});
    lose(line);
    const error = await rejects(withTimeout(finished, "the end"));
    assert.instance(error, ConnectionClosedError);
    assert.is((error as ConnectionClosedError).code, 1006);
  }
});

test("forEach(): nobody who looks, and a lost connection ends no process", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const idle = new Line();
  void idle.connection.forEach(() => {});
  const writing = await fullLine({ outboxMessagesMax: 1 });
  void writing.connection.forEach((message) => writing.connection.write(message));
  writing.receive(...texts("a", "b"));
  for (const line of [idle, writing]) line.connection.terminate();
  for (let turns = 0; turns < 3; turns++) await turn();
  process.off("unhandledRejection", note);
  assert.equal(unhandled, []);
});

for (const [how, fail] of [
  ["throws", raise],
  ["rejects", (error: Error) => Promise.reject(error)],
] as const) {
  test(`forEach() rejects with what the callback ${how}, and takes no other message`, async () => {
    const line = new Line();
    const error = new Error("mine");
    const finished = line.connection.forEach((message) =>
      message === "b" ? fail(error) : undefined,
    );
    finished.catch(() => {});
    line.receive(...texts("a", "b", "c"));
    assert.is(await rejects(finished), error);
    line.receive(...texts("d"));
    assert.is(await line.connection.read(), "c");
    const seen: Message[] = [];
    void line.connection.forEach((message) => void seen.push(message));
    line.receive(...texts("e"));
    assert.equal(seen, ["d", "e"]);
  });
}

test("forEach() serves a read() that waits first", async () => {
  const line = new Line();
  const seen: Message[] = [];
  void line.connection.forEach((message) => void seen.push(message));
  const read = line.connection.read();
  line.receive(...texts("a", "b"));
  assert.is(await read, "a");
  assert.equal(seen, ["b"]);
});

test("forEach(): the callback may close, terminate, and be called by what it writes", async () => {
  const closing = new Line();
  const seen: Message[] = [];
  void closing.connection.forEach((message) => {
    seen.push(message);
    void closing.connection.close(4000);
  });
  closing.receive(...texts("a", "b"));
  await turn();
  assert.equal(seen, ["a", "b"], "what arrived can still be read");
  assert.is(closing.transport.sent, closeHex(4000));

  const cut = new Line();
  void cut.connection.forEach(() => cut.connection.terminate());
  cut.receive(...texts("a", "b"));
  assert.is((await cut.connection.closed).code, 1006);

  const nested = new Line(); // a stream in memory answers within our write
  const order: Message[] = [];
  nested.transport.onWrite = () => {
    if (order.length < 3) nested.receive(...texts(`answer ${order.length}`));
  };
  void nested.connection.forEach((message) => {
    order.push(message);
    return nested.connection.write("x");
  });
  nested.receive(...texts("a", "b"));
  await turn();
  assert.equal(order.slice(0, 2), ["a", "b"]);
  assert.is(order.length, nested.connection.stats().received.messages);
});

test("forEach() lets the event loop turn after 256 calls", async () => {
  const line = new Line();
  let calls = 0;
  void line.connection.forEach(() => void calls++);
  line.receive(...texts(...Array<string>(600).fill("x")));
  assert.is(calls, 256);
  await turn();
  assert.is(calls, 512);
  await turn();
  assert.is(calls, 600);
});

test("forEach() throws TypeError for what is no function, and while another call reads", () => {
  const { connection }: { connection: Connection } = new Line();
  assert.throws(
    () => connection.forEach("x" as never),
    (error: Error) =>
      error instanceof TypeError &&
      error.message === 'Cannot read: callback is "x", must be a function',
  );
  void connection.forEach(() => {});
  assert.throws(
    () => connection.forEach(() => {}),
    (error: Error) =>
      error instanceof TypeError && error.message === "Cannot read: forEach() reads already",
  );
});

test.run();
