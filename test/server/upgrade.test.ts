// `upgradeWebSocket()` as it is called: its variants and options, and what it refuses.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HandshakeError } from "../../src/mod.ts";
import type { ConnectionHandler, WebSocketUpgrade } from "../../src/mod.ts";
import { bytes, concat } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { rejects } from "../support/rejects.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/upgrade");

const echo: ConnectionHandler = async (connection) => {
  for await (const message of connection) await connection.write(message);
};

/** Runs without a handler what a handler would. */
function echoBeside({ connection, response }: WebSocketUpgrade): Response {
  void echo(connection);
  return response;
}

const VARIANTS: readonly (readonly [call: string, (request: Request) => Response])[] = [
  ["(request, handler)", (request) => upgradeWebSocket(request, echo).response],
  ["(request, options, handler)", (request) => upgradeWebSocket(request, {}, echo).response],
  ["(request)", (request) => echoBeside(upgradeWebSocket(request))],
  ["(request, options)", (request) => echoBeside(upgradeWebSocket(request, {}))],
];

for (const [call, respond] of VARIANTS) {
  test(`upgradeWebSocket${call} echoes, and closes in good order`, async () => {
    await using server = await TestServer.start({ respond });
    await using client = await server.open();
    client.send(frame("81", "Hello"), frame("82", bytes("00ff")), closeFrame(3000));
    assert.equal(await client.transcript(), ["text Hello", "binary 00ff", "close 3000", "FIN"]);
    assert.equal(server.errors, []);
  });
}

test("connection and response know of the handshake before it is answered", async () => {
  const found: unknown[] = [];
  await using server = await TestServer.start({
    respond: (request) => {
      const { connection, response } = upgradeWebSocket(request, { protocol: "b" }, echo);
      found.push(connection.protocol, connection.extensions, connection.remoteAddr.transport);
      found.push(response instanceof Response, response.status, response.statusText, response.ok);
      return response;
    },
  });
  await using client = await server.open({ "Sec-WebSocket-Protocol": "a, b" });
  client.send(closeFrame(1000));
  await client.readEvent();
  assert.equal(found, ["b", "", "tcp", true, 101, "Switching Protocols", false]);
});

test("headers: of the options and set later, all are in the 101, each cookie a line", async () => {
  await using server = await TestServer.start({
    respond: (request) => {
      const headers: [string, string][] = [["Set-Cookie", "a=1"], ["X-Mine", "Gr\xfc\xdfe"]];
      const { response } = upgradeWebSocket(request, { headers }, echo);
      response.headers.append("Set-Cookie", "b=2");
      response.headers.set("X-Later", "yes");
      return response;
    },
  });
  await using client = await server.connect();
  client.send(handshake());
  const head = await client.readHead();
  assert.is(head.status, 101);
  assert.equal(head.all("Set-Cookie"), ["a=1", "b=2"]);
  assert.equal([head.get("X-Mine"), head.get("X-Later")], ["Gr\xfc\xdfe", "yes"]);
});

test("limits: a message above messageSizeMax is 1009, one of that size is not", async () => {
  await using server = await TestServer.start({ upgrade: { limits: { messageSizeMax: 5 } } });
  await using client = await server.open();
  client.send(frame("81", "Hello"), frame("81", "Hello!"));
  assert.equal(await client.transcript(), ["text Hello", "close 1009", "FIN"]);
});

test("idleTimeout is seconds: a ping after half of it, the end after all of it", async () => {
  const start = performance.now();
  await using server = await TestServer.start({ upgrade: { idleTimeout: 0.4 } });
  await using client = await server.open();
  assert.equal(await client.readEvent(), "ping ");
  const pingedAfter = performance.now() - start;
  assert.ok(pingedAfter >= 190, `${pingedAfter} ms`);
  const { code, cause } = await withTimeout(server.connection.closed, "the end");
  assert.equal([code, (cause as Error).name], [1006, "TimeoutError"]);
  assert.ok(performance.now() - start >= 380, `${performance.now() - start} ms`);
});

/** Without pings nothing holds the process, and nothing comes: the timers tell. */
for (const upgrade of [{ idleTimeout: 0 }, { keepalive: false, idleTimeout: 0.02 }] as const) {
  test(`${JSON.stringify(upgrade)}: a silent client gets no ping`, async () => {
    await using server = await TestServer.start({ upgrade });
    await using client = await server.open();
    assert.match((await rejects(client.readEvent(200))).message, /so far no byte/);
    client.send(frame("81", "Hello"));
    assert.is(await client.readEvent(), "text Hello");
  });
}

test("a request is upgraded once: then TypeError, and the first upgrade holds", async () => {
  const second = new Deferred<unknown>();
  await using server = await TestServer.start({
    respond: (request) => {
      const { response } = upgradeWebSocket(request, echo);
      try {
        upgradeWebSocket(request, echo);
      } catch (error) {
        second.resolve(error);
      }
      return response;
    },
  });
  await using client = await server.open();
  assert.match(String(await second.promise), /^TypeError: Cannot upgrade: request was upgraded/);
  client.send(frame("81", "Hello"));
  assert.is(await client.readEvent(), "text Hello");
});

test("an ordinary request: HandshakeError 426, which the handler may catch", async () => {
  const thrown: unknown[] = [];
  await using server = await TestServer.start({
    respond: (request) => {
      try {
        return upgradeWebSocket(request, echo).response;
      } catch (error) {
        thrown.push(error);
        if (request.url.endsWith("/page")) return new Response("a page");
        throw error;
      }
    },
  });
  await using client = await server.connect();
  client.send(concat(request("GET /page HTTP/1.1"), request("GET / HTTP/1.1")));
  const page = await client.readHead();
  const size = page.get("Transfer-Encoding") === null ? 6 : "6\r\na page\r\n0\r\n\r\n".length;
  await client.readBytes(size);
  const head = await client.readHead();
  assert.equal([page.status, head.status, head.get("Upgrade")], [200, 426, "websocket"]);
  assert.ok(thrown.every((error) => error instanceof HandshakeError && error.status === 426));
  assert.equal([thrown.length, server.errors.length], [2, 0]);
});

test.run();
