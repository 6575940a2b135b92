// WebSocket over TLS: §4.2.2, §10.6, and the end of TLS: RFC 5246 §7.2.1.

import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { connect as connectTls } from "node:tls";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { makeCertificate } from "../support/certificate.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { describe, RawClient } from "../support/raw_client.ts";
import { hold, TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("conformance/tls");

const certificate = makeCertificate();

async function openTls(port: number, maxVersion: "TLSv1.2" | "TLSv1.3"): Promise<RawClient> {
  const host = "127.0.0.1";
  const ca = certificate.cert;
  const options = { port, host, ca, servername: "localhost", allowHalfOpen: true, maxVersion };
  const socket = connectTls(options);
  const opened = new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve).once("error", reject);
  });
  await withTimeout(opened, `TLS on port ${port}`);
  return new RawClient(socket);
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`S23 B57 handshake, messages and closing handshake over ${version}`, async () => {
    await using server = await TestServer.start({ serve: certificate });
    await using client = await openTls(server.port, version);
    const large = new Uint8Array(300_000).fill(0x2a);
    client.send(handshake({ Host: "localhost", Origin: "https://localhost" }), frame("81", "head"));
    assert.is((await client.readHead()).status, 101);
    client.send(frame("82", large, "37fa213d"), closeFrame(1000));
    const answer = ["text head", describe(2, large), "close 1000", "FIN"];
    assert.equal(await client.transcript(), answer);
    assert.equal(server.requests, ["GET https://localhost/chat"]);
  });
}

test("S23 a plain handshake on the port of TLS has no 101, and the connection ends", async () => {
  await using server = await TestServer.start({ serve: certificate });
  await using client = await server.connect();
  const received: Buffer[] = [];
  client.socket.on("data", (chunk: Buffer) => received.push(chunk));
  const ended = new Promise<void>((resolve) =>
    client.socket.once("end", resolve).once("close", resolve),
  );
  client.send(handshake(), request("GET /admin HTTP/1.1"));
  await withTimeout(ended, "the connection to end");
  assert.not(Buffer.concat(received).includes("101"));
  assert.equal(server.requests, []);
});

test("A28 a client that never says hello is cut off", async () => {
  const serve = { ...certificate, limits: { handshakeTimeoutMs: 100 } };
  await using server = await TestServer.start({ serve });
  await using client = await server.connect();
  const ended = new Promise<void>((resolve) =>
    client.socket.once("end", resolve).once("close", resolve),
  );
  await withTimeout(ended, "the connection to end");
});

test("A28 garbage and RST for a hello end nothing else", async () => {
  await using server = await TestServer.start({ serve: certificate });
  for (const size of [0, 1, 5, 100, 10_000]) {
    const client = await server.connect();
    client.send("16 0301 0200", new Uint8Array(size).fill(0x41));
    client.reset();
  }
  await using client = await openTls(server.port, "TLSv1.3");
  client.send(handshake(), frame("89"));
  assert.is((await client.readHead()).status, 101);
  assert.is(await client.readEvent(), "pong ");
});

const ALERT = 0x15;

/** The types of the records in a stream of TLS 1.2: type, version, length, content. */
function recordTypes(stream: Uint8Array): number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= stream.length; at += 5 + stream[at + 3] * 256 + stream[at + 4]) {
    types.push(stream[at]);
  }
  return types;
}

for (const who of ["client", "server"] as const) {
  test(`B45 TLS ends with close_notify when the ${who} closes`, async () => {
    await using server = await TestServer.start({ run: hold, serve: certificate });
    const sent: Buffer[] = []; // by the server, as a relay sees it
    const relay = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
      far.on("data", (chunk: Buffer) => sent.push(chunk));
      near
        .on("error", () => {})
        .pipe(far)
        .on("error", () => {})
        .pipe(near);
    });
    await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
    await using client = await openTls((relay.address() as AddressInfo).port, "TLSv1.2");
    relay.close();
    client.send(handshake());
    assert.is((await client.readHead()).status, 101);
    if (who === "server") void server.connection.close(1000);
    client.send(closeFrame(1000));
    assert.equal(await client.transcript(), ["close 1000", "FIN"]);
    assert.is(recordTypes(concat(...sent)).at(-1), ALERT);
  });
}

test.run();
