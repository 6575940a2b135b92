// Bounds of the handshake: time, size and number (RFC 9110 §15.5, RFC 6585 §5), and clients that
// go before it is over.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat, hex } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, SAMPLE_KEY } from "../support/handshake.ts";
import { hold, TestServer, upgradeWebSocket } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { accepted, refused } from "./verdict.ts";

const test = suite("conformance/handshake_limits");

test("U14 A01 a head that does not end: 408", async () => {
  await using server = await TestServer.start({ serve: { limits: { handshakeTimeoutMs: 100 } } });
  await using client = await server.connect();
  client.send(handshake().subarray(0, 60));
  assert.equal([(await client.readHead()).status, server.requests], [408, []]);
  await client.readToFin(1000);
});

test("U14 A02 a client that sends nothing is let go", async () => {
  await using server = await TestServer.start({ serve: { limits: { handshakeTimeoutMs: 100 } } });
  await using client = await server.connect();
  await client.readToFin();
});

test("A01 a head whose first byte comes late has no more time for that", async () => {
  const limits = { handshakeTimeoutMs: 1000 };
  await using server = await TestServer.start({ serve: { limits } });
  await using client = await server.connect();
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 900));
  client.send(handshake().subarray(0, 60));
  assert.equal([(await client.readHead()).status, server.requests], [408, []]);
  const took = performance.now() - start;
  assert.ok(took < 1850, `it had ${took} ms`); // Node by itself counts from the first byte
  await client.readToFin(1000);
});

/** A handler that does not decide before its test is over. */
class StuckHandler implements Disposable {
  /** Why the requests were aborted. */
  readonly reasons: unknown[] = [];
  readonly #over = new Deferred<Response>();
  /** Is over when the first request is aborted. */
  readonly aborted: Deferred = new Deferred();

  readonly respond = ({ signal }: Request): Promise<Response> => {
    signal.addEventListener("abort", () => {
      this.reasons.push(signal.reason);
      this.aborted.resolve();
    });
    return this.#over.promise;
  };

  [Symbol.dispose](): void {
    this.#over.resolve(new Response(null));
  }
}

test("U14 A03 a handler that does not decide: 503, and its request is aborted", async () => {
  const stuck = new StuckHandler();
  const serve = { limits: { handshakeTimeoutMs: 100 } };
  await using server = await TestServer.start({ respond: stuck.respond, serve });
  using _ = stuck;
  await using client = await server.connect();
  client.send(handshake());
  const head = await client.readHead();
  assert.equal([head.status, head.get("Connection"), stuck.reasons.length], [503, "close", 1]);
  await client.readToFin(1000);
});

test("U14 A03 more handshakes than may wait: 503", async () => {
  const stuck = new StuckHandler();
  const serve = { limits: { pendingUpgradesMax: 2 } };
  await using server = await TestServer.start({ respond: stuck.respond, serve });
  using _ = stuck;
  await using first = await server.connect();
  await using second = await server.connect();
  await using third = await server.connect();
  for (const client of [first, second, third]) await client.sendChopped(handshake(), 1000);
  assert.is((await third.readHead()).status, 503);
  assert.is(server.requests.length, 2);
});

test("A03 a client that is gone while the handler thinks frees its place", async () => {
  const stuck = new StuckHandler();
  const serve = { limits: { pendingUpgradesMax: 1 } };
  await using server = await TestServer.start({ respond: stuck.respond, serve });
  using _ = stuck;
  await using first = await server.connect();
  await first.sendChopped(handshake(), 1000);
  assert.is(server.requests.length, 1);
  first.reset();
  await withTimeout(stuck.aborted.promise, "the request to be aborted", 1000);
  await using second = await server.connect();
  await second.sendChopped(handshake(), 1000);
  assert.is(server.requests.length, 2);
});

test("A03 a shutdown does not wait for a handler that does not decide", async () => {
  const stuck = new StuckHandler();
  const serve = { limits: { shutdownTimeoutMs: 50 } };
  await using server = await TestServer.start({ respond: stuck.respond, serve });
  using _ = stuck;
  await using client = await server.connect();
  await client.sendChopped(handshake(), 1000);
  await withTimeout(server.shutdown(), "the shutdown", 1000);
});

const target = (size: number): string => `GET /${"t".repeat(size - 1)} HTTP/1.1`;
const fields = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, "1"]));

test("U14 A07 a target of 8 KiB is the longest: then 414", async () => {
  await accepted(handshake({}, target(8192)));
  await refused(handshake({}, target(8193)), 414);
});

test("U14 A06 100 fields are the most: then 431, wherever the key is", async () => {
  await accepted(handshake(fields(95)));
  await refused(handshake(fields(96)), 431);
  const last = { "Sec-WebSocket-Key": null, ...fields(1000), "sec-websocket-key": SAMPLE_KEY };
  await refused(handshake(last), 431);
  await refused(handshake(fields(2500)), 431);
});

test("U14 A07 headers of more than 16 KiB: 431", async () => {
  await accepted(handshake({ "X-Long": "x".repeat(15 * 1024) }));
  await refused(handshake({ "X-Long": "x".repeat(17 * 1024) }), 431);
});

test("A04 RST within the handshake, or while the handler thinks, ends nothing", async () => {
  const decided = new Deferred();
  const respond = async (incoming: Request): Promise<Response> => {
    await decided.promise;
    return upgradeWebSocket(incoming, hold).response;
  };
  await using server = await TestServer.start({ respond });
  const wire = concat(handshake(), closeFrame(1000));
  for (let size = 1; size <= wire.length; size += 5) {
    const client = await server.connect();
    await client.sendChopped(wire.subarray(0, size), 1000);
    client.reset();
  }
  decided.resolve();
  await using client = await server.connect();
  client.send(handshake(), frame("89"));
  assert.is((await withTimeout(client.readHead(), "a 101")).status, 101);
  assert.is(hex(await client.readBytes(2)), "8a00");
});

test.run();
