// Reading: who asked first is served first, and nothing is lost on the way.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Message } from "../../src/message/message.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { isSettled, Line, turn } from "./support.ts";

const test = suite("connection/read");

/** Text frames with the numbers from `start` up to `end`. */
function numbers(start: number, end: number): Uint8Array[] {
  return Array.from({ length: end - start }, (_, index) => frame("81", String(start + index)));
}

/** What a loop reads until it ends. */
async function readAll(line: Line): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of line.connection) messages.push(message);
  return messages;
}

test("read() serves concurrent calls in their order", async () => {
  const line = new Line();
  const settled: number[] = [];
  const reads = [0, 1, 2, 3].map((index) => {
    return line.connection.read().then((message) => {
      settled.push(index);
      return message;
    });
  });
  line.receive(...numbers(0, 2));
  line.receive(...numbers(2, 4));
  assert.equal(await withTimeout(Promise.all(reads), "four messages"), ["0", "1", "2", "3"]);
  assert.equal(settled, [0, 1, 2, 3]);
});

test("read() gives text as a string, binary as bytes of its own", async () => {
  const line = new Line();
  line.receive(frame("81", "Grüße"), frame("82", Uint8Array.of(1, 2, 255)));
  assert.is(await line.connection.read(), "Grüße");
  assert.equal(await line.connection.read(), Uint8Array.of(1, 2, 255));
});

test("read() and tryRead() give an empty message as what it is", async () => {
  const line = new Line();
  line.receive(frame("81"), frame("81"), frame("82"), frame("81"));
  assert.is(await line.connection.read(), "");
  assert.is(line.connection.tryRead(), "");
  assert.equal(await line.connection.read(), new Uint8Array(0));
  for await (const message of line.connection) {
    assert.is(message, "");
    break;
  }
});

test("tryRead() gives what is there, and undefined when nothing is or will be", async () => {
  const line = new Line();
  assert.is(line.connection.tryRead(), undefined);
  line.receive(...numbers(0, 2), frame("88"));
  assert.is(line.connection.tryRead(), "0");
  assert.is(line.connection.tryRead(), "1");
  assert.is(line.connection.tryRead(), undefined);
});

test("read() with a signal that is aborted already takes no message", async () => {
  const line = new Line();
  line.receive(...numbers(0, 1));
  const signal = AbortSignal.abort(new Error("enough"));
  assert.is((await rejects(line.connection.read({ signal }))).message, "enough");
  assert.is(await line.connection.read(), "0");
});

test("read() whose signal is aborted while it waits loses no message", async () => {
  const line = new Line();
  const controller = new AbortController();
  const first = rejects(line.connection.read({ signal: controller.signal }));
  const second = line.connection.read();
  controller.abort(new Error("enough"));
  line.receive(...numbers(0, 1));
  assert.is((await first).message, "enough");
  assert.is(await withTimeout(second, "the message"), "0");
});

test("read() whose signal is aborted after its message came keeps the message", async () => {
  const line = new Line();
  const controller = new AbortController();
  const reading = line.connection.read({ signal: controller.signal });
  line.receive(...numbers(0, 1));
  controller.abort(new Error("too late"));
  assert.is(await reading, "0");
});

test("read() rejects after the end, every time, with the code of the peer", async () => {
  const line = new Line();
  const waiting = rejects(line.connection.read());
  line.receive(closeFrame(3000, "bye"));
  const errors = [await waiting, await rejects(line.connection.read())];
  line.disconnect();
  errors.push(await rejects(line.connection.read()), await rejects(line.connection.read()));
  for (const error of errors) {
    assert.instance(error, ConnectionClosedError);
    assert.is((error as ConnectionClosedError).code, 3000);
    assert.is((error as ConnectionClosedError).reason, "bye");
    assert.is(error.message, 'Cannot read: connection is closed (code 3000, "bye")');
  }
});

test("read() gives what came before a Close, then the Close: 1000 of 1000", async () => {
  for (let run = 0; run < 1000; run++) {
    const line = new Line();
    const early = run % 2 === 0 ? line.connection.read() : null; // waits, or comes too late to
    line.receive(...numbers(0, 3), closeFrame(1000));
    const messages = [early === null ? await line.connection.read() : await early];
    messages.push(await line.connection.read(), await line.connection.read());
    assert.equal(messages, ["0", "1", "2"], `run ${run}`);
    const error = await rejects(line.connection.read());
    assert.is((error as ConnectionClosedError).code, 1000, `run ${run}`);
  }
});

