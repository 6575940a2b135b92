// `shutdown()`: nobody's words are lost, nobody new is let in, and it ends in time.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { makeCertificate } from "../support/certificate.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import type { RawClient } from "../support/raw_client.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { hold, TestServer, upgradeWebSocket } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/shutdown");

/** The code of the error that a new connection to `port` ends with, or "connected". */
async function attempt(port: number): Promise<string> {
  const outcome = new Deferred<string>();
  const socket = connect(port, "127.0.0.1");
  socket.once("connect", () => outcome.resolve("connected"));
  socket.once("error", (error: NodeJS.ErrnoException) => outcome.resolve(error.code ?? ""));
  const found = await withTimeout(outcome.promise, "a connection or its error");
  socket.destroy();
  return found;
}

test("every connection gets what is queued for it, in order, then 1001", async () => {
  const MESSAGES = 200;
  await using server = await TestServer.start({ run: hold });
  const clients: RawClient[] = [];
  for (let count = 0; count < 10; count++) clients.push(await server.open());
  for (const [index, connection] of server.connections.entries()) {
    for (let count = 0; count < MESSAGES; count++) {
      assert.ok(connection.tryWrite(`${index} ${count}`));
    }
  }
  const finished = server.shutdown();
  for (const [index, client] of clients.entries()) {
    for (let count = 0; count < MESSAGES; count++) {
      assert.is(await client.readEvent(), `text ${index} ${count}`);
    }
    assert.is(await client.readEvent(), "close 1001");
    client.send(closeFrame(1001));
    await client.fin();
    client.end();
  }
  await withTimeout(finished, "the end");
  for (const { closed } of server.connections) assert.is((await closed).code, 1001);
});

test("what lies in a full socket is delivered before 1001", async () => {
  const SIZE = 1 << 20;
  let sent = 0;
  await using server = await TestServer.start({
    run: async (connection) => {
      for (; sent < 12; sent++) {
        await connection.write(new Uint8Array(SIZE).fill(sent));
      }
      await connection.closed;
    },
    upgrade: { onError: () => {} },
  });
  await using client = await server.open();
  client.pause();
  await eventLoopTurn();
  const finished = server.shutdown();
  client.resume();
  let at = 0;
  for (;;) {
    const event = await client.readFrame();
    if (event.opcode === 8) {
      assert.equal([...event.payload], [0x03, 0xe9]);
      break;
    }
    assert.ok(event.payload.every((byte) => byte === at));
    if (event.fin) at++;
  }
  assert.ok(at > 0);
  client.send(closeFrame(1001));
  client.end();
  await withTimeout(finished, "the end");
});

test("every call returns the same promise, which is finished", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const first = server.shutdown();
  assert.is(server.shutdown(), first);
  client.send(closeFrame(1001));
  assert.equal(await client.transcript(), ["close 1001", "FIN"]);
  client.end();
  await withTimeout(first, "the end");
  assert.is(server.shutdown(), first);
});

test("new connections are refused from the first moment", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  void server.shutdown();
  assert.is(await attempt(server.port), "ECONNREFUSED");
  assert.is(await client.readEvent(), "close 1001");
  assert.is(await attempt(server.port), "ECONNREFUSED");
});

test("a connection between two requests is ended at once", async () => {
  await using server = await TestServer.start({ respond: () => new Response("Hello") });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1"));
  await client.readHead();
  await client.readBytes("5\r\nHello\r\n0\r\n\r\n".length);
  await eventLoopTurn();
  const finished = server.shutdown();
  await client.fin(1000);
  await withTimeout(finished, "the end", 1000);
});

test("a connection that has sent nothing yet is ended at once", async () => {
  await using server = await TestServer.start({ respond: () => new Response("Hello") });
  await using client = await server.connect();
  await eventLoopTurn();
  const finished = server.shutdown();
  await client.fin(1000);
  await withTimeout(finished, "the end", 1000);
});

