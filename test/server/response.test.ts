// What a `Response` is on the wire: its head, its body as fast as the client takes it, and several
// of them on one connection.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Deferred } from "../support/deferred.ts";
import { handshake, request } from "../support/handshake.ts";
import type { RawClient } from "../support/raw_client.ts";
import type { ResponseHead } from "../support/response_head.ts";
import { rejects } from "../support/rejects.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";
import { atRest } from "./at_rest.ts";

const test = suite("server/response");

const CLOSE = { Host: "h", Connection: "close" };

/** The next response of a client that keeps its connection: its head, and its body as text. */
async function next(client: RawClient): Promise<readonly [ResponseHead, string]> {
  const head = await client.readHead();
  if (head.get("Transfer-Encoding") === null) {
    const body = await client.readBytes(Number(head.get("Content-Length") ?? 0));
    return [head, Buffer.from(body).toString()];
  }
  let body = "";
  for (;;) {
    let line = "";
    while (!line.endsWith("\r\n")) line += Buffer.from(await client.readBytes(1)).toString();
    const chunk = await client.readBytes(Number.parseInt(line, 16) + 2);
    if (chunk.length === 2) return [head, body];
    body += Buffer.from(chunk).toString("utf8", 0, chunk.length - 2);
  }
}

/** Head and body of what is answered to a GET. */
async function answerTo(respond: () => Response): Promise<readonly [ResponseHead, string]> {
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1", CLOSE));
  const answer = await next(client);
  await client.fin();
  return answer;
}

test("a string is sent with its type", async () => {
  const [head, body] = await answerTo(() => new Response("Grüße"));
  assert.is(head.statusLine, "HTTP/1.1 200 OK");
  assert.is(head.get("Content-Type"), "text/plain;charset=UTF-8");
  assert.is(body, "Grüße");
});

test("Set-Cookie keeps a line of its own for each, other fields are joined", async () => {
  const headers = new Headers();
  for (const value of ["a=1; Path=/", "b=2"]) headers.append("Set-Cookie", value);
  for (const value of ["x", "y"]) headers.append("Vary", value);
  const [head] = await answerTo(() => new Response("", { headers }));
  assert.equal(head.all("Set-Cookie"), ["a=1; Path=/", "b=2"]);
  assert.equal(head.all("Vary"), ["x, y"]);
});

test("statusText is the reason phrase; without one it is the usual", async () => {
  const own = await answerTo(() => new Response("", { status: 404, statusText: "Gone Fishing" }));
  assert.is(own[0].statusLine, "HTTP/1.1 404 Gone Fishing");
  const usual = await answerTo(() => new Response("", { status: 404 }));
  assert.is(usual[0].statusLine, "HTTP/1.1 404 Not Found");
});

test("a header value in Latin-1 is sent one byte a character", async () => {
  const [head] = await answerTo(() => new Response("", { headers: { "X-Name": "Gr\xfc\xdfe" } }));
  assert.is(head.get("X-Name"), "Gr\xfc\xdfe");
});

for (const status of [204, 304]) {
  test(`a ${status} has no body, and leaves the connection to the next request`, async () => {
    await using server = await TestServer.start({ respond: () => new Response(null, { status }) });
    await using client = await server.connect();
    client.send(request("GET /a HTTP/1.1"), request("GET /b HTTP/1.1", CLOSE));
    for (let count = 0; count < 2; count++) {
      const head = await client.readHead();
      assert.is(head.status, status);
      assert.equal([head.get("Content-Length"), head.get("Transfer-Encoding")], [null, null]);
    }
    await client.fin();
  });
}

test("HEAD has the head of the response, and cancels its body unread", async () => {
  const cancelled = new Deferred();
  let pulls = 0;
  const respond = (): Response => {
    const source = { pull: () => void pulls++, cancel: () => cancelled.resolve() };
    const body = new ReadableStream(source, { highWaterMark: 0 });
    return new Response(body, { headers: { "Content-Length": "12", "X-Mine": "yes" } });
  };
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(request("HEAD / HTTP/1.1", CLOSE));
  const head = await client.readHead();
  assert.equal([head.get("X-Mine"), head.get("Content-Length")], ["yes", "12"]);
  await client.fin();
  await withTimeout(cancelled.promise, "the body to be cancelled");
  assert.is(pulls, 0);
});

