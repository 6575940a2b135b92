// Which opening handshakes are valid: §4.2.1.

import { randomBytes } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { acceptFor, handshake, latin1, request, SAMPLE_KEY } from "../support/handshake.ts";
import { SAMPLE_ACCEPT } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";
import { accepted, ordinary, refused } from "./verdict.ts";

const test = suite("conformance/opening_handshake");

const KEY = "Sec-WebSocket-Key";
const VERSION = "Sec-WebSocket-Version";

const ACCEPTED: readonly (readonly [what: string, fields: Fields, requestLine?: string])[] = [
  ["S01 names in capitals", { Upgrade: null, UPGRADE: "websocket", HOST: "h", Host: null }],
  ["S01 names in small letters", { "Sec-WebSocket-Key": null, "sec-websocket-key": SAMPLE_KEY }],
  ["S01 the token websocket in any case", { Upgrade: "WebSocket" }],
  ["S01 the token upgrade in any case", { Connection: "UPGRADE" }],
  ["S05 a target with a query", {}, "GET /chat?x=1&y=%20 HTTP/1.1"],
  ["S05 an absolute target", {}, "GET http://h/chat?x=1 HTTP/1.1"],
  ["S07 A17 Upgrade: websocket, h2c", { Upgrade: "websocket, h2c" }],
  ["S07 A17 Upgrade: h2c, websocket", { Upgrade: "h2c, websocket" }],
  ["S07 two lines of Upgrade", { Upgrade: ["h2c", "websocket"] }],
  ["S08 Connection: keep-alive, Upgrade", { Connection: "keep-alive, Upgrade" }],
  ["S08 Connection without spaces", { Connection: "keep-alive,upgrade" }],
  ["S08 two lines of Connection", { Connection: ["keep-alive", "Upgrade"] }],
  ["S09 erratum 3150: a key with stray bits", { [KEY]: "dGhlIHNhbXBsZSBub25jZR==" }],
  ["S15 no Origin", { Origin: null }],
  ["S21 fields that nobody knows", { "X-Foo": "bar", Cookie: "a=b; c=d", Via: "1.1 x" }],
  ["S21 bytes above 7f in a field", { "X-Bytes": "\x80\xa0\xff" }],
  ["S21 an empty field", { "X-Empty": "" }],
  ["S21 a field whose name begins like Upgrade", { "Upgrade-Insecure-Requests": "1" }],
  ["S21 a field whose name begins like the key", { "Sec-WebSocket-Key1": "x" }],
];

for (const [what, fields, requestLine] of ACCEPTED) {
  test(`${what}: accepted`, async () => {
    await using server = await TestServer.start();
    await using client = await server.connect();
    client.send(handshake(fields, requestLine));
    const head = await client.readHead();
    assert.is(head.status, 101, head.statusLine);
    const [key] = [fields[KEY] ?? SAMPLE_KEY].flat();
    assert.is(head.get("Sec-WebSocket-Accept"), acceptFor(key));
  });
}

const BAD_KEYS: readonly (readonly [what: string, key: string])[] = [
  ["empty", ""],
  ["of 15 bytes", "dGhlIHNhbXBsZSBub25j"],
  ["of 17 bytes", "dGhlIHNhbXBsZSBub25jZSE="],
  ["of the URL alphabet", "dGhlIHNhbXBsZSBub2-_ZQ=="],
  ["without padding", "dGhlIHNhbXBsZSBub25jZQ"],
  ["with half of its padding", "dGhlIHNhbXBsZSBub25jZQ="],
  ["with too much padding", "dGhlIHNhbXBsZSBub25jZQ==="],
  ["of padding", "===="],
  ["with a space inside", "dGhlIHNhbXBs ZSBub25jZQ=="],
  ["twice in one line", `${SAMPLE_KEY}, ${SAMPLE_KEY}`],
  ["in quotes", `"${SAMPLE_KEY}"`],
  ["with bytes above 7f", "dGhlIHNhbXBsZSBub25j\xc3\x9f=="],
  ["of 10 KiB", "A".repeat(10 * 1024)],
];

