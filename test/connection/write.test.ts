// Writing: in order, in batches, and never more than the outbox holds.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { binaryHex, closeHex, fullLine, isSettled, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/write");

const ITEM_COST = 160;

/** Texts, each of which begins with its number. */
function texts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

test("write() sends in order, all of one tick as one write of the socket", async () => {
  const line = new Line();
  for (const text of texts(100)) void line.connection.write(text);
  await Promise.resolve();
  void line.connection.write(Uint8Array.of(1, 2));
  assert.is(line.transport.writes.length, 0);
  await turn();
  const expected = texts(100).map(textHex).join("") + binaryHex(Uint8Array.of(1, 2));
  assert.is(line.transport.sent, expected);
  assert.is(line.transport.writes.length, 1);
  assert.is(line.connection.stats().sent.messages, 101);
});

test("write() fulfils at once while there is room, before anything is sent", async () => {
  const line = await fullLine();
  await line.connection.write("Hello");
  assert.is(line.transport.sent, "");
  assert.equal(line.connection.stats().outbox, { messages: 1, size: ITEM_COST + 10 });
  line.transport.drain();
  await turn();
  assert.is(line.transport.sent, textHex("Hello"));
  assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
});

/** Text as it goes over the wire. */
const TEXTS: readonly (readonly [text: string, wire: string])[] = [
  ["", "8100"],
  ["Hello", "810548656c6c6f"], // §5.7
  ["Grüße", "8107 4772c3bcc39f65"],
  ["κόσμε", "810a cebacf8ccf83cebcceb5"],
  ["\u{1f4a7}", "8104 f09f92a7"],
  ["a\ud800b", "8105 61efbfbd62"],
  ["ä".repeat(62), `817c${"c3a4".repeat(62)}`], // 124 bytes
  ["ä".repeat(63), `817e007e${"c3a4".repeat(63)}`], // 126: the guess of the length was 63
];

for (const [text, wire] of TEXTS) {
  test(`write() sends ${JSON.stringify(text.slice(0, 9))} as ${wire.slice(0, 24)}`, async () => {
    const line = new Line();
    await line.connection.write(text);
    await turn();
    assert.is(line.transport.sent, wire.replaceAll(" ", ""));
  });
}

for (const size of [1, 125, 126, 16 * 1024, 64 * 1024, 200_000]) {
  test(`write() copies ${size} bytes, which are the caller's again at once`, async () => {
    const line = await fullLine();
    const bytes = new Uint8Array(size).fill(7);
    const expected = binaryHex(bytes);
    await line.connection.write(bytes);
    bytes.fill(8);
    line.transport.drain();
    await turn();
    assert.is(short(line.transport.sent), short(expected));
    assert.is(hex(bytes.subarray(0, 1)), "08");
  });
}

test("write() takes a Buffer as bytes", async () => {
  const line = new Line();
  await line.connection.write(Buffer.from("Hello"));
  await turn();
  assert.is(line.transport.sent, "820548656c6c6f");
});

/** Neither a string nor a Uint8Array. */
const WRONG = [undefined, null, 1, {}, new ArrayBuffer(1), new DataView(new ArrayBuffer(1))];

for (const value of WRONG) {
  const type = Object.prototype.toString.call(value);
  test(`write() and tryWrite() throw TypeError for ${type}`, () => {
    const { connection } = new Line();
    const isTypeError = (error: unknown): boolean =>
      error instanceof TypeError && error.message.startsWith("Cannot write: message is");
    assert.throws(() => void connection.write(value as never), isTypeError);
    assert.throws(() => connection.tryWrite(value as never), isTypeError);
  });
}

test("write() lets the answer to a single message leave at once", async () => {
  const line = new Line();
  line.receive(frame("81", "a"));
  void line.connection.write("A");
  assert.is(line.transport.take(), textHex("A"));
  void line.connection.write("B"); // the second of the turn is gathered
  void line.connection.write("C");
  assert.is(line.transport.sent, "");
  await turn();
  assert.is(line.transport.take(), textHex("B") + textHex("C"));
  line.receive(frame("81", "a")); // three answers to the last message: expect as many
  void line.connection.write("D");
  assert.is(line.transport.sent, "");
  await turn();
  assert.is(line.transport.take(), textHex("D"));
  line.receive(frame("81", "a"));
  void line.connection.write("E");
  assert.is(line.transport.take(), textHex("E"));
});

