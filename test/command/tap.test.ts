// `sluice tap` as a process, between clients and servers.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RunningCommand, sluice } from "../support/command.ts";
import { accept, FakeServer, fieldOf, head } from "../support/fake_server.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("command/tap");

/** A tap on `url`, and where it listens. */
async function start(
  url: string,
  ...args: readonly string[]
): Promise<{ readonly tap: RunningCommand; readonly port: number }> {
  const tap = new RunningCommand(["tap", "--port", "0", ...args, url]);
  const [, port] = await tap.until(/^[^\n]*?ws:\/\/127\.0\.0\.1:(\d+)/);
  return { tap, port: Number(port) };
}

/** The lines of a tap, without what differs each time: times, ports, keys. */
function lines({ stdout }: RunningCommand): string[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, "").replace(/127\.0\.0\.1:\d+/g, "H"));
}

test("sluice tap shows both handshakes and each frame, and ends with 0 at SIGINT", async () => {
  await using server = await TestServer.start();
  const { tap, port } = await start(`ws://127.0.0.1:${server.port}/chat`);
  await using _ = tap;
  await using client = await RawClient.connect(port);
  client.send(handshake({ Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}` }, ROOT));
  assert.is((await client.readHead()).status, 101);
  client.send(frame("81", "Hello", "37fa213d"));
  assert.is(await client.readEvent(), "text Hello");
  client.send(closeFrame(1000, "bye"));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
  client.end();
  await tap.until(/client ended/);
  assert.equal(lines(tap), [
    `Tap listens on ws://H, and passes on to ws://H/chat`,
    "#1 · connected from H",
    "#1 → GET /chat HTTP/1.1  (was GET / HTTP/1.1)",
    "                  Host: H  (was H)",
    "                  Upgrade: websocket",
    "                  Connection: Upgrade",
    "                  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "                  Sec-WebSocket-Version: 13",
    "                  Origin: http://H  (was http://H)",
    "#1 ← HTTP/1.1 101 Switching Protocols",
    "                  Upgrade: websocket",
    "                  Connection: Upgrade",
    "                  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    '#1 → text, final, masked, 5 bytes: "Hello"',
    '#1 ← text, final, not masked, 5 bytes: "Hello"',
    '#1 → close, final, masked, 5 bytes: 1000 NORMAL_CLOSURE "bye"',
    '#1 ← close, final, not masked, 5 bytes: 1000 NORMAL_CLOSURE "bye"',
    "#1 ← server ended TCP (FIN)",
    "#1 → client ended TCP (FIN)",
  ]);
  assert.equal(server.requests, [`GET http://127.0.0.1:${server.port}/chat`]);
  tap.child.kill("SIGINT");
  assert.equal([(await tap.ended()).code, tap.stderr], [0, ""]);
});

const ROOT = "GET / HTTP/1.1";

test("sluice tap --json prints an object for each event, wrong frames too", async () => {
  await using server = await TestServer.start();
  const { tap, port } = await start(`ws://127.0.0.1:${server.port}/`, "--json");
  await using _ = tap;
  await using client = await RawClient.connect(port);
  client.send(handshake(), "8100");
  assert.is((await client.readHead()).status, 101);
  assert.equal(await client.transcript(), ["close 1002", "FIN"]);
  client.end();
  await tap.until(/"client","event":"ended"/);
  const events = tap.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const kinds = events.map(({ event, sender }) => `${sender ?? "-"} ${event}`);
  assert.equal(kinds.slice(0, 3), ["- listening", "- connected", "client request"]);
  const [wrong] = events.filter(({ event, sender }) => event === "frame" && sender === "client");
  assert.equal([wrong.connection, wrong.header, wrong.problems.length], [1, "8100", 1]);
  assert.match(wrong.problems[0].message, /client did not mask it/);
  const [close] = events.filter(({ event, sender }) => event === "frame" && sender === "server");
  assert.is(close.close.code, 1002);
});

