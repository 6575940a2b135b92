// Connections that are opened and on which nothing comes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TestServer } from "../support/server.ts";

const test = suite("server/unused");

const TIMEOUT_MS = 400;

test("A28 each that sends nothing has handshakeTimeoutMs of its own", async () => {
  const serve = { limits: { handshakeTimeoutMs: TIMEOUT_MS } };
  await using server = await TestServer.start({ serve });
  /** When it is refused, in ms from its beginning. */
  const silent = async (): Promise<number> => {
    const start = performance.now();
    await using client = await server.connect();
    assert.is((await client.readHead()).status, 408);
    return performance.now() - start;
  };
  const first = silent();
  await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS / 2));
  const second = silent(); // when the first is late, this one has half of its time
  for (const tookMs of await Promise.all([first, second])) {
    assert.ok(tookMs >= TIMEOUT_MS - 10 && tookMs < 2 * TIMEOUT_MS, `${tookMs} ms`);
  }
  assert.equal(server.requests, []);
  assert.equal(server.stats().limitHits, { handshakeTimeoutMs: 2 });
});

test.run();
