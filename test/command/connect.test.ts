// `sluice connect` as a script runs it, against servers of ours and servers that are wrong.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { drawFrame, explainFrames } from "../../src/frame/mod.ts";
import { bytes, hex } from "../support/bytes.ts";
import { COMMAND_TIMEOUT_MS, sluice, RunningCommand } from "../support/command.ts";
import { Deferred } from "../support/deferred.ts";
import { accept, FakeServer, fieldOf, head } from "../support/fake_server.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("command/connect");

test("sluice connect sends lines, prints messages, closes at the end of its input", async () => {
  await using server = await TestServer.start();
  const url = `ws://127.0.0.1:${server.port}/`;
  const ended = await sluice(["connect", url], "hi\n/ping\r\n\nGrüße 👋");
  assert.equal(ended, { code: 0, stdout: "hi\n/ping\n\nGrüße 👋\n", stderr: "" });
  assert.equal(server.messages, ["hi", "/ping", "", "Grüße 👋"]);
  const { code, wasClean, initiator } = await server.connection.closed;
  assert.equal([code, wasClean, initiator], [1000, true, "remote"]);
});

test("sluice connect takes compressed messages, and sends some (RFC 7692)", async () => {
  const text = "to be or not to be ".repeat(50);
  const upgrade = { compression: { threshold: 0, contextTakeover: true } };
  await using server = await TestServer.start({ upgrade });
  const url = `ws://127.0.0.1:${server.port}/`;
  const ended = await sluice(["connect", "--compress", url], `${text}\n${text}\n`);
  assert.equal([ended.code, ended.stdout], [0, `${text}\n${text}\n`]);
  const { sent, received } = server.connection.stats().compression ?? {};
  assert.ok((sent?.after ?? Infinity) < 200 && (received?.after ?? Infinity) < 200);
});

test("sluice connect --binary and --commands send bytes, and close with any code", async () => {
  await using server = await TestServer.start();
  const url = `ws://127.0.0.1:${server.port}/`;
  const input = "00 ff\n/close 4001 enough\n01\n"; // what is behind that is not sent
  const ended = await sluice(["connect", "--binary", "--commands", "--json", url], input);
  assert.is(ended.code, 0);
  const { code, reason } = await server.connection.closed;
  assert.equal([code, reason], [4001, "enough"]);
  assert.equal(server.messages, [Uint8Array.of(0x00, 0xff)]);
  const binary = await sluice(["connect", "--binary", url], "00 ff\n0x0a");
  assert.equal([binary.code, binary.stdout], [0, "00ff\n0a\n"]);
  const bad = await sluice(["connect", "--binary", url], "00\nzz\n");
  assert.is(bad.code, 2);
  assert.match(bad.stderr, /^Character 1: found "z", must be a hex digit\n/);
});

test("sluice connect sends no text that is not UTF-8, and says why (§5.6)", async () => {
  await using server = await TestServer.start();
  const url = `ws://127.0.0.1:${server.port}/`;
  const input = new Uint8Array(Buffer.from("61 0a 62 ff 0a".replaceAll(" ", ""), "hex"));
  const { code, stderr } = await sluice(["connect", url], input);
  assert.is(code, 2);
  assert.match(stderr, /^A line is not valid UTF-8/);
  assert.equal(server.messages, ["a"]);
});

test("sluice connect offers subprotocols, and sends headers", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request, "Sec-WebSocket-Protocol: b"));
    socket.end(Buffer.from("81027b7d880203e8", "hex"));
  });
  const url = `ws://127.0.0.1:${server.port}/x?y`;
  const flags = ["--subprotocol", "a", "--subprotocol", "b", "--header", "X-Token:  1 "];
  const { code, stdout } = await sluice(["connect", ...flags, "--origin", "http://h", url]);
  assert.equal([code, stdout], [0, "{}\n"]);
  const [request] = server.requests;
  assert.match(request, /^GET \/x\?y HTTP\/1\.1\r\n/);
  const fields = ["Sec-WebSocket-Protocol", "X-Token", "Origin"].map((name) => {
    return fieldOf(request, name);
  });
  assert.equal(fields, ["a, b", "1", "http://h"]);
});

