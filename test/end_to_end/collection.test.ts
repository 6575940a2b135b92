// What a connection leaves behind: nothing. The connections of one test are held by weak references
// only, and must be gone once they are closed, whichever way they went.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { withTimeout } from "../support/with_timeout.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const COUNT = 20;
const ROUNDS_MAX = 100;

const WAYS: [how: string, end: (client: RawClient) => Promise<unknown>][] = [
  ["the peer's Close", async (client) => (client.send(closeFrame(1000)), client.readToFin(2000))],
  ["a violation", async (client) => (client.send(frame("83", "")), client.readToFin(2000))],
  ["a reset", async (client) => client.socket.resetAndDestroy()],
];

const test = suite("end_to_end/collection");

for (const [how, end] of WAYS) {
  test(`Connection is collected after ${how}`, async () => {
    const references: WeakRef<Connection>[] = [];
    let ended = 0;
    const allEnded = new Deferred();
    const listening = new Deferred<number>();
    await using _ = serve(
      {
        port: 0,
        hostname: "127.0.0.1",
        onListen: (addr) => listening.resolve(addr.transport === "tcp" ? addr.port : 0),
      },
      (request) => {
        const { connection, response } = upgradeWebSocket(request, async (own) => {
          for await (const message of own) await own.write(message);
        });
        references.push(new WeakRef(connection));
        void connection.closed.then(() => ++ended === COUNT && allEnded.resolve());
        return response;
      },
    );
    const port = await listening.promise;
    for (let count = 0; count < COUNT; count++) {
      const client = await RawClient.connect(port);
      client.send(handshake());
      await client.readHead();
      await end(client);
      client.socket.destroy();
    }
    await withTimeout(allEnded.promise, "the end of all connections");
    assert.is(await collected(references), COUNT);
  });
}

/** How many are gone, after as many turns of the event loop as the collector may want. */
async function collected(references: readonly WeakRef<Connection>[]): Promise<number> {
  let gone = 0;
  for (let round = 0; round < ROUNDS_MAX && gone < references.length; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    gone = references.filter((reference) => reference.deref() === undefined).length;
  }
  return gone;
}

test.run();
