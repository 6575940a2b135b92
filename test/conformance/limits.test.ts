// Bounds of messages: §10.4. What passes them is refused on its header, before its payload.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import { hold, TestServer } from "../support/server.ts";
import { until } from "../support/with_timeout.ts";
import { play } from "./script.ts";
import type { Script } from "./script.ts";

const test = suite("conformance/limits");

const LIMIT = 1000;
const TOO_BIG = ["close 1009"];
const FULL = new Uint8Array(LIMIT).fill(0x61);
const MEBIBYTE = 1024 * 1024;

/** Against a server that takes messages of up to 1,000 bytes. */
const SCRIPTS: readonly Script[] = [
  ["B56 a message of the limit", [frame("81", FULL)], [describe(1, FULL)]],
  ["B56 a binary message of the limit", [frame("82", FULL)], [describe(2, FULL)]],
  ["B56 fragments that sum up to the limit", [frame("02", FULL), frame("80")], [describe(2, FULL)]],
  ["B56 a text of one byte more", [frameHeader("81", LIMIT + 1)], TOO_BIG],
  ["B56 a binary of one byte more", [frameHeader("82", LIMIT + 1)], TOO_BIG],
  ["B56 a fragment of one byte more", [frameHeader("02", LIMIT + 1)], TOO_BIG],
  [
    "B56 a message of the limit, then one of one byte more",
    [frame("82", FULL), frameHeader("82", LIMIT + 1)],
    [describe(2, FULL), ...TOO_BIG],
  ],
  ["B56 A36 one byte more in a fragment", [frame("02", FULL), frameHeader("00", 1)], TOO_BIG],
  [
    "B56 A36 the sum of two fragments is more",
    [frame("01", "a".repeat(600)), frameHeader("80", 401)],
    TOO_BIG,
  ],
  [
    "B56 a limit counts one message, not all of them",
    [frame("82", FULL), frame("82", FULL), frame("82", FULL)],
    [describe(2, FULL), describe(2, FULL), describe(2, FULL)],
  ],
  [
    "B56 a ping in a message is not counted",
    [frame("02", FULL), frame("89", "p".repeat(125)), frame("80")],
    [`pong ${"70".repeat(125)}`, describe(2, FULL)],
  ],
  ["A30 a reserved opcode with a huge length", ["83 ff 00ffffffffffffff 00000000"], ["close 1002"]],
];

for (const script of SCRIPTS) {
  test(script[0], async () => {
    const limits = { messageSizeMax: LIMIT };
    await using server = await TestServer.start({ upgrade: { limits } });
    await play(server, script);
  });
}

/** Lengths around those where a number loses its last bits or its sign, in hex. */
const HUGE: readonly (readonly [what: string, length: string, code: number])[] = [
  ["2^31-1", "000000007fffffff", 1009],
  ["2^31", "0000000080000000", 1009],
  ["2^32-1", "00000000ffffffff", 1009],
  ["2^32", "0000000100000000", 1009],
  ["2^32+1", "0000000100000001", 1009],
  ["2^53-1", "001fffffffffffff", 1009],
  ["2^53", "0020000000000000", 1009],
  ["2^53+1", "0020000000000001", 1009],
  ["2^63-1", "7fffffffffffffff", 1009],
  ["2^63", "8000000000000000", 1002],
  ["2^64-1", "ffffffffffffffff", 1002],
];

for (const [what, length, code] of HUGE) {
  test(`B07 B56 A31 a length of ${what}: ${code} before any payload`, async () => {
    await using server = await TestServer.start();
    await using client = await server.open();
    client.send(`82 ff ${length} 00000000`);
    assert.equal(await client.transcript(1000), [`close ${code}`, "FIN"]);
  });

  test(`B07 B56 A31 a length of ${what} behind a fragment of 1 byte: ${code}`, async () => {
    await using server = await TestServer.start();
    await using client = await server.open();
    client.send(frame("02", "x"), `80 ff ${length} 00000000`);
    assert.equal(await client.transcript(1000), [`close ${code}`, "FIN"]);
  });
}