test("sluice connect --verbose shows the handshake and each frame beside the output", async () => {
  await using server = await TestServer.start();
  const url = `ws://127.0.0.1:${server.port}/`;
  const { stdout, stderr } = await sluice(["connect", "--verbose", url], "hi");
  assert.is(stdout, "hi\n");
  const lines = stderr.split("\n");
  assert.equal(lines.slice(0, 2), ["Sent:", "  GET / HTTP/1.1"]);
  assert.ok(lines.includes("  HTTP/1.1 101 Switching Protocols"));
  const frames = lines.filter((line) => /^(Sent|Received): \w/.test(line));
  const due = [
    'Sent: text, final, masked, 2 bytes: "hi"',
    "Sent: ping, final, masked, 4 bytes: 00 00 00 01",
    'Received: text, final, not masked, 2 bytes: "hi"',
    "Received: pong, final, not masked, 4 bytes: 00 00 00 01",
    "Sent: close, final, masked, 2 bytes: 1000 NORMAL_CLOSURE",
    "Received: close, final, not masked, 2 bytes: 1000 NORMAL_CLOSURE",
  ];
  assert.equal([...frames].sort(), [...due].sort()); // pong and echo may come in either order
});

test("sluice connect --verbose says what is wrong with a frame, below it", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.end(Buffer.concat([accept(request), bytes("8181 00000000 61")]));
  });
  const { code, stderr } = await sluice(["connect", "--verbose", `ws://127.0.0.1:${server.port}/`]);
  assert.is(code, 1);
  const problem = "Cannot accept frame: server masked it (§5.1)";
  assert.ok(stderr.includes(`Received: text, final, masked, 1 byte: "a"\n  ${problem}\n`), stderr);
});

test("sluice connect --diagram draws each frame, compressed ones too", async () => {
  const wire = bytes("c1 07 f2 48 cd c9 c9 07 00"); // RFC 7692 §7.2.3.1
  await using server = await FakeServer.start((socket, request) => {
    const extension = "Sec-WebSocket-Extensions: permessage-deflate";
    socket.end(Buffer.concat([accept(request, extension), wire, bytes("8800")]));
  });
  const url = `ws://127.0.0.1:${server.port}/`;
  const { code, stdout, stderr } = await sluice(["connect", "--diagram", "--compress", url]);
  assert.equal([code, stdout], [0, "Hello\n"]);
  const [explained] = explainFrames(wire, { role: "client", rsvAllowed: 4 });
  assert.equal(explained.problems, []);
  assert.ok(stderr.includes(`Received: ${drawFrame(explained)}\n\n`), stderr);
});

test("sluice connect answers pings with what they carry (§5.5.2, §5.5.3)", async () => {
  const wire = new Deferred<Buffer>();
  await using server = await FakeServer.start((socket, request) => {
    socket.write(Buffer.concat([accept(request), bytes("8903 616263")]));
    socket.once("data", (first: Buffer) => {
      wire.resolve(first);
      socket.end(bytes("880203e8"));
    });
  });
  await using command = new RunningCommand(["connect", `ws://127.0.0.1:${server.port}/`]);
  const pong = await withTimeout(wire.promise, "a pong", COMMAND_TIMEOUT_MS);
  const unmasked = pong.subarray(6).map((byte, at) => byte ^ pong[2 + at]);
  assert.equal([hex(pong.subarray(0, 2)), hex(unmasked)], ["8a83", "616263"]);
  await command.exited();
  assert.is(command.child.exitCode, 0);
});

const ENDS: readonly (readonly [
  what: string,
  wire: string,
  code: number,
  stdout: string,
  stderr: RegExp,
])[] = [
  ["Close without a code", "8800", 0, "", /^$/],
  ["Close 1001", "810161880203e9", 0, "a\n", /^$/],
  ["Close 1011", "880403f36e6f", 1, "", /^Failed: server closed with 1011 INTERNAL_ERROR "no"\n$/],
  [
    "a masked frame",
    "818100000000" + "61",
    1,
    "",
    /^Failed: Cannot accept frame: server masked it \(§5.1\); sent 1002 PROTOCOL_ERROR "Cannot/,
  ],
  ["FIN with no Close", "810161", 1, "a\n", /^Failed: connection was lost; no Close\n$/],
];

