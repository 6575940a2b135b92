// What Node keeps of a socket that is not read, or that takes nothing: an object for each read and
// each write, though it be of one byte.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { SocketTransport } from "../../src/server/socket.ts";
import { Deferred } from "../support/deferred.ts";
import { frame } from "../support/frame.ts";
import { Observed } from "../support/observed.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { until } from "../support/with_timeout.ts";

const test = suite("server/socket_paused");

/** More segments than are read in a turn or two. */
const SEGMENTS = 100;

test("a socket that is paused is not read, whatever Node's mark", async () => {
  using accepted = new Observed<{ readonly socket: Socket }>("net.server.socket");
  const go = new Deferred();
  await using server = await TestServer.start({
    upgrade: { limits: { inboxMessagesMax: 1 } },
    run: async (connection, { messages }) => {
      await go.promise;
      for await (const message of connection) messages.push(message);
    },
  });
  const client = await server.open();
  client.send(frame("81", "one"));
  await until(() => server.connections[0].stats().paused, "a pause");
  const { socket } = accepted.events[0];
  const before = socket.bytesRead;
  const text = "x".repeat(SEGMENTS);
  for (const byte of frame("81", text)) {
    client.send(Uint8Array.of(byte));
    await eventLoopTurn();
  }
  assert.is(socket.bytesRead, before);
  go.resolve();
  await until(() => server.messages.length === 2, "the messages");
  assert.equal(server.messages, ["one", text]);
});

test("a stream that its owner resumes gives what has come, and is filled when paused again", () => {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const received: number[] = [];
  const events = { received: (bytes: Uint8Array) => received.push(...bytes) };
  const transport = new SocketTransport(stream, events as unknown as SocketTransport["events"]);
  transport.start(new Uint8Array(0));
  for (const byte of [1, 2, 3]) {
    transport.pause();
    assert.is(stream.readableLength, stream.readableHighWaterMark);
    stream.push(Uint8Array.of(byte));
    if (byte === 1) stream.resume(); // not ours
    else transport.resume();
    while (stream.read() !== null);
  }
  assert.equal(received, [1, 2, 3]);
});

test("a stream is full when two writes wait, however small, until both are taken", async () => {
  const taken: (() => void)[] = [];
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => taken.push(done) });
  let drains = 0;
  const events = { drained: () => void drains++ };
  const transport = new SocketTransport(stream, events as SocketTransport["events"]);
  transport.start(new Uint8Array(0));
  assert.is(transport.write(Uint8Array.of(1, 2)), true); // as TLS takes each: later
  assert.is(transport.write(Uint8Array.of(3, 4)), false);
  for (let write = 0; write < 3; write++) {
    assert.is(drains, 0);
    await until(() => taken.length > 0, "a write");
    taken.shift()?.();
    await eventLoopTurn();
  }
  assert.is(drains, 1);
  assert.is(transport.write(Uint8Array.of(5)), true);
});

test.run();
