// The signal of a request, for a handler that takes `{ signal }` and lets go of the rest.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryInUse } from "../frame/support.ts";
import { Deferred } from "../support/deferred.ts";
import { handshake, request } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/request_signal");

for (const [what, wire] of [
  ["a request", request("GET / HTTP/1.1", { Host: "h" })],
  ["a handshake", handshake()],
] as const) {
  test(`${what}: its signal aborts for who keeps nothing else of it or of a clone`, async () => {
    const come = new Deferred<readonly AbortSignal[]>();
    const aborted = new Deferred();
    await using server = await TestServer.start({
      respond: (request) => {
        come.resolve([request.signal, request.clone().signal]);
        return aborted.promise.then(() => new Response("too late"));
      },
    });
    await using client = await server.connect();
    client.send(wire);
    const signals = await withTimeout(come.promise, "the request");
    await memoryInUse(); // which collects all that is garbage
    client.reset();
    try {
      await until(() => signals.every((signal) => signal.aborted), "both signals to abort");
    } finally {
      aborted.resolve();
    }
  });
}

test("a clone of a request has a body of its own, its signal, and clones like it", async () => {
  const found: unknown[] = [];
  await using server = await TestServer.start({
    respond: async (asked) => {
      const clone = asked.clone();
      found.push(clone instanceof Request, clone.signal === asked.signal);
      found.push(await clone.clone().text(), await clone.text(), clone.url === asked.url);
      return new Response(await asked.text());
    },
  });
  await using client = await server.connect();
  client.send(request("POST /a HTTP/1.1", { Host: "h", "Content-Length": "5" }));
  client.send(new TextEncoder().encode("Hello"));
  assert.is((await client.readHead()).status, 200);
  assert.equal(found, [true, true, "Hello", "Hello", true]);
});

test.run();