const MALFORMED_VERSIONS = [
  "013",
  "0x0D",
  "13.0",
  "1.3e1",
  "+13",
  "-13",
  "13,8",
  "13, 13",
  "256",
  "x",
];
const UNKNOWN_VERSIONS = ["0", "1", "7", "8", "12", "14", "99", "130", "255"];

const REFUSED: readonly (readonly [what: string, wire: Uint8Array, status: number])[] = [
  ["S05 a target of another scheme", handshake({}, "GET ws://h/ HTTP/1.1"), 400],
  ["S05 an asterisk for a target", handshake({}, "GET * HTTP/1.1"), 400],
  ["S05 A19 an absolute target elsewhere", handshake({}, "GET http://evil/x HTTP/1.1"), 400],
  ["S05 a fragment in the target", handshake({}, "GET /chat#x HTTP/1.1"), 400],
  ["S06 no Host", handshake({ Host: null }), 400],
  ["S06 A09 two Hosts", handshake({ Host: ["h", "h"] }), 400],
  ["S06 an empty Host", handshake({ Host: "" }), 400],
  ["S06 A20 a Host with a space", handshake({ Host: "a b" }), 400],
  ["S06 A20 a Host with half of a bracket", handshake({ Host: "[::bad" }), 400],
  ["S06 A19 a Host with a user", handshake({ Host: "u@evil" }), 400],
  ["S06 A19 a Host with a path", handshake({ Host: "a/b?" }), 400],
  ["S09 no key", handshake({ [KEY]: null }), 400],
  ...BAD_KEYS.map(
    ([what, key]) => [`S09 A10 a key ${what}`, handshake({ [KEY]: key }), 400] as const,
  ),
  ["S10 A09 two keys", handshake({ [KEY]: [SAMPLE_KEY, SAMPLE_KEY] }), 400],
  ["S13 A09 two versions", handshake({ [VERSION]: ["13", "13"] }), 400],
  ["S13 two versions of which one is known", handshake({ [VERSION]: ["8", "13"] }), 400],
  ...MALFORMED_VERSIONS.map(
    (version) => [`S14 A11 version ${version}`, handshake({ [VERSION]: version }), 400] as const,
  ),
  ["A09 two Origins", handshake({ Origin: ["http://h", "http://evil"] }), 400],
  ["A18 version 8 without a key", handshake({ [VERSION]: "8", [KEY]: null }), 426],
];

for (const [what, wire, status] of REFUSED) {
  test(`S02 S38 ${what}: ${status}`, async () => void (await refused(wire, status)));
}

for (const method of ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "PROPFIND"]) {
  test(`S03 ${method} with all headers: 405`, async () => {
    const head = await refused(handshake({}, `${method} /chat HTTP/1.1`), 405);
    assert.is(head.get("Allow"), "GET");
  });
}

for (const version of [null, ...UNKNOWN_VERSIONS]) {
  const what = version === null ? "S11 no version" : `S12 version ${version}`;
  test(`${what}: 426 and the version that we speak`, async () => {
    const head = await refused(handshake({ [VERSION]: version }), 426);
    assert.is(head.get("Sec-WebSocket-Version"), "13");
    assert.is(head.get("Upgrade"), "websocket");
  });
}

