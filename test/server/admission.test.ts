// Who may come in: bounds on the connections of a server and of one address.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Lifecycle } from "../../src/connection/lifecycle.ts";
import type { ServeHandler } from "../../src/mod.ts";
import { Admission } from "../../src/server/admission.ts";
import type { Admitted } from "../../src/server/admission.ts";
import { LazyAbortController } from "../../src/server/lazy_abort_controller.ts";
import { serverLimits } from "../../src/server/limits.ts";
import { Tally } from "../../src/server/tally.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { hold, TestServer, upgradeWebSocket } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";
import { thrown } from "../frame/support.ts";

const test = suite("server/admission");

/** Status, Retry-After and text of the answer to a handshake. */
async function answer(server: TestServer): Promise<readonly [number, string | null]> {
  const client = await server.connect();
  client.send(handshake());
  const head = await client.readHead();
  return [head.status, head.get("Retry-After")];
}

const CAPS: readonly (readonly [limit: string, status: number])[] = [
  ["connectionsMax", 503],
  ["connectionsPerAddressMax", 429],
];

for (const [limit, status] of CAPS) {
  test(`${limit}: beyond it ${status} and no handler, until a place falls free`, async () => {
    const serve = { limits: { [limit]: 2 } };
    await using server = await TestServer.start({ run: hold, serve });
    const first = await server.open();
    await server.open();
    assert.equal(await answer(server), [status, "1"]);
    assert.equal(await answer(server), [status, "1"]);
    assert.is(server.requests.length, 2);
    first.send(closeFrame(1000));
    assert.is(await first.readEvent(), "close 1000");
    await first.fin();
    first.end();
    await server.connections[0]?.closed;
    assert.equal(await answer(server), [101, null]);
    assert.equal(await answer(server), [status, "1"]);
  });
}

/** What curl --http2 sends: older versions of Node take it for an upgrade. */
const H2C = request("GET /metrics HTTP/1.1", {
  Host: "h",
  Connection: "Upgrade, HTTP2-Settings",
  Upgrade: "h2c",
  "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA",
});

/** Upgrades who asks for it; to others says "Hello" when `go` fulfils. */
function upgradeOr(go: Promise<void>): ServeHandler {
  return async (request) => {
    if (request.headers.get("Upgrade") === "websocket") {
      return upgradeWebSocket(request, hold).response;
    }
    await go;
    return new Response("Hello");
  };
}

for (const [limit, status] of CAPS) {
  test(`${limit}: a request that offers h2c is one like any other (RFC 9110 §7.8)`, async () => {
    const serve = { limits: { [limit]: 1 } };
    const respond = upgradeOr(Promise.resolve());
    await using server = await TestServer.start({ respond, serve });
    await server.open();
    assert.equal(await answer(server), [status, "1"]);
    await using client = await server.connect();
    client.send(H2C);
    assert.match(Buffer.from(await client.readToFin()).toString(), /^HTTP\/1\.1 200 [^]*Hello/);
    assert.equal(server.stats().limitHits, { [limit]: 1 });
    assert.equal(server.stats().upgrades, { pending: 0, refused: { [status]: 1 }, abandoned: 0 });
  });
}

for (const isInTime of [true, false]) {
  test(`shutdown() ${isInTime ? "waits for" : "cuts"} a request that offers h2c`, async () => {
    const go = new Deferred();
    await using server = await TestServer.start({ respond: upgradeOr(go.promise) });
    await using client = await server.connect();
    client.send(H2C);
    await until(() => server.requests.length === 1, "the request");
    assert.is(server.stats().upgrades.pending, 0);
    const finished = server.shutdown({ timeout: isInTime ? 5000 : 50 });
    if (isInTime) {
      go.resolve();
      assert.match(Buffer.from(await client.readToFin()).toString(), /^HTTP\/1\.1 200 [^]*Hello/);
    } else {
      assert.match((await client.transcript()).join(), /^(?:FIN|RST)$/);
    }
    client.end();
    await withTimeout(finished, "the end");
    go.resolve();
  });
}

