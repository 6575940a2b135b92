// What `sluice tap` prints of what passes: each form of it, and what is wrong.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { drawFrame, explainFrames } from "../../src/frame/mod.ts";
import { bytes } from "../support/bytes.ts";
import { makeCertificate } from "../support/certificate.ts";
import { RunningCommand } from "../support/command.ts";
import { closed, FakeServer } from "../support/fake_server.ts";
import { frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { atRest, until } from "../support/with_timeout.ts";

const test = suite("command/tap_printer");

const DEFLATE = { "Sec-WebSocket-Extensions": "permessage-deflate" };
const HELLO = bytes("c1 87 00000000 f2 48 cd c9 c9 07 00"); // RFC 7692 §7.2.3.1

/** A tap on a server, and a client of it that has sent its handshake. */
class Tapped implements AsyncDisposable {
  readonly tap: RunningCommand;
  readonly client: RawClient;

  private constructor(tap: RunningCommand, client: RawClient) {
    this.tap = tap;
    this.client = client;
  }

  static async start(url: string, ...args: readonly string[]): Promise<Tapped> {
    const tap = new RunningCommand(["tap", "--port", "0", ...args, url]);
    const [, port] = await tap.until(/^[^\n]*?ws:\/\/127\.0\.0\.1:(\d+)/);
    return new Tapped(tap, await RawClient.connect(Number(port)));
  }

  /** Sends a handshake that is answered with 101. */
  async open(fields = {}): Promise<void> {
    this.client.send(handshake(fields));
    assert.is((await this.client.readHead()).status, 101);
  }

  /** Ends it. Returns what it has printed. */
  async ended(): Promise<string> {
    this.tap.child.kill("SIGINT");
    const { code, stdout, stderr } = await this.tap.ended();
    assert.equal([code, stderr], [0, ""]);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.socket.destroy();
    await this.tap[Symbol.asyncDispose]();
  }
}

test("sluice tap --diagram draws each frame, and shows what is compressed (RFC 7692)", async () => {
  await using server = await TestServer.start({ upgrade: { compression: { threshold: 0 } } });
  await using tapped = await Tapped.start(`ws://127.0.0.1:${server.port}/`, "--diagram", "--color");
  await tapped.open(DEFLATE);
  tapped.client.send(HELLO);
  assert.is(await tapped.client.readEvent(), "text Hello"); // which no compression shortens
  const stdout = await tapped.ended();
  assert.match(stdout, /^Tap listens on \x1b\[1mws:\/\/127\.0\.0\.1:\d+\x1b\[0m, and passes/);
  const [sent, received] = [HELLO, bytes("81 05 48 65 6c 6c 6f")].map((wire) => {
    return drawFrame(explainFrames(wire, { rsvAllowed: 4 })[0], { colour: true });
  });
  const inflated = `\n${" ".repeat(18)}inflated: text, 5 bytes: "Hello"\n\n`;
  assert.ok(stdout.includes(`\x1b[33m#1 →\x1b[0m ${sent}${inflated}`), stdout);
  assert.ok(stdout.includes(`\x1b[36m#1 ←\x1b[0m ${received}\n\n`), stdout);
});

test("sluice tap --json has what is compressed inflated (RFC 7692)", async () => {
  await using server = await TestServer.start({ upgrade: { compression: { threshold: 0 } } });
  await using tapped = await Tapped.start(`ws://127.0.0.1:${server.port}/`, "--json");
  await tapped.open(DEFLATE);
  tapped.client.send(HELLO, frame("89", "p"));
  await tapped.tap.until(/"server","event":"frame".*\n.*"server","event":"frame".*\n/);
  const events = (await tapped.ended()).trimEnd().split("\n").map((line) => JSON.parse(line));
  const frames = events.filter(({ event }) => event === "frame");
  const seen = frames.map(({ opcode, inflated }) => [opcode, inflated]);
  const inflated = { text: "Hello", problem: null };
  assert.equal(seen.slice(0, 2), [[1, inflated], [9, undefined]]);
  assert.equal(seen.slice(2).map(([opcode]) => opcode).sort(), [1, 10]);
});

test("sluice tap says what is wrong with a handshake and a frame, below them", async () => {
  await using server = await TestServer.start();
  await using tapped = await Tapped.start(`ws://127.0.0.1:${server.port}/`);
  tapped.client.send(handshake({ "Sec-WebSocket-Version": "12" }));
  assert.is((await tapped.client.readHead()).status, 426);
  await tapped.tap.until(/\n {18}Cannot upgrade: Sec-WebSocket-Version/);
  await using other = await Tapped.start(`ws://127.0.0.1:${server.port}/`);
  await other.open();
  other.client.send("8100");
  const problem = "Cannot accept frame: client did not mask it (§5.1)";
  await other.tap.until(/#1 → text, final, not masked, empty\n {18}Cannot accept frame: .*§5.1/);
  assert.ok((await other.ended()).includes(`\n${" ".repeat(18)}${problem}\n`));
});

test("sluice tap shows that a server speaks no HTTP, and passes that on", async () => {
  await using server = await FakeServer.start((socket) => socket.end("SSH-2.0\n"));
  await using tapped = await Tapped.start(`ws://127.0.0.1:${server.port}/`);
  tapped.client.send(handshake());
  assert.is(Buffer.from(await tapped.client.readToFin()).toString(), "SSH-2.0\n");
  await tapped.tap.until(/#1 ← Cannot read HTTP head: found a LF without CR/);
});

test("sluice tap takes any certificate with --insecure, and only then", async () => {
  await using server = await TestServer.start({ serve: makeCertificate() });
  const url = `wss://127.0.0.1:${server.port}/`;
  await using tapped = await Tapped.start(url, "--insecure");
  await tapped.open();
  await using other = await Tapped.start(url);
  other.client.send(handshake());
  assert.is((await other.client.readHead()).status, 502);
  await other.tap.until(/#1 · Cannot reach wss:.*: self-signed certificate/);
});

test("sluice tap forgets a client that leaves before it has asked", async () => {
  await using server = await TestServer.start();
  await using tapped = await Tapped.start(`ws://127.0.0.1:${server.port}/`);
  tapped.client.send(handshake().subarray(0, 20));
  tapped.client.end();
  assert.equal(await tapped.client.transcript(), ["FIN"]);
  assert.is((await tapped.ended()).trimEnd().split("\n").length, 2);
});

test("sluice tap gives up the server for a client that does not wait for it", async () => {
  await using silent = await FakeServer.start(() => {}); // which never says its half of TLS
  await using tapped = await Tapped.start(`wss://127.0.0.1:${silent.port}/`);
  tapped.client.send(handshake());
  await until(() => silent.sockets.length === 1, "the tap to connect");
  tapped.client.reset();
  await closed(silent.sockets[0]);
  assert.not.match(await tapped.ended(), "Cannot reach");
});

test("sluice tap holds both sides back while nobody takes its output", async () => {
  const count = 20_000;
  await using server = await TestServer.start();
  await using tapped = await Tapped.start(`ws://127.0.0.1:${server.port}/`);
  await tapped.open();
  tapped.client.send(frame("81", "x"));
  assert.is(await tapped.client.readEvent(), "text x");
  tapped.tap.child.stdout?.pause();
  tapped.client.send(...Array.from({ length: count - 1 }, () => frame("81", "x")));
  await until(() => server.messages.length > 1, "the first of them");
  await atRest(() => server.messages.length);
  assert.ok(server.messages.length < count, `${server.messages.length} messages`);
  tapped.tap.child.stdout?.resume();
  for (let echoes = 1; echoes < count; echoes++) await tapped.client.readFrame();
  const told = (await tapped.ended()).match(/ text, final, (?:not )?masked, 1 byte: "x"\n/g);
  assert.is(told?.length, 2 * count);
});

test.run();
