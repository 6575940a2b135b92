// What two ends have agreed on, and what each has for itself.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CompressionOptions } from "../../src/message/compression.ts";
import { Random } from "../../src/testing/random.ts";
import { hex, utf8 } from "../support/bytes.ts";
import { withPair } from "./support.ts";

const test = suite("testing/end");

test("A pair agrees on the subprotocol, the compression and the addresses", () =>
  withPair(
    {
      protocol: "chat",
      compression: true,
      server: { remoteAddr: { transport: "unix", path: "/x" } },
    },
    async ({ client, server }) => {
      assert.equal([client.protocol, server.protocol], ["chat", "chat"]);
      assert.match(client.extensions, /^permessage-deflate/);
      assert.is(client.extensions, server.extensions);
      assert.equal(client.remoteAddr, { transport: "tcp", hostname: "192.0.2.2", port: 80 });
      assert.equal(server.remoteAddr, { transport: "unix", path: "/x" });
    },
  ));

test("A pair compresses in both directions: RFC 7692 §7.2", () =>
  withPair({ compression: { contextTakeover: true } }, async ({ client, server, wire }) => {
    const text = "abcdefghij".repeat(1000);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ]) {
      await from.write(text);
      assert.is(await to.read(), text);
    }
    for (const end of ["client", "server"] as const) {
      assert.ok(wire.size(end) < 200, `${wire.size(end)} bytes`);
      assert.is(wire.sent(end)[0], 0xc1); // FIN, RSV1, text
    }
  }));

/** What the two directions may have agreed on differently: RFC 7692 §7.1. */
const ASYMMETRIES: readonly CompressionOptions[] = [
  { contextTakeover: { server: true } },
  { contextTakeover: { client: true } },
  { contextTakeover: true, windowBits: { server: 9, client: 15 } },
  { contextTakeover: true, windowBits: { server: 15, client: 9 } },
];

for (const compression of ASYMMETRIES) {
  test(`A pair inflates what the other deflates: ${JSON.stringify(compression)}`, () =>
    withPair({ compression }, async ({ client, server }) => {
      const random = new Random(1);
      const page = Array.from({ length: 3000 }, () => random.below(36).toString(36)).join("");
      for (let count = 0; count < 3; count++) {
        for (const [from, to] of [
          [client, server],
          [server, client],
        ]) {
          await from.write(page + page); // refers to what is 3,000 bytes back, and to the last one
          assert.is(await to.read(), page + page);
        }
      }
    }));
}

test("A pair gives each end its own bounds, and those of both", () =>
  withPair(
    { limits: { messageSizeMax: 10 }, client: { limits: { messageSizeMax: 20 } } },
    async ({ client, server }) => {
      await server.write("x".repeat(20));
      assert.is(await client.read(), "x".repeat(20));
      await client.write("x".repeat(11));
      assert.is((await server.closed).sent?.code, 1009);
      assert.is((await client.closed).code, 1009);
    },
  ));

test("A pair hands texts over as bytes to the end that wants them", () =>
  withPair({ server: { text: "bytes" } }, async ({ client, server }) => {
    await client.write("Hello");
    assert.is(hex((await server.read()) as Uint8Array), hex(utf8("Hello")));
    await server.write("Hello");
    assert.is(await client.read(), "Hello");
  }));

test.run();
