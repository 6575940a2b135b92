// HTTP around the upgrade: RFC 9110 §7.8, RFC 9112, RFC 9931.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { handshake, latin1, request } from "../support/handshake.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";
import { accepted, refused } from "./verdict.ts";

const test = suite("conformance/http");

test("U01 A17 Upgrade: h2c with all other headers is never a 101", async () => {
  const h2c = {
    Upgrade: "h2c",
    Connection: "Upgrade, HTTP2-Settings",
    "HTTP2-Settings": "AAMAAABk",
  };
  await using server = await TestServer.start();
  await using client = await server.connect();
  client.send(handshake(h2c), request("GET /next HTTP/1.1"));
  const head = await client.readHead();
  assert.equal([head.status, head.get("Connection")], [426, "Upgrade, close"]);
  const rest = Buffer.from(await client.readToFin(1000)).toString("latin1");
  assert.not.match(rest, /HTTP\//, "there is a second response");
  assert.equal(server.requests, ["GET http://h/chat"]);
  assert.is(server.connections.length, 0);
});

test("U02 U12 a 101 has Upgrade, and no word of a body", async () => {
  const head = await accepted(handshake(), { headers: { "X-Mine": "yes" } });
  assert.is(head.get("Upgrade"), "websocket");
  assert.equal([head.get("Content-Length"), head.get("Transfer-Encoding")], [null, null]);
});

test("U03 a 426 has Upgrade, also when there was no handshake", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  client.send(request("GET /chat HTTP/1.1"));
  const head = await client.readHead();
  assert.equal([head.status, head.get("Upgrade")], [426, "websocket"]);
  assert.is(head.get("Connection"), "Upgrade", "RFC 9110 §7.8");
});

test("U03 a 426 to a request with Connection: close ends the connection", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  client.send(request("GET /chat HTTP/1.1", { Host: "h", Connection: "close" }));
  assert.is((await client.readHead()).get("Connection"), "Upgrade, close");
  await client.readToFin(1000);
});

test("U04 an upgrade over HTTP/1.0 is answered as if it had no Upgrade", async () => {
  await using server = await TestServer.start({ respond: () => new Response("plain") });
  await using client = await server.connect();
  client.send(handshake({}, "GET /chat HTTP/1.0"));
  const head = await client.readHead();
  assert.equal([head.status, head.get("Upgrade")], [200, null]);
  assert.is(Buffer.from(await client.readToFin(1000)).toString(), "plain");
});

test("U05 Upgrade without Connection: upgrade leaves the connection to HTTP", async () => {
  await using server = await TestServer.start({ respond: () => new Response(null) });
  await using client = await server.connect();
  client.send(handshake({ Connection: "keep-alive" }), request("GET /next HTTP/1.1"));
  const statuses = [(await client.readHead()).status, (await client.readHead()).status];
  assert.equal(statuses, [200, 200]);
  assert.equal(server.requests, ["GET http://h/chat", "GET http://h/next"]);
});

test("U13 any other Expect: 417, and what is behind it is never a request", async () => {
  for (const behind of [request("GET /admin HTTP/1.1"), handshake()]) {
    await using server = await TestServer.start({ respond: () => new Response("Hello") });
    await using client = await server.connect();
    client.send(concat(request("GET / HTTP/1.1", { Host: "h", Expect: "" }), behind));
    const text = Buffer.from(await client.readToFin()).toString("latin1");
    assert.is([...text.matchAll(/HTTP\/1\.1 /g)].length, 1);
    assert.match(text, /^HTTP\/1\.1 417 [^]*\r\nConnection: close\r\n/);
    assert.equal(server.requests, []);
  }
});

test("U06 Expect: 100-continue on an upgrade: 417", async () => {
  await refused(handshake({ Expect: "100-continue" }), 417);
});

/** A frame where a body would be: who does not see the body takes it for a message. */
const HIDDEN = frame("81", "hidden");

const BODIES: readonly (readonly [what: string, wire: Uint8Array])[] = [
  ["a length", concat(handshake({ "Content-Length": String(HIDDEN.length) }), HIDDEN)],
  ["a length of 1", concat(handshake({ "Content-Length": "1" }), HIDDEN)],
  ["a length of a gigabyte", concat(handshake({ "Content-Length": "1073741824" }), HIDDEN)],
  ["chunks", concat(handshake({ "Transfer-Encoding": "chunked" }), latin1("1\r\nx\r\n0\r\n\r\n"))],
  ["chunks of nothing", concat(handshake({ "Transfer-Encoding": "chunked" }), latin1("0\r\n\r\n"))],
];

for (const [what, wire] of BODIES) {
  test(`U07 A13 an upgrade with a body of ${what}: 400`, async () => {
    await refused(wire, 400);
  });
}

test("U07 an upgrade with a body of no bytes has none", async () => {
  await accepted(handshake({ "Content-Length": "0" }));
});

const ROOT = "GET / HTTP/1.1\r\n";
const HOST = "Host: h\r\n";
const TE = "Transfer-Encoding: chunked\r\n";

