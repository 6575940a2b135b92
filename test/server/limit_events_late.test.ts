// What observers are told of limits of time that something else has looked at before.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LimitHit } from "../../src/mod.ts";
import { latin1 } from "../support/handshake.ts";
import { Observed } from "../support/observed.ts";
import { hold, TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/limit_events (late)");

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test("sluice.limit tells of shutdownTimeoutMs where a close() before has more time", async () => {
  using observed = new Observed<LimitHit>("sluice.limit");
  const server = await TestServer.start({ run: hold });
  const client = await server.open();
  const closed = server.connection.close(3000, "", { timeout: 60_000 });
  assert.is(await client.readEvent(), "close 3000");
  await withTimeout(server.shutdown({ timeout: 60 }), "the end");
  const { code, cause, sent } = await withTimeout(closed, "the end");
  assert.equal([code, sent], [1006, { code: 3000, reason: "" }]);
  assert.is((cause as Error).message, "The server took too long to shut down");
  const told = observed.events.map((hit) => [hit.name, hit.limit, hit.found, hit.closeCode]);
  assert.equal(told, [["shutdownTimeoutMs", 60, 60, 1006]]);
  client.socket.destroy();
});

test("sluice.limit tells of handshakeTimeoutMs once, though Node finds it, too", async () => {
  using observed = new Observed<LimitHit>("sluice.limit");
  await using server = await TestServer.start({ serve: { limits: { handshakeTimeoutMs: 300 } } });
  await pass(50); // Node looks each 300 ms: so it does in the second in which the client may read
  const client = await server.connect();
  client.send(latin1("GET / HTTP/1.1\r\nHost: h\r\n"));
  assert.is((await client.readHead()).status, 408);
  await client.fin();
  await pass(700);
  assert.equal(observed.events.map(({ name, status }) => [name, status]), [
    ["handshakeTimeoutMs", 408],
  ]);
  assert.equal(server.stats().limitHits, { handshakeTimeoutMs: 1 });
});

test.run();
