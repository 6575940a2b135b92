// A client that ends TCP while its handshake waits for the handler: it has gone, and takes no place
// any more; but what it has sent before the end is not lost.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { rejects } from "../support/rejects.ts";
import { echo, TestServer, upgradeWebSocket } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/pending_end");

/** When the client ends. */
const ENDS = ["with its handshake", "when it waits", "behind an earlier request"] as const;

for (const when of ENDS) {
  test(`a client that ends ${when} has gone: its place is free, its signal aborts`, async () => {
    const [go, outcome] = [new Deferred(), new Deferred<readonly [Error, Error]>()];
    await using server = await TestServer.start({
      serve: { limits: { pendingUpgradesMax: 1 } },
      respond: async (request, { completed }) => {
        if (request.url.endsWith("/first")) {
          await go.promise;
          return new Response("Hello");
        }
        if (request.url.endsWith("/next")) return upgradeWebSocket(request).response;
        const { signal } = request;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        outcome.resolve([signal.reason as Error, await rejects(completed)]);
        return upgradeWebSocket(request).response;
      },
    });
    await using client = await server.connect();
    if (when === "behind an earlier request") client.send(request("GET /first HTTP/1.1"));
    client.send(handshake());
    if (when === "when it waits") {
      await until(() => server.requests.length === 1, "the handshake");
    }
    client.end();
    for (let turn = 0; turn < 4; turn++) await eventLoopTurn();
    go.resolve();
    const [reason, error] = await withTimeout(outcome.promise, "the end");
    assert.is(reason.message, "Client went before it was answered");
    assert.is(error.message, "Client went before it was answered");
    assert.equal(server.stats().upgrades, { pending: 0, refused: {}, abandoned: 1 });
    await using next = await server.connect();
    next.send(handshake({}, "GET /next HTTP/1.1"));
    assert.is((await next.readHead()).status, 101);
  });
}

for (const isInHead of [true, false]) {
  const where = isInHead ? "in the segment of its handshake" : "behind its handshake";
  test(`what a client sends ${where} before it ends is answered`, async () => {
    const go = new Deferred();
    await using server = await TestServer.start({
      respond: async (request) => {
        await go.promise;
        return upgradeWebSocket(request, (connection) => echo(connection, server)).response;
      },
    });
    await using client = await server.connect();
    const rest = [frame("81", "one"), frame("81", "two"), closeFrame(1000)];
    client.send(handshake(), ...(isInHead ? rest : []));
    await until(() => server.requests.length === 1, "the handshake");
    if (!isInHead) client.send(...rest);
    client.end();
    for (let turn = 0; turn < 4; turn++) await eventLoopTurn();
    go.resolve();
    assert.is((await client.readHead()).status, 101);
    assert.equal(await client.transcript(), ["text one", "text two", "close 1000", "FIN"]);
  });
}

test.run();
