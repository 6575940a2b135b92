// A connection that fails while it opens, its 101 written: the client must get no byte of HTTP
// behind that, which it would read as frames, and observers see the end of what they saw begin.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { upgradeWebSocket } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { handshake } from "../support/handshake.ts";
import { Observed } from "../support/observed.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import type { RawClient } from "../support/raw_client.ts";
import { hold, TestServer } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";
import { until } from "../support/with_timeout.ts";
import { connected } from "./connected.ts";

const test = suite("server/open_failure");
const escaped = watchUncaught(test);

const FAILURE = new Error("A stream of somebody's");

/** Where in the opening it fails: `socket` is made to, at the 101 and behind it. */
const FAULTS: readonly (readonly [method: string, isSent: boolean])[] = [
  ["write", false],
  ["isPaused", true],
];

function spoil(socket: object, method: string): void {
  Object.assign(socket, {
    [method]: () => {
      throw FAILURE;
    },
  });
}

/** What has come when the line is cut. */
async function received(client: RawClient): Promise<string> {
  client.send(handshake());
  const rest = await client.readToFin().catch(() => new Uint8Array(0));
  return Buffer.from(rest).toString("latin1");
}

for (const [method, isSent] of FAULTS) {
  const says = isSent ? /^HTTP\/1\.1 101 [^]+\r\n\r\n$/ : /^$/;

  test(`serve(): ${method}() throws: nothing behind the 101, no connection left`, async () => {
    escaped.length = 0;
    using accepted = new Observed<{ readonly socket: EventEmitter }>("net.server.socket");
    using opened = new Observed("sluice.connection.open");
    using closed = new Observed("sluice.connection.close");
    using refused = new Observed("sluice.upgrade.refused");
    const told: unknown[] = [];
    const onError = (error: unknown): void => void told.push(error);
    await using server = await TestServer.start({
      respond: (request) => {
        spoil(accepted.events[0].socket, method);
        return upgradeWebSocket(request, { onError }, hold).response;
      },
    });
    await using client = await server.connect();
    assert.match(await received(client), says);
    await until(() => server.stats().connections.open === 0, "the end");
    await eventLoopTurn();
    assert.equal(told, [FAILURE]);
    assert.equal(server.errors, []);
    const counts = [opened, closed, refused].map(({ events }) => events.length);
    assert.equal(counts, isSent ? [1, 1, 0] : [0, 0, 0]);
    assert.equal(escaped, []);
  });

  test(`{ socket, head }: ${method}() throws: the connection is lost, it is told`, async () => {
    escaped.length = 0;
    const told: unknown[] = [];
    const onError = (error: unknown): void => void told.push(error);
    const ended = new Deferred<unknown>();
    const client = await connected((incoming, socket: Duplex, head) => {
      spoil(socket, method);
      const { connection } = upgradeWebSocket(incoming, { socket, head, onError }, hold);
      void connection.closed.then(ended.resolve);
    });
    assert.match(await received(client), says);
    const { code, cause } = (await ended.promise) as { code: number; cause: unknown };
    assert.equal([code, cause], [1006, FAILURE]);
    assert.equal(told, [FAILURE]);
    assert.equal(escaped, []);
    await client.stop();
  });
}

test.run();
