// Many whose time runs out at one moment: to end one takes a tenth of a millisecond, and so they
// are ended a few in each turn of the event loop, however many there are.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ServeHandler } from "../../src/mod.ts";
import { handshake, request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { until } from "../support/with_timeout.ts";

const test = suite("server/late_together");

const COUNT = 400;

const TIMEOUT_MS = 1000;

/** Those of the turn in which they are due, and of the next, which may be the same of the test. */
const PER_TURN = 128;

const hang: ServeHandler = () => new Promise(() => {});

/** What a connection does and then waits for. */
const LATE: readonly (readonly [what: string, respond: ServeHandler, wire: Uint8Array | null])[] = [
  ["handlers that hang", hang, handshake()],
  ["connections on which nothing comes", hang, null],
  [
    "second heads that do not end",
    () => new Response(null),
    new Uint8Array([...request("GET / HTTP/1.1"), ...request("GET / HTTP/1.1").slice(0, -2)]),
  ],
];

for (const [what, respond, wire] of LATE) {
  test(`${COUNT} ${what} are ended a few in each turn`, async () => {
    const serve = { limits: { handshakeTimeoutMs: TIMEOUT_MS } };
    await using server = await TestServer.start({ respond, serve });
    const connected = async (): Promise<RawClient> => {
      const client = await server.connect();
      if (wire !== null) client.send(wire);
      return client;
    };
    const clients = await Promise.all(Array.from({ length: COUNT }, connected));
    if (wire !== null) await until(() => server.requests.length === COUNT, "the requests");
    for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
    const end = performance.now() + TIMEOUT_MS + 50; // all at once: nothing runs until then
    while (performance.now() < end);
    const byTurn: number[] = [];
    for (let told = 0; told < COUNT; ) {
      const before = told;
      await eventLoopTurn();
      told = server.stats().limitHits["handshakeTimeoutMs"] ?? 0;
      if (told > before) byTurn.push(told - before);
    }
    assert.is(byTurn.reduce((sum, one) => sum + one), COUNT);
    assert.ok(Math.max(...byTurn) <= PER_TURN, `${Math.max(...byTurn)} in one turn`);
    const status = respond === hang && wire !== null ? 503 : 408;
    for (const client of clients) {
      if (wire !== null && status === 408) assert.is((await client.readHead()).status, 200);
      assert.is((await client.readHead()).status, status);
    }
  });
}

test.run();
