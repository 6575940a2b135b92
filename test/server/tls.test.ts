// What is known of a socket of TLS: it reads what it was given later, so that its memory must not
// be used again, nor be freed.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { Lifecycle } from "../../src/connection/lifecycle.ts";
import { connectionLimits } from "../../src/connection/limits.ts";
import { SocketTransport } from "../../src/server/socket.ts";
import { isTls } from "../../src/server/tls.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";

const test = suite("server/tls");

/** Streams, whether they are of TLS, and whether what they took may be used again at once. */
const STREAMS: readonly [what: string, make: () => Duplex, isTls: boolean, isFree: boolean][] = [
  ["TCP", () => new Socket(), false, true],
  ["TLS", () => new TLSSocket(new Socket()), true, false],
  ["a stream in memory", () => new Duplex({ read() {}, write() {} }), false, false],
];

function transportOn(stream: Duplex): SocketTransport {
  const limits = connectionLimits({});
  const events = new Lifecycle({ limits, keepalive: false, clock: new FakeClock() });
  return new SocketTransport(stream, events);
}

for (const [what, make, isOfTls, isFreeAtOnce] of STREAMS) {
  test(`${what} is ${isOfTls ? "" : "not "}TLS, and ${isFreeAtOnce ? "" : "not "}flushed`, () => {
    const stream = make();
    const transport = transportOn(stream);
    assert.is(isTls(stream), isOfTls);
    assert.equal([transport.flushed, transport.readsLater], [isFreeAtOnce, !isFreeAtOnce]);
    stream.destroy();
  });
}

test("writev() to who reads later: one write of several pieces may be under way", () => {
  const stream = new Duplex({ read() {}, write() {} }); // nothing ever leaves
  const transport = transportOn(stream);
  const pieces = [new Uint8Array(10), new Uint8Array(100_000)];
  assert.equal([transport.writev(pieces), transport.writev(pieces)], [true, false]);
  assert.is(stream.writableLength, 200_020);
  stream.destroy();
});

test.run();
