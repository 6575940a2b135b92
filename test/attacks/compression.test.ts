// Attacks on compression, A47 to A57: RFC 7692. Each sends its bytes to the same server, is
// answered with a close code, and leaves nothing behind.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flushed } from "../message/compressed.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { describe } from "../support/raw_client.ts";
import { allFail, framesTo, growsBy, OFFERED, repeated, testAttacks } from "./attack.ts";
import type { Act, Attack } from "./attack.ts";
import type { AttackedServer } from "./attacked_server.ts";
import { BOMB, inFragments, KIB, MIB } from "./floods.ts";

const test = suite("attacks/compression");

const OPCODES = ["0", "1", "2", "8", "9", "a"];

const HELLO = bytes("f248cdc9c90700");
const HELLO_LAST = bytes("f348cdc9c9070000"); // with BFINAL

const windowsOf: Act = async (server) => {
  for (const bits of ["0", "7", "16", "99999", "-1", "08", '"8 "', ""]) {
    for (const side of ["server", "client"]) {
      const offer = `permessage-deflate; ${side}_max_window_bits=${bits}`;
      const status = bits === "" || bits === '"8 "' ? 400 : 101;
      const client = await server.connect();
      await opens(client, offer, status);
    }
  }
};

async function opens(
  client: Awaited<ReturnType<AttackedServer["connect"]>>,
  offer: string,
  status: number,
): Promise<void> {
  client.send(handshake({ "Sec-WebSocket-Extensions": offer }, "GET /deflate HTTP/1.1"));
  const head = await client.readHead();
  assert.equal([head.status, head.get("Sec-WebSocket-Extensions")], [status, null], offer);
}

/** Zeros, a thousand times as many as their compressed bytes: from 10 MB to 100 GB. */
const bombs: Act = (server) =>
  growsBy(server, 16 * MIB, async () => {
    const block = concat(flushed(new Uint8Array(10 * MIB)), bytes("0000ffff"));
    for (const size of [10_000, 1_000_000, 10_000_000, 100_000_000]) {
      const bomb = repeated(block, Math.ceil(size / block.length));
      for (const wire of [frame("c2", bomb), inFragments(bomb, KIB), inFragments(bomb, 64 * KIB)]) {
        const client = await server.open("/deflate", OFFERED);
        client.send(wire);
        assert.is(await client.readEvent(), "close 1009", `${size} bytes`);
        client.reset();
      }
    }
  });

/** What connections hold that have compressed: no stream of zlib, some KiB of the past. */
const contexts: Act = (server) =>
  growsBy(server, 100 * 32 * KIB, async () => {
    const text = utf8("0123456789abcdef".repeat(KIB));
    for (let count = 0; count < 100; count++) {
      const client = await server.open("/takeover", OFFERED);
      client.send(frame("c1", flushed(text)));
      assert.is(await client.readEvent(), `* ${describe(1, text)}`);
    }
  });

const compressedByMany: Act = async (server) => {
  const text = utf8("0123456789abcdef".repeat(2 * KIB));
  const clients = [];
  for (let count = 0; count < 100; count++) clients.push(await server.open("/deflate", OFFERED));
  for (const client of clients) client.send(frame("c1", flushed(text)));
  const [gone] = clients.splice(0, 1);
  gone.reset();
  const echo = await server.open();
  echo.send(frame("81", "first"));
  assert.is(await echo.readEvent(), "text first");
  for (const client of clients) assert.is(await client.readEvent(), `* ${describe(1, text)}`);
};

const ATTACKS: readonly Attack[] = [
  [
    "A47 RSV1 that nobody agreed on, on frames of any opcode",
    allFail(OPCODES.flatMap((o) => [[`c${o} 80 00000000`], [`4${o} 80 00000000`]]), 1002),
  ],
  [
    "A47 RSV1 on control frames and continuations, with FIN and without",
    allFail(
      ["c8", "c9", "ca", "48", "49", "4a", "c0", "40"].map((b) => [`${b} 80 00000000`]),
      1002,
      "/deflate",
    ),
  ],
  [
    "A48 a bomb, whole and in fragments of a byte",
    allFail([[frame("c2", BOMB)], [inFragments(BOMB, 1)]], 1009, "/deflate"),
  ],
  ["A48 bombs of 10 KB to 100 MB, whole and in fragments", bombs],
  [
    "A49 a bomb with garbage behind it",
    allFail([[frame("c2", concat(BOMB, bytes("0000ffffffffffff")))]], 1009, "/takeover"),
  ],
  [
    "A50 noise for DEFLATE",
    allFail([[frame("c2", bytes("8c1f03d5a7e9b26470"))]], 1007, "/deflate"),
  ],
  [
    "A51 behind a last block the next message",
    framesTo(
      "/deflate",
      [frame("c1", HELLO_LAST), frame("c1", HELLO), "83"],
      "text Hello",
      "text Hello",
      "close 1002",
    ),
  ],
  ["A52 windows of other sizes than 2^8 to 2^15", windowsOf],
  ["A53 100 connections that keep what they have inflated", contexts],
  ["A54 100 clients send compressed messages at once", compressedByMany],
  [
    "A55 short messages are not compressed",
    framesTo(
      "/deflate",
      [frame("81", "x"), frame("81", "a".repeat(100)), "83"],
      "text x",
      `text ${"a".repeat(100)}`,
      "close 1002",
    ),
  ],
  [
    "A56 a secret is sent as it is, where the application says so",
    framesTo(
      "/secret",
      [closeFrame(1000)],
      describe(1, utf8("secret".repeat(1000))),
      `* ${describe(1, utf8("secret".repeat(1000)))}`,
      "close 1000",
    ),
  ],
  [
    "A57 behind a message that was refused nothing is read",
    async (server) => {
      const client = await server.open("/takeover", OFFERED);
      client.send(frame("c2", BOMB), frame("81", "after"), frame("89"), closeFrame(1000));
      assert.equal(await client.transcript(), ["close 1009", "FIN"]);
    },
  ],
];

testAttacks(test, ATTACKS);

test.run();
