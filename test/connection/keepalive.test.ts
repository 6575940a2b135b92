// Who is silent is pinged, and who stays silent is cut off: §5.5.2.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/keepalive");

const PING = "8900";

/** A connection whose peer has been silent since it was opened. */
function silentLine(keepalive = {}): Line {
  return new Line({ keepalive });
}

/** The same 20 s later: the ping has left. */
async function pingedLine(): Promise<Line> {
  const line = silentLine();
  line.clock.advanceSync(20_000);
  await turn();
  assert.is(line.transport.take(), PING);
  return line;
}

test("Keepalive pings after 20 s of silence, not before, and once", async () => {
  const line = silentLine();
  line.clock.advanceSync(19_999);
  await turn();
  assert.is(line.transport.sent, "");
  line.clock.advanceSync(1);
  await turn();
  assert.is(line.transport.sent, PING);
  line.clock.advanceSync(19_999);
  await turn();
  assert.is(line.transport.sent, PING);
});

/** A byte comes at `heardMs`; the ping 20 s after the look that saw it, every 2.5 s. */
const PING_TIMES: readonly (readonly [heardMs: number, pingMs: number])[] = [
  [0, 22_500],
  [2_499, 22_500],
  [2_500, 25_000],
  [19_999, 40_000],
];

for (const [heardMs, pingMs] of PING_TIMES) {
  test(`Keepalive pings at ${pingMs} ms when the last byte came at ${heardMs} ms`, async () => {
    const line = silentLine();
    line.clock.advanceSync(heardMs);
    line.receive(frame("8a"));
    line.clock.advanceSync(pingMs - heardMs - 1);
    await turn();
    assert.is(line.transport.sent, "");
    line.clock.advanceSync(1);
    await turn();
    assert.is(line.transport.sent, PING);
  });
}

/** What a peer may send, all of it life. */
const BYTES: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["a pong", frame("8a")],
  ["a ping", frame("89")],
  ["a message", frame("81", "Hello")],
  ["a single byte of a frame", Uint8Array.of(0x81)],
];

for (const [what, bytes] of BYTES) {
  test(`Keepalive takes ${what} after the ping for life`, async () => {
    const line = await pingedLine();
    line.clock.advanceSync(19_999);
    line.receive(bytes);
    line.clock.advanceSync(20_000);
    await turn();
    assert.is(line.transport.destroys, 0);
    assert.not.match(line.transport.sent, PING);
    line.clock.advanceSync(2_500);
    await turn();
    assert.match(line.transport.sent, /8900$/);
    assert.is(line.transport.destroys, 0);
  });
}

test("Keepalive terminates 20 s after the ping, with a TimeoutError and code 1006", async () => {
  const line = await pingedLine();
  const reading = rejects(line.connection.read());
  line.clock.advanceSync(19_999);
  await turn();
  assert.is(line.transport.destroys, 0);
  line.clock.advanceSync(1);
  await turn();
  assert.is(line.transport.destroys, 1);
  const closure = await withTimeout(line.connection.closed, "the end");
  assert.is(closure.code, 1006);
  assert.is(closure.wasClean, false);
  assert.is(closure.initiator, "remote");
  assert.is(closure.sent, null);
  const cause = closure.cause as DOMException;
  assert.is(cause.name, "TimeoutError");
  assert.is(cause.message, "Peer was silent for 40000 ms, pinged (keepalive)");
  const error = await reading;
  assert.instance(error, ConnectionClosedError);
  assert.is(error.cause, cause);
});

test("Keepalive waits a turn of the loop with its verdict: a byte may lie unread", async () => {
  const line = await pingedLine();
  line.clock.advanceSync(20_000);
  line.receive(frame("8a")); // arrived long ago, read only now
  await turn();
  assert.is(line.transport.destroys, 0);
  line.clock.advanceSync(20_000);
  await turn();
  assert.is(line.transport.sent, PING);
});

test("Keepalive waits with its verdict: a close() in that turn keeps its handshake", async () => {
  const line = await pingedLine();
  line.clock.advanceSync(20_000);
  void line.connection.close();
  await turn();
  assert.is(line.transport.destroys, 0);
  assert.is(line.transport.sent, "880203e8");
});

