// How a connection ends when the peer, or the line, does not keep to the handshake: the timers, and
// the loss of TCP.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Compression } from "../../src/connection/compression.ts";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { ProtocolError } from "../../src/frame/mod.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { bytes } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { closeHex, fullLine, isSettled, Line, textHex, turn } from "./support.ts";

const test = suite("connection/lifecycle");

function end(line: Line): Promise<Closure> {
  return withTimeout(line.connection.closed, "the end");
}

/** Who says how long the handshake may take: nobody, the limit, the call. */
const CLOSE_TIMEOUTS: readonly (readonly [timeoutMs: number, limits: object, options: object])[] = [
  [10_000, {}, {}],
  [300, { closeTimeoutMs: 300 }, {}],
  [20, { closeTimeoutMs: 300 }, { timeout: 20 }],
];

for (const [timeoutMs, limits, options] of CLOSE_TIMEOUTS) {
  test(`close() cuts TCP after ${timeoutMs} ms`, async () => {
    const line = new Line({ limits });
    void line.connection.close(1000, "", options);
    await turn();
    line.clock.advanceSync(timeoutMs - 1);
    assert.is(line.transport.destroys, 0);
    line.clock.advanceSync(1);
    assert.is(line.transport.destroys, 1);
    const closure = await end(line);
    assert.is(closure.code, 1006);
    assert.is(closure.wasClean, false);
    assert.is(closure.initiator, "local");
    assert.equal(closure.sent, { code: 1000, reason: "" });
    assert.is((closure.cause as DOMException).name, "TimeoutError");
    assert.is(line.clock.pending, 0);
  });
}

test("close() keeps to its timeout when the peer's Close comes and ours cannot leave", async () => {
  const line = await fullLine();
  void line.connection.close(1000, "", { timeout: 50 });
  line.clock.advanceSync(20);
  line.receive(closeFrame(1000));
  line.clock.advanceSync(29);
  assert.is(line.transport.destroys, 0);
  line.clock.advanceSync(1);
  assert.is(line.transport.destroys, 1);
});

test("close() called again with a shorter timeout changes nothing", async () => {
  const line = new Line();
  void line.connection.close();
  void line.connection.close(1000, "", { timeout: 5 });
  line.clock.advanceSync(9999);
  assert.is(line.transport.destroys, 0);
});

/** Two ways to our FIN. */
const TO_FIN: readonly (readonly [what: string, start: (line: Line) => void])[] = [
  ["the peer's Close", (line) => line.receive(closeFrame(1000))],
  [
    "the answer to our Close",
    (line) => {
      void line.connection.close();
      line.receive(closeFrame(1000));
    },
  ],
];

for (const [what, start] of TO_FIN) {
  test(`Lifecycle lingers 1 s behind the FIN that follows ${what}, and is clean then`, async () => {
    const line = new Line();
    start(line);
    await turn();
    assert.is(line.transport.ends, 1);
    line.clock.advanceSync(999);
    assert.is(line.transport.destroys, 0);
    line.clock.advanceSync(1);
    assert.is(line.transport.destroys, 1);
    const closure = await end(line);
    assert.is(closure.code, 1000);
    assert.is(closure.wasClean, true);
    assert.is(closure.cause, undefined);
  });

  test(`Lifecycle is not cut when FIN comes in time behind ${what}`, async () => {
    const line = new Line();
    start(line);
    await turn();
    line.fin();
    line.disconnect();
    assert.is((await end(line)).wasClean, true);
    line.clock.advanceSync(100_000);
    assert.is(line.transport.destroys, 0);
    assert.is(line.clock.pending, 0);
  });
}

test("Lifecycle reads 8 MiB behind a Close and throws them away, then cuts", async () => {
  const line = new Line();
  line.receive(closeFrame(1000));
  await turn();
  const chunk = new Uint8Array(1024 * 1024);
  for (let count = 0; count < 8; count++) line.receive(chunk);
  assert.is(line.transport.destroys, 0);
  line.receive(Uint8Array.of(0));
  assert.is(line.transport.destroys, 1);
  assert.is((await end(line)).wasClean, true);
});

test("Lifecycle cuts TCP when our answer to a Close does not get through in 10 s", async () => {
  const line = await fullLine();
  line.receive(closeFrame(1000));
  await turn();
  line.clock.advanceSync(9_999);
  assert.is(line.transport.destroys, 0);
  line.clock.advanceSync(1);
  assert.is(line.transport.destroys, 1);
});

