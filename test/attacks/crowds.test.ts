// Attacks that wait, or that come in crowds, before there is a connection: A01 to A03, A26 to A28.
// Each leaves nothing behind.

import { connect as connectTls } from "node:tls";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeCertificate } from "../support/certificate.ts";
import { frame } from "../support/frame.ts";
import { handshake, latin1 } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { frames, refused, testAttacks } from "./attack.ts";
import type { Attack } from "./attack.ts";

const test = suite("attacks/crowds");

/** Its end, FIN or RST: of TLS that fails nothing else is promised. */
async function ended(client: RawClient): Promise<void> {
  if (client.socket.closed || client.socket.readableEnded) return;
  const end = new Promise<void>((resolve) => {
    client.socket.once("end", resolve).once("close", resolve);
  });
  await withTimeout(end, "the connection to end");
}

const IMPATIENT: readonly Attack[] = [
  [
    "A01 a head that comes a byte at a time: 408",
    async (server) => {
      const client = await server.connect();
      client.send(handshake().subarray(0, 60));
      const trickle = setInterval(() => client.send(latin1("a")), 50);
      try {
        assert.is((await client.readHead()).status, 408);
        await client.readToFin();
      } finally {
        clearInterval(trickle);
      }
      assert.equal(await server.seen(), []);
    },
  ],
  [
    "A02 A28 clients that send nothing, with TLS and without",
    async (server) => {
      const clients = [await server.connect(), await server.connect(server.tlsPort)];
      for (const client of clients) await ended(client);
    },
  ],
  [
    "A03 handlers that do not decide: 503, and a bad key is refused meanwhile",
    async (server) => {
      const clients: RawClient[] = [];
      for (let count = 0; count < 30; count++) {
        const client = await server.connect();
        client.send(handshake({}, "GET /stuck HTTP/1.1"));
        clients.push(client);
      }
      const seen: string[] = [];
      while (seen.length < clients.length) seen.push(...(await server.seen()));
      await refused(handshake({ "Sec-WebSocket-Key": "bad" }), 400)(server);
      for (const client of clients) {
        assert.is((await client.readHead()).status, 503);
        await client.readToFin();
      }
    },
  ],
  [
    "A28 garbage, RST and an unknown protocol of the application for a ClientHello",
    async (server) => {
      for (const size of [0, 1, 5, 100, 10_000]) {
        const client = await server.connect(server.tlsPort);
        client.send("16 0301 0200", new Uint8Array(size).fill(0x41));
        await new Promise((resolve) => setImmediate(resolve));
        client.reset();
      }
      const socket = connectTls({
        port: server.tlsPort,
        host: "127.0.0.1",
        rejectUnauthorized: false,
        ALPNProtocols: ["nothing/1"],
      });
      await ended(new RawClient(socket));
      socket.destroy();
    },
  ],
];
testAttacks(test, IMPATIENT, {
  serve: { limits: { handshakeTimeoutMs: 700 } },
  certificate: makeCertificate(),
});

const CROWDED: readonly Attack[] = [
  [
    "A26 more connections than the server takes: 503 before any handler is asked",
    async (server) => {
      for (let count = 0; count < 7; count++) await server.open();
      await server.seen();
      const client = await server.connect();
      client.send(handshake());
      const head = await client.readHead();
      assert.equal([head.status, head.get("Retry-After")], [503, "1"]);
      assert.equal(await server.seen(), []);
    },
  ],
];
testAttacks(test, CROWDED, { serve: { limits: { connectionsMax: 8 } } });

const POOR: readonly Attack[] = [
  [
    "A27 no file descriptor is left: whoever is there is served, and then everybody again",
    async (server) => {
      const first = await server.open();
      const clients: RawClient[] = [];
      for (let count = 0; count < 100; count++) clients.push(await server.connect());
      first.send(frame("81", "still served"));
      assert.is(await first.readEvent(), "text still served");
      for (const client of clients) client.socket.destroy();
      const before = performance.now();
      for (;;) {
        try {
          await server.open();
          break;
        } catch (error) {
          if (performance.now() - before > 5000) throw error;
        }
      }
      await frames(["83"], "close 1002")(server);
    },
  ],
];
testAttacks(test, POOR, { descriptorsMax: 64 });

test.run();
