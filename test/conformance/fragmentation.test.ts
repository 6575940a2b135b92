// Fragments and messages: §5.4, §6.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { FRAGMENTATION } from "./fragmentation_scripts.ts";
import { testScripts } from "./script.ts";

const test = suite("conformance/fragmentation");

testScripts(test, FRAGMENTATION);

/** `payload` cut behind each byte whose bit is set in `cuts`. */
function fragments(payload: Uint8Array, cuts: number): Uint8Array {
  const frames: Uint8Array[] = [];
  let start = 0;
  for (let end = 1; end <= payload.length; end++) {
    const isLast = end === payload.length;
    if (!isLast && (cuts & (1 << (end - 1))) === 0) continue;
    const first = `${isLast ? "8" : "0"}${start === 0 ? "1" : "0"}`;
    frames.push(frame(first, payload.subarray(start, end), "c0ffee42"));
    start = end;
  }
  return concat(...frames);
}

test("B19 a message is the same in whatever fragments it comes", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  const payload = utf8("aκ€😀"); // characters of 1, 2, 3 and 4 bytes
  for (let cuts = 0; cuts < 2 ** (payload.length - 1); cuts++) {
    client.send(fragments(payload, cuts));
    assert.is(await client.readEvent(), "text aκ€😀", `cuts ${cuts.toString(2)}`);
  }
});

test("B16 messages that are written at once do not mix on the wire", async () => {
  const large = "abcdefgh".split("").map((letter) => letter.repeat(50_000));
  const run = async (connection: Connection): Promise<void> => {
    await Promise.all(large.map((message) => connection.write(message)));
  };
  await using server = await TestServer.start({ run });
  await using client = await server.open();
  const expected = large.map((message) => describe(1, utf8(message)));
  for (const line of expected) assert.is(await client.readEvent(), line);
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
});

test("B27 a Close while we send a large message comes behind it, not into it", async () => {
  const large = new Uint8Array(8 * 1024 * 1024).fill(0x55);
  const run = async (connection: Connection): Promise<void> => {
    await connection.write(large);
    await connection.closed;
  };
  await using server = await TestServer.start({ run });
  await using client = await server.open();
  client.pause();
  client.send(closeFrame(1000));
  client.resume();
  assert.equal(await client.transcript(), [describe(2, large), "close 1000", "FIN"]);
});

test.run();
