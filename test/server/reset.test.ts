// RST at every stage of a connection, fifty times each: nothing goes past the promises that the
// user holds, and each of them settles.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/mod.ts";
import type { Closure, Connection, ConnectionHandler } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import type { RawClient } from "../support/raw_client.ts";
import { echo, TestServer, upgradeWebSocket } from "../support/server.ts";
import type { TestServerOptions } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const TIMES = 50;

/** The last of them, in milliseconds, may come this long after its moment. */
const SPREAD_MS = 5;

const test = suite("server/reset");
const uncaught = watchUncaught(test);
test.before.each(() => void uncaught.splice(0));

/** A stage: how the server is set up, and what the client does before RST. */
interface Stage {
  readonly options?: () => TestServerOptions;
  readonly act: (client: RawClient, server: TestServer) => Promise<void>;
  /** What the close code may be. Default: 1006. */
  readonly codes?: readonly number[];
}

/** Writes as fast as it may, until it may not. */
async function flood(connection: Connection): Promise<void> {
  for (let count = 0; ; count++) await connection.write(`${count} ${"x".repeat(10_000)}`);
}

/** As {@linkcode flood}, and awaits nothing. */
async function floodBlindly(connection: Connection): Promise<void> {
  for (let count = 0; count < 500; count++) void connection.write("x".repeat(2000));
  await connection.closed;
}

/** Fulfils within the handler, when nothing has been sent to the client yet. */
async function asked(client: RawClient, server: TestServer): Promise<void> {
  const before = server.connections.length;
  client.send(handshake());
  await until(() => server.connections.length > before, "the handler to be asked");
}

/** Fulfils when the 101 has come. */
async function opened(client: RawClient): Promise<void> {
  client.send(handshake());
  await client.readHead();
}

/** Answers when the client has gone, or after a turn if that comes first. */
function thoughtful(run: (connection: Connection) => Promise<void>): TestServerOptions {
  const options = {
    respond: async (request: Request): Promise<Response> => {
      const { connection, response } = upgradeWebSocket(request, run);
      connections.push(connection);
      await eventLoopTurn();
      return response;
    },
  };
  return options;
}

/** Connections of handlers of this file. */
const connections: Connection[] = [];

const STAGES: Readonly<Record<string, Stage>> = {
  "in the handler, which waits": {
    options: () => thoughtful(flood),
    act: async (client) => {
      const before = connections.length;
      client.send(handshake());
      await until(() => connections.length > before, "the handler to be asked");
    },
  },
  "when the handshake is sent": { act: async (client) => client.send(handshake()) },
  "when the handler is asked": { act: asked },
  "right behind the 101": { act: opened },
  "behind the first message": {
    act: async (client) => {
      await opened(client);
      client.send(frame("81", "Hello"));
      await client.readEvent();
    },
  },
  "within a message": {
    act: async (client) => {
      await opened(client);
      client.send(frame("81", "Hello").subarray(0, 8));
    },
  },
  "within a flood that awaits each write": { options: () => ({ run: flood }), act: opened },
  "within a flood that awaits no write": { options: () => ({ run: floodBlindly }), act: opened },
  "within a flood that is not read": {
    options: () => ({ run: flood }),
    act: async (client) => {
      await opened(client);
      client.pause();
    },
  },
  "behind the server's Close": {
    options: () => ({ run: async (connection) => void (await connection.close(1000)) }),
    act: async (client) => {
      await opened(client);
      await client.readEvent();
    },
  },
  "behind the client's Close": {
    act: async (client) => {
      await opened(client);
      client.send(closeFrame(1000));
    },
    codes: [1000, 1006],
  },
  "behind both": {
    act: async (client) => {
      await opened(client);
      client.send(closeFrame(1000));
      await client.readEvent();
    },
    codes: [1000],
  },
};

for (const [when, { options = () => ({}), act, codes = [1006] }] of Object.entries(STAGES)) {
  test(`RST ${when}, ${TIMES} times: every closed settles, and the server serves`, async () => {
    connections.splice(0);
    const found = new Set<number>();
    await using server = await TestServer.start(options());
    for (let time = 0; time < TIMES; time++) {
      const client = await server.connect();
      await act(client, server);
      if (time % 2 === 1) await pass((time / TIMES) * SPREAD_MS);
      client.reset();
    }
    const all = [...connections, ...server.connections];
    if (when !== "when the handshake is sent") assert.is(all.length, TIMES);
    const closures = Promise.all(all.map((connection) => connection.closed));
    for (const { code } of await withTimeout(closures, "every end")) found.add(code);
    assert.ok([...found].every((code) => codes.includes(code)), `found ${[...found]}`);
    await eventLoopTurn();
    assert.equal(uncaught.map(String), []);
    assert.equal(server.errors.map(String), []);
    await using client = await server.open();
    assert.ok(client.socket.readable);
  });
}

/** Lets the event loop run for so long. */
async function pass(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
}

test(`RST within a response and within a request, ${TIMES} times each`, async () => {
  const settled: Promise<string>[] = [];
  await using server = await TestServer.start({
    respond: async (request, { completed }) => {
      settled.push(completed.then(() => "sent").catch(() => "not sent"));
      if (request.method === "POST") return new Response(await request.text());
      return new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(10_000)) }));
    },
    serve: { onError: () => new Response(null, { status: 500 }) },
  });
  for (let time = 0; time < TIMES; time++) {
    const reader = await server.connect();
    reader.send(request("GET / HTTP/1.1"));
    await reader.readHead();
    reader.reset();
    const writer = await server.connect();
    writer.send(request("POST / HTTP/1.1", { Host: "h", "Content-Length": "10" }), "00");
    if (time % 2 === 1) await eventLoopTurn();
    writer.reset();
  }
  const outcomes = await withTimeout(Promise.all(settled), "every completed");
  assert.ok(outcomes.length >= TIMES, `${outcomes.length} requests`);
  assert.ok(outcomes.every((outcome) => outcome === "not sent"));
  assert.equal(uncaught.map(String), []);
});

test("close(), ping() and terminate() of a connection that was reset change nothing", async () => {
  const ended = new Deferred<Closure>();
  await using server = await TestServer.start({
    run: async (connection, server) => {
      void connection.closed.then(ended.resolve);
      await echo(connection, server).catch(() => {});
    },
  });
  await using client = await server.open();
  client.reset();
  const closure = await withTimeout(ended.promise, "the end");
  void server.connection.ping();
  void server.connection.write("late");
  server.connection.terminate();
  assert.is(await server.connection.close(4000), closure);
  await eventLoopTurn();
  assert.equal(uncaught.map(String), []);
});

for (const keepalive of [false, {}] as const) {
  const how = keepalive ? "pinged" : "not pinged";
  test(`FIN in a message while a handler decides ends the connection, ${how}`, async () => {
    const decided = new Deferred();
    const ended = new Deferred<unknown>();
    await using server = await TestServer.start({
      respond: async (request) => {
        await decided.promise;
        const handler: ConnectionHandler = async (connection) => {
          await connection.read().catch(ended.resolve);
        };
        return upgradeWebSocket(request, { keepalive }, handler).response;
      },
    });
    await using client = await server.connect();
    client.send(handshake(), frame("81", "Hello").subarray(0, 9));
    client.end();
    for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
    decided.resolve();
    const error = await withTimeout(ended.promise, "the end of the connection");
    assert.instance(error, ConnectionClosedError);
    await client.readHead();
    await client.fin();
  });
}

test.run();
