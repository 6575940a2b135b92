// `sluice connect` between a server and a script of which one is slow, silent or gone.

import { closeSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { devNull } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after } from "../../src/channel/mod.ts";
import { bytes, concat } from "../support/bytes.ts";
import { COMMAND_TIMEOUT_MS, RunningCommand, sluice } from "../support/command.ts";
import type { CommandOptions, Ended } from "../support/command.ts";
import { accept, closed, FakeServer } from "../support/fake_server.ts";
import { frame } from "../support/frame.ts";
import { TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { atRest, until } from "../support/with_timeout.ts";

const test = suite("command/connect_flow");

const CLOSE = bytes("880203e8");
const MEBIBYTE = 1024 * 1024;

/** Has a command run against a server that opens, and then does this; to its end. */
async function against(
  then: (socket: Socket) => void,
  args: readonly string[],
  input?: string,
  options?: CommandOptions,
): Promise<Ended> {
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
    then(socket);
  });
  const url = `ws://127.0.0.1:${server.port}/`;
  const ended = await sluice(["connect", ...args, url], input, options);
  await closed(server.sockets[0]); // it leaves nothing open
  return ended;
}

test("sluice connect holds the server back while nobody takes its output", async () => {
  const size = 64 * 1000;
  const header = Uint8Array.of(0x81, 126, size >> 8, size & 0xff);
  const message = concat(header, new Uint8Array(size).fill(0x61));
  const count = 500;
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
    for (let sent = 0; sent < count; sent++) socket.write(message);
    socket.end(CLOSE);
  });
  await using command = new RunningCommand(["connect", `ws://127.0.0.1:${server.port}/`]);
  command.child.stdout?.pause();
  await until(() => server.requests.length === 1, "the request", COMMAND_TIMEOUT_MS);
  const [socket] = server.sockets;
  await atRest(() => socket.writableLength);
  const held = socket.writableLength;
  assert.ok(held > MEBIBYTE, `${held} bytes wait`);
  command.child.stdout?.resume();
  await command.exited();
  assert.equal([command.child.exitCode, command.stderr], [0, ""]);
  assert.is(command.stdout, `${"a".repeat(size)}\n`.repeat(count));
});

test("sluice connect reads on behind 3,000 pings in a segment", async () => {
  const pings = concat(...Array.from({ length: 3000 }, () => bytes("8900")));
  const wire = concat(pings, bytes("810548656c6c6f"), CLOSE);
  const { code, stdout, stderr } = await against((socket) => socket.end(wire), []);
  assert.equal([code, stdout, stderr], [0, "Hello\n", ""]);
});

test("sluice connect answers the newest ping once there is room (§5.5.3)", async () => {
  const line = "x".repeat(16 * MEBIBYTE); // more than the kernel takes on the way
  const parts: Buffer[] = [];
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
    socket.once("data", (first: Buffer) => {
      socket.pause();
      parts.push(first);
      socket.write(bytes("8901 61 8901 62 8102 6869")); // pings "a" and "b", a text
    });
  });
  await using command = new RunningCommand(["connect", `ws://127.0.0.1:${server.port}/`]);
  command.write(`${line}\n`);
  await command.until(/^hi\n/); // so the pings have come, too
  const [socket] = server.sockets;
  socket.on("data", (chunk: Buffer) => parts.push(chunk)).resume();
  const size = frame("81", line).length + 7;
  await until(() => parts.reduce((sum, { length }) => sum + length, 0) >= size, "the pong");
  const wire = Buffer.concat(parts);
  assert.is(wire.length, size); // one, behind the text
  assert.is(wire.subarray(-7, -5).toString("hex"), "8a81");
  assert.is(wire[wire.length - 1] ^ wire[wire.length - 5], "b".charCodeAt(0));
  socket.end(CLOSE);
  await command.exited();
  assert.is(command.child.exitCode, 0);
});

test("sluice connect waits for the Close of the server as long as it may (§7.1.1)", async () => {
  const ended = await against((socket) => socket.resume(), ["--timeout", "2", "--wait", "0"]);
  const stderr = "Failed: no Close came within 2000 ms; sent 1000 NORMAL_CLOSURE\n";
  assert.equal(ended, { code: 1, stdout: "", stderr });
});

test("sluice connect ends TCP itself where the server does not, behind both Closes", async () => {
  const ended = await against((socket) => socket.once("data", () => socket.write(CLOSE)), []);
  assert.equal(ended, { code: 0, stdout: "", stderr: "" });
});

test("sluice connect --wait reads on behind the end of its input", async () => {
  const run = async (connection: Connection): Promise<void> => {
    for await (const message of connection) {
      await connection.write(message); // all that was sent is answered
      await after(200).receive();
      await connection.write("more");
    }
  };
  await using server = await TestServer.start({ run });
  const url = `ws://127.0.0.1:${server.port}/`;
  const ended = await sluice(["connect", "--wait", "1.5", url], "hi");
  assert.equal(ended, { code: 0, stdout: "hi\nmore\n", stderr: "" });
});

test("sluice connect tells of a line that was lost while it was asked for a ping", async () => {
  const then = (socket: Socket): void => void socket.once("data", () => socket.resetAndDestroy());
  const ended = await against(then, ["--commands"], "/help\n/ping\n");
  assert.equal([ended.code, ended.stdout], [1, ""]);
  assert.match(ended.stderr, /^  \/ping +Sends a ping, /);
  assert.match(ended.stderr, /\nFailed: (?:read|write) E\w+; no Close\n$/);
});

test("sluice connect says which code cannot be sent, and closes with 1000 (§7.4)", async () => {
  const then = (socket: Socket): void => void socket.once("data", () => socket.end(CLOSE));
  const { code, stderr } = await against(then, ["--commands"], "/close 1005 none\n");
  assert.is(code, 2);
  assert.match(stderr, /^Cannot close: code is 1005, must be .* \(§7\.4\)\nTry: sluice connect --/);
});

test("sluice connect cuts the connection when its input cannot be read", async () => {
  const stdin = openSync(devNull, "w");
  const ended = await against((socket) => socket.resume(), [], undefined, { stdin });
  closeSync(stdin);
  assert.is(ended.code, 1);
  assert.match(ended.stderr, /^Failed: EBADF: bad file descriptor, read; no Close\n$/);
});

test("sluice connect takes no line that has no end", async () => {
  const then = (socket: Socket): void => void socket.once("data", () => socket.end(CLOSE));
  const { code, stderr } = await against(then, [], "x".repeat(64 * MEBIBYTE + 1));
  assert.equal([code, stderr.split("\n")[0]], [2, "A line is over 67108864 bytes"]);
});

test("sluice connect gives up at SIGINT while the server does not answer", async () => {
  await using server = await FakeServer.start(() => {});
  await using command = new RunningCommand(["connect", `ws://127.0.0.1:${server.port}/`]);
  await until(() => server.requests.length === 1, "the request", COMMAND_TIMEOUT_MS);
  command.child.kill("SIGINT");
  await command.exited();
  assert.equal([command.child.exitCode, command.stderr], [1, "Interrupted\n"]);
});

test.run();
