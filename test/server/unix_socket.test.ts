// A server on a Unix socket: peers have no address there.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve, upgradeWebSocket } from "../../src/mod.ts";
import { makeCertificate } from "../support/certificate.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

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

/** The head of a record, and in it that of a ClientHello of 508 bytes: RFC 8446 §4, §5.1. */
const HALF_HELLO = "1603010200 010001fc 0303";

for (const [what, wire] of [
  ["says nothing", ""],
  ["says half a hello", HALF_HELLO],
] as const) {
  test(`shutdown() of TLS cuts one who ${what} in time, and closes who is open`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-"));
    const path = join(directory, "s");
    const { key, cert } = makeCertificate();
    const listening = new Deferred();
    const limits = { handshakeTimeoutMs: 60_000 };
    const options = { path, key, cert, limits, onListen: () => listening.resolve() };
    const server = serve(options, (request) => upgradeWebSocket(request).response);
    try {
      await withTimeout(listening.promise, "the server to listen");
      await using silent = new RawClient(connect({ path, allowHalfOpen: true }));
      silent.send(wire);
      const init = { path, ca: cert, servername: "localhost", allowHalfOpen: true };
      await using open = new RawClient(connectTls(init));
      open.send(handshake());
      assert.is((await open.readHead()).status, 101);
      const finished = server.shutdown({ timeout: 500 });
      assert.is(await open.readEvent(), "close 1001");
      open.send(closeFrame(1001));
      await open.fin();
      assert.match((await silent.transcript()).join(), /^(?:FIN|RST)$/);
      await withTimeout(finished, "the end");
      assert.equal(server.stats().connections.closed, { 1001: 1 });
    } finally {
      void server.shutdown();
      await rm(directory, { recursive: true });
    }
  });
}

test.run();
