// The minimal server as a person starts it: a process with arguments, output, signals, exit codes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { withTimeout } from "../support/with_timeout.ts";

const SCRIPT = fileURLToPath(new URL("../../src/command/main.js", import.meta.url));
const BEAT_MS = 1000;
const BEAT_TOLERANCE_MS = 250; // of a machine that runs other things too
const EXIT_WITHIN_MS = 5000;

const test = suite("end_to_end/minimal_server");

test("serve prints its address in one line, and its limits once", async () => {
  await using server = await MinimalServer.start();
  const lines = server.stdout.trimEnd().split("\n");
  assert.is(lines.filter((line) => line.startsWith("Listening on http://")).length, 1);
  assert.is(lines.filter((line) => line.includes("messageSizeMax 1048576")).length, 1);
  assert.is(lines.length, 3);
});

test("serve listens on the port of the environment, and rather on that of --port", async () => {
  await using server = await MinimalServer.start([], { PORT: "0" });
  const inUse = String(server.port);
  const { code, stderr } = await ended(run(["--port", inUse], { PORT: "0" }));
  assert.is(code, 1);
  assert.is(stderr.trimEnd().split("\n").length, 1);
  assert.match(stderr, /^Cannot serve: .*EADDRINUSE/);
});

const WRONG: readonly (readonly [args: readonly string[], due: RegExp])[] = [
  [["--prot", "80"], /^Unknown option '--prot'/],
  [["--port", "80a"], /^Port is "80a"/],
  [["--port", "65536"], /^Port is "65536"/],
  [["--port"], /argument missing/],
  [["8080"], /^Unexpected argument '8080'/],
];

for (const [args, due] of WRONG) {
  test(`serve ${args.join(" ")} is refused with exit code 2`, async () => {
    const { code, stdout, stderr } = await ended(run(args));
    assert.is(code, 2);
    assert.is(stdout, "");
    assert.match(stderr, due);
    assert.match(stderr, /\nTry: sluice serve --help$/m);
  });
}

test("serve answers / with a page that needs nothing from elsewhere", async () => {
  await using server = await MinimalServer.start();
  const page = await fetch(`http://127.0.0.1:${server.port}/`);
  assert.is(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(page.headers.get("content-security-policy") ?? "", "default-src 'none'");
  assert.not.match(await page.text(), /(?:src|href)\s*=\s*["'](?!data:)|url\(|@import/);
  const elsewhere = await fetch(`http://127.0.0.1:${server.port}/elsewhere`);
  assert.is(elsewhere.status, 404);
  assert.match(await elsewhere.text(), /^Not found/);
  assert.is((await fetch(`http://127.0.0.1:${server.port}/ws`)).status, 426);
});

test("/echo takes messages that the default limit would refuse, up to 64 MiB", async () => {
  await using server = await MinimalServer.start();
  await using client = await server.open("/echo");
  const size = 2 * 1024 * 1024;
  client.send(frame("82", new Uint8Array(size)));
  assert.match(await client.readEvent(), new RegExp(`^binary of ${size} bytes`));
  client.send(frameHeader("82", 64 * 1024 * 1024 + 1));
  assert.is(await client.readEvent(), "close 1009");
});

test("/ws beats each second in phase, while echoes go back and forth", async () => {
  await using server = await MinimalServer.start();
  await using client = await server.open("/ws");
  const opened = performance.now();
  const beats: number[] = [];
  let echoes = 0;
  while (beats.length < 3) {
    client.send(frame("81", "load"));
    let event = await client.readEvent();
    while (event === "text heartbeat") {
      beats.push(performance.now() - opened);
      event = await client.readEvent();
    }
    assert.is(event, "text load");
    echoes++;
  }
  assert.ok(echoes > 100, `${echoes} echoes`);
  for (const [index, beat] of beats.entries()) {
    const due = (index + 1) * BEAT_MS;
    assert.ok(Math.abs(beat - due) < BEAT_TOLERANCE_MS, `beat ${index + 1} came at ${beat} ms`);
  }
  client.send(closeFrame(1000));
  assert.equal((await client.transcript()).at(-2), "close 1000");
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`serve closes its connections with 1001 at ${signal}, and exits with 0`, async () => {
    await using server = await MinimalServer.start();
    const paths = ["/ws", "/echo", "/ws"];
    const clients = await Promise.all(paths.map((path) => server.open(path)));
    server.child.kill(signal);
    for (const client of clients) {
      assert.is(await client.readEvent(), "close 1001");
      client.send(closeFrame(1001));
      await client.fin();
      client.end();
    }
    assert.is((await ended(server)).code, 0);
  });
}

test("serve exits with 0 within 5 s although a client answers nothing", async () => {
  await using server = await MinimalServer.start();
  await using _deaf = await server.open("/ws");
  await using _idle = await RawClient.connect(server.port);
  const start = performance.now();
  server.child.kill("SIGTERM");
  assert.is((await ended(server)).code, 0);
  assert.ok(performance.now() - start < EXIT_WITHIN_MS);
});

test.run();

/** The server as a child process: what it prints, and how it ends. */
class MinimalServer implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const all = [SCRIPT, "serve", ...args];
    this.child = spawn(process.execPath, all, { env: { ...process.env, ...env } });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = once(this.child, "close");
  }

  static async start(
    args: readonly string[] = ["--port", "0", "--hostname", "127.0.0.1"],
    env: Readonly<Record<string, string>> = {},
  ): Promise<MinimalServer> {
    const server = run(args, env);
    while (!server.stdout.includes("Limits of a connection")) {
      await withTimeout(once(server.child.stdout as NodeJS.ReadableStream, "data"), "output");
    }
    return server;
  }

  get port(): number {
    return Number(/^Listening on http:.*:(\d+)\/$/m.exec(this.stdout)?.[1]);
  }

  /** A client with an open connection to `path`. */
  async open(path: string): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    client.send(handshake({}, `GET ${path} HTTP/1.1`));
    assert.is((await client.readHead()).status, 101);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): MinimalServer {
  return new MinimalServer(args, env);
}

/** How it ended. */
async function ended(
  server: MinimalServer,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await withTimeout(server.exited, "the server to exit", EXIT_WITHIN_MS + 1000);
  return { code: server.child.exitCode, stdout: server.stdout, stderr: server.stderr };
}
