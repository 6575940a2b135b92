// permessage-deflate in the opening handshake: RFC 7692 §5, RFC 7692 §7.1. What is negotiated is
// tested where that is done; here, that it is what the 101 says, and what the connection does.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { upgradeWebSocket } from "../../src/mod.ts";
import type { CompressionOptions } from "../../src/mod.ts";
import { flushed } from "../message/compressed.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import type { Connection } from "../support/server.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { accepted, refused } from "./verdict.ts";

const test = suite("conformance/deflate_handshake");

const NAME = "Sec-WebSocket-Extensions";
const DEFLATE = "permessage-deflate";
const CHROMIUM = `${DEFLATE}; client_max_window_bits`;
const BITS = "server_max_window_bits";
/** What is answered where nothing is taken over. */
const BOTH = `${DEFLATE}; server_no_context_takeover; client_no_context_takeover`;
const TAKEOVER: CompressionOptions = { contextTakeover: true };

type Offer = string | readonly string[] | null;

/** The offer is a header, several, or none; `null` is no answer. */
type Row = readonly [what: string, offer: Offer, answer: string | null, options?: Compression];
type Compression = boolean | CompressionOptions;

const TWICE = "; client_no_context_takeover; client_no_context_takeover";
const SERVER_NOT = "; server_no_context_takeover; client_max_window_bits=9";

const ANSWERS: readonly Row[] = [
  ["D01 D21 an offer", DEFLATE, BOTH],
  ["D01 D16 an offer, where it is off", DEFLATE, null, false],
  ["D01 S31 no offer", null, null],
  ["D01 S31 an offer of something else", "foo", null],
  ["D02 the first of two", `${DEFLATE}; ${BITS}=10, ${DEFLATE}`, `${BOTH}; ${BITS}=10`],
  ["D02 the one behind another extension", `foo; a=1, ${DEFLATE}`, BOTH],
  ["D02 S19 in a second header", ["foo", `${DEFLATE}; ${BITS}=9`], `${BOTH}; ${BITS}=9`],
  ["D02 the first header", [`${DEFLATE}; ${BITS}=9`, DEFLATE], `${BOTH}; ${BITS}=9`],
  ["D05 no other that uses RSV1", `x-webkit-deflate-frame, ${DEFLATE}, permessage-bzip2`, BOTH],
  ["D05 nothing else at all", "x-webkit-deflate-frame", null],
  ["D13 an unknown parameter", `${DEFLATE}; x=1`, null],
  ["D13 an unknown parameter, then an offer without", `${DEFLATE}; x=1, ${DEFLATE}`, BOTH],
  ["D14 a value that is missing", `${DEFLATE}; ${BITS}`, null],
  ...["0", "7", "16", "08", "99999", "-1", "1e1"].map(
    (value): Row => [`D14 D16 D18 A52 a window of ${value}`, `${DEFLATE}; ${BITS}=${value}`, null],
  ),
  ...["0", "7", "16", "08"].map(
    (value): Row => [`D14 D16 a client's window of ${value}`, `${CHROMIUM}=${value}`, null],
  ),
  ["D14 a value too many", `${DEFLATE}; server_no_context_takeover=1`, null],
  ["D15 a parameter twice", `${DEFLATE}${TWICE}`, null],
  ["D18 a name in capitals", "Permessage-Deflate", null],
  ["D18 a parameter in capitals", `${DEFLATE}; Server_no_context_takeover`, null],
  ...[8, 9, 10, 11, 12, 13, 14, 15].map((bits): Row => {
    const answer = `${BOTH}; ${BITS}=${Math.min(bits, 13)}`; // 13 is what we take ourselves
    return [`D18 D23 a window of ${bits}`, `${DEFLATE}; ${BITS}=${bits}`, answer];
  }),
  ["S20 D18 a value in quotes", `${DEFLATE}; ${BITS}="8"`, `${BOTH}; ${BITS}=8`],
  ["S20 a value in quotes, with an escape", `${DEFLATE}; ${BITS}="1\\0"`, `${BOTH}; ${BITS}=10`],
  ["D19 D20 the server must not", `${DEFLATE}${SERVER_NOT}`, `${DEFLATE}${SERVER_NOT}`, TAKEOVER],
  ["D22 a client without limit", DEFLATE, `${DEFLATE}; client_no_context_takeover`, TAKEOVER],
  ["D25 a client with one", CHROMIUM, `${DEFLATE}; client_max_window_bits=12`, TAKEOVER],
  ["D25 a client with a small one", `${CHROMIUM}=9`, `${CHROMIUM}=9`, TAKEOVER],
  ["D26 no window where none is offered", DEFLATE, BOTH, { windowBits: 10 }],
  ["D25 what Chromium offers", CHROMIUM, BOTH],
];