test("write() of many at a stretch lets the event loop turn", async () => {
  const line = new Line();
  for (const text of texts(256)) void line.connection.write(text);
  await turn();
  line.transport.take();
  void line.connection.write("y");
  await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)));
  assert.is(line.transport.sent, "");
  await turn();
  assert.is(line.transport.sent, textHex("y"));
});

test("write() sends what was queued before the connection was open, in order", async () => {
  const line = new Line({ isOpen: false });
  void line.connection.write("a");
  assert.is(line.connection.tryWrite("b"), true);
  void line.connection.ping();
  await turn();
  assert.is(line.transport.sent, "");
  line.open();
  assert.is(line.transport.sent, `890400000001${textHex("a")}${textHex("b")}`);
  assert.is(line.transport.writes.length, 1);
});

/** What becomes of a connection, and the code that writes are refused with. */
const ENDS: readonly (readonly [what: string, end: (line: Line) => void, code: number])[] = [
  ["close()", (line) => void line.connection.close(3000), 3000],
  ["terminate()", (line) => line.connection.terminate(), 1006],
  ["the loss of the line", (line) => line.disconnect(), 1006],
  ["FIN", (line) => line.fin(), 1006],
  [
    "close() behind the peer's Close",
    (line) => {
      line.receive(closeFrame(1001));
      void line.connection.close(3000);
    },
    1001,
  ],
  [
    "close() behind a violation",
    (line) => {
      line.receive(frame("83"));
      void line.connection.close(3000);
    },
    1006,
  ],
];

for (const [what, end, code] of ENDS) {
  test(`write() and tryWrite() refuse after ${what}: 1000 of 1000`, async () => {
    for (let run = 0; run < 1000; run++) {
      const line = new Line({ isOpen: run % 3 > 0 });
      if (run % 2 === 0) void line.connection.write("before");
      end(line);
      if (run % 5 === 0) await Promise.resolve();
      assert.is(line.connection.tryWrite("after"), false, `run ${run}`);
      const error = await rejects(line.connection.write("after"));
      assert.instance(error, ConnectionClosedError, `run ${run}`);
      assert.is((error as ConnectionClosedError).code, code, `run ${run}`);
      assert.match(error.message, /^Cannot write: connection is closed/);
      assert.not.match(line.transport.sent, textHex("after"));
    }
  });
}

test("write() sends nothing behind our Close", async () => {
  const line = new Line();
  void line.connection.write("a");
  void line.connection.close();
  void line.connection.write("b");
  await turn();
  assert.is(line.transport.sent, textHex("a") + closeHex(1000));
});

test("write() that nobody looks at ends no process when the line is lost", async () => {
  const line = await fullLine({ outboxMessagesMax: 1 });
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const signal = new AbortController().signal;
  for (const text of texts(10)) void line.connection.write(text);
  void line.connection.write("with a signal", { signal });
  void line.connection.write("aborted", { signal: AbortSignal.abort() });
  line.disconnect(new Error("ECONNRESET"));
  void line.connection.write("late");
  void line.connection.ping();
  await turn();
  await turn();
  process.off("unhandledRejection", note);
  assert.equal(unhandled, []);
});

test("write() that waits rejects when the line is lost, with its cause", async () => {
  const line = await fullLine({ outboxMessagesMax: 1 });
  void line.connection.write("0");
  const waiting = line.connection.write("1");
  assert.is(await isSettled(waiting), false);
  const cause = new Error("ECONNRESET");
  line.disconnect(cause);
  const error = await withTimeout(rejects(waiting), "the rejection");
  assert.instance(error, ConnectionClosedError);
  assert.is(error.cause, cause);
  assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
});

test("write() of bytes whose memory was transferred throws, and all others go on", async () => {
  const [line, other] = [new Line(), new Line()];
  for (const size of [10, 100_000]) {
    const bytes = new Uint8Array(size);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    const isTypeError = (error: unknown): boolean =>
      error instanceof TypeError && error.message.includes("transferred");
    assert.throws(() => void line.connection.write(bytes), isTypeError);
    assert.throws(() => line.connection.tryWrite(bytes), isTypeError);
  }
  void line.connection.write("a");
  void line.connection.write(new Uint8Array(0));
  void other.connection.write("b");
  await turn();
  assert.is(line.transport.sent, textHex("a") + "8200");
  assert.is(other.transport.sent, textHex("b"));
});

test.run();
