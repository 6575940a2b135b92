// The client's opening handshake on real sockets, against servers that refuse, answer wrong, or not
// at all.

import dns from "node:dns";
import { getEventListeners } from "node:events";
import type { Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dial } from "../../src/client/dial.ts";
import { openSocket } from "../../src/client/open_socket.ts";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { accept, closed, FakeServer, head } from "../support/fake_server.ts";
import { rejects } from "../support/rejects.ts";
import { failure } from "./support.ts";

const test = suite("client/dial_failure");

const WRONG: readonly (readonly [
  what: string,
  answer: (request: string) => Uint8Array,
  due: RegExp,
])[] = [
  [
    "a wrong Accept",
    () =>
      head(
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      ),
    /^Cannot accept answer: Sec-WebSocket-Accept is "s3pPLMBi.*", must be ".{28}" \(§4.1\)$/,
  ],
  [
    "no Upgrade",
    () => head("HTTP/1.1 101 X", "Connection: Upgrade"),
    /Upgrade is missing, must be "websocket" \(§4.1\)$/,
  ],
  [
    "an extension that was not offered",
    (request) => accept(request, "Sec-WebSocket-Extensions: permessage-deflate"),
    /has permessage-deflate, which was not offered/,
  ],
  [
    "a subprotocol that was not offered",
    (request) => accept(request, "Sec-WebSocket-Protocol: mqtt"),
    /Sec-WebSocket-Protocol is "mqtt", none was offered \(§4.1\)$/,
  ],
  [
    "a subprotocol twice",
    (request) => accept(request, "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: a"),
    /Sec-WebSocket-Protocol is "a, a"/,
  ],
];

for (const [what, answer, due] of WRONG) {
  test(`dial() fails at a 101 with ${what} (§4.1)`, async () => {
    const error = await failure((socket, request) => socket.write(answer(request)));
    assert.match(error.message, due);
    assert.is(error.status, 101);
  });
}

const BROKEN: readonly (readonly [what: string, act: (socket: Socket) => void, due: RegExp])[] = [
  ["another protocol", (socket) => socket.write("SSH-2.0-x\r\n"), /found "SSH-2.0-x", must be the/],
  ["lines without CR", (socket) => socket.write("HTTP/1.1 101 X\n\n"), /found a LF without CR/],
  [
    "a head that is too large",
    (socket) => socket.write(`HTTP/1.1 101 X\r\nA: ${"x".repeat(16 * 1024)}`),
    /it is larger than 16384 bytes$/,
  ],
  [
    "answers of status 1xx without end",
    (socket) => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(17)),
    /too many answers of status 1xx$/,
  ],
  ["FIN", (socket) => socket.end("HTTP"), /ended the connection after 4 bytes, before it had answ/],
  ["RST", (socket) => socket.resetAndDestroy(), /: read ECONNRESET$/],
];

for (const [what, act, due] of BROKEN) {
  test(`dial() fails at ${what} (§4.1)`, async () => {
    const error = await failure((socket) => act(socket));
    assert.match(error.message, /^Cannot connect to ws:\/\/127.0.0.1:\d+\/chat: /);
    assert.match(error.message, due);
    assert.is(error.status, null);
  });
}

test("dial() fails where nobody listens (§4.1)", async () => {
  const server = await FakeServer.start(() => {});
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const error = await rejects(dial(`ws://127.0.0.1:${port}/`));
  assert.is(error.name, "OpeningError");
  assert.match(error.message, /: connect ECONNREFUSED 127.0.0.1:\d+$/);
});

test("dial() tells of each address of a name where nobody listens (§4.1)", async () => {
  const { lookup } = dns;
  const addresses = [
    { address: "127.0.0.1", family: 4 },
    { address: "127.0.0.2", family: 4 },
    { address: "::1", family: 6 },
  ];
  dns.lookup = ((_name: string, _options: object, found: (...all: unknown[]) => void) =>
    process.nextTick(found, null, addresses)) as unknown as typeof lookup;
  try {
    const error = await rejects(dial("ws://several.test:1/"));
    assert.match(error.message, /: connect ECONNREFUSED 127.0.0.1:1, connect E[A-Z]+ .*:1/);
  } finally {
    dns.lookup = lookup;
  }
});

test("openSocket() rejects with the reason of a signal that aborts while it connects", async () => {
  await using server = await FakeServer.start(() => {});
  const url = parseWebSocketUrl(`ws://127.0.0.1:${server.port}/`);
  const stop = new AbortController();
  const reason = new Error("enough");
  const opened = rejects(openSocket(url, { signal: stop.signal }));
  stop.abort(reason);
  assert.is(await opened, reason);
  assert.is(await rejects(openSocket(url, { signal: stop.signal })), reason);
  assert.is(getEventListeners(stop.signal, "abort").length, 0);
});

test("dial() gives a silent server up when its time is over", async () => {
  const clock = new FakeClock();
  let asked: () => void = () => {};
  const arrived = new Promise<void>((resolve) => (asked = resolve));
  await using server = await FakeServer.start(() => asked());
  const failed = rejects(dial(`ws://127.0.0.1:${server.port}/`, { clock }));
  await arrived;
  await clock.advance(9_999);
  assert.is(clock.pending, 1);
  await clock.advance(1);
  const error = await failed;
  assert.match(error.message, /: no answer within 10000 ms$/);
  assert.is((error.cause as Error).name, "TimeoutError");
  await closed(server.sockets[0]);
});

test("dial() rejects with the reason of its signal, before and while it waits", async () => {
  const reason = new Error("enough");
  const stop = new AbortController();
  await using server = await FakeServer.start(() => stop.abort(reason));
  const url = `ws://127.0.0.1:${server.port}/`;
  assert.is(await rejects(dial(url, { signal: stop.signal })), reason);
  await closed(server.sockets[0]);
  assert.is(await rejects(dial(url, { signal: stop.signal })), reason);
  assert.is(server.sockets.length, 1);
});

test.run();
