// When one direction is held up, and when it goes on: "sluice.connection.backpressure".

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Backpressure } from "../../src/connection/diagnostics.ts";
import { frame } from "../support/frame.ts";
import { Observed } from "../support/observed.ts";
import { fullLine, Line, turn } from "./support.ts";

const test = suite("connection/backpressure");

/** What is told of, a word each: "in on", "out off". */
class Told implements Disposable {
  readonly #observed = new Observed<Backpressure>("sluice.connection.backpressure");

  /** What came since the last call; all of it must be of `line`. */
  take(line: Line): string[] {
    const events = this.#observed.events.splice(0);
    assert.ok(events.every(({ connection }) => connection === line.connection));
    return events.map(({ direction, active }) => `${direction} ${active ? "on" : "off"}`);
  }

  [Symbol.dispose](): void {
    this.#observed[Symbol.dispose]();
  }
}

test('"in" is active from a full inbox to one that is half empty', () => {
  using told = new Told();
  const line = new Line({ limits: { inboxMessagesMax: 4 } });
  const message = frame("81", "x");
  line.receive(message, message, message);
  assert.equal(told.take(line), []);
  line.receive(message);
  assert.equal(told.take(line), ["in on"]);
  assert.is(line.connection.tryRead(), "x");
  assert.equal(told.take(line), []);
  assert.is(line.connection.tryRead(), "x");
  assert.equal(told.take(line), ["in off"]);
});

test('"out" is active from a full socket to one that has drained', async () => {
  using told = new Told();
  const line = await fullLine();
  assert.equal(told.take(line), ["out on"]);
  assert.is(line.lifecycle.observed.isStalled, true);
  await line.connection.write("y");
  await turn();
  assert.equal(told.take(line), []);
  line.transport.drain();
  assert.equal(told.take(line), ["out off"]);
  assert.is(line.lifecycle.observed.isStalled, false);
});

test('"out" goes off and on where a socket drains and is full at once', async () => {
  using told = new Told();
  const line = await fullLine();
  void line.connection.write(new Uint8Array(300_000));
  line.transport.fullAfter = 0;
  line.transport.drain();
  assert.equal(told.take(line), ["out on", "out off", "out on"]);
});

/** Each way in which a connection that is held up may end. */
const ENDS: readonly (readonly [what: string, end: (line: Line) => void])[] = [
  ["terminate()", (line) => line.connection.terminate()],
  ["a reset", (line) => line.disconnect(new Error("read ECONNRESET"))],
  ["a stall", (line) => line.clock.advanceSync(30_000)],
];

for (const [what, end] of ENDS) {
  test(`what is active ends with the connection: ${what}`, async () => {
    using told = new Told();
    const line = await fullLine({ inboxMessagesMax: 1 });
    line.receive(frame("81", "x"));
    assert.equal(told.take(line), ["out on", "in on"]);
    end(line);
    await turn();
    assert.equal(told.take(line).sort(), ["in off", "out off"]);
    assert.is(line.lifecycle.hasEnded, true);
  });
}

test('a socket that is cut in the middle of a write is not "out" for ever', async () => {
  using told = new Told();
  const line = new Line();
  line.transport.onWrite = () => line.connection.terminate();
  line.transport.full = true;
  await line.connection.write("x");
  await turn();
  assert.equal(told.take(line), []);
  assert.is(line.clock.pending, 0);
});

test.run();
