// Clients that reset their connection before anybody could ask where they are.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { spawnSync } from "node:child_process";
import type { Addr } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { handshake, request } from "../support/handshake.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { connected } from "./connected.ts";

const test = suite("server/reset_early");

const PROXIES = { trustedProxies: { addresses: ["10.0.0.1"] } };
const FORGED = { Host: "h", "X-Forwarded-For": "203.0.113.7" };
const REQUESTS = [handshake(FORGED), request("GET / HTTP/1.1", FORGED)];

/** A server that notes where the clients of its handlers are. */
async function noting(): Promise<{ server: TestServer; seen: Addr[] }> {
  const seen: Addr[] = [];
  const server = await TestServer.start({
    serve: PROXIES,
    respond: (request, { remoteAddr }) => {
      seen.push(remoteAddr);
      if (!request.headers.has("Upgrade")) return new Response("Hello");
      return upgradeWebSocket(request, ({ remoteAddr }) => void seen.push(remoteAddr)).response;
    },
  });
  return { server, seen };
}

test("trustedProxies believes nobody whose reset comes behind his request", async () => {
  const { server, seen } = await noting();
  await using _ = server;
  for (let count = 0; count < 10; count++) {
    for (const bytes of REQUESTS) {
      const client = await server.connect();
      client.send(bytes);
      client.reset();
    }
  }
  await server.open();
  assert.ok(seen.length > 10);
  for (const addr of seen) assert.match(JSON.stringify(addr), /"hostname":"127\.0\.0\.1"/);
});

test("A client that has reset before it was accepted is not served", async () => {
  const { server, seen } = await noting();
  await using _ = server;
  for (const bytes of REQUESTS) {
    const client = `
      const socket = require("node:net").connect(${server.port}, "127.0.0.1", () => {
        socket.write(Buffer.from("${Buffer.from(bytes).toString("hex")}", "hex"));
        socket.resetAndDestroy();
      });`;
    assert.is(spawnSync(process.execPath, ["-e", client]).status, 0); // nobody accepts meanwhile
  }
  await server.open();
  assert.is(seen.length, 2, "the handler of this one, and its connection");
  for (const addr of seen) assert.match(JSON.stringify(addr), /"hostname":"127\.0\.0\.1"/);
});

test("{ socket, head }: who has reset early is not one of a Unix socket", async () => {
  const come = new Deferred<unknown>();
  const client = await connected((incoming, socket, head) => {
    come.resolve(upgradeWebSocket(incoming, { socket, head }).connection.remoteAddr);
  });
  client.send(handshake());
  client.reset();
  const addr = await withTimeout(come.promise, "the upgrade");
  assert.equal(addr, { transport: "tcp", hostname: "", port: 0 });
  await client.stop();
});

test.run();
