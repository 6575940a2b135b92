// Text is UTF-8, and what is not fails the connection when it comes: §5.6, §8.1.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { INVALID } from "../../src/conformance/text_cases.ts";
import { bytes, hex } from "../support/bytes.ts";
import { frame, frameHeader } from "../support/frame.ts";
import { TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { testScripts } from "./script.ts";
import { UTF8 } from "./utf8_scripts.ts";

const test = suite("conformance/utf8");

testScripts(test, UTF8);

for (const [what, good, bad] of INVALID) {
  test(`B37 fails at the bad byte and not before it: ${what}`, async () => {
    await using server = await TestServer.start();
    await using client = await server.open();
    client.send(frame("01", bytes(good)), frame("89", "fine"));
    assert.is(await client.readEvent(), "pong 66696e65");
    client.send(frame("00", bytes(bad)));
    assert.equal(await client.transcript(1000), ["close 1007", "FIN"]);
  });

  test(`B37 fails before the frame has ended: ${what}`, async () => {
    await using server = await TestServer.start();
    await using client = await server.open();
    client.send(frameHeader("81", 1000), bytes(good + bad));
    assert.equal(await client.transcript(1000), ["close 1007", "FIN"]);
    assert.equal(server.messages, []);
  });
}

test("B37 fails at the bad byte behind 500,000 good ones", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(frameHeader("81", 1_000_000), Buffer.from("κ".repeat(250_000)), bytes("ff"));
  assert.equal(await client.transcript(1000), ["close 1007", "FIN"]);
});

test("B39 a byte order mark is kept, wherever it is", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(frame("81", bytes("efbbbf 41 efbbbf")), frame("01", bytes("ef")));
  client.send(frame("00", bytes("bb")), frame("80", bytes("bf")));
  assert.is(hex((await client.readFrame()).payload), "efbbbf41efbbbf");
  assert.is(hex((await client.readFrame()).payload), "efbbbf");
  assert.equal(server.messages, ["\uFEFFA\uFEFF", "\uFEFF"]);
});

test("B36 A46 a lone surrogate of ours is sent as U+FFFD", async () => {
  const run = async (connection: Connection): Promise<void> => {
    await connection.write("\uD800a\uDC00");
    await connection.write(`${"x".repeat(200)}\uD83D`);
  };
  await using server = await TestServer.start({ run });
  await using client = await server.open();
  assert.is(hex((await client.readFrame()).payload), "efbfbd61efbfbd");
  assert.ok(hex((await client.readFrame()).payload).endsWith("78efbfbd"));
});

test("bytes that are read are a Uint8Array and no Buffer", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(frame("82", bytes("00ff80")));
  await client.readFrame();
  assert.is(Object.getPrototypeOf(server.messages[0]), Uint8Array.prototype);
});

test.run();