/** Requests that are no HTTP/1.1, or that two readers could read in two ways. */
const MALFORMED: readonly (readonly [what: string, text: string])[] = [
  ["U08 no Host", `${ROOT}\r\n`],
  ["U09 both lengths", `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n${TE}\r\n0\r\n\r\n`],
  ["U09 chunks over HTTP/1.0", `POST / HTTP/1.0\r\n${HOST}${TE}\r\n0\r\n\r\n`],
  ["U09 a coding that is not chunked", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: x\r\n\r\n`],
  ["U09 chunked, then another coding", `POST / HTTP/1.1\r\n${HOST}${TE.trim()}, x\r\n\r\n`],
  ["U09 two lengths", `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`],
  ["U09 a length with a sign", `POST / HTTP/1.1\r\n${HOST}Content-Length: +1\r\n\r\nx`],
  ["U10 a space before the colon", `${ROOT}Host : h\r\n\r\n`],
  ["U10 a folded field", `${ROOT}${HOST}X-Fold: a\r\n b\r\n\r\n`],
  ["U10 NUL in a field", `${ROOT}${HOST}X-Nul: a\0b\r\n\r\n`],
  ["U10 CR in a field", `${ROOT}${HOST}X-Cr: a\rb\r\n\r\n`],
  ["U10 a line without a colon", `${ROOT}${HOST}nonsense\r\n\r\n`],
  ["U10 a field without a name", `${ROOT}${HOST}: x\r\n\r\n`],
  ["U10 a bare LF behind a field", `${ROOT}${HOST}X-Lf: a\n\r\n`],
  ["U10 a bare LF behind the request line", `GET / HTTP/1.1\n${HOST}\r\n`],
  ["U10 a bare LF for the empty line", `${ROOT}${HOST}\n`],
  ["U10 a tab in the request line", `GET\t/ HTTP/1.1\r\n${HOST}\r\n`],
  ["A20 a space in the target", `GET /a b HTTP/1.1\r\n${HOST}\r\n`],
  ["U10 no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
];

for (const [what, text] of MALFORMED) {
  test(`${what}: 400`, async () => void (await refused(latin1(text), 400)));
}

const BAD_HOSTS: readonly (readonly [what: string, hosts: string | readonly string[]])[] = [
  ["two Hosts", ["h", "evil"]],
  ["the same Host twice", ["h", "h"]],
  ["an empty Host", ""],
  ["a Host with a space", "a b"],
  ["a Host with a slash", "a/b"],
  ["a Host with a user", "u@h"],
];

for (const [what, hosts] of BAD_HOSTS) {
  test(`U08 a request that is no upgrade, with ${what}: 400`, async () => {
    await using server = await TestServer.start();
    await using client = await server.connect();
    client.send(request("GET / HTTP/1.1", { Host: hosts }));
    assert.is((await client.readHead()).status, 400);
    assert.equal(server.requests, []);
  });
}

/** Methods that `Request` throws at, or that are no handshake's. */
const METHODS: readonly (readonly [requestLine: string, statuses: readonly number[]])[] = [
  ["TRACE / HTTP/1.1", [405, 501]],
  ["CONNECT internal:22 HTTP/1.1", [400, 405, 501]],
  ["OPTIONS * HTTP/1.1", [400, 405]],
  ["PURGE / HTTP/1.1", [405]],
];

for (const [requestLine, statuses] of METHODS) {
  test(`A12 ${requestLine} has a status, with and without an upgrade`, async () => {
    await using server = await TestServer.start();
    await using client = await server.connect();
    client.send(handshake({}, requestLine));
    const { status } = await client.readHead();
    assert.ok(statuses.includes(status), `status ${status}`);
    await client.readToFin(1000);
    await using plain = await server.connect();
    plain.send(request(requestLine));
    assert.ok((await plain.readHead()).status >= 400);
    await server.open();
    assert.equal(server.errors, []);
  });
}

for (const value of ["a\r\nb", "a\nb", "a\0b", "a\r\n\r\nbody"]) {
  test(`U11 A08 the header value ${JSON.stringify(value)} of ours is a TypeError`, async () => {
    const thrown: unknown[] = [];
    const respond = (incoming: Request): Response => {
      try {
        return upgradeWebSocket(incoming, { headers: { "X-Mine": value } }).response;
      } catch (error) {
        thrown.push(error);
        return new Response(null, { status: 500 });
      }
    };
    await using server = await TestServer.start({ respond });
    await using client = await server.connect();
    client.send(handshake());
    const head = await client.readHead();
    assert.equal([head.status, head.get("X-Mine")], [500, null]);
    assert.instance(thrown[0], TypeError);
  });
}

test("U13 A15 what is sent behind a handshake that the handler refuses is no request", async () => {
  await using server = await TestServer.start({
    respond: () => new Response(null, { status: 403 }),
  });
  await using client = await server.connect();
  client.send(handshake(), request("GET /admin HTTP/1.1"));
  const head = await client.readHead();
  assert.equal([head.status, head.get("Connection")], [403, "close"]);
  await client.sendChopped(request("GET /later HTTP/1.1"), 1000);
  assert.is(Buffer.from(await client.readToFin(1000)).includes("HTTP/1.1"), false);
  assert.equal(server.requests, ["GET http://h/chat"]);
});

test("U13 A15 nor is what is sent behind one that is no WebSocket", async () => {
  await using server = await TestServer.start({ respond: () => new Response("plain") });
  await using client = await server.connect();
  client.send(handshake({ Upgrade: "h2c" }), frame("81", "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n"));
  assert.is((await client.readHead()).status, 200);
  assert.is(Buffer.from(await client.readToFin(1000)).includes("HTTP/1.1"), false);
  assert.equal(server.requests, ["GET http://h/chat"]);
});

test.run();