test("sluice tap passes on what is no upgrade, one request a connection", async () => {
  await using server = await FakeServer.start((socket) => {
    socket.end(Buffer.concat([head("HTTP/1.1 200 OK", "Content-Length: 2"), Buffer.from("ok")]));
  });
  const { tap, port } = await start(`ws://127.0.0.1:${server.port}`);
  await using _ = tap;
  await using client = await RawClient.connect(port);
  client.send(request("GET /page HTTP/1.1"));
  assert.is((await client.readHead()).status, 200);
  assert.is(Buffer.from(await client.readToFin()).toString(), "ok");
  assert.is(fieldOf(server.requests[0], "Host"), `127.0.0.1:${server.port}`);
  assert.is(fieldOf(server.requests[0], "Connection"), "close");
  assert.ok(lines(tap).includes("                  Connection: close  (was missing)"));
});

test("sluice tap answers 502 where the server cannot be reached, and 400 to no HTTP", async () => {
  const gone = await FakeServer.start(() => {});
  const url = `ws://127.0.0.1:${gone.port}/`;
  await gone[Symbol.asyncDispose]();
  const { tap, port } = await start(url);
  await using _ = tap;
  await using client = await RawClient.connect(port);
  client.send(handshake());
  assert.is((await client.readHead()).status, 502);
  assert.match(Buffer.from(await client.readToFin()).toString(), /^Cannot reach ws:.*ECONNREFUSED/);
  await using other = await RawClient.connect(port);
  other.send("1603010a");
  assert.is((await other.readHead()).status, 400);
  assert.ok(lines(tap).some((line) => /^#1 · Cannot reach ws:\/\/H\/: connect ECONN/.test(line)));
});

for (const who of ["client", "server"] as const) {
  test(`sluice tap passes the RST of the ${who} on`, async () => {
    await using server = await FakeServer.start((socket, request) => {
      socket.write(accept(request));
      if (who === "server") socket.once("data", () => socket.resetAndDestroy());
      else socket.resume();
    });
    const { tap, port } = await start(`ws://127.0.0.1:${server.port}/`);
    await using _ = tap;
    await using client = await RawClient.connect(port);
    client.send(handshake());
    assert.is((await client.readHead()).status, 101);
    const [socket] = server.sockets;
    const hadError = new Promise((resolve) => socket.once("close", resolve));
    if (who === "client") client.reset();
    else client.send(frame("81", "now"));
    if (who === "client") assert.is(await withTimeout(hadError, "the end"), true);
    else assert.equal((await client.transcript()).at(-1), "RST");
    await tap.until(new RegExp(`${who} reset TCP \\(RST\\), or was lost`));
  });
}

test("sluice tap says that its port is taken, and ends with 1", async () => {
  await using server = await TestServer.start();
  const args = ["tap", "--port", String(server.port), "ws://127.0.0.1/"];
  const { code, stdout, stderr } = await sluice(args);
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot tap: .*EADDRINUSE.*; --port 0 takes one that is free\n$/);
});

test("sluice tap ends its connections at SIGTERM", async () => {
  await using server = await TestServer.start();
  const { tap, port } = await start(`ws://127.0.0.1:${server.port}/`);
  await using _ = tap;
  await using client = await RawClient.connect(port);
  client.send(handshake());
  assert.is((await client.readHead()).status, 101);
  tap.child.kill("SIGTERM");
  await client.fin();
  assert.is((await tap.ended()).code, 0);
  assert.is((await server.connection.closed).code, 1006);
});

const MISUSE: readonly (readonly [args: readonly string[], due: RegExp])[] = [
  [[], /^There must be one URL to tap, found 0\nTry: sluice tap --help\n$/],
  [["http://a/"], /^Cannot read WebSocket URL: scheme of/],
  [["--json", "--diagram", "ws://a/"], /^One of --diagram and --json, not both\n/],
  [["--port", "99999", "ws://a/"], /^Port is "99999", must be a number from 0 to 65535\n/],
];

for (const [args, due] of MISUSE) {
  test(`sluice tap ${args.join(" ")} is misuse`, async () => {
    const { code, stderr } = await sluice(["tap", ...args]);
    assert.is(code, 2);
    assert.match(stderr, due);
  });
}

test.run();
