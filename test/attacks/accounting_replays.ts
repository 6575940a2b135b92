// Replays of what has filled memory elsewhere, or taken all of the processor. Their common root: a
// limit counted the wrong thing.

import * as assert from "uvu/assert";
import { dial } from "../../src/client/dial.ts";
import { bytes, concat } from "../support/bytes.ts";
import { FakeServer } from "../support/fake_server.ts";
import { frame, frameHeader } from "../support/frame.ts";
import { handshake, latin1, request } from "../support/handshake.ts";
import type { RawClient } from "../support/raw_client.ts";
import { rejects } from "../support/rejects.ts";
import { allFail, frames, framesTo, growsBy, refused, repeated, sentOrStuck } from "./attack.ts";
import type { Act } from "./attack.ts";
import { announced, BOMB, endlessFragments, heldOnce, inFragments, KIB, MIB } from "./floods.ts";
import { unread, unreadPongs, unsolicitedPongs } from "./floods.ts";
import { replays } from "./replay.ts";
import type { Replay } from "./replay.ts";

const tooLong = frames([frameHeader("82", MIB + 1)], "close 1009");
const bomb = framesTo("/deflate", [frame("c2", BOMB)], "close 1009");
const bombInFragments = framesTo("/deflate", [inFragments(BOMB, 100)], "close 1009");
const emptyFragments = frames([frame("01"), repeated(frame("00"), 20_000)], "close 1009");

/** Bombs behind each other in one message, of 128 MiB. */
const BOMBS = concat(repeated(concat(BOMB, bytes("0000ffff")), 7), BOMB);

/** What is resident must not show that it would be so much. */
const bombIsNotInflated: Act = async (server) => {
  const { residentMax } = await server.census();
  await framesTo("/deflate", [frame("c2", BOMBS)], "close 1009")(server);
  const grown = (await server.census()).residentMax - residentMax;
  assert.ok(grown < 48 * MIB, `${grown} bytes were resident`);
};

const tinyFragments = concat(frame("01", "a"), repeated(frame("00", "a"), 300_000));
const fragments = heldOnce(tinyFragments, MIB, 64 * KIB);

/** A hundred clients whose frames come byte by byte, each byte by itself. */
const tinyReads: Act = async (server) => {
  const steady = await server.open();
  const clients: RawClient[] = [];
  for (let count = 0; count < 100; count++) clients.push(await server.open());
  const wire = frame("82", new Uint8Array(1000));
  await growsBy(server, 1.5 * MIB, async () => {
    for (let at = 0; at < 300; at++) {
      for (const client of clients) client.send(wire.subarray(at, at + 1));
      steady.send(frame("89"));
      assert.is(await steady.readEvent(), "pong ");
    }
  });
};

/** A head without end: in long lines, or in many. */
function endlessHead(line: string): Act {
  return async (server) => {
    const client = await server.connect();
    client.send(
      handshake().subarray(0, -2),
      latin1(line.repeat(Math.ceil((64 * KIB) / line.length))),
    );
    assert.is((await client.readHead()).status, 431);
    await client.readToFin();
  };
}

/** Many that are reset while the handler thinks leave room for others. */
const aborted: Act = async (server) => {
  for (let count = 0; count < 60; count++) {
    const client = await server.connect();
    client.send(handshake({}, "GET /stuck HTTP/1.1"));
    await server.sees();
    client.reset();
  }
  await frames(["83"], "close 1002")(server);
};

/** A body that the handler has begun to read, and does not go on with. */
const bodyWaits: Act = async (server) => {
  const client = await server.connect();
  await growsBy(server, 4 * MIB, async () => {
    const size = 32 * MIB;
    client.send(request("POST /unread HTTP/1.1", { Host: "h", "Content-Length": String(size) }));
    client.send(new Uint8Array(size));
    await sentOrStuck(server, client);
  });
  const other = await server.connect();
  other.send(request("GET /release HTTP/1.1"));
  assert.is((await other.readHead()).status, 200);
};

const crowd: Act = async (server) => {
  for (let count = 0; count < 127; count++) await server.open();
  const client = await server.connect();
  client.send(handshake());
  assert.is((await client.readHead()).status, 429);
};

/** Our client stops to read an answer that does not end. */
const endlessAnswer: Act = async () => {
  await using server = await FakeServer.start((socket) => {
    socket.write(`HTTP/1.1 101 X\r\n${"X-More: and more\r\n".repeat(10_000)}`);
  });
  const failed = rejects(dial(`ws://127.0.0.1:${server.port}/`));
  assert.match((await failed).message, /larger than 16384 bytes$/);
};

const wholeOfTheBody = refused(handshake({ "Content-Length": "1000000000" }), 400);

