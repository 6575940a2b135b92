// Replays of what one took for another: a request for a tunnel, a page for its neighbour, an answer
// for one's own.

import { createServer as createTlsServer } from "node:tls";
import * as assert from "uvu/assert";
import { dial } from "../../src/client/dial.ts";
import { ClientSession } from "../../src/command/client_session.ts";
import { bytes } from "../support/bytes.ts";
import { makeCertificate } from "../support/certificate.ts";
import { accept, FakeServer, head } from "../support/fake_server.ts";
import { frame } from "../support/frame.ts";
import { handshake, request, SAMPLE_ACCEPT } from "../support/handshake.ts";
import { rejects } from "../support/rejects.ts";
import { allFail, answered, each, refused } from "./attack.ts";
import type { Act } from "./attack.ts";
import { BOMB } from "./floods.ts";
import { OFFERED } from "./attack.ts";
import { replays } from "./replay.ts";
import type { Line, Replay } from "./replay.ts";

const VERSION = "Sec-WebSocket-Version";

/** What the handler sees of it is the host of the Host header. */
const hostIsKept: Act = async (server) => {
  const client = await server.connect();
  client.send(request("GET //evil/x HTTP/1.1"));
  await client.readHead();
  assert.equal(await server.seen(), ["GET http://h//evil/x"]);
};

/** An answer for somebody else is none of our client's. */
const unsolicited: Act = async () => {
  await using server = await FakeServer.start((socket) => {
    const upgraded = ["HTTP/1.1 101 X", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write(head(...upgraded, `Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}`));
  });
  const failed = rejects(dial(`ws://127.0.0.1:${server.port}/`));
  assert.match((await failed).message, /Sec-WebSocket-Accept/);
};

const FRAMES = 200;
const FRAME_SIZE = 2 + 4 + 1;

/** Each frame of our client's has a key of its own, which nobody could foresee: §5.3. */
const freshKeys: Act = async () => {
  let sent = Buffer.alloc(0);
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
    socket.on("data", (chunk: Buffer) => (sent = Buffer.concat([sent, chunk])));
  });
  const dialed = await dial(`ws://127.0.0.1:${server.port}/`);
  const session = new ClientSession(dialed, { message: () => {} }, 1000);
  session.start(dialed.head);
  for (let count = 0; count < FRAMES; count++) await session.send("a");
  while (sent.length < FRAMES * FRAME_SIZE) await new Promise((resolve) => setImmediate(resolve));
  session.terminate(undefined);
  await session.closed;
  const keys = Array.from({ length: FRAMES }, (_, at) => sent.readInt32BE(at * FRAME_SIZE + 2));
  assert.ok(new Set(keys).size > FRAMES - 5, `${new Set(keys).size} keys`);
};

/** A certificate that is right, for another name. */
const anotherName: Act = async () => {
  const { key, cert } = makeCertificate();
  await using server = await FakeServer.start(
    (socket, request) => socket.write(accept(request)),
    createTlsServer({ key, cert }),
  );
  const failed = rejects(dial(`wss://127.0.0.1:${server.port}/`, { ca: cert }));
  assert.match((await failed).message, /is not in the cert's list/);
};

/** Behind a message that was refused nobody knows what the window holds: nothing more is read. */
const refusedIsTheEnd: Act = async (server) => {
  const client = await server.open("/takeover", OFFERED);
  client.send(frame("c2", BOMB), frame("c1", bytes("f200110000")));
  assert.equal(await client.transcript(), ["close 1009", "FIN"]);
};

const h2c = { Upgrade: "h2c", Connection: "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABk" };

/** Whose development servers any page could drive, and with what Origin. */
const DRIVEN: readonly (readonly [id: string, project: string, origin: string])[] = [
  ["CVE-2018-14732", "webpack-dev-server", "http://evil"],
  ["CVE-2025-24010", "Vite", "https://evil:8443"],
  ["CVE-2026-27148", "Storybook", "null"],
  ["CVE-2026-44211", "Cline", "http://h:81"],
  ["GHSA-p773-8mf4-rjm5", "farm", "http://h.evil"],
  ["GHSA-frjg-g767-7363", "code-server", "http://evil/h"],
];

export const CONFUSION: readonly Replay[] = replays([
  ["CVE-2026-59898", "Netty", "an old version, without an upgrade", "version", each([
    answered("/chat", 426, { Connection: null, [VERSION]: "8" }),
    answered("/chat", 426, { [VERSION]: "8" }),
  ])],
  [
    "CVE-2026-2833",
    "Pingora",
    "what came behind a handshake was passed on",
    "refusedIsOver",
    refused(handshake({ "Sec-WebSocket-Key": null }), 400),
  ],
  [
    "WebSocket smuggling",
    "proxies",
    "a tunnel that the server has refused",
    "version",
    refused(handshake({ [VERSION]: "1337" }), 400),
  ],
  [
    "h2c smuggling",
    "proxies",
    "a tunnel to HTTP/2 in the clear",
    "upgradeToken",
    answered("/chat", 426, h2c),
  ],
  ["CVE-2026-43974", "gun", "a client took a 101 that was not asked for", "accept", unsolicited],
  [
    "GHSA-rhh8-5xw9-c3gm",
    "Bandit",
    "frames that are not masked",
    "mask",
    allFail([["81 05 48656c6c6f"], ["89 00"]], 1002),
  ],
  [
    "GHSA-mq44-7p77-q5h7",
    "aiohttp",
    "RSV1 that nobody agreed on",
    "reservedBits",
    allFail([[frame("c1", bytes("f248cdc9c90700"))]], 1002),
  ],
  ["CVE-2026-126344", "@hono/node-server", "a target replaced the host", "host", hostIsKept],
  ...DRIVEN.map(
    ([id, project, Origin]): Line => [
      id,
      project,
      `a page of ${Origin}`,
      "origin",
      answered("/chat", 403, { Origin }),
    ],
  ),
  [
    "CVE-2026-114126",
    "Storybook",
    "served under any name",
    "allowedHosts",
    refused(handshake({ Host: "evil", Origin: "http://evil" }), 421),
  ],
  [
    "CVE-2026-1527",
    "undici",
    "CR LF in a value of the application",
    "ownProtocol",
    answered("/bad-protocol", 500),
  ],
  ["CVE-2025-10148", "curl", "one masking key for all frames", "freshKeys", freshKeys],
  ["GO-2026-6278", "gorilla", "masking keys that one could foresee", "freshKeys", freshKeys],
  ["CVE-2020-11050", "Java-WebSocket", "any certificate would do", "certificate", anotherName],
  ["CVE-2020-15133", "faye-websocket", "any certificate would do", "certificate", anotherName],
  ["CVE-2018-8034", "Tomcat", "any name would do", "certificate", anotherName],
  [
    "draft-srivastava-websocket-pmce-state-reset",
    "RFC 7692",
    "a window that nobody knows",
    "refusedIsTheEnd",
    refusedIsTheEnd,
  ],
]);
