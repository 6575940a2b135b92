// `server.stats()`: what came, went and is held, to the message and to the byte, over real sockets.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection, ServerStats } from "../../src/mod.ts";
import { ITEM_COST } from "../../src/message/message.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Deferred } from "../support/deferred.ts";
import { handshake } from "../support/handshake.ts";
import type { RawClient } from "../support/raw_client.ts";
import { hold, TestServer, upgradeWebSocket } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/tally");

/** A server to which nothing has happened. */
const NOTHING: ServerStats = {
  connections: { open: 0, opened: 0, closed: {}, closesSent: {}, paused: { in: 0, out: 0 } },
  upgrades: { pending: 0, refused: {}, abandoned: 0 },
  in: { messages: 0, bytes: 0 },
  out: { messages: 0, bytes: 0 },
  compression: { in: { before: 0, after: 0 }, out: { before: 0, after: 0 } },
  held: { inboxes: 0, outboxes: 0 },
  limitHits: {},
};

/** Sends a Close, and waits until the server has seen the end. */
async function close(server: TestServer, client: RawClient, code: number): Promise<void> {
  client.send(closeFrame(code));
  assert.is(await client.readEvent(), `close ${code}`);
  await client.fin();
  client.end();
  await withTimeout(server.connection.closed, "the end");
}

test("stats() of a new server are noughts, and are JSON", async () => {
  await using server = await TestServer.start();
  assert.equal(server.stats(), NOTHING);
  assert.equal(JSON.parse(JSON.stringify(server.stats())), NOTHING);
});

test("stats() count each message and byte, of connections that are open or ended", async () => {
  await using server = await TestServer.start();
  const first = await server.open();
  const hello = frame("81", "Hello"); // 11 bytes there, 7 back
  first.send(hello, hello);
  for (let count = 0; count < 2; count++) assert.is(await first.readEvent(), "text Hello");
  const open: ServerStats = {
    ...NOTHING,
    connections: { ...NOTHING.connections, open: 1, opened: 1 },
    in: { messages: 2, bytes: 22 },
    out: { messages: 2, bytes: 14 },
  };
  assert.equal(server.stats(), open);
  await close(server, first, 1000); // 8 bytes there, 4 back
  const second = await server.open();
  second.send(hello);
  assert.is(await second.readEvent(), "text Hello");
  assert.equal(server.stats(), {
    ...NOTHING,
    connections: {
      ...NOTHING.connections,
      open: 1,
      opened: 2,
      closed: { 1000: 1 },
      closesSent: { 1000: 1 },
    },
    in: { messages: 3, bytes: 41 },
    out: { messages: 3, bytes: 25 },
  });
});

test("stats() count the ends by close code, those of programs by thousands", async () => {
  await using server = await TestServer.start();
  for (const code of [1000, 1001, 3000, 3999, 4000, 4123, 4999]) {
    await close(server, await server.open(), code);
  }
  const broken = await server.open();
  broken.send(frame("83")); // a reserved opcode
  assert.is(await broken.readEvent(), "close 1002");
  broken.reset();
  const lost = await server.open();
  lost.reset();
  for (const { closed } of server.connections) await withTimeout(closed, "the end");
  const codes = { 1000: 1, 1001: 1, "3000-3999": 2, "4000-4999": 3 };
  const { open, opened, closed, closesSent } = server.stats().connections;
  assert.equal([open, opened], [0, 9]);
  assert.equal(closed, { ...codes, 1006: 2 });
  assert.equal(closesSent, { ...codes, 1002: 1 });
});

test("stats() have what is compressed, before and after", async () => {
  const upgrade = { compression: true };
  const run = async (connection: Connection): Promise<void> => {
    await connection.write("a".repeat(2000));
    await connection.closed;
  };
  await using server = await TestServer.start({ upgrade, run });
  const fields = { "Sec-WebSocket-Extensions": "permessage-deflate" };
  const client = await server.open(fields);
  assert.match(await client.readEvent(), /^\* text of 2000 bytes/);
  const { sent } = server.connection.stats().compression ?? {};
  const { out, compression } = server.stats();
  assert.equal(compression, { in: { before: 0, after: 0 }, out: sent });
  assert.is(compression.out.before, 2000);
  assert.is(out.bytes, 2 + compression.out.after);
  client.reset();
  await withTimeout(server.connection.closed, "the end");
  assert.equal(server.stats().compression, compression);
});

