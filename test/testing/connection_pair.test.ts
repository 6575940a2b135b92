// Two connections in memory are two connections: their bytes are those of a wire, and their ends
// those of TCP.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Message } from "../../src/message/message.ts";
import { connectionPair, FakeClock, randomChunks } from "../../src/testing/mod.ts";
import type { PairOptions } from "../../src/testing/mod.ts";
import { hex, utf8 } from "../support/bytes.ts";
import { FrameReader } from "../support/frame_reader.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { withPair } from "./support.ts";

const test = suite("testing/connection_pair");

test("connectionPair() puts the server's frames on the wire as they are: §5.1", () =>
  withPair({}, async ({ client, server, wire }) => {
    await server.write("Hello");
    await server.write(Uint8Array.of(1, 2, 3));
    assert.is(await client.read(), "Hello");
    assert.equal(await client.read(), Uint8Array.of(1, 2, 3));
    assert.is(hex(wire.sent("server")), "810548656c6c6f" + "8203010203");
    assert.is(hex(wire.sent("client")), "");
  }));

test("connectionPair() masks the client's frames, each with a key of its own: §5.3", () =>
  withPair({}, async ({ client, server, wire, settled }) => {
    await client.write("Hello");
    await client.write("Hello");
    await settled();
    const sent = wire.sent("client");
    assert.is(sent.length, 22);
    const keys: string[] = [];
    for (const frame of [sent.subarray(0, 11), sent.subarray(11)]) {
      assert.is(hex(frame.subarray(0, 2)), "8185");
      const key = frame.subarray(2, 6);
      const unmasked = frame.subarray(6).map((byte, index) => byte ^ key[index % 4]);
      assert.is(Buffer.from(unmasked).toString(), "Hello");
      keys.push(hex(key));
    }
    assert.is.not(keys[0], keys[1]);
    assert.equal([server.tryRead(), server.tryRead()], ["Hello", "Hello"]);
  }));

test("connectionPair() draws the keys from its seed, which repeats them", async () => {
  const sent = async (seed?: number): Promise<string> => {
    const { client, wire, settled } = connectionPair(seed === undefined ? {} : { seed });
    await client.write("Hello");
    await settled();
    return hex(wire.sent("client"));
  };
  assert.is(await sent(7), await sent(7));
  assert.is(await sent(), await sent(0));
  assert.is.not(await sent(7), await sent(8));
});

test("connectionPair() hands over nothing in the turn in which it is written", () =>
  withPair({}, async ({ client, server, settled }) => {
    await client.write("Hello");
    assert.is(server.tryRead(), undefined);
    await settled();
    assert.is(server.tryRead(), "Hello");
  }));

/** Messages of every form of the length, texts and bytes. */
const MESSAGES: readonly Message[] = [
  "",
  "Hello",
  "Grüße 🙂",
  "x".repeat(125),
  "y".repeat(126),
  new Uint8Array(65_535).fill(1),
  new Uint8Array(65_536).fill(2),
  "ü".repeat(50_000),
  new Uint8Array(200_000).map((_, index) => index),
  "the end",
];

const WAYS: readonly (readonly [what: string, options: PairOptions])[] = [
  ["as it comes", {}],
  ["in pieces of 1,000 bytes", { chunking: 1000 }],
  ["cut in the first headers", { chunking: [1, 1, 1, 2, 3, 5, 8] }],
  ["in random pieces", { chunking: randomChunks({ seed: 4, sizeMax: 5000 }) }],
  ["through a wire that takes 100 bytes", { highWaterMark: 100 }],
  ["through a wire that takes 1,500 bytes, in pieces", { highWaterMark: 1500, chunking: 700 }],
  ["compressed", { compression: { threshold: 0 } }],
  ["compressed with context, in pieces", { compression: { contextTakeover: true }, chunking: 333 }],
];

for (const [what, options] of WAYS) {
  test(`connectionPair() keeps the order and every byte both ways: ${what}`, () =>
    withPair(options, async ({ client, server }) => {
      for (const [from, to] of [
        [client, server],
        [server, client],
      ]) {
        const writing = (async () => {
          for (const message of MESSAGES) await from.write(message);
        })();
        for (const due of MESSAGES) assert.equal(await to.read(), due);
        await writing;
      }
      assert.is((await client.close()).wasClean, true);
    }));
}

test("connectionPair() puts sound frames on the wire, also in slices", () =>
  withPair({ highWaterMark: 1000 }, async ({ client, server, wire }) => {
    void server.write(new Uint8Array(100_000).fill(5));
    void server.write("behind it");
    await client.read();
    await client.read();
    const reader = new FrameReader();
    const sent = wire.sent("server");
    const first = reader.read(sent);
    assert.is(first?.payload.length, 100_000);
    const second = reader.read(sent.subarray(first?.size));
    assert.is(hex(second?.payload ?? new Uint8Array(0)), hex(utf8("behind it")));
  }));

test("connectionPair() answers pings with the latency of the fake clock", async () => {
  const clock = new FakeClock();
  const { client, server } = connectionPair({ clock, latency: 30 });
  const latencies = Promise.all([client.ping(), server.ping()]);
  await clock.advance(59);
  assert.is(server.stats().received.bytes, 10); // the ping; the pong is on its way
  await clock.advance(1);
  assert.equal(await latencies, [60, 60]);
});

/** What no option may be. */
const REFUSED: readonly (readonly [options: object, error: RegExp])[] = [
  [{ latency: -1 }, /Cannot connect: latency is -1, must be a number of ms >= 0/],
  [{ latency: Number.NaN }, /latency is NaN/],
  [{ chunking: 0 }, /chunking is 0, must be an integer above 0/],
  [{ chunking: 1.5 }, /chunking is 1.5/],
  [{ highWaterMark: 0 }, /highWaterMark is 0/],
  [{ limits: { messageSizeMin: 1 } }, /Cannot set limit: found "messageSizeMin"/],
  [{ keepalive: { interval: 0 } }, /Cannot keep alive/],
  [{ compression: { level: 10 } }, /Cannot compress: level is 10/],
];

for (const [options, error] of REFUSED) {
  test(`connectionPair() refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => connectionPair(options), error);
  });
}

test("connectionPair() cuts both ends when it is disposed of", async () => {
  const pair = connectionPair();
  const reading = rejects(pair.server.read());
  await withTimeout(pair[Symbol.asyncDispose](), "the pair to end");
  assert.match((await reading).message, /1006/);
  assert.is((await pair.client.closed).code, 1006);
});

test.run();
