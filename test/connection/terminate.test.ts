// terminate(): the end at once, for everybody who waits.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Backpressure } from "../../src/connection/diagnostics.ts";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import { frame } from "../support/frame.ts";
import { Observed } from "../support/observed.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { closeHex, fullLine, Line, turn } from "./support.ts";

const test = suite("connection/terminate");

function end(line: Line): Promise<Closure> {
  return withTimeout(line.connection.closed, "the end");
}

test("terminate() destroys the socket once; everybody who waits hears of it", async () => {
  const line = await fullLine({ outboxMessagesMax: 1 });
  void line.connection.write("0");
  const waiting = [
    rejects(line.connection.read()),
    rejects(line.connection.write("1")),
    rejects(line.connection.ping()),
  ];
  line.transport.take();
  line.connection.terminate();
  assert.is(line.transport.destroys, 1);
  const closure = await end(line);
  for (const error of await Promise.all(waiting)) {
    assert.instance(error, ConnectionClosedError);
    assert.is((error as ConnectionClosedError).code, 1006);
    assert.is(error.cause, closure.cause);
  }
  assert.is(closure.initiator, "local");
  assert.is(closure.sent, null);
  assert.is((closure.cause as DOMException).name, "AbortError");
  line.connection.terminate();
  await turn();
  assert.is(line.transport.destroys, 1);
  assert.is(line.transport.sent, "");
  assert.is(line.clock.pending, 0);
});

test("terminate() before open() ends at once; the socket that comes is destroyed", async () => {
  const line = new Line({ isOpen: false });
  line.connection.terminate();
  assert.is((await end(line)).initiator, "local");
  assert.instance(await rejects(line.connection.read()), ConnectionClosedError);
  line.open();
  assert.is(line.transport.destroys, 1);
  assert.is(line.transport.sent, "");
  assert.is(line.clock.pending, 0);
});

test("terminate() cuts a handshake that is under way", async () => {
  const line = new Line();
  const closed = line.connection.close();
  await turn();
  line.connection.terminate();
  assert.is(line.transport.destroys, 1);
  const closure = await withTimeout(closed, "the end");
  assert.is(closure.code, 1006);
  assert.is(line.transport.sent, closeHex(1000));
});

test("terminate() behind the FIN of the peer leaves it the one who ended it", async () => {
  const line = new Line();
  line.fin();
  line.connection.terminate();
  const closure = await end(line);
  assert.match((closure.cause as Error).message, "Peer ended TCP");
  assert.is(closure.initiator, "remote");
});

test("terminate() has the last word, also when drained() and a ping come behind it", async () => {
  const line = await fullLine();
  line.transport.take();
  line.connection.terminate();
  line.transport.drain();
  line.receive(frame("89", "a"));
  assert.is(line.transport.sent, "");
  await end(line);
});

test("terminate() of a socket that flows while it is destroyed: it does not stall", async () => {
  using observed = new Observed<Backpressure>("sluice.connection.backpressure");
  const line = new Line({ limits: { inboxMessagesMax: 1 } });
  line.receive(frame("81", "unread"));
  line.transport.full = true;
  line.transport.resume = () => line.receive(frame("89")); // a stream in memory may call back
  line.connection.terminate();
  assert.is(line.transport.sent, "8a00");
  assert.is((await end(line)).code, 1006);
  const told = observed.events.map(({ direction, active }) => `${direction} ${active}`);
  assert.equal(told, ["in true", "in false"]);
  assert.is(line.clock.pending, 0);
});

test("drained() of a socket that is gone sends nothing of what was begun", async () => {
  const line = await fullLine();
  void line.connection.write(new Uint8Array(100_000));
  line.disconnect();
  line.transport.drain();
  await turn();
  assert.is(line.transport.sent, "");
  assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 });
});

test("terminate() within the write of a header: its payload does not follow", async () => {
  const line = await fullLine();
  line.connection.tryWrite(new Uint8Array(20_000)); // waits
  line.transport.onWrite = () => line.connection.terminate();
  line.transport.drain();
  assert.is(line.transport.sent, "827e4e20");
  assert.is((await end(line)).code, 1006);
  assert.is(line.transport.writes.length, 1);
});

test("terminate() stops the keepalive before the socket is gone", async () => {
  const line = new Line({ keepalive: {} });
  line.transport.events = null; // says nothing of its end for now
  line.connection.terminate();
  assert.is(line.clock.pending, 0);
});

test("read(): a rejection that nobody looks at is no unhandled one", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  const line = new Line();
  void line.connection.read();
  line.disconnect();
  void line.connection.read();
  void line.connection.read({ signal: AbortSignal.abort() });
  await turn();
  await turn();
  process.off("unhandledRejection", note);
  assert.equal(unhandled, []);
});

test.run();
