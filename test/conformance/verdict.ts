// The three things that can become of a handshake: refused, accepted, or no handshake at all but
// a request like any other.

import * as assert from "uvu/assert";
import { acceptFor, request, SAMPLE_KEY } from "../support/handshake.ts";
import type { ResponseHead } from "../support/response_head.ts";
import { TestServer } from "../support/server.ts";
import type { TestServerOptions } from "../support/server.ts";

/** What a client may have sent already behind its handshake: it must never be read (RFC 9931). */
const SECOND_REQUEST = request("GET /admin HTTP/1.1");

/**
 * Asserts that `wire` is refused with `status`: one response, `Connection: close`, FIN within a
 * second, no handler called, and no byte behind the request read. Returns the head.
 */
export async function refused(
  wire: Uint8Array,
  status: number,
  serve: NonNullable<TestServerOptions["serve"]> = {},
): Promise<ResponseHead> {
  await using server = await TestServer.start({ serve });
  await using client = await server.connect();
  client.send(wire, SECOND_REQUEST);
  const head = await client.readHead();
  assert.is(head.status, status, `Expected ${status}, found "${head.statusLine}"`);
  assert.is(head.get("Connection"), status === 426 ? "Upgrade, close" : "close");
  const body = Buffer.from(await client.readToFin(1000)).toString("latin1");
  assert.not.match(body, /HTTP\/\S+ \d/, "there is a second response");
  assert.equal(server.requests, []);
  assert.equal(server.errors, []);
  return head;
}

/** Asserts that `wire` is accepted with the headers that §4.2.2 demands. Returns the head. */
export async function accepted(
  wire: Uint8Array,
  upgrade: NonNullable<TestServerOptions["upgrade"]> = {},
): Promise<ResponseHead> {
  await using server = await TestServer.start({ upgrade });
  await using client = await server.connect();
  client.send(wire);
  const head = await client.readHead();
  assert.is(head.statusLine, "HTTP/1.1 101 Switching Protocols");
  assert.is(head.get("Upgrade"), "websocket");
  assert.is(head.get("Connection"), "Upgrade");
  assert.is(head.get("Sec-WebSocket-Accept"), acceptFor(SAMPLE_KEY));
  assert.is(server.requests.length, 1);
  return head;
}

/**
 * Asserts that `wire` is no opening handshake: the handler answers it as any request, and
 * `upgradeWebSocket()` would throw at it, which the client learns as 426.
 */
export async function ordinary(wire: Uint8Array): Promise<void> {
  await using plain = await TestServer.start({ respond: () => new Response("plain") });
  await using reader = await plain.connect();
  reader.send(wire);
  const head = await reader.readHead();
  assert.is(head.status, 200, head.statusLine);
  assert.is(head.get("Upgrade"), null);
  assert.is(plain.requests.length, 1);

  await using server = await TestServer.start();
  await using client = await server.connect();
  client.send(wire);
  const refusal = await client.readHead();
  assert.is(refusal.status, 426, refusal.statusLine);
  assert.is(refusal.get("Upgrade"), "websocket");
  assert.is(server.connections.length, 0);
}
