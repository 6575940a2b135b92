// Bytes that are no HTTP behind requests whose answers are not out yet: all in one segment, so that
// Node reports the error while the answers wait in its queue. However many wait, the connection
// ends, and nothing else does; and first the answers go out, in their order.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { latin1, request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";

const test = suite("server/pipelined_garbage");
const uncaught = watchUncaught(test);

/** What comes behind the requests, none of which is a request that is served. */
const ENDS: readonly (readonly [what: string, wire: Uint8Array, status: number])[] = [
  ["garbage", latin1("garbage\r\n\r\n"), 400],
  ["a request without a colon", latin1("GET / HTTP/1.1\r\nHost\r\n\r\n"), 400],
  ["a head of 20,000 bytes", request("GET / HTTP/1.1", { Host: "h", X: "x".repeat(20_000) }), 431],
  ["CONNECT", latin1("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"), 501],
];

test("garbage in two segments behind an answer under way is refused once", async () => {
  const go = new Deferred();
  await using server = await TestServer.start({
    respond: async () => {
      await go.promise;
      return new Response("Hello");
    },
  });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1"));
  for (let count = 0; count < 3; count++) {
    client.send(latin1("garbage\r\n\r\n"));
    for (let turn = 0; turn < 4; turn++) await eventLoopTurn();
  }
  go.resolve();
  const text = Buffer.from(await client.readToFin(2000)).toString("latin1");
  assert.equal(text.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 400"]);
});

for (const isSlow of [false, true]) {
  for (const [what, wire, status] of ENDS) {
    for (const count of [1, 2, 3]) {
      const answer = isSlow ? "a slow answer" : "an answer at once";
      test(`${what} behind ${count} of ${answer}: the answers, and the end`, async () => {
        uncaught.splice(0);
        const go = new Deferred();
        await using server = await TestServer.start({
          respond: async () => {
            if (isSlow) await go.promise;
            return new Response("Hello");
          },
        });
        await using client = await server.connect();
        const requests = Array.from({ length: count }, () => request("GET / HTTP/1.1"));
        client.send(concat(...requests, wire));
        for (let turn = 0; turn < 4; turn++) await eventLoopTurn();
        go.resolve();
        const text = Buffer.from(await client.readToFin(2000)).toString("latin1");
        const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((found) => Number(found[1]));
        assert.equal(statuses, [...Array<number>(count).fill(200), status]);
        assert.equal(uncaught.map(String), []);
        await using next = await server.connect();
        next.send(request("GET / HTTP/1.1"));
        assert.is((await next.readHead()).status, 200);
      });
    }
  }
}

test.run();
