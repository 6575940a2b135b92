// The client by which the server connects to itself, at servers that are no good.

import type { Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LoopbackClient } from "../../src/command/loopback_client.ts";
import type { Addr } from "../../src/server/address.ts";
import { bytes } from "../support/bytes.ts";
import { accept, closed, FakeServer, head } from "../support/fake_server.ts";
import type { Answer } from "../support/fake_server.ts";
import { rejects } from "../support/rejects.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("command/loopback_client");

const LONG = 60_000;

function addrOf({ port }: FakeServer): Addr {
  return { transport: "tcp", hostname: "127.0.0.1", port };
}

const REFUSALS: readonly (readonly [what: string, answer: Answer, due: string])[] = [
  [
    "another answer",
    (socket) => socket.write(head("HTTP/1.1 503 Busy", "A: b")),
    "HTTP/1.1 503 Busy",
  ],
  ["the end of TCP", (socket) => socket.end(), "the server ended the handshake"],
  ["RST", (socket) => socket.resetAndDestroy(), "the server ended the handshake"],
  ["half of an answer", (socket) => socket.write("HTTP/1.1 101"), "it took too long"],
];

for (const [what, answer, due] of REFUSALS) {
  test(`LoopbackClient does not connect at ${what}, and says why`, async () => {
    await using server = await FakeServer.start(answer);
    const handshakeMs = due === "it took too long" ? 100 : LONG;
    const dialing = LoopbackClient.dial(addrOf(server), "/", { lifeMs: LONG, handshakeMs });
    assert.is((await rejects(dialing)).message, due);
    await closed(server.sockets[0]);
  });
}

test("LoopbackClient connects to no server but one that has a port", async () => {
  const error = await rejects(LoopbackClient.dial({ transport: "unix", path: "/tmp/s" }, "/"));
  assert.is(error.message, "the server listens on no port");
});

test("LoopbackClient waits for all of the answer, and ends when its time is over", async () => {
  await using server = await FakeServer.start((socket, request) => {
    const answer = accept(request);
    socket.write(answer.subarray(0, 20));
    setTimeout(() => socket.write(answer.subarray(20)), 20);
  });
  const times = { lifeMs: 1000, handshakeMs: LONG };
  const client = await LoopbackClient.dial(addrOf(server), "/", times);
  assert.ok(client.isOpen);
  const [socket] = server.sockets;
  let received = "";
  socket.on("data", (chunk: Buffer) => (received += chunk.toString("hex")));
  client.send(bytes("8100"));
  await withTimeout(ended(socket), "the end of its time");
  await until(() => !client.isOpen, "it to be closed");
  client.send(bytes("8101"));
  assert.is(received, "8100");
});

function ended(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once("close", resolve));
}

test.run();
