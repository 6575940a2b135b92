// A handshake behind a request whose answer is not out yet. Node reports it at once, and both write
// to one socket; but answers leave in the order of their requests (RFC 9112 §9.3.2), and nothing of
// HTTP may get between frames.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, hex } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { rejects } from "../support/rejects.ts";
import { echo, TestServer, upgradeWebSocket } from "../support/server.ts";
import type { TestServerOptions } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/pipelined_upgrade");
const uncaught = watchUncaught(test);

const LENGTH = { headers: { "Content-Length": "5" } };

/** How the first request is answered, each time with "Hello": `go` fulfils after some turns. */
const ANSWERS: readonly (readonly [what: string, (go: Promise<void>) => Promise<Response>])[] = [
  ["at once", async () => new Response("Hello", LENGTH)],
  [
    "later",
    async (go) => {
      await go;
      return new Response("Hello", LENGTH);
    },
  ],
  [
    "in pieces",
    async (go) => {
      const pull = async (to: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
        await go;
        to.enqueue(bytes("6c6f"));
        to.close();
      };
      const start = (to: ReadableStreamDefaultController<Uint8Array>): void => {
        to.enqueue(bytes("48656c"));
      };
      return new Response(new ReadableStream({ start, pull }), LENGTH);
    },
  ],
];

/** A server that answers "/first" so, upgrades all else, and greets who is upgraded. */
function serverOf(
  answer: (go: Promise<void>) => Promise<Response>,
  go: Promise<void>,
  served: (what: string) => void = () => {},
): TestServerOptions & { readonly respond: object } {
  return {
    respond: async (request, { completed }) => {
      if (request.url.endsWith("/first")) {
        void completed.then(() => served("first"));
        return answer(go);
      }
      return upgradeWebSocket(request, async (connection) => {
        served("upgraded");
        await connection.write("greeting");
        for await (const message of connection) await connection.write(message);
      }).response;
    },
  };
}

for (const [what, answer] of ANSWERS) {
  test(`the 101 comes behind an earlier answer that is given ${what}`, async () => {
    const go = new Deferred();
    await using server = await TestServer.start(serverOf(answer, go.promise));
    await using client = await server.connect();
    client.send(request("GET /first HTTP/1.1"), handshake(), frame("81", "early"));
    for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
    go.resolve();
    const first = await client.readHead();
    assert.is(first.status, 200);
    assert.is(Buffer.from(await client.readBytes(5)).toString(), "Hello");
    assert.is((await client.readHead()).status, 101);
    client.send(frame("81", "late"), closeFrame(1000));
    const expected = ["text greeting", "text early", "text late", "close 1000", "FIN"];
    assert.equal(await client.transcript(), expected);
  });
}

/** Handshakes that are no good, and their status. */
const REFUSALS: readonly (readonly [what: string, fields: Fields, status: number])[] = [
  ["has no key", { "Sec-WebSocket-Key": null }, 400],
  ["has another origin", { Origin: "http://evil" }, 403],
];

for (const [what, fields, status] of REFUSALS) {
  test(`a handshake that ${what} is refused behind an earlier answer: ${status}`, async () => {
    const go = new Deferred();
    await using server = await TestServer.start(serverOf(ANSWERS[1][1], go.promise));
    await using client = await server.connect();
    client.send(request("GET /first HTTP/1.1"), handshake(fields));
    for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
    go.resolve();
    assert.is((await client.readHead()).status, 200);
    assert.is(hex(await client.readBytes(5)), "48656c6c6f");
    assert.is((await client.readHead()).status, status);
  });
}

test("a client that resets before the earlier answer is out: all that waits settles", async () => {
  const asked = new Deferred();
  const outcomes: Promise<Error>[] = [];
  await using server = await TestServer.start({
    respond: async (request, { completed }) => {
      outcomes.push(rejects(completed));
      asked.resolve();
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      return new Response("too late");
    },
  });
  await using client = await server.connect();
  client.send(request("GET /first HTTP/1.1"), handshake());
  await withTimeout(asked.promise, "the request");
  client.reset();
  await withTimeout(Promise.all(outcomes), "every completed");
  await using next = await server.connect();
  next.send(request("GET / HTTP/1.1"));
  await eventLoopTurn();
});

test("nothing of that went past the handlers", async () => {
  await eventLoopTurn();
  assert.equal(uncaught.map(String), []);
});

test("a handshake on a connection that has served requests is like the first", async () => {
  await using server = await TestServer.start({
    respond: (request) =>
      request.headers.has("Upgrade")
        ? upgradeWebSocket(request, (connection) => echo(connection, server)).response
        : new Response("Hello", LENGTH),
  });
  await using client = await server.connect();
  for (let count = 0; count < 3; count++) {
    client.send(request("GET /first HTTP/1.1"));
    assert.is((await client.readHead()).status, 200);
    await client.readBytes(5);
  }
  client.send(handshake());
  assert.is((await client.readHead()).status, 101);
  client.send(frame("81", "Hello"), closeFrame(1000));
  assert.equal(await client.transcript(), ["text Hello", "close 1000", "FIN"]);
});

test.run();