test("read() gives what came before the line was lost, then the loss", async () => {
  const line = new Line();
  line.receive(...numbers(0, 2));
  const cause = new Error("ECONNRESET");
  line.disconnect(cause);
  assert.is(await line.connection.read(), "0");
  assert.is(await line.connection.read(), "1");
  const error = await rejects(line.connection.read());
  assert.is((error as ConnectionClosedError).code, 1006);
  assert.is(error.cause, cause);
});

test("read() keeps the order across the turns of the event loop that it inserts", async () => {
  const line = new Line();
  line.receive(...numbers(0, 900));
  for (let number = 0; number < 900; number++) {
    assert.is(await line.connection.read(), String(number));
  }
});

test("read() fulfils concurrent calls in their order where it lets the loop turn", async () => {
  const line = new Line();
  line.receive(...numbers(0, 700));
  const settled: number[] = [];
  const read = (): Promise<number> => {
    return line.connection.read().then((message) => settled.push(Number(message)));
  };
  const reads = Array.from({ length: 600 }, read);
  const next = reads[255].then(read); // where the first turn is over
  await withTimeout(Promise.all([...reads, next]), "601 messages");
  const early = settled.filter((number, index) => number !== index);
  assert.is(early.length, 0, `${early.length} are out of order, ${early[0]} the first`);
});

test("for await lets the event loop turn while messages wait", async () => {
  const line = new Line();
  line.receive(...numbers(0, 999));
  let turns = 0;
  const count = (): void => {
    turns++;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  let expected = 0;
  for await (const message of line.connection) {
    assert.is(message, String(expected++));
    if (expected === 999) break;
  }
  clearImmediate(immediate);
  assert.ok(turns >= 3, `${turns} turns`);
});

for (const when of ["before", "while"]) {
  test(`for await ends with a Close that comes ${when} it waits`, async () => {
    const line = new Line();
    if (when === "before") line.receive(...numbers(0, 3), closeFrame(1001));
    const reading = readAll(line);
    await turn();
    if (when === "while") line.receive(...numbers(0, 3), closeFrame(1001));
    assert.equal(await withTimeout(reading, "the end"), ["0", "1", "2"]);
    assert.equal(await withTimeout(readAll(line), "the end"), []);
  });

  test(`for await throws when the line is lost ${when} it waits`, async () => {
    const line = new Line();
    line.receive(...numbers(0, 1));
    const cause = new Error("ECONNRESET");
    if (when === "before") line.disconnect(cause);
    const reading = rejects(readAll(line));
    await turn();
    if (when === "while") line.disconnect(cause);
    const error = await reading;
    assert.instance(error, ConnectionClosedError);
    assert.is((error as ConnectionClosedError).code, 1006);
    assert.is(error.cause, cause);
  });
}

test("for await that is left early takes no message too many and closes nothing", async () => {
  const line = new Line();
  line.receive(...numbers(0, 3));
  for await (const message of line.connection) {
    assert.is(message, "0");
    break;
  }
  assert.is(line.connection.tryRead(), "1");
  assert.equal(await isSettled(line.connection.closed), false);
  assert.equal(await line.connection.read(), "2");
});

test("return() ends a next() that waits, and eats nothing", async () => {
  const line = new Line();
  const iterator = line.connection[Symbol.asyncIterator]();
  const pending = [iterator.next(), iterator.next()];
  const returned = iterator.return?.();
  assert.equal(await withTimeout(Promise.all([...pending, returned]), "the end"), [
    { value: undefined, done: true },
    { value: undefined, done: true },
    { value: undefined, done: true },
  ]);
  line.receive(...numbers(0, 1));
  assert.equal(await iterator.next(), { value: undefined, done: true });
  assert.is(line.connection.tryRead(), "0");
});

test("return() ends no next() of another loop", async () => {
  const line = new Line();
  const left = line.connection[Symbol.asyncIterator]();
  const right = line.connection[Symbol.asyncIterator]();
  const first = left.next();
  const second = right.next();
  await left.return?.();
  line.receive(...numbers(0, 1));
  assert.is((await first).done, true);
  assert.equal(await second, { value: "0", done: false });
});

test.run();
