// What observers are told of requests: limits that are passed, and handshakes that are refused.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createServer } from "node:http";
import type { LimitHit, ServeOptions, UpgradeRefused } from "../../src/mod.ts";
import { handshake, request } from "../support/handshake.ts";
import { Observed } from "../support/observed.ts";
import { RawClient } from "../support/raw_client.ts";
import { hold, TestServer, upgradeWebSocket } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/limit_events");

type Limits = NonNullable<ServeOptions["limits"]>;

/** What a client sends, and what is told of it: name, limit, what was found, status. */
const PASSED: readonly (readonly [
  what: string,
  limits: Limits,
  wire: Uint8Array,
  told: readonly [string, number, number, number],
])[] = [
  [
    "a request with too many header fields",
    { headersMax: 3 },
    request("GET / HTTP/1.1", { Host: "h", A: "1", B: "2", C: "3" }),
    ["headersMax", 3, 4, 431],
  ],
  ["a handshake with too many", { headersMax: 4 }, handshake(), ["headersMax", 4, 5, 431]],
  [
    "a request target that is too long",
    { targetSizeMax: 10 },
    handshake({}, "GET /0123456789 HTTP/1.1"),
    ["targetSizeMax", 10, 11, 414],
  ],
  [
    "a head that is too large",
    { headersSizeMax: 1000 },
    handshake({ A: "a".repeat(1000) }),
    ["headersSizeMax", 1000, 1000, 431],
  ],
  [
    "a head that takes too long",
    { handshakeTimeoutMs: 50 },
    handshake().subarray(0, -2),
    ["handshakeTimeoutMs", 50, 50, 408],
  ],
  [
    "a handler that takes too long",
    { handshakeTimeoutMs: 50 },
    handshake({}, "GET /waits HTTP/1.1"),
    ["handshakeTimeoutMs", 50, 50, 503],
  ],
];

/** Where the server sees a client. */
function addressOf({ socket }: RawClient): UpgradeRefused["remoteAddr"] {
  return { transport: "tcp", hostname: "127.0.0.1", port: socket.localPort ?? 0 };
}

/** A server that lets a handshake for /waits wait for ever. */
function start(limits: Limits): Promise<TestServer> {
  return TestServer.start({
    serve: { limits },
    respond: (asked) => {
      if (new URL(asked.url).pathname === "/waits") return new Promise<Response>(() => {});
      return upgradeWebSocket(asked, hold).response;
    },
  });
}

for (const [what, limits, wire, told] of PASSED) {
  test(`sluice.limit tells of ${told[0]}: ${what}`, async () => {
    using observed = new Observed<LimitHit>("sluice.limit");
    await using server = await start(limits);
    const client = await server.connect();
    client.send(wire);
    const [name, limit, found, status] = told;
    assert.is((await client.readHead()).status, status);
    const remoteAddr = addressOf(client);
    const rest = { connection: null, closeCode: null };
    assert.equal(observed.events, [{ name, limit, found, status, remoteAddr, ...rest }]);
    assert.equal(server.stats().limitHits, { [name]: 1 });
  });
}

const FULL: readonly (readonly [limit: keyof Limits, path: string, status: number])[] = [
  ["pendingUpgradesMax", "/waits", 503],
  ["connectionsMax", "/", 503],
  ["connectionsPerAddressMax", "/", 429],
];

for (const [name, path, status] of FULL) {
  test(`sluice.limit tells of ${name}, and sluice.upgrade.refused of each that is`, async () => {
    using observed = new Observed<LimitHit>("sluice.limit");
    using refused = new Observed<UpgradeRefused>("sluice.upgrade.refused");
    await using server = await start({ [name]: 2 });
    for (let count = 0; count < 4; count++) {
      const client = await server.connect();
      client.send(handshake({}, `GET ${path} HTTP/1.1`));
      if (count < 2) await until(() => inside(server) === count + 1, "a place");
      else assert.is((await client.readHead()).status, status);
    }
    assert.equal(
      observed.events.map((hit) => [hit.name, hit.limit, hit.found, hit.status]),
      [2, 3].map(() => [name, 2, 3, status]),
    );
    assert.equal(server.stats().limitHits, { [name]: 2 });
    assert.equal(server.stats().upgrades.refused, { [status]: 2 });
    assert.is(refused.events.length, 2);
    for (const { reason } of refused.events) assert.match(reason, `(${name})`);
  });
}