for (const [what, offer, answer, compression = true] of ANSWERS) {
  test(`${what}: ${offer} is answered with ${answer ?? "nothing"}`, async () => {
    const head = await accepted(handshake({ [NAME]: offer }), { compression });
    assert.is(head.get(NAME), answer);
  });
}

for (const offer of [`${DEFLATE};`, `${DEFLATE}; =8`, `${DEFLATE} x`, '"', `${DEFLATE}; x="a b"`]) {
  test(`A malformed header is refused with 400, compression or not: ${offer}`, async () => {
    await refused(handshake({ [NAME]: offer }), 400);
    const wire = handshake({ [NAME]: [DEFLATE, offer] });
    await refused(wire, 400);
  });
}

test("D03 connection.extensions is what the 101 says, and nothing without it", async () => {
  await using server = await TestServer.start({ upgrade: { compression: true } });
  await using client = await server.connect();
  client.send(handshake({ [NAME]: `${DEFLATE}; server_max_window_bits=11` }));
  const head = await client.readHead();
  assert.is(server.connection.extensions, `${BOTH}; server_max_window_bits=11`);
  assert.is(head.get(NAME), server.connection.extensions);
  await using plain = await server.open();
  assert.is(server.connection.extensions, "");
  assert.is(server.connection.stats().compression, null);
  plain.end();
});

test("D13 D15 a connection whose offer was declined works, uncompressed", async () => {
  const compression = { threshold: 0 };
  await using server = await TestServer.start({ upgrade: { compression } });
  await using client = await server.open({ [NAME]: `${DEFLATE}; x=1` });
  client.send(frame("81", "a".repeat(200)), frame("c1", bytes("f248cdc9c90700")));
  assert.equal(await client.transcript(), [`text ${"a".repeat(200)}`, "close 1002", "FIN"]);
});

test("a program cannot set the header itself, nor an option that there is not", async () => {
  for (const upgrade of [
    { headers: { [NAME]: DEFLATE } },
    { compression: { level: 10 } },
    { compression: { windowBits: 8 } },
    { compression: { takeover: true } as CompressionOptions },
  ]) {
    await using server = await TestServer.start({ upgrade });
    await using client = await server.connect();
    client.send(handshake({ [NAME]: DEFLATE }));
    assert.is((await client.readHead()).status, 500);
    assert.is(server.errors.length, 1);
  }
});

test("with { socket, head } all is compressed, and what came with the handshake read", async () => {
  const upgraded = new Deferred<Connection>();
  const server = createServer();
  server.on("upgrade", (incoming, socket: Socket, head: Uint8Array) => {
    const options = { socket, head, compression: { threshold: 0, contextTakeover: true } };
    const { connection, response } = upgradeWebSocket(incoming, options, async (connection) => {
      for await (const message of connection) await connection.write(message);
    });
    assert.is(response.headers.get(NAME), null, "the 101 that a program sees has none of it");
    upgraded.resolve(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const text = "abcdefghij".repeat(20);
  const offer = { [NAME]: CHROMIUM };
  const message = frame("c1", flushed(utf8(text)));
  const wire = concat(handshake(offer), message, message, closeFrame(1000));
  await using client = await RawClient.connect((server.address() as AddressInfo).port);
  client.send(wire);
  const head = await client.readHead();
  const agreed = head.get(NAME) ?? "";
  assert.is(agreed, `${DEFLATE}; client_max_window_bits=12`);
  client.agreeOn(agreed);
  const echo = `* text ${text}`;
  assert.equal(await client.transcript(), [echo, echo, "close 1000", "FIN"]);
  const connection = await withTimeout(upgraded.promise, "the upgrade");
  assert.is(connection.extensions, agreed);
  assert.is(connection.stats().compression?.received.before, 400);
  server.close();
});

test.run();