test("Keepalive does not count the time in which the socket is paused", async () => {
  const line = new Line({ keepalive: {}, limits: { inboxMessagesMax: 1 } });
  line.receive(frame("81", "Hello"));
  assert.is(line.transport.pauses, 1);
  line.clock.advanceSync(3_600_000);
  await turn();
  assert.match(line.transport.take(), /^(8900)+$/); // they are sent, but nobody hears the answer
  assert.is(line.transport.destroys, 0);
  assert.is(line.connection.tryRead(), "Hello");
  assert.is(line.transport.resumes, 1);
  line.clock.advanceSync(22_499); // the next look sees that we read again
  await turn();
  assert.is(line.transport.sent, "");
  line.clock.advanceSync(1);
  await turn();
  assert.is(line.transport.sent, PING);
});

test("Keepalive takes its own options", async () => {
  const line = silentLine({ interval: 800, timeout: 50 });
  line.clock.advanceSync(800);
  await turn();
  assert.is(line.transport.sent, PING);
  line.clock.advanceSync(49);
  await turn();
  assert.is(line.transport.destroys, 0);
  line.clock.advanceSync(1);
  await turn();
  assert.is(line.transport.destroys, 1);
});

for (const value of [0, -1, Number.NaN, "20", 20n, [20], null]) {
  for (const name of ["interval", "timeout"]) {
    test(`Keepalive refuses ${value} as ${name}`, () => {
      assert.throws(
        () => silentLine({ [name]: value as never }),
        (error: unknown) => error instanceof RangeError && error.message.includes(`${name} is`),
      );
    });
  }
}

test("Keepalive sets no timer when it is false", async () => {
  const line = new Line({ keepalive: false });
  line.receive(frame("81", "Hello"));
  line.clock.advanceSync(3_600_000);
  await turn();
  assert.is(line.clock.alarmsSet, 0);
  assert.is(line.transport.sent, "");
});

/** How a connection may end. */
const ENDS: readonly (readonly [what: string, end: (line: Line) => void])[] = [
  ["the peer's Close", (line) => line.receive(frame("88"))],
  ["a violation", (line) => line.receive(frame("83"))],
  ["close() of ours", (line) => void line.connection.close()],
  ["terminate()", (line) => line.connection.terminate()],
  ["the loss of the line", () => {}],
];

for (const [what, end] of ENDS) {
  test(`Keepalive leaves no timer behind ${what}`, async () => {
    const line = silentLine();
    assert.is(line.clock.pending, 1);
    end(line);
    await turn();
    line.disconnect();
    assert.is(line.clock.pending, 0);
  });
}

test("Keepalive goes on to ping while the socket is paused, so that a loss shows", async () => {
  const line = new Line({ keepalive: {}, limits: { inboxMessagesMax: 1 } });
  line.clock.advanceSync(15_000);
  line.receive(frame("82"));
  assert.is(line.transport.pauses, 1);
  const pings: string[] = [];
  for (let count = 0; count < 100; count++) {
    line.clock.advanceSync(1000);
    await turn();
    pings.push(line.transport.take());
  }
  assert.equal(pings.filter((sent) => sent !== ""), Array(5).fill(PING));
  assert.is(line.transport.destroys, 0);
  line.connection.tryRead();
  assert.is(line.transport.resumes, 1);
  line.clock.advanceSync(19_000);
  await turn();
  assert.is(line.transport.take(), "");
});

test("Keepalive does not start when close() came before open()", () => {
  const line = new Line({ keepalive: {}, isOpen: false });
  void line.connection.close();
  line.open();
  assert.is(line.clock.alarmsSet, 1); // for the handshake
});

test("Keepalive sends no ping behind the FIN with which we answer the peer's", async () => {
  const line = silentLine();
  line.clock.advanceSync(19_500);
  line.fin();
  assert.is(line.transport.ends, 1);
  line.clock.advanceSync(600);
  await turn();
  assert.is(line.transport.writesAfterEnd, 0);
});

test.run();
