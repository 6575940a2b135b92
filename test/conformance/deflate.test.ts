// permessage-deflate on the wire: RFC 7692. D01 and so on are its clauses, A47 and so on attacks.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { constants, deflateRawSync } from "node:zlib";
import type { CompressionOptions } from "../../src/mod.ts";
import { Chance, memoryInUse } from "../frame/support.ts";
import { FAR_BACK, flushed, jsonBytes, TAIL } from "../message/compressed.ts";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { describe, RawClient } from "../support/raw_client.ts";
import { hold, TestServer } from "../support/server.ts";
import { DEFLATE, NO_TAKEOVER, NOT_AGREED, TAKEOVER } from "./deflate_scripts.ts";
import { play } from "./script.ts";
import type { Pace, Script } from "./script.ts";

const test = suite("conformance/deflate");

const KIB = 1024;
const MIB = 1024 * KIB;
const OFFER = "permessage-deflate; client_max_window_bits";
const OFFERED = { "Sec-WebSocket-Extensions": OFFER };
const PACES: readonly Pace[] = ["at once", "frame by frame", "byte by byte"];

/** Sends `wire` behind a handshake with an offer, and asserts what comes back. */
function answers(server: TestServer, wire: Uint8Array, ...answer: string[]): Promise<void> {
  return play(server, ["", [wire], answer], "at once", OFFERED);
}

type Mode = boolean | CompressionOptions;

function start(compression: Mode, messageSizeMax: number = MIB): Promise<TestServer> {
  return TestServer.start({ upgrade: { compression, limits: { messageSizeMax } } });
}

const TABLES: readonly (readonly [string, Mode, readonly Script[]])[] = [
  ["nothing is taken over", { threshold: 0 }, [...DEFLATE, ...NO_TAKEOVER]],
  ["both take over", { threshold: 0, contextTakeover: true }, [...DEFLATE, ...TAKEOVER]],
  ["the client does", { threshold: 0, contextTakeover: { client: true } }, TAKEOVER],
  ["the server does", { threshold: 0, contextTakeover: { server: true } }, NO_TAKEOVER],
  ["compression is off", false, NOT_AGREED],
];

for (const [mode, compression, scripts] of TABLES) {
  for (const script of scripts) {
    test(`${script[0]} (${mode})`, async () => {
      await using server = await start(compression);
      for (const pace of PACES) await play(server, script, pace, OFFERED);
      assert.equal(server.errors, []);
    });
  }
}

for (const script of NOT_AGREED) {
  test(`${script[0]} (not offered)`, async () => {
    await using server = await start({ threshold: 0 });
    await play(server, script);
  });
}

test("D34 a reference over 32 KiB is followed where no window was agreed on", async () => {
  const compressed = flushed(FAR_BACK);
  assert.ok(compressed.length < FAR_BACK.length - 900, `${compressed.length} bytes`);
  await using server = await start({ threshold: Infinity });
  await answers(server, frame("c2", compressed), describe(2, FAR_BACK));
});

/** 16 KiB that inflate to 16 MiB of zeros. */
const BOMB = flushed(new Uint8Array(16 * MIB));

/** The bomb, as frames. */
const BOMBS: readonly (readonly [what: string, wire: () => Uint8Array])[] = [
  ["in one frame", () => frame("c2", BOMB)],
  ["in fragments of a byte", () => fragments(BOMB, 1)],
  ["in fragments of 100 bytes", () => fragments(BOMB, 100)],
  ["with garbage behind it (A49)", () => frame("c2", concat(BOMB, TAIL, bytes("ffffffff")))],
  ["in a text", () => frame("c1", BOMB)],
];

function fragments(payload: Uint8Array, size: number): Uint8Array {
  const frames = [frame("42")];
  for (let at = 0; at < payload.length; at += size) {
    frames.push(frame("00", payload.subarray(at, at + size)));
  }
  return concat(...frames, frame("80"));
}

for (const [what, wire] of BOMBS) {
  for (const contextTakeover of [false, true]) {
    const mode = contextTakeover ? "with takeover" : "without";
    test(`A48 D39 16 KiB that would be 16 MiB, ${what}, ${mode}: 1009`, async () => {
      await using server = await start({ contextTakeover });
      const late: unknown[] = [];
      const note = (error: unknown): number => late.push(error);
      process.on("uncaughtException", note);
      try {
        const behind = concat(frame("81", "before"), wire());
        await answers(server, behind, "text before", "close 1009");
        assert.equal(server.messages, ["before", "before"]);
      } finally {
        process.off("uncaughtException", note);
      }
      assert.equal([...late, ...server.errors], []);
    });
  }
}

test("A48 D39 a hundred bombs leave nothing behind", async () => {
  await using server = await start(true);
  const run = async (count: number): Promise<number> => {
    for (let round = 0; round < count; round++) {
      // Not by server.open(), which keeps its clients, and each of them 64 KiB and more.
      await using client = await RawClient.connect(server.port);
      client.send(handshake(OFFERED));
      await client.readHead();
      client.send(frame("c2", BOMB));
      assert.equal(await client.transcript(), ["close 1009", "FIN"]);
    }
    server.connections.length = 0;
    return memoryInUse();
  };
  const before = await run(20);
  const grown = (await run(100)) - before;
  assert.ok(grown < MIB, `${Math.round(grown / KIB)} KiB`);
});

test("D39 a message of exactly the limit, and of one byte more, however it shrinks", async () => {
  const chance = new Chance(39);
  for (const text of [new Uint8Array(5001), chance.bytes(5001), jsonBytes(chance, 5001)]) {
    for (const level of [0, 1, 9]) {
      const finishFlush = constants.Z_SYNC_FLUSH;
      const compressed = (size: number): Uint8Array => {
        const flushed = deflateRawSync(text.subarray(0, size), { finishFlush, level });
        return new Uint8Array(flushed.subarray(0, -TAIL.length));
      };
      await using server = await start({ threshold: Infinity }, 5000);
      for (const wire of [frame("c2", compressed(5000)), fragments(compressed(5000), 999)]) {
        await answers(server, wire, describe(2, text.subarray(0, 5000)));
      }
      await answers(server, frame("c2", compressed(5001)), "close 1009");
    }
  }
});

test("D39 a header that announces more than any message is compressed to is enough", async () => {
  await using server = await start(true, 8000);
  await answers(server, frameHeader("c2", 9065), "close 1009");
  await answers(server, frameHeader("82", 8001), "close 1009");
});

test("A57 behind a message that was refused the connection ends, whatever was wrong", async () => {
  const noText = flushed(bytes("ff"));
  for (const bad of [frame("c2", BOMB), frame("c2", bytes("ffffffff")), frame("c1", noText)]) {
    await using server = await TestServer.start({
      upgrade: { compression: { contextTakeover: true } },
      run: hold,
    });
    await using client = await server.open(OFFERED);
    client.send(bad, frame("c1", flushed(bytes("61"))), closeFrame(1000));
    const [close, ...rest] = await client.transcript();
    assert.match(close, /^close 10(07|09)$/);
    assert.equal(rest, ["FIN"]);
    assert.is(server.connection.stats().received.messages, 0);
    assert.not((await server.connection.closed).wasClean);
  }
});

test.run();
