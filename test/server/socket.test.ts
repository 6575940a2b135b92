// A stream of somebody's as a socket: one that throws, where a socket would not, ends its
// connection and nothing else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Duplex } from "node:stream";
import { Connection } from "../../src/connection/connection.ts";
import { Lifecycle } from "../../src/connection/lifecycle.ts";
import { connectionLimits } from "../../src/connection/limits.ts";
import { SocketTransport } from "../../src/server/socket.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { frame } from "../support/frame.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/socket");

type Act = "write" | "cork" | "uncork" | "pause" | "resume" | "end" | "destroy";

/** A connection on a stream that throws where it is asked for one of `acts`. */
function connectionOn(acts: readonly Act[]): { connection: Connection; stream: Duplex } {
  const limits = connectionLimits({ inboxMessagesMax: 1 });
  const lifecycle = new Lifecycle({ limits, keepalive: false, clock: new FakeClock() });
  const connection = new Connection(lifecycle, {
    protocol: "",
    remoteAddr: { transport: "unix", path: "" },
    closeTimeoutMs: 1000,
  });
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, written) => written() });
  for (const act of acts) {
    const fail = (): never => {
      throw new Error(`${act} fails`);
    };
    Object.assign(stream, { [act]: fail });
  }
  const transport = new SocketTransport(stream, lifecycle);
  lifecycle.open(transport);
  transport.start(new Uint8Array(0));
  return { connection, stream };
}

const large = (): Uint8Array => new Uint8Array(100_000);

/** What the stream throws at, what is done, and what is told of it. */
const THROWING: readonly (readonly [acts: readonly Act[], what: string, cause: string])[] = [
  [["write"], "a message is written", "write fails"],
  [["cork"], "a large message is written", "cork fails"],
  [["uncork"], "a large message is written", "uncork fails"],
  [["pause"], "nobody reads", "pause fails"],
  [["write", "destroy"], "a message is written", "write fails"],
  [["pause", "destroy"], "nobody reads", "pause fails"],
  [["destroy"], "terminate() is called", "terminate() was called"],
];

for (const [acts, what, message] of THROWING) {
  test(`a stream whose ${acts.join("() and ")}() throws when ${what}: 1006, and why`, async () => {
    const { connection, stream } = connectionOn(acts);
    if (what.includes("terminate")) connection.terminate();
    else if (what.includes("large")) void connection.write(large(), { transfer: true });
    else if (acts[0] === "write") void connection.write("x");
    else stream.push(frame("81", "unread"));
    const { code, cause } = await withTimeout(connection.closed, "the end");
    assert.equal([code, (cause as Error).message], [1006, message]);
    assert.is(connection.tryWrite("more"), false);
    assert.is(stream.destroyed, !acts.includes("destroy"));
  });
}

test.run();
