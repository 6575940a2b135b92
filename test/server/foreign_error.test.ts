// A handler that fails on a connection that is not its own: a chat room, say. What ends its own
// connection without a word is that this one was lost, and nothing else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { frame } from "../support/frame.ts";
import { TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";

const test = suite("server/foreign_error");

test("a ConnectionClosedError of another connection is told to onError: 1011", async () => {
  const connections: Connection[] = [];
  await using server = await TestServer.start({
    run: async (connection) => {
      connections.push(connection);
      await connection.read();
      await connections[0].write("to the first");
    },
  });
  await using first = await server.open();
  await using second = await server.open();
  first.reset();
  await connections[0].closed;
  second.send(frame("81", "Hello"));
  assert.is(await second.readEvent(), "close 1011");
  assert.equal(server.errors.map(String), [
    "ConnectionClosedError: Cannot write: connection is closed (code 1006)",
  ]);
});

test.run();
