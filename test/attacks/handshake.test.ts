// Attacks on the opening handshake and on HTTP around it, A04 to A25. Each sends its bytes to the
// same server, is answered with a status, and leaves nothing behind.
//
// Over 250 lines: nearly all of it is one table.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { handshake, latin1, request, SAMPLE_KEY } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { answered, each, refused, testAttacks } from "./attack.ts";
import type { Act, Attack } from "./attack.ts";

const test = suite("attacks/handshake");

const KEY = "Sec-WebSocket-Key";
const VERSION = "Sec-WebSocket-Version";

/** One request each, all of them refused. */
function allRefused(wires: readonly Uint8Array[], ...statuses: readonly number[]): Act {
  return each(wires.map((wire) => refused(wire, ...statuses)));
}

function withFields(all: readonly Fields[], ...statuses: readonly number[]): Act {
  return allRefused(all.map((fields) => handshake(fields)), ...statuses);
}

/** Names of fields, so many that they do not all fit. */
function many(count: number): Fields {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, "1"]));
}

/** What the handler sees of a target. */
function targetIsSeenAs(target: string, url: string): Act {
  return async (server) => {
    const client = await server.connect();
    client.send(request(`GET ${target} HTTP/1.1`));
    await client.readHead();
    assert.equal(await server.seen(), [`GET ${url}`]);
  };
}

const resetEverywhere: Act = async (server) => {
  const wire = concat(handshake({}, "GET /slow HTTP/1.1"), frame("81", "Hello"));
  for (let size = 1; size <= wire.length; size += 7) {
    const client = await server.connect();
    await client.sendChopped(wire.subarray(0, size), 1000);
    client.reset();
  }
};

/** Each list header, full of one mark, takes no time: A23. */
const fullOfMarks: Act = async (server) => {
  const { processor } = await server.census();
  const lists = ["Connection", "Upgrade", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];
  for (const name of lists) {
    for (const mark of [" ", ",", '"', "\\", ";"]) {
      const client = await server.connect();
      client.send(handshake({ [name]: `a${mark.repeat(15_000)}b` }));
      await client.readHead();
    }
  }
  const spent = (await server.census()).processor - processor;
  assert.ok(spent < 1_500_000, `20 handshakes took ${spent} µs of the processor`);
};

const foreignPages: readonly string[] = [
  "http://evil",
  "HTTP://EVIL",
  "null",
  "http://h.evil",
  "http://evilh",
  "http://h:81",
  "http://h@evil",
  "http://evil/h",
  "file://",
];

