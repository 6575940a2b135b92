// The client's opening handshake on real sockets, against servers that answer right.

import { once } from "node:events";
import type { Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dial } from "../../src/client/dial.ts";
import type { DialOptions } from "../../src/client/dial.ts";
import { hex } from "../support/bytes.ts";
import { makeCertificate } from "../support/certificate.ts";
import { accept, FakeServer } from "../support/fake_server.ts";
import { latin1 } from "../support/handshake.ts";
import { rejects } from "../support/rejects.ts";
import { TestServer } from "../support/server.ts";

const test = suite("client/dial");

test("dial() opens a connection to our own server (§4.1)", async () => {
  await using server = await TestServer.start({
    upgrade: { protocols: ["chat"], compression: true },
  });
  const dialed = await dial(`ws://127.0.0.1:${server.port}/chat?a=b`, {
    protocols: ["superchat", "chat"],
    extensions: "permessage-deflate; client_max_window_bits",
  });
  assert.is(dialed.protocol, "chat");
  assert.match(dialed.extensions, /^permessage-deflate/);
  assert.is(dialed.deflate?.windowBits.client, 15);
  assert.is(dialed.response.startLine, "HTTP/1.1 101 Switching Protocols");
  assert.is(dialed.head.length, 0);
  assert.equal(server.requests, [`GET http://127.0.0.1:${server.port}/chat?a=b`]);
  dialed.socket.destroy();
});

test("dial() sends the request of §4.1, and nothing behind it", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
  });
  const { socket, request, key } = await dial(`ws://127.0.0.1:${server.port}`, {
    headers: [["Origin", "http://h"]],
  });
  assert.is(server.requests[0], request);
  assert.equal(request.split("\r\n"), [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${server.port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
    "Origin: http://h",
    "",
    "",
  ]);
  assert.is(server.sockets[0].readableLength, 0);
  socket.destroy();
});

test("dial() draws a key of 16 bytes anew for each connection (§4.1, erratum 3150)", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
  });
  const keys = new Set<string>();
  for (let count = 0; count < 20; count++) {
    const { socket, key } = await dial(`ws://127.0.0.1:${server.port}/`);
    assert.match(key, /^[A-Za-z0-9+/]{21}[AQgw]==$/);
    keys.add(key);
    socket.destroy();
  }
  assert.is(keys.size, 20);
});

test("dial() hands over the frames that came with the answer, and the socket paused", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.write(Buffer.concat([accept(request), Buffer.from("810548656c6c6f", "hex")]));
  });
  const { socket, head } = await dial(`ws://127.0.0.1:${server.port}/`);
  assert.is(hex(head), "810548656c6c6f");
  assert.ok(socket.isPaused());
  server.sockets[0].end(Buffer.from("8800", "hex"));
  const [chunk] = (await once(socket.resume(), "data")) as [Buffer];
  assert.is(hex(chunk), "8800");
  socket.destroy();
});

test("dial() reads an answer that comes byte by byte, behind others of status 1xx", async () => {
  await using server = await FakeServer.start((socket, request) => {
    const early = latin1("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    for (const byte of [...early, ...accept(request)]) socket.write(Uint8Array.of(byte));
  });
  const { socket, protocol } = await dial(`ws://127.0.0.1:${server.port}/`);
  assert.is(protocol, "");
  socket.destroy();
});

const NOT_DIALLED: readonly (readonly [url: string, options: DialOptions, why: RegExp])[] = [
  ["http://127.0.0.1/", {}, /must be ws: or wss:/],
  ["ws://127.0.0.1/#a", {}, /fragment/],
  ["ws://127.0.0.1/", { protocols: ["a", "a"] }, /comes twice/],
  ["ws://127.0.0.1/", { headers: [["X", "\n"]] }, /character it may not have/],
];

for (const [url, options, why] of NOT_DIALLED) {
  test(`dial() rejects ${url} ${JSON.stringify(options)} and connects nowhere (§4.1)`, async () => {
    const error = await rejects(dial(url, options));
    assert.ok(error instanceof SyntaxError);
    assert.match(error.message, why);
  });
}

test("dial() opens wss: inside of TLS, and names the server (§4.1)", async () => {
  const certificate = makeCertificate();
  const names: unknown[] = [];
  const tls = createTlsServer({
    ...certificate,
    SNICallback: (name, callback) => {
      names.push(name);
      callback(null);
    },
  });
  const plain = new Set<Socket>();
  tls.on("connection", (socket: Socket) => plain.add(socket));
  tls.on("secureConnection", (socket) => {
    socket.once("data", (request: Buffer) => socket.write(accept(request.toString("latin1"))));
  });
  await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
  const url = `wss://localhost:${(tls.address() as { port: number }).port}/`;
  try {
    const error = await rejects(dial(url));
    assert.match(error.message, /: self-signed certificate/);
    const trusted = await dial(url, { ca: certificate.cert });
    assert.is(trusted.response.startLine, "HTTP/1.1 101 Switching Protocols");
    trusted.socket.destroy();
    (await dial(url, { insecure: true })).socket.destroy();
    assert.equal(names, ["localhost", "localhost", "localhost"]);
  } finally {
    for (const socket of plain) socket.destroy();
    tls.close();
  }
});

test("dial() says that a server for ws: speaks no TLS", async () => {
  await using server = await TestServer.start();
  const error = await rejects(dial(`wss://127.0.0.1:${server.port}/`));
  assert.match(error.message, /: TLS failed, [\w ]+$/);
});

test.run();