for (const [what, wire, due, out, err] of ENDS) {
  test(`sluice connect ends with ${due} at ${what} (§7)`, async () => {
    await using server = await FakeServer.start((socket, request) => {
      socket.write(accept(request));
      socket.end(Buffer.from(wire, "hex"));
    });
    await using command = new RunningCommand(["connect", `ws://127.0.0.1:${server.port}/`]);
    await command.exited();
    const { code, stdout, stderr } = await command.ended();
    assert.equal([code, stdout], [due, out]);
    assert.match(stderr, err);
  });
}

test("sluice connect tells why it is refused, and ends with 1", async () => {
  await using server = await FakeServer.start((socket) => {
    const answer = head("HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Basic");
    socket.end(Buffer.concat([answer, Buffer.from("No \x1b[2Jentry\nfor you\n")]));
  });
  const ended = await sluice(["connect", `ws://127.0.0.1:${server.port}/`]);
  assert.equal(ended, {
    code: 1,
    stdout: "",
    stderr:
      "Cannot open: server answered 401 Unauthorized, must be 101 (§4.1); it wants Basic\n" +
      "  No \\u{1b}[2Jentry\n  for you\n",
  });
});

test("sluice connect closes with 1001 at SIGINT, and is cut at the second", async () => {
  await using server = await TestServer.start();
  await using polite = new RunningCommand(["connect", `ws://127.0.0.1:${server.port}/`]);
  polite.write("up\n");
  await polite.until(/up/);
  polite.child.kill("SIGINT");
  await polite.exited(); // the end of its input would close, too
  assert.is((await polite.ended()).code, 0);
  assert.is((await server.connection.closed).code, 1001);

  let closing: () => void = () => {};
  const closed = new Promise<void>((resolve) => (closing = resolve));
  await using deaf = await FakeServer.start((socket, request) => {
    socket.write(Buffer.concat([accept(request), Buffer.from("81026869", "hex")]));
    socket.once("data", closing);
  });
  await using command = new RunningCommand(["connect", `ws://127.0.0.1:${deaf.port}/`]);
  await command.until(/hi/);
  command.child.kill("SIGINT");
  await closed; // its Close
  command.child.kill("SIGINT");
  await command.exited();
  const { code, stderr } = await command.ended();
  assert.equal([code, stderr], [1, "Failed: interrupted; sent 1001 GOING_AWAY\n"]);
});

test("sluice connect closes when nobody reads its output, as before head", async () => {
  await using server = await TestServer.start();
  await using command = new RunningCommand(["connect", `ws://127.0.0.1:${server.port}/`]);
  command.write("first\n");
  await command.until(/first/);
  command.child.stdout?.destroy();
  command.write("second\n");
  const { code } = await server.connection.closed;
  assert.is(code, 1001);
  assert.is((await command.ended()).code, 0);
});

const MISUSE: readonly (readonly [args: readonly string[], due: RegExp])[] = [
  [[], /^There is no URL to connect to\nTry: sluice connect --help\n$/],
  [["ws://a/", "ws://b/"], /^There is one URL, not 2\n/],
  [["ws://a/", "--header", "bad"], /^Header is "bad", must be "Name: value"\nTry: /],
  [["ws://a/", "--wait", "long"], /^--wait is "long", must be a number of seconds\n/],
  [["ws://a/", "--timeout", "-1"], /^Option '--timeout' argument is ambiguous/],
  [["http://a/"], /^Cannot read WebSocket URL: scheme of "http:\/\/a\/" is "http:"/],
];

for (const [args, due] of MISUSE) {
  test(`sluice connect ${args.join(" ")} is misuse`, async () => {
    const { code, stderr } = await sluice(["connect", ...args]);
    assert.is(code, 2);
    assert.match(stderr, due);
  });
}

test.run();