const ATTACKS: readonly Attack[] = [
  ["A04 RST at every seventh byte, and while the handler thinks", resetEverywhere],
  ["A05 a handler that answers otherwise than it has upgraded", answered("/forgotten", 200)],
  ["A05 a handler that upgrades twice", answered("/twice", 500)],
  ["A05 a handler that throws", answered("/request-fails", 500)],
  [
    "A05 the 101 of another request",
    each([answered("/stolen", 101), answered("/stolen", 500), answered("/stolen", 500)]),
  ],
  ["A06 2,500 header fields", allRefused([handshake(many(2500))], 431)],
  [
    "A06 the key behind a thousand header fields",
    allRefused([handshake({ [KEY]: null, ...many(1000), "sec-websocket-key": SAMPLE_KEY })], 431),
  ],
  ["A07 a header of 17 KiB", allRefused([handshake({ "X-Long": "x".repeat(17 * 1024) })], 431)],
  ["A07 a target of 9 KiB", allRefused([handshake({}, `GET /${"t".repeat(9216)} HTTP/1.1`)], 414)],
  ["A08 a subprotocol of ours with CR LF", answered("/bad-protocol", 500)],
  ["A08 a header of ours with CR LF", answered("/bad-header", 500)],
  [
    "A09 fields that come twice",
    withFields(
      [
        { [KEY]: [SAMPLE_KEY, SAMPLE_KEY] },
        { [VERSION]: ["13", "13"] },
        { Host: ["h", "h"] },
        { Origin: ["http://h", "http://h"] },
        { "Content-Length": ["0", "0"] },
      ],
      400,
    ),
  ],
  [
    "A10 keys that are no 16 bytes in base64",
    withFields(
      [
        "",
        "====",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZQA=",
        "dGhlIHNhbXBsZS-_b25jZQ==",
        "\x80\xff".repeat(11) + "==",
        "A".repeat(10_240),
      ].map((key) => ({ [KEY]: key })),
      400,
    ),
  ],
  [
    "A11 versions that are no 13",
    withFields(
      ["0x0D", "13.0", "013", "13 , 8", "+13", "1.3e1", "8", "255", ""].map((version) => ({
        [VERSION]: version,
      })),
      400,
      426,
    ),
  ],
  [
    "A12 other versions of HTTP, and other methods",
    allRefused(
      ["GET / HTTP/2.0", "POST / HTTP/1.1", "OPTIONS * HTTP/1.1", "TRACE / HTTP/1.1"]
        .concat(["CONNECT h:80 HTTP/1.1", "PURGE / HTTP/1.1", "HEAD / HTTP/1.1"])
        .map((line) => handshake({}, line)),
      400,
      405,
      501,
      505,
    ),
  ],
  [
    "A13 a body, which would be read as frames",
    allRefused(
      [
        concat(handshake({ "Content-Length": "11" }), frame("81", "Hello")),
        concat(
          handshake({ "Transfer-Encoding": "chunked" }),
          latin1("b\r\n"),
          frame("81", "Hello"),
          latin1("\r\n0\r\n\r\n"),
        ),
        handshake({ "Content-Length": "1000000000" }),
      ],
      400,
    ),
  ],
  [
    "A14 frames in the segment of the handshake",
    async (server) => {
      const client = await server.connect();
      client.send(concat(handshake(), frame("81", "once")), frame("83"));
      assert.is((await client.readHead()).status, 101);
      assert.equal(await client.transcript(), ["text once", "close 1002", "FIN"]);
    },
  ],
  ["A15 a request behind a handshake that is refused", withFields([{ [KEY]: null }], 400)],
  [
    "A16 version 1337, that a proxy may take for a tunnel",
    withFields([{ [VERSION]: "1337" }, { [VERSION]: "1337", [KEY]: null }], 400),
  ],
  [
    "A17 an upgrade to h2c",
    async (server) => {
      const client = await server.connect();
      const connection = { Upgrade: "h2c", Connection: "Upgrade, HTTP2-Settings" };
      const fields = { ...connection, "HTTP2-Settings": "AAMAAABk" };
      client.send(handshake(fields), request("GET /2 HTTP/1.1"));
      const answer = Buffer.from(await client.readToFin()).toString("latin1");
      assert.match(answer, /^HTTP\/1\.1 426 /);
      assert.not.match(answer.slice(1), /HTTP\/1/, "there is a second response");
      assert.equal(await server.seen(), ["GET http://h/chat"]);
    },
  ],
  [
    "A18 one of Connection and Upgrade, or neither, with any version",
    each(
      ["7", "8", "13"].flatMap((version) =>
        [{ Upgrade: null }, { Connection: null }, { Upgrade: null, Connection: null }].map(
          (fields) => answered("/chat", 426, { ...fields, [VERSION]: version }),
        ),
      ),
    ),
  ],
  [
    "A19 a target that replaces the host",
    each([
      targetIsSeenAs("//evil/x", "http://h//evil/x"),
      targetIsSeenAs("/\\evil", "http://h//evil"),
      refused(handshake({}, "GET http://evil/x HTTP/1.1"), 400),
      refused(handshake({ Host: "u@evil" }), 400),
      refused(handshake({ Host: "a/b?" }), 400),
    ]),
  ],
  [
    "A20 a Host and a target that make no URL",
    each([
      withFields([{ Host: "a b" }, { Host: "[::bad" }, { Host: "" }, { Host: "h:x" }], 400),
      allRefused([handshake({}, "GET /a b HTTP/1.1"), handshake({}, "GET /a\tb HTTP/1.1")], 400),
    ]),
  ],
  ["A21 pages of others", each(foreignPages.map((Origin) => answered("/", 403, { Origin })))],
  [
    "A22 a name of the attacker's with our address",
    withFields([{ Host: "evil", Origin: "http://evil" }], 421),
  ],
  ["A23 headers of 15 KiB of one mark", fullOfMarks],
  [
    "A24 names that every object has",
    each(
      ["permessage-deflate; __proto__", "constructor", "permessage-deflate; toString=1"].map(
        (extensions) => async (server) => {
          const client = await server.connect();
          const fields = {
            "Sec-WebSocket-Extensions": extensions,
            "Sec-WebSocket-Protocol": "__proto__, toString",
          };
          client.send(handshake(fields, "GET /deflate?__proto__[a]=1 HTTP/1.1"), frame("81", "a"));
          const head = await client.readHead();
          assert.equal([head.status, head.get("Sec-WebSocket-Extensions")], [101, null]);
          assert.is(await client.readEvent(), "text a");
        },
      ),
    ),
  ],
  [
    "A25 a secret in the query is not printed, whatever fails",
    async (server) => {
      for (const path of ["/echo", "/request-fails", "/throws", "/rejects", "/bad-protocol"]) {
        const client = await server.connect();
        client.send(handshake({ Cookie: "id=HIDDEN" }, `GET ${path}?token=HIDDEN HTTP/1.1`));
        if ((await client.readHead()).status === 101) client.send("83");
        await client.readToFin();
      }
      await refused(handshake({ [KEY]: "HIDDEN" }, "GET /?token=HIDDEN HTTP/1.1"), 400)(server);
      assert.match(server.output, "The application fails");
      assert.not.match(server.output, "HIDDEN");
    },
  ],
];

testAttacks(test, ATTACKS, { serve: { allowedHosts: ["h"] } });

test.run();
