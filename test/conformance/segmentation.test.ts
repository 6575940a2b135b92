// TCP is a stream: where it is cut means nothing (§6.2).

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";
import { CLOSING } from "./closing_scripts.ts";
import { CONTROL_FRAMES } from "./control_frame_scripts.ts";
import { FRAGMENTATION } from "./fragmentation_scripts.ts";
import { FRAMING } from "./framing_scripts.ts";
import { play } from "./script.ts";
import type { Script } from "./script.ts";
import { UTF8 } from "./utf8_scripts.ts";

const test = suite("conformance/segmentation");

const TABLES: readonly (readonly [name: string, scripts: readonly Script[]])[] = [
  ["framing", FRAMING],
  ["fragmentation", FRAGMENTATION],
  ["control frames", CONTROL_FRAMES],
  ["closing", CLOSING],
  ["UTF-8", UTF8],
];

for (const [name, scripts] of TABLES) {
  test(`B43 every script of ${name} is the same byte by byte`, async () => {
    await using server = await TestServer.start();
    for (const script of scripts) await play(server, script, "byte by byte");
  });
}

/** Each kind of thing once: a split message with a ping in it, a long frame, the end. */
const MIXED: readonly Uint8Array[] = [
  frame("01", "Hel", "37fa213d"),
  frame("89", "ping", "01020304"),
  frame("80", "lo", "fffefdfc"),
  frame("82", new Uint8Array(130), "a0b0c0d0"),
  closeFrame(1000, "bye"),
];
const ANSWER = ["pong 70696e67", "text Hello", `binary ${"00".repeat(130)}`, "close 1000", "FIN"];

test("B43 a conversation is the same wherever it is cut in two", async () => {
  await using server = await TestServer.start();
  const wire = concat(...MIXED);
  for (let cut = 0; cut <= wire.length; cut++) {
    await using client = await server.open();
    await client.sendChopped(wire.subarray(0, cut), wire.length);
    client.send(wire.subarray(cut));
    assert.equal(await client.transcript(), ANSWER, `cut at ${cut}`);
  }
});

for (const size of [2, 3, 7, 64, 125, 126, 1460]) {
  test(`B43 a conversation is the same in segments of ${size} bytes`, async () => {
    await using server = await TestServer.start();
    await using client = await server.open();
    await client.sendChopped(concat(...MIXED), size);
    assert.equal(await client.transcript(), ANSWER);
  });
}

test("B44 two hundred messages in one segment are two hundred messages", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  const messages = Array.from({ length: 200 }, (_, index) => `message ${index}`);
  client.send(...messages.map((message) => frame("81", message)), closeFrame(1000));
  const answer = messages.map((message) => `text ${message}`);
  assert.equal(await client.transcript(), [...answer, "close 1000", "FIN"]);
});

test("S37 B43 handshake and message in one segment, or cut in two anywhere", async () => {
  await using server = await TestServer.start();
  const wire = concat(handshake(), bytes("81 85 37fa213d 7f9f4d5158"), closeFrame(1000));
  for (let cut = 0; cut <= wire.length; cut++) {
    await using client = await server.connect();
    await client.sendChopped(wire.subarray(0, cut), wire.length);
    client.send(wire.subarray(cut));
    assert.is((await client.readHead()).status, 101, `cut at ${cut}`);
    assert.equal(await client.transcript(), ["text Hello", "close 1000", "FIN"], `cut at ${cut}`);
  }
});

test("S37 handshake and conversation byte by byte", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.sendChopped(concat(handshake(), ...MIXED), 1);
  assert.is((await client.readHead()).status, 101);
  assert.equal(await client.transcript(), ANSWER);
});

test.run();
