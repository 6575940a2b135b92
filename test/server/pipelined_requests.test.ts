// Requests one behind the other whose answers nobody reads: pipelinedRequestsMax.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { request } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/pipelined_requests");

for (const [count, limits] of [
  [100, {}],
  [3, { pipelinedRequestsMax: 3 }],
] as const) {
  test(`${count} requests may wait for their answers; one more ends the connection`, async () => {
    const go = new Deferred();
    let calls = 0;
    await using server = await TestServer.start({
      serve: { limits },
      respond: async () => {
        calls++;
        await go.promise;
        return new Response("Hello");
      },
    });
    const requests = Array.from({ length: count - 1 }, () => request("GET / HTTP/1.1"));
    const last = request("GET / HTTP/1.1", { Host: "h", Connection: "close" });
    await using good = await server.connect();
    good.send(concat(...requests, last));
    await using greedy = await server.connect();
    const ended = greedy.readToFin().catch(() => {}); // or RST
    greedy.send(concat(...requests, ...requests, ...requests));
    await withTimeout(ended, "the end");
    go.resolve();
    const text = Buffer.from(await good.readToFin()).toString("latin1");
    assert.is([...text.matchAll(/HTTP\/1\.1 200/g)].length, count);
    assert.is(calls, count + 1, "one of those that were cut was asked about, and no other");
    assert.equal(server.stats().limitHits, { pipelinedRequestsMax: 1 });
  });
}

const EXPECTING = request("GET / HTTP/1.1", { Host: "h", Expect: "x" });

/** What comes behind one slow request, so often. */
const BEHIND: readonly (readonly [what: string, wires: (count: number) => Uint8Array[]])[] = [
  [
    "a request that expects what no server knows, and plain ones",
    (count) => [EXPECTING, ...Array(count - 1).fill(request("GET / HTTP/1.1"))],
  ],
  ["requests that all expect it", (count) => Array(count).fill(EXPECTING)],
];

for (const [what, wires] of BEHIND) {
  test(`${what} count as others do: 200, one 417 and the end; or cut`, async () => {
    const go = new Deferred();
    let calls = 0;
    await using server = await TestServer.start({
      respond: async () => {
        calls++;
        await go.promise;
        return new Response("Hello");
      },
    });
    await using good = await server.connect();
    good.send(request("GET / HTTP/1.1"), ...wires(99));
    await using greedy = await server.connect();
    const ended = greedy.readToFin().catch(() => {}); // or RST
    greedy.send(request("GET / HTTP/1.1"), ...wires(100));
    await withTimeout(ended, "the end");
    assert.equal(server.stats().limitHits, { pipelinedRequestsMax: 1 });
    go.resolve();
    const text = Buffer.from(await good.readToFin()).toString("latin1");
    assert.equal(text.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 417"]);
    assert.is(calls, 2);
  });
}

test.run();