test("connectionsMax counts no handshake that was refused", async () => {
  const serve = { limits: { connectionsMax: 1 } };
  const respond = (): Response => new Response("no", { status: 401 });
  await using server = await TestServer.start({ respond, serve });
  for (let count = 0; count < 5; count++) assert.equal(await answer(server), [401, null]);
});

for (const [limit, status] of CAPS) {
  test(`${limit} counts handshakes that wait for their handler`, async () => {
    const go = new Deferred();
    const respond: ServeHandler = async (request) => {
      await go.promise;
      return upgradeWebSocket(request, hold).response;
    };
    await using server = await TestServer.start({ respond, serve: { limits: { [limit]: 3 } } });
    const answers = Array.from({ length: 5 }, () => answer(server));
    const refused = (): number => server.stats().upgrades.refused[status] ?? 0;
    await until(() => server.requests.length + refused() === 5, "all to be asked or refused");
    assert.is(server.stats().upgrades.pending, server.requests.length);
    go.resolve();
    const statuses = (await Promise.all(answers)).map(([status]) => status);
    assert.equal(statuses.sort(), [101, 101, 101, status, status]);
    assert.is(server.stats().connections.open, 3);
  });
}

/** As a handshake from `hostname` would be: its place, or the status of its refusal. */
function begun(admission: Admission, hostname: string): Admitted | number {
  try {
    const addr = { transport: "tcp", hostname, port: 1 } as const;
    return admission.begin(new LazyAbortController(), addr);
  } catch (error) {
    return (error as { readonly status: number }).status;
  }
}

const SAME: readonly (readonly [one: string, other: string, isSame: boolean])[] = [
  ["192.0.2.1", "192.0.2.1", true],
  ["192.0.2.1", "192.0.2.2", false],
  ["192.0.2.1", "::ffff:192.0.2.1", true],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
  ["2001:db8::1", "2001:db8::ffff:1", true],
  ["2001:db8::1", "2001:db8:0:0:1:2:3:4", true],
  ["2001:db8:0:1::1", "2001:db8:0:2::1", false],
  ["fe80::1%eth0", "fe80::2%eth1", true],
  ["::1", "::1", true],
  ["::1", "2001:db8::1", false],
];

for (const [one, other, isSame] of SAME) {
  test(`connectionsPerAddressMax has ${one} and ${other} ${isSame ? "together" : "apart"}`, () => {
    const admission = new Admission(serverLimits({ connectionsPerAddressMax: 1 }), new Tally());
    assert.type(begun(admission, one), "object");
    assert.is(begun(admission, one), 429);
    assert.is(begun(admission, other) === 429, isSame);
  });
}

test("Admission forgets an address with its last connection", async () => {
  const admission = new Admission(serverLimits({ connectionsPerAddressMax: 2 }), new Tally());
  const closed = Promise.resolve();
  const connection = { closed, listIn: () => {} } as unknown as Lifecycle;
  for (let round = 0; round < 3; round++) {
    const places = [begun(admission, "192.0.2.1"), begun(admission, "192.0.2.1")] as Admitted[];
    assert.is(begun(admission, "192.0.2.1"), 429);
    admission.end(places[0] as Admitted, null);
    admission.end(places[1] as Admitted, connection);
    await closed;
    await closed;
  }
});

test("Admission.close() gives up those that wait, and lets nobody in", () => {
  const admission = new Admission(serverLimits(), new Tally());
  const place = begun(admission, "192.0.2.1") as Admitted;
  const reason = new Error("It is late");
  admission.close(reason);
  assert.is(place.gone.signal.reason, reason);
  assert.is(begun(admission, "192.0.2.1"), 503);
  const addr = { transport: "unix", path: "" } as const;
  assert.match(String(thrown(() => admission.begin(place.gone, addr))), "shutting down");
});

test.run();
