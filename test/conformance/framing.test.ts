// Base framing: §5.1 to §5.3.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { FRAMING } from "./framing_scripts.ts";
import { testScripts } from "./script.ts";

const test = suite("conformance/framing");

testScripts(test, FRAMING);

/** What must be refused as soon as it is seen, and nothing else is sent. */
const AT_ONCE: readonly (readonly [what: string, wire: string])[] = [
  ["B05 A30 opcode 3 fails on its first byte", "83"],
  ["B05 A30 opcode 15 fails on its first byte", "0f"],
  ["B05 opcode 3 fails on its first 2 bytes", "83 ff"],
  ["B05 opcode 11 fails on its first 2 bytes", "8b 80"],
  ["B05 opcode 7 with a huge length fails on its first 2 bytes", "07 ff"],
  ["B04 RSV1 fails on its first 2 bytes", "c1 85"],
  ["B01 an unmasked frame fails on its first 2 bytes", "82 7f"],
  ["B14 a ping with FIN 0 fails on its first 2 bytes", "09 85"],
  ["B17 a continuation of nothing fails before its payload", "80 85 00000000"],
  ["B21 a ping of more than 125 bytes fails on its first 2 bytes", "89 fe"],
  ["B09 125 bytes in 16 bits fail before the key", "81 fe 007d"],
  ["B09 65535 bytes in 64 bits fail before the key", "81 ff 000000000000ffff"],
  ["B07 the top bit of a length fails before the key", "82 ff 8000000000000000"],
];

for (const [what, wire] of AT_ONCE) {
  test(what, async () => {
    await using server = await TestServer.start();
    await using client = await server.open();
    client.send(wire);
    assert.equal(await client.transcript(1000), ["close 1002", "FIN"]);
  });
}

test("B02 B03 no frame of the server is masked or has RSV: they are these bytes", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(frame("81", "Hello"), frame("82", bytes("00ff")));
  assert.is(hex(await client.readBytes(11)), `8105${hex(utf8("Hello"))}820200ff`);
  client.send(frame("89", "p"), closeFrame(1000));
  assert.is(hex(await client.readBytes(7)), "8a0170880203e8");
  await client.fin();
});

/** The header of a message at each length where its form changes. */
const HEADERS: readonly (readonly [length: number, header: string])[] = [
  [0, "8200"],
  [125, "827d"],
  [126, "827e007e"],
  [127, "827e007f"],
  [65535, "827effff"],
  [65536, "827f0000000000010000"],
  [65537, "827f0000000000010001"],
];

for (const [length, header] of HEADERS) {
  test(`B02 B03 B08 the server sends ${length} bytes behind the shortest header`, async () => {
    const run = async (connection: Connection): Promise<void> => {
      await connection.write(utf8("a".repeat(length)));
      await connection.write("a".repeat(length));
    };
    await using server = await TestServer.start({ run });
    await using client = await server.open();
    for (const expected of [header, `81${header.slice(2)}`]) {
      assert.is(hex(await client.readBytes(header.length / 2)), expected);
      assert.is(hex(await client.readBytes(length)), "61".repeat(length));
    }
    assert.is(hex(await client.readBytes(4)), "880203e8");
  });
}

const LONGEST = 1100;

/** The key of §5.7, which is turned so that each of its bytes comes first once. */
const KEY = bytes("37fa213d");

test(`B10 payloads of 0 to ${LONGEST} bytes are unmasked, wherever the key begins`, async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  const payloads: Uint8Array[] = [];
  for (let length = 0; length <= LONGEST; length++) {
    payloads.push(Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff));
  }
  for (let phase = 0; phase < 4; phase++) {
    const key = hex(concat(KEY.subarray(phase), KEY.subarray(0, phase)));
    const echoes = (async () => {
      for (const payload of payloads) {
        const { payload: echo } = await client.readFrame();
        if (hex(echo) !== hex(payload)) assert.unreachable(`${payload.length} bytes, key ${key}`);
      }
    })();
    for (const payload of payloads) client.send(frame("82", payload, key));
    await echoes;
  }
});

test("B10 payloads are unmasked wherever TCP cuts them", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  for (let length = 0; length <= 40; length++) {
    const payload = Uint8Array.from({ length }, (_, index) => index + 1);
    const wire = frame("82", payload, "37fa213d");
    for (let cut = 1; cut < wire.length; cut++) {
      await client.sendChopped(wire, cut);
      assert.is(hex((await client.readFrame()).payload), hex(payload), `${length} cut at ${cut}`);
    }
  }
});

test("B42 a string is sent as text and bytes as binary", async () => {
  const large = "κ".repeat(50_000);
  const run = async (connection: Connection): Promise<void> => {
    await connection.write("κ");
    await connection.write(utf8("κ"));
    await connection.write("");
    await connection.write(new Uint8Array(0));
    await connection.write(large);
    await connection.write(utf8(large));
  };
  await using server = await TestServer.start({ run });
  await using client = await server.open();
  assert.is(hex(await client.readBytes(12)), "8102ceba8202ceba81008200");
  for (const opcode of [1, 2]) {
    const frame = await client.readFrame();
    assert.equal([frame.fin, frame.opcode, hex(frame.payload)], [true, opcode, hex(utf8(large))]);
  }
});

test.run();
