// A server on a Unix socket: peers have no address there.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve, upgradeWebSocket } from "../../src/mod.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/with_timeout.ts";

const test = suite("server/unix_socket");

test("serve() counts no addresses on a Unix socket, and prints its path", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-"));
  const path = join(directory, "s");
  const lines: unknown[] = [];
  const clients: RawClient[] = [];
  const { log } = console;
  console.log = (line) => lines.push(line);
  try {
    const limits = { connectionsPerAddressMax: 1 };
    await using server = serve({ path, limits }, (request) => upgradeWebSocket(request).response);
    await until(() => existsSync(path), "the server to listen");
    for (let count = 1; count <= 2; count++) {
      const client = new RawClient(connect({ path, allowHalfOpen: true }));
      clients.push(client);
      client.send(handshake());
      assert.is((await client.readHead()).status, 101);
      assert.is(server.stats().connections.open, count);
    }
    for (const client of clients) client.socket.destroy();
  } finally {
    console.log = log;
    await rm(directory, { recursive: true });
  }
  assert.equal(lines, [`Listening on ${path}`]);
});

test.run();
