// Replays of input that has stopped or crashed somebody: numbers that overflow, expressions that
// backtrack, errors that nobody catches.

import * as assert from "uvu/assert";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, SAMPLE_KEY } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { allFail, answered, each, frames, framesTo, refused } from "./attack.ts";
import type { Act } from "./attack.ts";
import { BOMB } from "./floods.ts";
import { replays } from "./replay.ts";
import type { Replay } from "./replay.ts";

const EXTENSIONS = "Sec-WebSocket-Extensions";
const PROTOCOL = "Sec-WebSocket-Protocol";

/** What five handshakes may take of the processor. A quadratic expression takes twice and more. */
const PROCESSOR_MAX_US = 300_000;

/** Five handshakes with a header made to be slow. */
function slow(fields: Fields): Act {
  return async (server) => {
    await answered("/chat", 400, fields)(server);
    const { processor } = await server.census();
    for (let count = 0; count < 5; count++) {
      const client = await server.connect();
      client.send(handshake(fields));
      await client.readHead();
    }
    const spent = (await server.census()).processor - processor;
    assert.ok(spent < PROCESSOR_MAX_US, `5 handshakes took ${spent} µs of the processor`);
  };
}

/** The handshake succeeds, without an extension. */
function declined(...extensions: readonly string[]): Act {
  return async (server) => {
    for (const offer of extensions) {
      const client = await server.connect();
      client.send(handshake({ [EXTENSIONS]: offer }, "GET /deflate HTTP/1.1"));
      const head = await client.readHead();
      assert.equal([head.status, head.get(EXTENSIONS)], [101, null], offer);
    }
  };
}

/** Fields, as many of them as Node passes on, and one more than we take. */
function manyFields(count: number): Fields {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, "1"]));
}

/** RST while the handler thinks. Whoever comes next is served. */
const resetWhileItWaits: Act = async (server) => {
  for (let count = 0; count < 3; count++) {
    const client = await server.connect();
    client.send(handshake({}, "GET /stuck HTTP/1.1"));
    await server.sees();
    client.reset();
  }
  await frames(["83"], "close 1002")(server);
};

const resetWhenOpen: Act = async (server) => {
  for (const wire of [frame("81", "a"), frame("82", new Uint8Array(1000)).subarray(0, 100)]) {
    const client = await server.open();
    client.send(wire);
    await new Promise((resolve) => setTimeout(resolve, 10));
    client.reset();
  }
  await frames(["83"], "close 1002")(server);
};

/** FIN without a Close is answered by FIN, and nothing spins: it takes no time of the processor. */
const uncleanEnd: Act = async (server) => {
  const client = await server.open();
  client.end();
  await client.fin(2000);
};

const length = (hex: string, code: number): Act => allFail([[`82 ff ${hex} 00000000`]], code);

export const PARSER: readonly Replay[] = replays([
  ["CVE-2017-2670", "Undertow", "an unclean end made a thread spin", "finIsAnswered", uncleanEnd],
  [
    "CVE-2020-13935",
    "Tomcat",
    "a bad length: a loop without end",
    "topBit",
    length("8000000000000000", 1002),
  ],
  [
    "CVE-2020-27813",
    "gorilla",
    "a length overflowed: a loop without end",
    "topBit",
    length("fffffffffffffff0", 1002),
  ],
  [
    "CVE-2020-7662",
    "websocket-extensions",
    "a quote that does not end",
    "scanner",
    slow({ [EXTENSIONS]: `a; b="${"\\c".repeat(5000)}` }),
  ],
  [
    "CVE-2021-32640",
    "ws",
    "/ *, */ over spaces",
    "listOfOneRun",
    slow({ [PROTOCOL]: `a${" ".repeat(15_000)}b` }),
  ],
  [
    "CVE-2023-26103",
    "Deno",
    String.raw`/\s*,\s*/ over spaces`,
    "listOfAnySpace",
    slow({ [PROTOCOL]: `a${"\t".repeat(15_000)}b` }),
  ],
  [
    "ws 3.3.1",
    "ws",
    "parameters that every object has",
    "noObjectIsKeyed",
    declined("permessage-deflate; constructor", "permessage-deflate; __proto__=1; toString"),
  ],
  [
    "CVE-2024-37890",
    "ws",
    "more header fields than are kept",
    "fieldsMax",
    refused(handshake(manyFields(110)), 431),
  ],
  [
    "CVE-2026-58044",
    "Node",
    "header fields were dropped in silence",
    "fieldsMax",
    refused(
      handshake({ "Sec-WebSocket-Key": null, ...manyFields(110), "sec-websocket-key": SAMPLE_KEY }),
      431,
    ),
  ],
  [
    "CVE-2022-39386",
    "@fastify/websocket",
    "a malformed frame was not caught",
    "violationsAreCaught",
    allFail([["83"], ["ff"]], 1002),
  ],
  [
    "CVE-2022-21676",
    "engine.io",
    "a request that nobody expects",
    "methods",
    refused(handshake({}, "TRACE / HTTP/1.1"), 501),
  ],
  ["CVE-2022-41940", "engine.io", "RST without a listener", "resetWhileItWaits", resetWhileItWaits],
  [
    "GHSA-q9mw-68c2-j6m5",
    "engine.io",
    "an exception in the handling of a request",
    "handlersAreCaught",
    answered("/request-fails", 500),
  ],
  ["CVE-2024-38355", "socket.io", 'an "error" without a listener', "resetWhenOpen", resetWhenOpen],
  [
    "CVE-2026-1528",
    "undici",
    "64 bits of length in a number of 32",
    "upperHalf",
    length("0000000100010000", 1009),
  ],
  [
    "CVE-2026-2229",
    "undici",
    "window bits that zlib refuses",
    "windowBits",
    declined(
      ...["0", "7", "16", "1000"].map(
        (bits) => `permessage-deflate; server_max_window_bits=${bits}`,
      ),
    ),
  ],
  [
    "CVE-2026-85024",
    "undici",
    "garbage behind a bomb was not caught",
    "sizeBeforeGarbage",
    framesTo("/takeover", [frame("c2", concat(BOMB, bytes("0000ffffffffffff")))], "close 1009"),
  ],
  [
    "CVE-2026-55517",
    "Deno",
    "bytes above 0x7F in a header",
    "tokens",
    refused(handshake({ [PROTOCOL]: "\x80\xff" }), 400),
  ],
  [
    "CVE-2026-54466",
    "websocket-driver",
    "a length above 2^53 lost its end",
    "upperHalf",
    length("0020000000010000", 1009),
  ],
  [
    "CVE-2026-126343",
    "@hono/node-server",
    "RST while the handler thinks",
    "resetWhileItWaits",
    resetWhileItWaits,
  ],
  [
    "Bandit #651",
    "Bandit",
    "a control frame with RSV1 and without FIN",
    "controlFrames",
    allFail([["49 80 00000000"], ["48 80 00000000"]], 1002, "/deflate"),
  ],
  [
    "CVE-2026-45736",
    "ws",
    "a reason that is no string",
    "reasonIsText",
    framesTo("/bad-reason", [closeFrame(1000)], "close 1011"),
  ],
  [
    "ws 1.0.1",
    "ws",
    "a number for a message",
    "messageIsBytes",
    each([framesTo("/bad-message", [closeFrame(1000)], "close 1011")]),
  ],
]);
