// terminate(): the end at once, for everybody who waits.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import { frame } from "../support/frame.ts";
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