export const ACCOUNTING: readonly Replay[] = replays([
  ["CVE-2014-0193", "Netty", "fragments without end", "messageSize", endlessFragments],
  ["CVE-2016-10542", "ws", "no limit of a message", "messageSize", tooLong],
  ["CVE-2016-10544", "uws", "the limit was of compressed bytes", "inflatedSize", bomb],
  ["CVE-2018-1000518", "websockets", "no limit while inflating", "inflatedSize", bombInFragments],
  ["CVE-2018-12541", "Vert.x", "the body of an upgrade was read whole", "noBody", wholeOfTheBody],
  [
    "CVE-2018-21035",
    "Qt",
    "frames of 2 GiB",
    "messageSize",
    allFail([["82 ff 000000007fffffff 00000000"]], 1009),
  ],
  ["CVE-2021-3690", "Undertow", "each pong was kept", "pongsAreForgotten", unsolicitedPongs],
  [
    "CVE-2022-35922",
    "rust-websocket",
    "what was announced was allocated",
    "announcedSize",
    announced,
  ],
  [
    "CVE-2023-43669",
    "tungstenite",
    "a head of megabytes",
    "headSize",
    endlessHead(`X: ${"x".repeat(60 * KIB)}`),
  ],
  ["CVE-2025-32049", "libsoup", "no limit of a message", "messageSize", tooLong],
  [
    "CVE-2026-0716",
    "libsoup",
    "a read out of bounds, without a limit",
    "messageSize",
    allFail([["82 ff 00000000ffffffff 00000000"]], 1009),
  ],
  ["CVE-2026-15709", "libsoup", "no limit while inflating", "inflatedSize", bomb],
  [
    "CVE-2026-15711",
    "libsoup",
    "a control frame too long",
    "controlSize",
    allFail([[frameHeader("89", 126), new Uint8Array(126)]], 1002),
  ],
  [
    "CVE-2026-1526",
    "undici",
    "inflated beside the heap",
    "inflatedSizeWhileItGrows",
    bombIsNotInflated,
  ],
  ["CVE-2026-9675", "undici", "the limit was of a frame", "sumOfFragments", endlessFragments],
  [
    "CVE-2026-12151",
    "undici",
    "empty fragments were not counted",
    "emptyFragments",
    emptyFragments,
  ],
  ["CVE-2026-109932", "undici", "pongs into a full socket", "pongsWaitForRoom", unreadPongs],
  ["CVE-2026-48779", "ws", "an object for each tiny fragment", "oneBuffer", fragments],
  ["CVE-2026-62389", "ws", "empty fragments beside the limit", "emptyFragments", emptyFragments],
  ["ws 8.23.0", "ws", "pongs that nobody reads were queued", "pongsMax", unreadPongs],
  ["CVE-2026-11586", "curl", "pongs that nobody reads were queued", "pongsMax", unreadPongs],
  ["CVE-2026-39804", "Bandit", "no limit while inflating", "inflatedSize", bomb],
  ["CVE-2026-42786", "Bandit", "no limit of a message", "messageSize", endlessFragments],
  ["CVE-2026-65623", "Bandit", "fragments cost more than their bytes", "oneBuffer", fragments],
  ["CVE-2026-54274", "aiohttp", "no limit of a frame that is not complete", "messageSize", tooLong],
  ["CVE-2026-123817", "aiohttp", "an object for each tiny read", "oneBuffer", tinyReads],
  [
    "PYSEC-2026-4395",
    "aiohttp",
    "the sum of lengths overflowed",
    "upperHalf",
    allFail([[frame("02", "x"), bytes("80 ff 7fffffff00010000 00000000")]], 1009),
  ],
  [
    "CVE-2026-54463",
    "websocket-driver (Ruby)",
    "a length without end",
    "topBit",
    allFail([["82 ff ffffffffffffffff 00000000"]], 1002),
  ],
  [
    "CVE-2026-54464",
    "websocket-driver (Ruby)",
    "the limit was of compressed bytes",
    "inflatedSize",
    bomb,
  ],
  [
    "CVE-2026-54465",
    "websocket-driver (Ruby)",
    "header fields without end",
    "headSize",
    endlessHead("X-More: and more\r\n"),
  ],
  [
    "CVE-2026-19204",
    "Jetty",
    "allocated before the opcode was looked at",
    "reservedOpcode",
    frames(["83 ff 00ffffffffffffff 00000000"], "close 1002"),
  ],
  ["CVE-2026-47073", "hackney", "a client took any answer", "answerSize", endlessAnswer],
  ["CVE-2026-63495", "libevent", "no limit of a message", "messageSize", endlessFragments],
  ["CVE-2026-69209", "http4s", "no limit of a message", "messageSize", endlessFragments],
  ["CVE-2026-107227", "AsyncHttpClient", "no limit while inflating", "inflatedSize", bomb],
  [
    "CVE-2026-33151",
    "socket.io-parser",
    "messages were awaited without end",
    "inbox",
    unread(frame("82", "x"), 1_000_000),
  ],
  [
    "CVE-2026-73565",
    "@hono/node-server",
    "a handshake that was aborted was kept",
    "waitingIsOver",
    aborted,
  ],
  ["CVE-2020-36048", "engine.io", "bodies of requests were kept", "bodyWaits", bodyWaits],
  ["CVE-2026-31903", "a WebSocket API", "any number of attempts", "perAddress", crowd],
  ["CVE-2026-31904", "a WebSocket API", "any number of attempts", "perAddress", crowd],
]);
