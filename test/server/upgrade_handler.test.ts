// The handler of a connection: when it begins, what it may do before the 101, and what becomes of
// its connection when it returns or throws.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection, ConnectionHandler, WebSocketUpgrade } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { printed } from "../support/printed.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { ConnectionClosedError, TestServer, upgradeWebSocket } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/upgrade_handler");
const escaped = watchUncaught(test);

/** A server that runs `handler`, and what `onError` is told. */
async function start(
  handler: ConnectionHandler,
): Promise<{ server: TestServer; told: unknown[]; upgrades: WebSocketUpgrade[] }> {
  const told: unknown[] = [];
  const upgrades: WebSocketUpgrade[] = [];
  const onError = (error: unknown): void => void told.push(error);
  const server = await TestServer.start({
    respond: (request) => {
      const upgrade = upgradeWebSocket(request, { onError }, handler);
      upgrades.push(upgrade);
      return upgrade.response;
    },
  });
  return { server, told, upgrades };
}

test("the handler runs when its response is returned, and no sooner", async () => {
  const steps: string[] = [];
  const go = new Deferred();
  await using server = await TestServer.start({
    respond: async (request) => {
      const { response } = upgradeWebSocket(request, async (connection) => {
        steps.push("handler");
        await connection.write("first");
      });
      steps.push("upgraded");
      await go.promise;
      steps.push("returned");
      return response;
    },
  });
  await using client = await server.connect();
  client.send(handshake());
  while (steps.length === 0) await eventLoopTurn();
  await eventLoopTurn();
  assert.equal(steps, ["upgraded"]);
  go.resolve();
  assert.is((await client.readHead()).status, 101);
  assert.is(await client.readEvent(), "text first");
  assert.equal(steps, ["upgraded", "returned", "handler"]);
});

test("messages that are written before the 101 come behind it, in order", async () => {
  await using server = await TestServer.start({
    respond: async (request) => {
      const { connection, response } = upgradeWebSocket(request);
      await connection.write("one");
      assert.is(connection.tryWrite("two"), true);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await connection.write("three");
      return response;
    },
  });
  await using client = await server.open();
  const events = [];
  for (let count = 0; count < 3; count++) events.push(await client.readEvent());
  assert.equal(events, ["text one", "text two", "text three"]);
});

test("a connection that was closed before the 101 sends what it has, then Close", async () => {
  await using server = await TestServer.start({
    respond: (request) => {
      const { connection, response } = upgradeWebSocket(request);
      void connection.write("one");
      void connection.close(4000, "enough");
      return response;
    },
  });
  await using client = await server.open();
  client.send(closeFrame(4000));
  assert.equal(await client.transcript(), ["text one", "close 4000", "FIN"]);
});

test("a connection that was terminated before the 101 is cut behind it", async () => {
  const closed = new Deferred<number>();
  await using server = await TestServer.start({
    respond: (request) => {
      const { connection, response } = upgradeWebSocket(request);
      void connection.closed.then(({ code }) => closed.resolve(code));
      connection.terminate();
      return response;
    },
  });
  await using client = await server.connect();
  client.send(handshake());
  const rest = await client.readToFin().catch(() => new Uint8Array(0));
  assert.not.match(Buffer.from(rest).toString("latin1"), /\r\n\r\n./s);
  assert.is(await withTimeout(closed.promise, "the end"), 1006);
});

test("the first messages wait for a handler that awaits 50 ms before it reads", async () => {
  const done = new Deferred();
  await using server = await TestServer.start({
    run: async (connection, server) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      for await (const message of connection) server.messages.push(message);
      done.resolve();
    },
  });
  await using client = await server.connect();
  const words = Array.from({ length: 300 }, (_, index) => `message ${index}`);
  client.send(handshake(), ...words.map((word) => frame("81", word)), closeFrame(1000));
  assert.is((await client.readHead()).status, 101);
  assert.is(await client.readEvent(), "close 1000");
  await withTimeout(done.promise, "the handler to end");
  assert.equal(server.messages, words);
});