test("Lifecycle answers FIN without a Close by FIN; the code is 1006, with a cause", async () => {
  const line = new Line();
  const reading = rejects(line.connection.read());
  void line.connection.write("queued");
  line.fin();
  assert.is(line.transport.sent, textHex("queued"));
  assert.is(line.transport.ends, 1);
  assert.is(line.connection.tryWrite("late"), false);
  const error = await reading;
  assert.instance(error, ConnectionClosedError);
  assert.is((error as ConnectionClosedError).code, 1006);
  line.disconnect();
  const closure = await end(line);
  assert.is(closure.code, 1006);
  assert.is(closure.initiator, "remote");
  assert.is((closure.cause as Error).message, "Peer ended TCP without a Close frame (§7.1.5)");
  assert.is(error.cause, closure.cause);
  assert.is(line.clock.pending, 0);
});

test("Lifecycle names a violation as cause, sends its code, and hears no more", async () => {
  const line = new Line();
  line.receive(frame("83"), frame("81", "ignored"));
  await turn();
  assert.match(line.transport.sent, /^88..03ea/);
  assert.is(line.connection.tryRead(), undefined);
  line.disconnect();
  const closure = await end(line);
  assert.instance(closure.cause, ProtocolError);
  assert.is(closure.initiator, "remote");
  assert.is(closure.sent?.code, 1002);
  assert.is(closure.code, 1006);
});

test("Lifecycle closes with 1011 where it has no memory to inflate, at no limit", async () => {
  const line = new Line({ compression: {} });
  const outOfMemory = new RangeError("Array buffer allocation failed");
  const inflate = (): never => {
    throw outOfMemory;
  };
  Object.assign((line.lifecycle.compression as Compression).inflater, { inflate });
  line.receive(frame("c1", bytes("f248cdc9c90700")));
  await turn();
  assert.is(line.transport.sent, closeHex(1011));
  line.fin();
  line.disconnect();
  const { sent, initiator, cause } = await end(line);
  assert.equal([sent, initiator], [{ code: 1011, reason: "" }, "local"]);
  assert.is(cause, outOfMemory);
  assert.is(line.lifecycle.observed.limitHits, null);
});

test("Lifecycle terminates when a full socket takes no byte for 30 s", async () => {
  const line = await fullLine();
  line.clock.advanceSync(29_999);
  assert.is(line.transport.destroys, 0);
  line.clock.advanceSync(1);
  assert.is(line.transport.destroys, 1);
  const closure = await end(line);
  assert.is(closure.code, 1006);
  assert.is((closure.cause as Error).message, "Peer made no room for 30000 ms (stallTimeoutMs)");
  assert.is((closure.cause as DOMException).name, "TimeoutError");
});

test("Lifecycle counts the stall anew each time the socket has drained", async () => {
  const line = await fullLine({ stallTimeoutMs: 100 });
  for (let count = 0; count < 5; count++) {
    await line.connection.write("y");
    line.clock.advanceSync(99);
    line.lifecycle.drained(); // and is full again with the next write
  }
  assert.is(line.transport.destroys, 0);
  line.transport.drain();
  line.clock.advanceSync(100_000);
  assert.is(line.transport.destroys, 0);
});

test("Lifecycle does not cut who has taken some by its turn, when many stall at once", async () => {
  const clock = new FakeClock();
  const lines = Array.from({ length: 67 }, () => new Line({ clock }));
  for (const line of lines) {
    line.transport.full = true;
    void line.connection.write("x");
  }
  await turn();
  clock.advanceSync(30_000);
  const [, drained, fullAgain] = lines.slice(64);
  for (const { transport } of [drained, fullAgain]) transport.drain();
  fullAgain.transport.full = true;
  void fullAgain.connection.write("y");
  await turn();
  await turn();
  const cuts = lines.map(({ transport }) => transport.destroys);
  assert.equal(cuts, [...Array<number>(65).fill(1), 0, 0]);
  clock.advanceSync(30_000); // it is a new stall
  assert.equal([drained.transport.destroys, fullAgain.transport.destroys], [0, 1]);
});

test("closed never rejects, and fulfils once, with what was first", async () => {
  const line = new Line();
  assert.is(await isSettled(line.connection.closed), false);
  line.disconnect(new Error("ECONNRESET"));
  const closure = await end(line);
  line.disconnect(new Error("again"));
  line.receive(closeFrame(1000));
  assert.is(await line.connection.closed, closure);
  assert.is((closure.cause as Error).message, "ECONNRESET");
  assert.is(line.clock.pending, 0);
});

test.run();
