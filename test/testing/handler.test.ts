// A pair and a peer run a handler as `upgradeWebSocket()` does.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection } from "../../src/connection/connection.ts";
import { connectionPair, misbehavingPeer } from "../../src/testing/mod.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("testing/handler");

async function echo(connection: Connection): Promise<void> {
  for await (const message of connection) await connection.write(message);
}

test("A pair closes with 1000 when its handler returns", async () => {
  const { client } = connectionPair({ handler: (server) => server.write("Bye") });
  assert.is(await withTimeout(client.read(), "the message"), "Bye");
  assert.is((await withTimeout(client.closed, "the end")).code, 1000);
});

test("A pair closes with 1011 when its handler throws, and tells of it once: [B55]", async () => {
  const boom = new Error("boom");
  const handlers = [
    () => Promise.reject(boom),
    () => {
      throw boom;
    },
  ];
  for (const handler of handlers) {
    const told: unknown[] = [];
    const { client } = connectionPair({ handler, onError: (error) => told.push(error) });
    assert.is((await withTimeout(client.closed, "the end")).code, 1011);
    assert.equal(told, [boom]);
  }
});

test("That a connection was lost is no error of the handler, and no unhandled one", async () => {
  const told: unknown[] = [];
  const onError = (error: unknown): void => void told.push(error);
  const { client, server, settled } = connectionPair({ handler: echo, onError });
  client.terminate();
  assert.is((await withTimeout(server.closed, "the end")).code, 1006);
  const peer = misbehavingPeer({ messages: ["Hello"], resetsAt: 20, handler: echo, onError });
  assert.is((await withTimeout(peer.connection.closed, "the end")).code, 1006);
  await settled();
  assert.equal(told, []);
});

test.run();
