// What an open connection keeps on its socket: a listener that the handshake leaves there would be
// one for each of many thousand connections.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Socket } from "node:net";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { hold, TestServer } from "../support/server.ts";

const test = suite("server/socket (listeners)");

test("an open connection has its own listeners, and none of the handshake", async () => {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => {
    sockets.push((message as { readonly socket: Socket }).socket);
  };
  subscribe("net.server.socket", note);
  await using server = await TestServer.start({ run: hold });
  await server.open();
  unsubscribe("net.server.socket", note);
  assert.is(sockets.length, 1);
  const counts: Record<string, number> = {};
  for (const name of sockets[0].eventNames()) {
    counts[String(name)] = sockets[0].listenerCount(name as string);
  }
  // One each, and of "end" that of Node.
  assert.equal(counts, { data: 1, drain: 1, finish: 1, end: 2, error: 1, close: 1 });
});

test.run();