test("HEAD of a string leaves the connection to the next request", async () => {
  await using server = await TestServer.start({ respond: () => new Response("Hello") });
  await using client = await server.connect();
  client.send(request("HEAD / HTTP/1.1"), request("GET / HTTP/1.1", CLOSE));
  await client.readHead();
  assert.is((await next(client))[1], "Hello");
  await client.fin();
});

test("a body is sent piece by piece as it comes", async () => {
  const source = new Deferred<ReadableStreamDefaultController<Uint8Array>>();
  const respond = (): Response => new Response(new ReadableStream({ start: source.resolve }));
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1", CLOSE));
  const controller = await source.promise;
  controller.enqueue(Buffer.from("one"));
  assert.is((await client.readHead()).get("Transfer-Encoding"), "chunked");
  assert.is(Buffer.from(await client.readBytes(8)).toString(), "3\r\none\r\n");
  controller.enqueue(Buffer.from("three"));
  assert.is(Buffer.from(await client.readBytes(10)).toString(), "5\r\nthree\r\n");
  controller.close();
  assert.is(Buffer.from(await client.readToFin()).toString(), "0\r\n\r\n");
});

test("a client that does not read stops the source; when it reads the source goes on", async () => {
  const CHUNK = 64 * 1024;
  let pulls = 0;
  const cancelled = new Deferred<unknown>();
  const completed = new Deferred<Promise<void>>();
  await using server = await TestServer.start({
    respond: (_, info) => {
      completed.resolve(info.completed.then(() => {}));
      const source = {
        pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
          pulls++;
          controller.enqueue(new Uint8Array(CHUNK));
        },
        cancel: cancelled.resolve,
      };
      return new Response(new ReadableStream(source));
    },
  });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1", CLOSE));
  await client.readHead();
  client.pause();
  await atRest(() => pulls);
  const atMost = (16 * 1024 * 1024) / CHUNK; // what two kernels' buffers hold, and more
  assert.ok(pulls < atMost, `${pulls} pulls`);
  const before = pulls;
  client.resume();
  await until(() => pulls > before + 100, "the source to go on");
  client.reset();
  await withTimeout(cancelled.promise, "the source to be cancelled");
  await rejects(completed.promise.then((promise) => promise));
  assert.equal(server.errors, []);
});

test("one connection serves request after request", async () => {
  await using server = await TestServer.start({
    respond: async (request) => new Response(`${request.url} ${await request.text()}`),
  });
  await using client = await server.connect();
  for (let count = 0; count < 20; count++) {
    const body = "x".repeat(count);
    const fields = { Host: "h", "Content-Length": String(count) };
    client.send(request(`POST /${count} HTTP/1.1`, fields), Buffer.from(body));
    assert.is((await next(client))[1], `http://h/${count} ${body}`);
  }
});

test("the 101 of an upgrade is no answer to an ordinary request: 500", async () => {
  const held = new Deferred();
  let upgraded: Response | null = null;
  await using server = await TestServer.start({
    respond: async (request) => {
      if (upgraded !== null) return upgraded;
      upgraded = upgradeWebSocket(request).response;
      await held.promise;
      return upgraded;
    },
  });
  await using first = await server.connect();
  first.send(handshake());
  await until(() => upgraded !== null, "the handshake");
  await using second = await server.connect();
  second.send(request("GET / HTTP/1.1", CLOSE));
  assert.is((await second.readHead()).status, 500);
  assert.equal(server.errors.map(String), [
    "TypeError: Cannot respond: the 101 belongs to another request, or is too late",
  ]);
  held.resolve();
  assert.is((await first.readHead()).status, 101);
});

test.run();
