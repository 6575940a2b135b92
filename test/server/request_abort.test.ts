// A client that goes in the middle of its own body, or sends one that is none: the handler that
// reads it is told, and `onError`, which by default prints a stack, is not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ServeHandler } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { latin1, request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/request_abort");

const LENGTH = { Host: "h", "Content-Length": "9" };
const CHUNKED = { Host: "h", "Transfer-Encoding": "chunked" };

/** How a body comes to no end. */
const ENDS: readonly (readonly [what: string, fields: object, (client: RawClient) => void])[] = [
  ["a reset", LENGTH, (client) => client.reset()],
  ["FIN", LENGTH, (client) => client.end()],
  ["a chunk that is none", CHUNKED, (client) => client.send(latin1("\r\nZZ\r\n"))],
];

/** How handlers read one. */
const READS: readonly (readonly [what: string, read: (request: Request) => Promise<unknown>])[] = [
  ["text()", (request) => request.text()],
  ["json() of a clone", (request) => request.clone().json()],
  ["for await", readAll],
];

async function readAll({ body }: Request): Promise<void> {
  for await (const _ of body!);
}

/** A server whose handler notes what it fails with, which is what `onError` might be told. */
async function started(respond: ServeHandler, failure: Deferred<unknown>): Promise<TestServer> {
  return await TestServer.start({
    respond: async (request, info) => {
      try {
        return await respond(request, info);
      } catch (error) {
        failure.resolve(error);
        throw error;
      }
    },
  });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
}

for (const [what, fields, end] of ENDS) {
  for (const [how, read] of READS) {
    test(`${what} in the middle of a body that ${how} reads: onError is told nothing`, async () => {
      const reading = new Deferred();
      const failure = new Deferred<unknown>();
      await using server = await started(async (request) => {
        const done = read(request);
        reading.resolve();
        await done;
        return new Response("read");
      }, failure);
      await using client = await server.connect();
      client.send(request("POST / HTTP/1.1", { ...fields }), latin1("3\r\none"));
      await withTimeout(reading.promise, "the request");
      end(client);
      assert.instance(await withTimeout(failure.promise, "the read to end"), Error);
      await turns();
      assert.equal(server.errors, []);
    });
  }

  test(`${what} in the middle of a body that is echoed: onError is told nothing`, async () => {
    const reading = new Deferred();
    const over = new Deferred();
    await using server = await TestServer.start({
      respond: ({ body }, { completed }) => {
        completed.catch(over.resolve);
        reading.resolve();
        return new Response(body);
      },
    });
    await using client = await server.connect();
    client.send(request("POST / HTTP/1.1", { ...fields }), latin1("3\r\none"));
    await withTimeout(reading.promise, "the request");
    end(client);
    await withTimeout(over.promise, "completed");
    await turns();
    assert.equal(server.errors, []);
  });
}

test("what a handler throws because its signal has aborted is no error of its own", async () => {
  const waiting = new Deferred();
  const failure = new Deferred<unknown>();
  await using server = await started(async ({ signal }) => {
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
      waiting.resolve();
    });
    signal.throwIfAborted();
    return new Response("too late");
  }, failure);
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1"));
  await withTimeout(waiting.promise, "the request");
  client.reset();
  await withTimeout(failure.promise, "the handler to throw");
  await turns();
  assert.equal(server.errors, []);
});

test("an error of its own behind a client that has gone is told all the same", async () => {
  const reading = new Deferred();
  const failure = new Deferred<unknown>();
  const own = new Error("Disk full");
  await using server = await started(async (request) => {
    const done = request.text();
    reading.resolve();
    await done.catch(() => {});
    throw own;
  }, failure);
  await using client = await server.connect();
  client.send(request("POST / HTTP/1.1", LENGTH), latin1("part"));
  await withTimeout(reading.promise, "the request");
  client.reset();
  await withTimeout(failure.promise, "the handler to throw");
  await turns();
  assert.equal(server.errors, [own]);
  assert.is(server.errors[0], own);
});

test("a body that is none aborts request.signal, and ends what would still be sent", async () => {
  const [aborted, cancelled] = [new Deferred<unknown>(), new Deferred<unknown>()];
  await using server = await TestServer.start({
    respond: async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted.resolve(signal.reason);
      return new Response(new ReadableStream({ cancel: cancelled.resolve }));
    },
  });
  const client = await server.connect();
  client.send(request("POST / HTTP/1.1", CHUNKED));
  await until(() => server.requests.length === 1, "the request");
  client.send(latin1("\r\nZZ\r\n"));
  assert.is((await client.readHead()).status, 400);
  const reason = await withTimeout(aborted.promise, "the signal");
  assert.is((reason as Error).message, "Client went before it was answered");
  await withTimeout(cancelled.promise, "the end of the body");
  assert.equal(server.errors, []);
});

test.run();