test("B56 the limit is 1 MiB when nothing is said, and its both sides hold", async () => {
  await using server = await TestServer.start();
  const payload = new Uint8Array(MEBIBYTE).fill(0x7a);
  await play(server, ["1 MiB", [frame("82", payload)], [describe(2, payload)]]);
  await play(server, ["1 MiB and 1", [frameHeader("82", MEBIBYTE + 1)], TOO_BIG]);
});

test("B56 the limit is of bytes on the wire, not of characters", async () => {
  const limits = { messageSizeMax: 10 };
  await using server = await TestServer.start({ upgrade: { limits } });
  await play(server, ["5 characters of 2 bytes", [frame("81", "κόσμε")], ["text κόσμε"]]);
  await play(server, ["6 of them", [frame("81", "κόσμεε")], TOO_BIG]);
});

test("B56 A34 a million fragments of 1 byte fail at the limit, not before", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  const fragment = frame("00", "a");
  const most = concat(frame("01", "a"), Buffer.concat(new Array(MEBIBYTE - 1).fill(fragment)));
  client.send(most, frame("89", "still here"));
  assert.is(await client.readEvent(), `pong ${hex(utf8("still here"))}`);
  client.send(fragment);
  assert.equal(await client.transcript(), ["close 1009", "FIN"]);
});

test("B56 A35 empty fragments without end fail too", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  const fragments = Buffer.concat(new Array(100_000).fill(frame("00")));
  client.send(frame("01"), fragments);
  const [line] = await client.transcript();
  assert.ok(line === "close 1009" || line === "close 1008", line);
});

test("A33 1 MiB in segments of 64 bytes is one message", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  const payload = Uint8Array.from({ length: MEBIBYTE }, (_, index) => (index * 31) & 0xff);
  await client.sendChopped(frame("82", payload, "37fa213d"), 64);
  assert.is(await client.readEvent(), describe(2, payload));
});

test("B56 A66 who does not read is sent no more than a few MiB, and loses none of it", async () => {
  const messages = 100;
  const payload = new Uint8Array(256 * 1024);
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  for (let sent = 0; sent < messages; sent++) client.send(frame("82", payload));
  const { connection } = server;
  await until(() => connection.stats().paused, "the server to stop reading");
  assert.ok(connection.stats().inbox.size < 2 * MEBIBYTE, `${connection.stats().inbox.size} bytes`);
  for (let read = 0; read < messages; read++) {
    const message = await connection.read();
    assert.is(message.length, payload.length);
  }
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
});

test("B56 A67 who does not read is charged for each of many small messages", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const messages = Buffer.concat(new Array(200_000).fill(frame("81", "x")));
  client.send(messages);
  const { connection } = server;
  await until(() => connection.stats().paused, "the server to stop reading");
  const { messages: held } = connection.stats().inbox;
  assert.ok(held <= 1000 + 65536 / bytes("81810000000078").length, `${held} messages`);
  for (let read = 0; read < 200_000; read++) await connection.read();
  client.send(frame("89"));
  assert.is(await client.readEvent(), "pong ");
});

test("A58 a client that does not read makes write() wait, and gets all when it reads", async () => {
  const messages = 200;
  const payload = new Uint8Array(256 * 1024);
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  client.pause();
  const { connection } = server;
  const written: Promise<void>[] = [];
  let isFull = false;
  while (!isFull) {
    const write = connection.write(payload);
    written.push(write);
    const turn = new Promise((resolve) => setImmediate(resolve, "waits"));
    isFull = (await Promise.race([write, turn])) === "waits";
    assert.ok(written.length < messages, "write() never waits");
  }
  assert.ok(
    connection.stats().outbox.size < 2 * MEBIBYTE,
    `${connection.stats().outbox.size} bytes`,
  );
  assert.is(connection.tryWrite(payload), false);
  client.resume();
  for (const write of written) {
    await write;
    assert.is((await client.readFrame()).payload.length, payload.length);
  }
});

test.run();
