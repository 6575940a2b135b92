// Where a client is behind proxies, and what nobody may claim of himself.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { IncomingMessage } from "node:http";
import { ClientAddresses } from "../../src/server/proxies.ts";
import type { TrustedProxies } from "../../src/server/proxies.ts";
import { handshake } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";

const test = suite("server/proxies");

const PROXIES = ["10.0.0.0/8", "fd00::/8", "127.0.0.1"];

/** Where the client of a request is that came from `from` with these header lines. */
function found(
  from: string | undefined,
  lines: readonly string[],
  proxies?: TrustedProxies,
): string {
  const rawHeaders = lines.flatMap((line) => line.split(/: ?(.*)/s).slice(0, 2));
  const socket = { remoteAddress: from, remotePort: 1234 };
  const incoming = { rawHeaders, socket } as unknown as IncomingMessage;
  const addr = new ClientAddresses(proxies).of(incoming);
  return addr.transport === "tcp" ? `${addr.hostname} ${addr.port}` : "unix";
}

type Case = readonly [what: string, from: string, lines: readonly string[], due: string];

const X_FORWARDED_FOR: readonly Case[] = [
  ["one proxy", "10.0.0.1", ["X-Forwarded-For: 203.0.113.7"], "203.0.113.7 0"],
  ["two proxies", "10.0.0.1", ["X-Forwarded-For: 203.0.113.7, 10.9.9.9"], "203.0.113.7 0"],
  ["a forged entry", "10.0.0.1", ["X-Forwarded-For: 127.0.0.1, 203.0.113.7"], "203.0.113.7 0"],
  ["two lines", "10.0.0.1", ["X-Forwarded-For: 1.1.1.1", "x-forwarded-for: 9.9.9.9"], "9.9.9.9 0"],
  ["a stranger", "203.0.113.9", ["X-Forwarded-For: 127.0.0.1"], "203.0.113.9 1234"],
  ["no header", "10.0.0.1", [], "10.0.0.1 1234"],
  ["only the other header", "10.0.0.1", ["Forwarded: for=203.0.113.7"], "10.0.0.1 1234"],
  ["only proxies", "10.0.0.1", ["X-Forwarded-For: 10.0.0.3, 10.0.0.2"], "10.0.0.3 0"],
  ["an IPv4 port", "10.0.0.1", ["X-Forwarded-For: 203.0.113.7:99"], "203.0.113.7 99"],
  ["IPv6", "fd00::1", ["X-Forwarded-For: 2001:db8::7"], "2001:db8::7 0"],
  ["IPv6 and a port", "fd00::1", ["X-Forwarded-For: [2001:db8::7]:99"], "2001:db8::7 99"],
  ["IPv4 in IPv6", "::ffff:10.0.0.1", ["X-Forwarded-For: 203.0.113.7"], "203.0.113.7 0"],
  ["garbage", "10.0.0.1", ["X-Forwarded-For: 203.0.113.7, what"], "10.0.0.1 1234"],
  ["an octet too large", "10.0.0.1", ["X-Forwarded-For: 203.0.113.999"], "10.0.0.1 1234"],
  ["a port too large", "10.0.0.1", ["X-Forwarded-For: 203.0.113.7:65536"], "10.0.0.1 1234"],
  ["empty entries", "10.0.0.1", ["X-Forwarded-For: 203.0.113.7,,"], "10.0.0.1 1234"],
];

