// The cases of public conformance suites: the tables at each pace, and the large messages.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeFrame, frame } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { PUBLIC_SUITE } from "./public_suite_scripts.ts";
import { play } from "./script.ts";
import type { Pace } from "./script.ts";

const test = suite("conformance/public_suite");

const PACES: readonly Pace[] = ["at once", "frame by frame", "byte by byte"];

/** What such suites ask for: 16 MiB, with room to spare. */
const UPGRADE = { limits: { messageSizeMax: 64 * 1024 * 1024 } };

for (const script of PUBLIC_SUITE) {
  test(script[0], async () => {
    await using server = await TestServer.start({ upgrade: UPGRADE });
    for (const pace of PACES) await play(server, script, pace);
  });
}

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** Characters that differ from place to place, so that none can be lost or moved unseen. */
function payloadOf(size: number): Uint8Array {
  const payload = new Uint8Array(size);
  for (let at = 0; at < size; at++) payload[at] = 0x20 + ((at * 7 + (at >> 8)) % 95);
  return payload;
}

const TYPES = [
  [1, "text"],
  [2, "binary"],
] as const;

for (const [opcode, type] of TYPES) {
  for (const size of [64 * KIBIBYTE, MEBIBYTE, 4 * MEBIBYTE, 16 * MEBIBYTE]) {
    test(`9.${opcode} ${size / KIBIBYTE} KiB of ${type} in one frame`, async () => {
      const payload = payloadOf(size);
      await using server = await TestServer.start({ upgrade: UPGRADE });
      const wire = frame(`8${opcode}`, payload, "37fa213d");
      await play(server, ["", [wire], [describe(opcode, payload)]]);
    });
  }

  for (const size of [64, 1024, 64 * KIBIBYTE, 4 * MEBIBYTE]) {
    const fragments = (4 * MEBIBYTE) / size;
    test(`9.${opcode + 2} 4 MiB of ${type} in ${fragments} fragments`, async () => {
      const payload = payloadOf(4 * MEBIBYTE);
      const frames: Uint8Array[] = [];
      for (let at = 0; at < payload.length; at += size) {
        const fin = at + size === payload.length ? "8" : "0";
        frames.push(frame(`${fin}${at === 0 ? opcode : 0}`, payload.subarray(at, at + size)));
      }
      await using server = await TestServer.start({ upgrade: UPGRADE });
      await play(server, ["", [Buffer.concat(frames)], [describe(opcode, payload)]]);
    });
  }

  for (const size of [64, 512, 2048]) {
    test(`9.${opcode + 4} 1 MiB of ${type} in segments of ${size} bytes`, async () => {
      const payload = payloadOf(MEBIBYTE);
      await using server = await TestServer.start({ upgrade: UPGRADE });
      await using client = await server.open();
      await client.sendChopped(frame(`8${opcode}`, payload, "37fa213d"), size);
      client.send(closeFrame(1000));
      assert.equal(await client.transcript(), [describe(opcode, payload), "close 1000", "FIN"]);
    });
  }

  for (const size of [0, 16, 64, 256, 1024, 4096]) {
    test(`9.${opcode + 6} a thousand times ${size} bytes of ${type} and back`, async () => {
      const payload = payloadOf(size);
      await using server = await TestServer.start({ upgrade: UPGRADE });
      await using client = await server.open();
      for (let round = 0; round < 1000; round++) {
        client.send(frame(`8${opcode}`, payload));
        assert.is(await client.readEvent(), describe(opcode, payload));
      }
      client.send(closeFrame(1000));
      assert.equal(await client.transcript(), ["close 1000", "FIN"]);
    });
  }
}

test("10.1.1 64 KiB of text in fragments of 1300 bytes", async () => {
  const payload = payloadOf(65536);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += 1300) {
    const fin = at + 1300 >= payload.length ? "8" : "0";
    frames.push(frame(`${fin}${at === 0 ? 1 : 0}`, payload.subarray(at, at + 1300)));
  }
  await using server = await TestServer.start({ upgrade: UPGRADE });
  for (const pace of PACES) await play(server, ["", frames, [describe(1, payload)]], pace);
});

test.run();