const ORDINARY: readonly (readonly [what: string, wire: Uint8Array])[] = [
  ["S04 U04 HTTP/1.0", handshake({}, "GET /chat HTTP/1.0")],
  ["S07 A18 no Upgrade", handshake({ Upgrade: null })],
  ["S07 U01 Upgrade: h2c", handshake({ Upgrade: "h2c" })],
  ["S07 Upgrade: websocketx", handshake({ Upgrade: "websocketx" })],
  ["S07 Upgrade: xwebsocket", handshake({ Upgrade: "xwebsocket" })],
  ["S07 Upgrade: websocket/13", handshake({ Upgrade: "websocket/13" })],
  ["S07 Upgrade: web socket", handshake({ Upgrade: "web socket" })],
  ["S08 U05 A18 no Connection", handshake({ Connection: null })],
  ["S08 U05 Connection: keep-alive", handshake({ Connection: "keep-alive" })],
  ["S08 Connection: close", handshake({ Connection: "close" })],
  ["S08 Connection: xupgrade", handshake({ Connection: "xupgrade" })],
  ["S08 Connection: upgradex", handshake({ Connection: "keep-alive, upgradex" })],
  ["A18 neither, with version 13", handshake({ Upgrade: null, Connection: null })],
  ["A18 neither, with version 8", handshake({ Upgrade: null, Connection: null, [VERSION]: "8" })],
];

for (const [what, wire] of ORDINARY) {
  test(`${what}: a request like any other`, async () => ordinary(wire));
}

test("S04 HTTP/2.0 in the request line: 505", async () => {
  await refused(handshake({}, "GET /chat HTTP/2.0"), 505);
});

/** The target as it is sent, and the URL that the handler must see. */
const TARGETS: readonly (readonly [target: string, url: string])[] = [
  ["http://h/chat?x=1", "http://h/chat?x=1"],
  ["/chat?x=1", "http://h/chat?x=1"],
  ["//evil/x", "http://h//evil/x"],
  ["/\\evil/x", "http://h//evil/x"],
  ["/@evil", "http://h/@evil"],
];

for (const [target, url] of TARGETS) {
  test(`S05 A19 the handler sees the target ${target} as ${url}`, async () => {
    await using server = await TestServer.start();
    await using client = await server.connect();
    client.send(handshake({}, `GET ${target} HTTP/1.1`));
    assert.is((await client.readHead()).status, 101);
    assert.equal(server.requests, [`GET ${url}`]);
  });
}

test("S22 the order of the fields means nothing", async () => {
  const [requestLine, ...lines] = Buffer.from(handshake()).toString("latin1").trim().split("\r\n");
  for (let turn = 0; turn < lines.length; turn++) {
    const turned = [...lines.slice(turn), ...lines.slice(0, turn)];
    for (const order of [turned, [...turned].reverse()]) {
      await accepted(latin1([requestLine, ...order, "", ""].join("\r\n")));
    }
  }
});

test("S34 the answer to the sample key is that of §1.3", async () => {
  const head = await accepted(handshake({ [KEY]: SAMPLE_KEY }));
  assert.is(head.get("Sec-WebSocket-Accept"), SAMPLE_ACCEPT);
});

test("S34 the answer is SHA-1 of key and GUID, for 200 keys", async () => {
  await using server = await TestServer.start();
  for (let round = 0; round < 200; round++) {
    await using client = await server.connect();
    const key = randomBytes(16).toString("base64");
    client.send(handshake({ [KEY]: key }));
    assert.is((await client.readHead()).get("Sec-WebSocket-Accept"), acceptFor(key), key);
  }
});

test("S35 white space around the key is not of the key", async () => {
  await accepted(handshake({ [KEY]: ` \t ${SAMPLE_KEY}\t  ` }));
});

test("S15 the origin of a client that sends none is null", async () => {
  const seen: unknown[] = [];
  const origin = (value: string | null): boolean => seen.push(value) > 0;
  await accepted(handshake(), { origin });
  await accepted(handshake({ Origin: "http://elsewhere" }), { origin });
  assert.equal(seen, [null, "http://elsewhere"]);
});

test("S27 a path that is not served: 404, and nothing else", async () => {
  const respond = (): Response => new Response("no such thing", { status: 404 });
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(handshake(), request("GET /admin HTTP/1.1"));
  const head = await client.readHead();
  assert.equal([head.status, head.get("Connection"), head.get("Upgrade")], [404, "close", null]);
  assert.is(Buffer.from(await client.readToFin(1000)).includes("HTTP/1.1"), false);
  assert.is(server.requests.length, 1);
});

test.run();
