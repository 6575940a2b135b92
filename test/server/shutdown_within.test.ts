// What comes in the middle of a shutdown: a request behind one under way, a connection whose
// handler has begun it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Deferred } from "../support/deferred.ts";
import { closeFrame } from "../support/frame.ts";
import { request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { hold, TestServer } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/shutdown (within)");

test("a request that comes behind one under way is answered, and is the last", async () => {
  const go = new Deferred();
  await using server = await TestServer.start({
    respond: async ({ url }) => {
      if (url.endsWith("/slow")) await go.promise;
      return new Response(null);
    },
  });
  await using client = await server.connect();
  client.send(request("GET /slow HTTP/1.1"));
  await until(() => server.requests.length === 1, "the first request");
  const finished = server.shutdown();
  client.send(request("GET /fast HTTP/1.1"));
  for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
  go.resolve();
  const heads = [await client.readHead(), await client.readHead()];
  assert.equal(heads.map((head) => [head.status, head.get("Connection")]), [
    [200, "keep-alive"],
    [200, "close"],
  ]);
  await client.fin();
  client.end();
  await withTimeout(finished, "the end");
});

test("requests that wait behind one under way are all answered, and then it is over", async () => {
  const go = new Deferred();
  await using server = await TestServer.start({
    respond: async ({ url }) => {
      await go.promise;
      return new Response(url);
    },
  });
  await using client = await server.connect();
  client.send(...["/1", "/2", "/3"].map((target) => request(`GET ${target} HTTP/1.1`)));
  await until(() => server.requests.length >= 1, "the first request");
  const finished = server.shutdown();
  go.resolve();
  const text = Buffer.from(await client.readToFin()).toString();
  assert.equal(text.match(/http:.*|HTTP\/1.1 \d+/g), [
    ...["HTTP/1.1 200", "http://h/1", "HTTP/1.1 200", "http://h/2", "HTTP/1.1 200", "http://h/3"],
  ]);
  client.end();
  await withTimeout(finished, "the end");
});

test("a connection whose handler shuts the server down is closed with 1001, too", async () => {
  const ended: Promise<void>[] = [];
  const server = await TestServer.start({
    run: async (connection, each) => {
      ended.push(each.shutdown());
      await connection.closed;
    },
  });
  const client = await server.open();
  assert.is(await client.readEvent(), "close 1001");
  client.send(closeFrame(1001));
  await client.fin();
  client.end();
  assert.is(ended.length, 1);
  await withTimeout(ended[0], "the end");
});

test("who has answered in time is not cut, though the loop stood still beyond it", async () => {
  const server = await TestServer.start({ run: hold });
  const client = await server.open();
  const finished = server.shutdown({ timeout: 200 });
  assert.is(await client.readEvent(), "close 1001");
  client.send(closeFrame(1001));
  const end = performance.now() + 400;
  while (performance.now() < end); // nobody has read the answer when the time is over
  const { code, wasClean } = await withTimeout(server.connection.closed, "the end");
  assert.equal([code, wasClean, server.stats().limitHits], [1001, true, {}]);
  await client.fin();
  client.end();
  await withTimeout(finished, "the end");
});

test.run();
