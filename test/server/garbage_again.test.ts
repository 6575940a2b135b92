// A client that goes on sending what is no HTTP, behind the answer that says so.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Socket } from "node:net";
import { latin1 } from "../support/handshake.ts";
import { Observed } from "../support/observed.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";

const test = suite("server/garbage_again");

test("garbage behind a refusal adds nothing to the socket, which ends once", async () => {
  using accepted = new Observed<{ readonly socket: Socket }>("net.server.socket");
  await using server = await TestServer.start();
  const client = await server.connect();
  client.send(latin1("no HTTP\r\n\r\n"));
  assert.is((await client.readHead()).status, 400);
  const { socket } = accepted.events[0];
  const names = ["end", "error", "close"];
  const counts = (): number[] => names.map((name) => socket.listenerCount(name));
  const before = counts();
  for (let segment = 0; segment < 20; segment++) {
    client.send(latin1("no HTTP\r\n\r\n"));
    await eventLoopTurn();
  }
  assert.is(socket.destroyed, false);
  assert.equal(counts(), before);
});

test.run();