test("stats() have what is held, and the connections that are paused", async () => {
  const upgrade = { limits: { inboxMessagesMax: 2 } };
  await using server = await TestServer.start({ run: hold, upgrade });
  const full = await server.open();
  await server.open();
  full.send(frame("81", "abc"), frame("82", "abcd"));
  await until(() => server.stats().connections.paused.in === 1, "a socket that is paused");
  const { connections, held } = server.stats();
  assert.equal(connections.paused, { in: 1, out: 0 });
  assert.equal(held, { inboxes: 2 * ITEM_COST + 6 + 4, outboxes: 0 });
  full.reset();
  server.connections[0].terminate(); // a paused socket hears of no reset
  await withTimeout(server.connections[0].closed, "the end");
  assert.equal(server.stats().held, { inboxes: 0, outboxes: 0 });
  assert.equal(server.stats().connections.paused, { in: 0, out: 0 });
});

test("stats() have a socket that takes nothing, and what waits for it", async () => {
  await using server = await TestServer.start({ run: hold });
  const client = await server.open();
  client.pause();
  const { connection } = server;
  const large = new Uint8Array(1 << 20);
  let written = 0;
  for (; server.stats().connections.paused.out === 0; written++) {
    assert.ok(written < 64, "64 MiB and the socket is not full");
    void connection.write(large);
    await new Promise((resolve) => setImmediate(resolve));
  }
  void connection.write("abc");
  const { messages, held } = { ...server.stats().out, ...server.stats() };
  assert.is(messages, written); // the last of them is on its way
  assert.equal(held, { inboxes: 0, outboxes: ITEM_COST + 6 });
  connection.terminate();
  await withTimeout(connection.closed, "the end");
  assert.equal(server.stats().connections.paused, { in: 0, out: 0 });
});

test("stats() have handshakes: those that wait, are refused, or are given up", async () => {
  const answer = new Deferred<Response>();
  await using server = await TestServer.start({
    respond: (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/no") return new Response("no", { status: 401 });
      if (pathname === "/fails") throw new Error("a secret");
      if (pathname === "/waits") return answer.promise;
      return upgradeWebSocket(request, hold).response;
    },
  });
  const ask = async (path: string, fields = {}): Promise<RawClient> => {
    const client = await server.connect();
    client.send(handshake(fields, `GET ${path} HTTP/1.1`));
    return client;
  };
  for (const [path, fields, status] of [
    ["/no", {}, 401],
    ["/no", {}, 401],
    ["/fails", {}, 500],
    ["/", { Origin: "http://evil" }, 403],
    ["/", { "Sec-WebSocket-Key": "short" }, 400],
    ["/", { "Sec-WebSocket-Version": "8" }, 426],
    ["/", { Upgrade: null, Connection: null }, 426], // as a proxy may drop them
    ["/", {}, 101],
  ] as const) {
    const client = await ask(path, fields);
    assert.is((await client.readHead()).status, status);
  }
  const waits = [await ask("/waits"), await ask("/waits")];
  await until(() => server.stats().upgrades.pending === 2, "two handshakes that wait");
  waits[0].reset();
  await until(() => server.stats().upgrades.pending === 1, "one that is given up");
  const refused = { 400: 1, 401: 2, 403: 1, 426: 2, 500: 1 };
  assert.equal(server.stats().upgrades, { pending: 1, refused, abandoned: 1 });
  assert.equal(server.stats().connections.opened, 1);
  answer.resolve(new Response(null, { status: 404 }));
  assert.is((await waits[1].readHead()).status, 404);
  const upgrades = { pending: 0, refused: { ...refused, 404: 1 }, abandoned: 1 };
  assert.equal(server.stats().upgrades, upgrades);
});

test("a connection that is terminated before its 101 was never open", async () => {
  await using server = await TestServer.start({
    respond: (request) => {
      const { connection, response } = upgradeWebSocket(request);
      connection.terminate();
      return response;
    },
  });
  const client = await server.connect();
  client.send(handshake());
  await client.readToFin().catch(() => {});
  const { connections, upgrades } = server.stats();
  assert.equal([connections, upgrades.abandoned], [NOTHING.connections, 1]);
});

test("stats() have the limits that were hit, of connections that are open or ended", async () => {
  const upgrade = { limits: { messageSizeMax: 10 } };
  await using server = await TestServer.start({ run: hold, upgrade });
  const open = await server.open();
  for (let count = 0; count < 18; count++) void server.connection.ping();
  assert.equal(server.stats().limitHits, { pings: 2 });
  const ended = await server.open();
  ended.send(frame("82", new Uint8Array(11)));
  assert.is(await ended.readEvent(), "close 1009");
  ended.reset();
  await withTimeout(server.connection.closed, "the end");
  assert.equal(server.stats().limitHits, { pings: 2, messageSizeMax: 1 });
  open.reset();
  await withTimeout(server.connections[0].closed, "the end");
  assert.equal(server.stats().limitHits, { pings: 2, messageSizeMax: 1 });
});

test.run();