/** Connections and handshakes that have a place. */
function inside(server: TestServer): number {
  const { connections, upgrades } = server.stats();
  return connections.open + upgrades.pending;
}

test("sluice.limit tells of shutdownTimeoutMs, once for each connection that is cut", async () => {
  using observed = new Observed<LimitHit>("sluice.limit");
  const serve = { limits: { shutdownTimeoutMs: 60 } };
  const server = await TestServer.start({ run: hold, serve });
  const clients = [await server.open(), await server.open()];
  await withTimeout(server.shutdown(), "the end");
  for (const { closed } of server.connections) await withTimeout(closed, "the end");
  const told = observed.events.map((hit) => [hit.name, hit.limit, hit.found, hit.closeCode]);
  assert.equal(told, clients.map(() => ["shutdownTimeoutMs", 60, 60, 1006]));
  const cut = new Set<unknown>(observed.events.map(({ connection }) => connection));
  assert.ok(server.connections.every((connection) => cut.has(connection)));
  assert.equal(server.stats().limitHits, { shutdownTimeoutMs: 2 });
  assert.equal(server.stats().connections.closesSent, { 1001: 2 });
  for (const client of clients) client.socket.destroy();
});

/** A handshake that is refused, and how that is told. */
const REFUSED: readonly (readonly [
  path: string,
  fields: object,
  status: number,
  reason: string,
])[] = [
  ["/no", {}, 401, "Handler answered otherwise"],
  ["/fails", {}, 500, "Handler failed"],
  [
    "/",
    { Origin: "http://evil" },
    403,
    'Cannot upgrade: origin is "http://evil", must be allowed by the option origin (§10.2)',
  ],
  ["/", { "Sec-WebSocket-Key": "secret" }, 400, "must be 16 bytes in base64"],
  ["/", { Host: "other" }, 421, "Host must be one of those that this server has (allowedHosts)"],
  ["/", { Upgrade: null, Connection: null }, 426, "request is no WebSocket handshake"],
];

for (const [path, fields, status, reason] of REFUSED) {
  test(`sluice.upgrade.refused: ${status}, ${reason}`, async () => {
    using observed = new Observed<UpgradeRefused>("sluice.upgrade.refused");
    await using server = await TestServer.start({
      serve: { allowedHosts: ["h"] },
      respond: (asked) => {
        const { pathname } = new URL(asked.url);
        if (pathname === "/no") return new Response("secret", { status: 401 });
        if (pathname === "/fails") throw new Error("secret");
        return upgradeWebSocket(asked, hold).response;
      },
    });
    const client = await server.connect();
    client.send(handshake({ Cookie: "a=secret", ...fields }, `GET ${path}?a=secret HTTP/1.1`));
    assert.is((await client.readHead()).status, status);
    assert.is(observed.events.length, 1);
    const [told] = observed.events;
    assert.is(told.status, status);
    assert.match(told.reason, reason);
    assert.equal(told.remoteAddr, addressOf(client));
    assert.not.match(JSON.stringify(told), "secret");
    assert.equal(server.stats().upgrades.refused, { [status]: 1 });
  });
}

test("sluice.upgrade.refused has neither other requests nor handshakes it took", async () => {
  using observed = new Observed<UpgradeRefused>("sluice.upgrade.refused");
  await using server = await TestServer.start({
    respond: (asked) => {
      if (new URL(asked.url).pathname === "/page") return new Response("no", { status: 404 });
      return upgradeWebSocket(asked, hold).response;
    },
  });
  await server.open();
  const client = await server.connect();
  client.send(request("GET /page HTTP/1.1"));
  assert.is((await client.readHead()).status, 404);
  assert.equal(observed.events, []);
});

test("sluice.upgrade.refused tells of a server of node:http, too", async () => {
  using observed = new Observed<UpgradeRefused>("sluice.upgrade.refused");
  const node = createServer();
  node.on("upgrade", (incoming, socket, head) => {
    upgradeWebSocket(incoming, { socket, head }, hold);
  });
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  try {
    const client = await RawClient.connect((node.address() as { readonly port: number }).port);
    client.send(handshake({ Origin: "http://evil" }));
    assert.is((await client.readHead()).status, 403);
    assert.equal(observed.events.map(({ status }) => status), [403]);
    client.socket.destroy();
  } finally {
    node.close();
  }
});

test.run();