const FAILURE = new Error("Handler failed");

/** Ways to throw. */
const THROWERS: readonly (readonly [what: string, ConnectionHandler, thrown: unknown])[] = [
  ["an error at once", () => { throw FAILURE; }, FAILURE], // prettier-ignore
  ["an error later", async () => Promise.reject(FAILURE), FAILURE],
  ["undefined at once", () => { throw undefined; }, undefined], // prettier-ignore
  ["undefined later", async () => Promise.reject(undefined), undefined],
];

for (const [what, thrower, thrown] of THROWERS) {
  test(`a handler that throws ${what}: 1011, onError once, no other connection`, async () => {
    let calls = 0;
    const { server, told } = await start(async (connection) => {
      if (++calls === 2) return thrower(connection);
      for await (const message of connection) await connection.write(message);
    });
    await using _ = server;
    await using other = await server.open();
    await using client = await server.open();
    client.send(closeFrame(1011));
    assert.equal(await client.transcript(), ["close 1011", "FIN"]);
    assert.is(told.length, 1);
    assert.is(told[0], thrown);
    other.send(frame("81", "Hello"));
    assert.is(await other.readEvent(), "text Hello");
    assert.equal(server.errors, []);
  });
}

test("without onError what a handler throws is printed, once", async () => {
  const lines = await printed(async () => {
    await using server = await TestServer.start({
      respond: (request) => upgradeWebSocket(request, () => Promise.reject(FAILURE)).response,
    });
    await using client = await server.open();
    assert.is(await client.readEvent(), "close 1011");
  });
  assert.is(lines.length, 1);
  assert.is(lines[0], FAILURE);
});

const SECOND = new Error("onError failed");

/** How `onError` may fail. */
const TELLERS: readonly (readonly [what: string, onError: (error: unknown) => void])[] = [
  ["throws", () => { throw SECOND; }], // prettier-ignore
  ["rejects", async () => Promise.reject(SECOND)],
];

for (const [what, onError] of TELLERS) {
  test(`an onError that ${what} ends no process: both errors are printed`, async () => {
    escaped.length = 0;
    const lines = await printed(async () => {
      await using server = await TestServer.start({
        respond: (request) =>
          upgradeWebSocket(request, { onError }, () => Promise.reject(FAILURE)).response,
      });
      await using client = await server.open();
      assert.is(await client.readEvent(), "close 1011");
      await eventLoopTurn();
    });
    assert.equal(escaped, []);
    assert.equal(lines.map(String), [FAILURE, SECOND].map(String));
  });
}

/** What a handler does when its connection is lost under it. */
const LOSERS: readonly (readonly [what: string, ConnectionHandler])[] = [
  ["for await", async (connection) => { for await (const _ of connection); }], // prettier-ignore
  ["read()", async (connection) => void (await connection.read())],
  ["ping()", async (connection) => void (await connection.ping())],
  [
    "write()",
    async (connection) => {
      for (;;) await connection.write("x".repeat(60_000));
    },
  ],
];

for (const [what, handler] of LOSERS) {
  test(`a connection that is lost within ${what} is no error of the handler`, async () => {
    const ended = new Deferred<unknown>();
    const { server, told, upgrades } = await start(async (connection) => {
      try {
        await handler(connection);
      } catch (error) {
        ended.resolve(error);
        throw error;
      }
    });
    await using _ = server;
    await using client = await server.open();
    client.reset();
    assert.instance(await withTimeout(ended.promise, "the handler to end"), ConnectionClosedError);
    assert.is((await upgrades[0].connection.closed).code, 1006);
    await eventLoopTurn();
    assert.equal(told, []);
  });
}

test("a handler that returns: what it wrote, then Close 1000, FIN", async () => {
  const { server, told } = await start((connection: Connection) => {
    for (const word of ["one", "two"]) void connection.write(word);
  });
  await using _ = server;
  await using client = await server.open();
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["text one", "text two", "close 1000", "FIN"]);
  assert.equal(told, []);
});

test.run();