const FORWARDED: readonly Case[] = [
  ["one proxy", "10.0.0.1", ["Forwarded: for=203.0.113.7;proto=https"], "203.0.113.7 0"],
  ["quoted IPv6", "10.0.0.1", ['Forwarded: For="[2001:db8::7]:99"'], "2001:db8::7 99"],
  ["two proxies", "10.0.0.1", ["Forwarded: for=203.0.113.7, for=10.0.0.2;by=_x"], "203.0.113.7 0"],
  ["an open quote", "10.0.0.1", ['Forwarded: for=9.9.9.9;x=", for=1.2.3.4'], "10.0.0.1 1234"],
  [
    "an open quote in another line",
    "10.0.0.1",
    ['Forwarded: for=9.9.9.9;x="', 'Forwarded: for="1.2.3.4"'],
    "10.0.0.1 1234",
  ],
  [
    "an open escape",
    "10.0.0.1",
    ['Forwarded: for=9.9.9.9;x="\\', "Forwarded: for=1.2.3.4"],
    "10.0.0.1 1234",
  ],
  ["two addresses in one", "10.0.0.1", ["Forwarded: for=9.9.9.9;for=1.2.3.4"], "10.0.0.1 1234"],
  ["a forged entry", "10.0.0.1", ["Forwarded: for=127.0.0.1, for=203.0.113.7"], "203.0.113.7 0"],
  ["for later", "10.0.0.1", ["Forwarded: by=1.1.1.1; for=203.0.113.7"], "203.0.113.7 0"],
  ["a comma in quotes", "10.0.0.1", ['Forwarded: by="a,for=9.9.9.9";for=8.8.8.8'], "8.8.8.8 0"],
  ["an open quote", "10.0.0.1", ['Forwarded: for=9.9.9.9, by="x, for=8.8.8.8'], "10.0.0.1 1234"],
  ["unknown", "10.0.0.1", ["Forwarded: for=203.0.113.7, for=unknown"], "10.0.0.1 1234"],
  ["hidden", "10.0.0.1", ["Forwarded: for=_hidden"], "10.0.0.1 1234"],
  ["only the other header", "10.0.0.1", ["X-Forwarded-For: 9.9.9.9"], "10.0.0.1 1234"],
];

for (const [what, from, lines, due] of X_FORWARDED_FOR) {
  test(`ClientAddresses reads X-Forwarded-For: ${what}`, () => {
    assert.is(found(from, lines, { addresses: PROXIES }), due);
  });
}

for (const [what, from, lines, due] of FORWARDED) {
  test(`ClientAddresses reads Forwarded: ${what}`, () => {
    assert.is(found(from, lines, { addresses: PROXIES, header: "forwarded" }), due);
  });
}

test("ClientAddresses believes who comes through our own Unix socket, with proxies only", () => {
  const lines = ["X-Forwarded-For: 203.0.113.7"];
  assert.is(found(undefined, lines, { addresses: PROXIES }), "203.0.113.7 0");
  assert.is(found(undefined, [], { addresses: PROXIES }), "unix");
  assert.is(found(undefined, lines), "unix");
});

test("ClientAddresses believes nobody by default", () => {
  assert.is(found("127.0.0.1", ["X-Forwarded-For: 203.0.113.7"]), "127.0.0.1 1234");
});

const WRONG: readonly (readonly [proxies: object, due: RegExp])[] = [
  [{ addresses: ["localhost"] }, /trusted proxy is "localhost"/],
  [{ addresses: ["10.0.0.0/33"] }, /trusted proxy is "10.0.0.0\/33"/],
  [{ addresses: ["10.0.0.0/8/8"] }, /trusted proxy is "10.0.0.0\/8\/8"/],
  [{ addresses: ["::1/129"] }, /trusted proxy is "::1\/129"/],
  [{ addresses: [7] }, /trusted proxy is 7/],
  [{ addresses: [], header: "x-real-ip" }, /header is "x-real-ip"/],
  [["127.0.0.1"], /options are Array, must be an object/],
  ["127.0.0.1" as never, /options are "127.0.0.1", must be an object/],
  [{ address: ["127.0.0.1"] }, /found "address", must be one of addresses, header/],
  [{ addresses: ["127.0.0.1"], headers: "forwarded" }, /found "headers", must be one of/],
  [{ addresses: "127.0.0.1" }, /addresses is "127.0.0.1", must be an array/],
  [{ header: "forwarded" }, /addresses is undefined, must be an array/],
];

for (const [proxies, due] of WRONG) {
  test(`ClientAddresses refuses ${JSON.stringify(proxies)}`, () => {
    assert.throws(() => new ClientAddresses(proxies as TrustedProxies), due);
  });
}

test("trustedProxies: a connection, and the bound of an address, are the client's", async () => {
  const serve = { trustedProxies: { addresses: PROXIES }, limits: { connectionsPerAddressMax: 1 } };
  await using server = await TestServer.start({ serve });
  const from = (client: string): Promise<unknown> => server.open({ "X-Forwarded-For": client });
  await from("203.0.113.7");
  await from("203.0.113.8");
  const again = await server.connect();
  again.send(handshake({ "X-Forwarded-For": "203.0.113.7" }));
  assert.is((await again.readHead()).status, 429);
  const found = server.connections.map(({ remoteAddr }) => remoteAddr);
  assert.equal(found, [
    { transport: "tcp", hostname: "203.0.113.7", port: 0 },
    { transport: "tcp", hostname: "203.0.113.8", port: 0 },
  ]);
});

test.run();
