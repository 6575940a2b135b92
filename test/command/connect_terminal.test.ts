// `sluice connect` as a person runs it, at a terminal, key by key; and with only one of its streams
// there.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes } from "../support/bytes.ts";
import { RunningCommand } from "../support/command.ts";
import type { CommandOptions } from "../support/command.ts";
import { accept, FakeServer } from "../support/fake_server.ts";
import type { Answer } from "../support/fake_server.ts";
import { TestServer } from "../support/server.ts";

const test = suite("command/connect_terminal");

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const CLOSE = bytes("880203e8");

function connect(
  port: number,
  terminals: NonNullable<CommandOptions["terminals"]>,
  ...options: readonly string[]
): RunningCommand {
  return new RunningCommand(["connect", ...options, `ws://127.0.0.1:${port}/`], { terminals });
}

/** A client at a terminal, which has nothing to say in colour. */
function person(port: number): RunningCommand {
  return connect(port, ["stdin", "stdout"], "--no-color");
}

/** What a terminal got, without what moves the cursor. */
function shown({ stdout }: RunningCommand): string {
  return stdout.replace(/\x1b\[\d*[A-Z]/g, "");
}

/** Opens, waits for the client's first bytes, maybe its Close, and ends with these. */
function answers(wire: Uint8Array, ...lines: readonly string[]): Answer {
  return (socket, request) => {
    socket.write(accept(request, ...lines));
    socket.once("data", () => socket.end(wire));
  };
}

test("sluice connect at a terminal sends what is typed, and knows commands", async () => {
  await using server = await TestServer.start();
  await using command = person(server.port);
  await command.until(/Connected\. Type a line to send it, \/help for more\n/);
  command.write("hi\r");
  await command.until(/< hi\n/);
  command.write("/binary 48 69 00\r");
  await command.until(/< binary, 3 bytes\n  00000000  48 69 00 +\|Hi\.\|\n/);
  command.write("/ping\r");
  await command.until(/Pong after \d+\.\d ms\n/);
  command.write("/help\r");
  await command.until(/\n  \/close \[CODE \[REASON\]\] Closes, with 1000 unless CODE is another\n/);
  command.write("/nope\r");
  await command.until(/There is no command "\/nope": \/help shows them, \/\/nope sends it\n/);
  command.write("/close 99\r");
  await command.until(/Cannot close: code is 99, must be /);
  command.write("/close 4001 enough\r");
  await command.exited();
  assert.match(shown(command), /> hi\r?\n/); // as it was typed, behind the prompt
  assert.match(shown(command), /Closed: 4001 of an application "enough"\n$/);
  assert.equal([command.child.exitCode, command.stderr], [0, ""]);
  assert.equal(server.messages, ["hi", bytes("486900")]);
});

test("sluice connect at a terminal ends at Ctrl-D, and shows what comes until then", async () => {
  const late = "81046c617465";
  await using server = await FakeServer.start(answers(bytes(`${late} 880203e8`)));
  await using command = person(server.port);
  await command.until(/Connected/);
  command.write(CTRL_D);
  await command.until(/Closed/);
  assert.equal([(await command.ended()).code, command.stderr], [0, ""]);
  assert.match(shown(command), /< late\nClosed: 1000 NORMAL_CLOSURE\n$/);
});

test("sluice connect at a terminal closes at Ctrl-C, and ends at the second", async () => {
  await using server = await FakeServer.start((socket, request) => socket.write(accept(request)));
  await using command = person(server.port);
  await command.until(/Connected/);
  command.write(CTRL_C);
  await command.until(/Closing; Ctrl-C again ends at once\n/);
  command.write(CTRL_C);
  await command.exited();
  assert.is(command.child.exitCode, 1);
  assert.is(command.stderr, "Failed: interrupted; sent 1001 GOING_AWAY\n");
});

test("sluice connect at a terminal lets no line of a message pass for one of its own", async () => {
  const text = "one\n< two\x1b[2J";
  const wire = Buffer.concat([Uint8Array.of(0x81, text.length), Buffer.from(text), CLOSE]);
  await using server = await FakeServer.start((socket, request) => {
    socket.end(Buffer.concat([accept(request), wire]));
  });
  await using command = connect(server.port, ["stdin", "stdout"], "--color");
  await command.exited();
  const mark = (text: string): string => `\x1b[36m${text}\x1b[0m`;
  assert.ok(command.stdout.includes(`${mark("< ")}one\n${mark("  ")}< two\\u{1b}[2J\n`));
});

test("sluice connect shows what it sends where the input is no terminal", async () => {
  const agreed = ["Sec-WebSocket-Protocol: b", "Sec-WebSocket-Extensions: permessage-deflate"];
  await using server = await FakeServer.start(answers(CLOSE, ...agreed));
  const flags = ["--no-color", "--binary", "--compress", "--subprotocol", "b"];
  await using command = connect(server.port, ["stdout"], ...flags);
  command.write(`${"00".repeat(1100)}\n`);
  await command.exited();
  assert.is(command.stderr, "Connected, subprotocol b, permessage-deflate\n");
  const lines = command.stdout.split("\n");
  assert.is(lines[0], "> binary, 1,100 bytes");
  assert.match(lines[1], /^  00000000 ( 00){8} /);
  assert.equal(lines.slice(-3), ["  ... 76 bytes more", "Closed: 1000 NORMAL_CLOSURE", ""]);
});

test("sluice connect keeps what is no message out of an output that is no terminal", async () => {
  await using server = await TestServer.start();
  await using command = connect(server.port, ["stdin"]);
  command.write("/nope\nhi\n");
  await command.until(/^hi\n$/);
  const { code, stdout, stderr } = await command.ended();
  assert.equal([code, stdout], [0, "hi\n"]);
  assert.is(stderr, 'There is no command "/nope": /help shows them, //nope sends it\n');
});

test.run();