test("a connection whose TLS handshake is not done is ended at once", async () => {
  await using server = await TestServer.start({ serve: makeCertificate() });
  await using silent = await server.connect();
  const secured = connectTls({ port: server.port, rejectUnauthorized: false });
  await withTimeout(once(secured, "secureConnect"), "TLS");
  const answered = connectTls({ port: server.port, rejectUnauthorized: false });
  answered.write(request("GET / HTTP/1.1"));
  await withTimeout(once(answered, "data"), "an answer");
  for (const socket of [secured, answered]) socket.on("error", () => {});
  await withTimeout(server.shutdown(), "the end", 2000);
  await silent.fin();
});

test("a slow response is waited for, and is the last on its connection", async () => {
  const asked = new Deferred();
  const go = new Deferred();
  let isOver = false;
  await using server = await TestServer.start({
    respond: async () => {
      asked.resolve();
      await go.promise;
      return new Response("slow");
    },
  });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1"));
  await withTimeout(asked.promise, "the request");
  const finished = server.shutdown().then(() => (isOver = true));
  await eventLoopTurn();
  assert.is(isOver, false);
  go.resolve();
  assert.is((await client.readHead()).status, 200);
  assert.match(Buffer.from(await client.readToFin()).toString(), "slow");
  await withTimeout(finished, "the end");
});

test("a response that streams is waited for until its end", async () => {
  const source = new Deferred<ReadableStreamDefaultController<Uint8Array>>();
  await using server = await TestServer.start({
    respond: () => new Response(new ReadableStream({ start: source.resolve })),
  });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1"));
  const controller = await source.promise;
  controller.enqueue(Buffer.from("one"));
  await client.readHead();
  const finished = server.shutdown();
  controller.enqueue(Buffer.from("two"));
  controller.close();
  const body = Buffer.from(await client.readToFin()).toString();
  assert.is(body, "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
  await withTimeout(finished, "the end");
});

test("a handshake that waits for its handler is refused with 503", async () => {
  const asked = new Deferred();
  await using server = await TestServer.start({
    respond: async (request) => {
      const { response } = upgradeWebSocket(request);
      asked.resolve();
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      return response;
    },
  });
  await using client = await server.connect();
  client.send(handshake());
  await withTimeout(asked.promise, "the request");
  const finished = server.shutdown();
  const head = await client.readHead();
  assert.equal([head.status, head.get("Retry-After")], [503, "1"]);
  client.end();
  await withTimeout(finished, "the end");
});

/** What is left when the time is over. */
const LEFTOVERS: readonly (readonly [what: string, wires: readonly Uint8Array[]])[] = [
  ["a client that never answers the Close", [handshake()]],
  ["a client within a message", [handshake(), frame("81", "Hello").subarray(0, 7)]],
  ["a response that never comes", [request("GET /never HTTP/1.1")]],
  ["a body that never ends", [request("GET /endless HTTP/1.1")]],
  ["a request that never ends", [request("POST / HTTP/1.1", { Host: "h", "Content-Length": "9" })]],
  ["half a head", [request("GET / HTTP/1.1").subarray(0, 10)]],
  ["an upgrade behind it", [request("GET /never HTTP/1.1"), handshake()]],
];

for (const [what, wires] of LEFTOVERS) {
  test(`${what} is cut when the time is over, and not before`, async () => {
    const TIMEOUT = 200;
    const come = new Deferred();
    await using server = await TestServer.start({
      respond: async (request) => {
        come.resolve();
        if (request.headers.has("Upgrade")) return upgradeWebSocket(request, hold).response;
        if (request.url.endsWith("never")) await new Promise(() => {});
        return new Response(request.body ?? new ReadableStream({}));
      },
      serve: { limits: { shutdownTimeoutMs: TIMEOUT } },
    });
    await using client = await server.connect();
    client.send(...wires);
    if (what === "half a head") await eventLoopTurn();
    else await withTimeout(come.promise, "the request");
    await eventLoopTurn();
    const start = performance.now();
    await withTimeout(server.shutdown(), "the end");
    const took = performance.now() - start;
    assert.ok(took < TIMEOUT + 1500, `${took} ms`);
    if (what !== "half a head") assert.ok(took > TIMEOUT - 20, `${took} ms`);
  });
}

test.run();
