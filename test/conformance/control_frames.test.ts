// Ping and pong: §5.5.2, §5.5.3.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hex } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import type { RawClient } from "../support/raw_client.ts";
import { hold, TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { CONTROL_FRAMES } from "./control_frame_scripts.ts";
import { testScripts } from "./script.ts";

const test = suite("conformance/control_frames");

testScripts(test, CONTROL_FRAMES);

const SOON_MS = 50;

/** Milliseconds until the answer of the fastest of five pings: one may meet a busy machine. */
async function pongTime(client: RawClient): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const start = performance.now();
    client.send(frame("89", "now"));
    assert.is(await client.readEvent(), "pong 6e6f77");
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

test("B32 a ping is answered at once though nobody reads", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  client.send(frame("81", "unread"), frame("82", "unread"));
  assert.ok((await pongTime(client)) < SOON_MS);
});

test("B32 a ping is answered at once in the middle of 16 MiB", async () => {
  const mebibyte = new Uint8Array(1024 * 1024);
  const limits = { messageSizeMax: 64 * 1024 * 1024 };
  await using server = await TestServer.start({ upgrade: { limits } });
  await using client = await server.open();
  client.send(frame("02", mebibyte));
  for (let sent = 1; sent < 8; sent++) client.send(frame("00", mebibyte));
  assert.ok((await pongTime(client)) < 10 * SOON_MS); // behind the 8 MiB that came before it
  for (let sent = 8; sent < 15; sent++) client.send(frame("00", mebibyte));
  client.send(frame("80", mebibyte));
  const { opcode, payload } = await client.readFrame();
  assert.equal([opcode, payload.length], [2, 16 * 1024 * 1024]);
});

const PINGS = 100_000;
const PONGS_PENDING_MAX = 16;

test("B34 pings that we cannot answer are answered by the newest few", async () => {
  const seen = new Deferred();
  const run = async (connection: Connection): Promise<void> => {
    void connection.write(new Uint8Array(32 * 1024 * 1024)); // more than all kernel buffers hold
    await connection.read(); // comes behind the pings
    seen.resolve();
    await connection.closed;
  };
  await using server = await TestServer.start({ run });
  await using client = await server.open();
  client.pause();
  const pings = Array.from({ length: PINGS }, (_, index) => frame("89", String(index + 1)));
  client.send(Buffer.concat(pings), frame("81", "done"));
  await withTimeout(seen.promise, "the server to read all pings");
  client.resume();
  assert.is((await client.readFrame()).opcode, 2);
  client.send(closeFrame(1000));
  const pongs = await client.transcript();
  assert.equal(pongs.splice(-2), ["close 1000", "FIN"]);
  assert.ok(pongs.length <= PONGS_PENDING_MAX, `${pongs.length} pongs`);
  assert.is(pongs.at(-1), `pong ${Buffer.from(String(PINGS)).toString("hex")}`);
});

test("B35 a hundred thousand pongs that nobody asked for bring nothing", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const pongs = new Array<Uint8Array>(100_000).fill(frame("8a", "no answer"));
  client.send(Buffer.concat(pongs), frame("89", "end"));
  assert.is(await client.readEvent(), "pong 656e64");
  assert.is(server.connection.stats().inbox.messages, 0);
});

test("B35 our ping is settled by its own pong, and by none that it did not ask for", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const latency = server.connection.ping();
  const ping = await client.readFrame();
  assert.is(ping.opcode, 9);
  let isSettled = false;
  void latency.then(() => (isSettled = true));
  client.send(frame("8a", "unsolicited"), frame("8a", "\0\0\0\0"), frame("89", "behind"));
  assert.is(await client.readEvent(), "pong 626568696e64");
  assert.is(isSettled, false);
  client.send(frame("8a", ping.payload));
  assert.type(await withTimeout(latency, "the latency"), "number");
});

test("B34 a pong to the newest of our pings settles those before it, too", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const latencies = [server.connection.ping(), server.connection.ping()];
  const [first, second] = [await client.readFrame(), await client.readFrame()];
  assert.is.not(hex(first.payload), hex(second.payload));
  client.send(frame("8a", second.payload));
  await withTimeout(Promise.all(latencies), "both latencies");
});

test("B59 A61 a peer that answers no ping is cut off, and that is 1006", async () => {
  const keepalive = { interval: 20, timeout: 20 };
  await using server = await TestServer.start({ run: hold, upgrade: { keepalive } });
  await using client = await server.open();
  assert.is((await client.readFrame()).opcode, 9);
  const { code, wasClean, received } = await withTimeout(server.connection.closed, "the end");
  assert.equal([code, wasClean, received], [1006, false, null]);
});

test("A61 any byte is a sign of life", async () => {
  const keepalive = { interval: 20, timeout: 200 };
  await using server = await TestServer.start({ run: hold, upgrade: { keepalive } });
  await using client = await server.open();
  for (let round = 0; round < 3; round++) {
    assert.is((await client.readFrame()).opcode, 9, "a ping comes, for the last was answered");
    client.send(frame("81", "here"));
  }
});

test("A61 each silence brings a ping, however long its answer may take", async () => {
  const keepalive = { interval: 20, timeout: 3000 };
  await using server = await TestServer.start({ run: hold, upgrade: { keepalive } });
  await using client = await server.open();
  for (let round = 0; round < 3; round++) {
    const { opcode, payload } = await client.readFrame(1000);
    assert.is(opcode, 9);
    client.send(frame("8a", payload));
  }
});

test.run();
