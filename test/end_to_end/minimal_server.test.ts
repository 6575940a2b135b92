// The minimal server as a person starts it: a process with arguments, output, signals, exit codes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { ended, EXIT_WITHIN_MS, MinimalServer, run } from "../support/minimal_server.ts";
import { RawClient } from "../support/raw_client.ts";

const BEAT_MS = 1000;
const BEAT_TOLERANCE_MS = 250; // of a machine that runs other things too

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

test("serve says why it cannot listen, on port 7777 where nobody names another", async () => {
  const { code, stdout, stderr } = await ended(run(["--hostname", "192.0.2.1"], { PORT: "" }));
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot serve: listen EADDRNOTAVAIL: .* 192\.0\.2\.1:7777\n$/);
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
  const origin = `http://127.0.0.1:${server.port}`;
  const page = await fetch(`${origin}/`);
  assert.is(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(page.headers.get("content-security-policy") ?? "", "default-src 'none'");
  const loaded: string[] = [];
  for (let due = references(await page.text(), "/"); due.length > 0; due = due.slice(1)) {
    const [path] = due;
    if (loaded.includes(path)) continue;
    loaded.push(path);
    const file = await fetch(origin + path);
    assert.is(file.status, 200, path);
    assert.match(file.headers.get("content-type") ?? "", path.endsWith(".css") ? "css" : "script");
    due.push(...references(await file.text(), path));
  }
  for (const name of ["command/page/page.css", "command/page/main.js", "frame/explainer.js"]) {
    assert.ok(loaded.includes(`/src/${name}`), name);
  }
  const elsewhere = await fetch(`${origin}/elsewhere`);
  assert.is(elsewhere.status, 404);
  assert.match(await elsewhere.text(), /^Not found/);
  for (const path of ["/ws", `/wire?view=${"0".repeat(32)}`]) {
    assert.is((await fetch(origin + path)).status, 426);
  }
});

/** The paths of the files that a file of the page loads. Throws when one is of somewhere else. */
function references(text: string, path: string): string[] {
  const found = text.matchAll(/(?: (?:src|href)=|^(?:import|export)\b.*? from |url\()"([^"]*)"/gms);
  return Array.from(found, ([, reference]) => reference)
    .filter((reference) => !reference.startsWith("data:"))
    .map((reference) => {
      if (!/^[./]/.test(reference)) throw new Error(`${path} loads "${reference}"`);
      return new URL(reference, `http://localhost${path}`).pathname;
    });
}

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

test("SIGTERM in the middle of traffic: echoes in order to the end, then 1001", async () => {
  await using server = await MinimalServer.start();
  const clients = await Promise.all(Array.from({ length: 20 }, () => server.open("/echo")));
  const counts = clients.map(async (client, index) => {
    let [sent, received] = [0, 0];
    for (;;) {
      while (sent - received < 20) client.send(frame("81", String(sent++)));
      const event = await client.readEvent();
      if (event === "close 1001") break;
      assert.is(event, `text ${received++}`);
      if (index === 0 && received === 500) server.child.kill("SIGTERM");
    }
    client.send(closeFrame(1001));
    await client.fin();
    client.end();
    return received;
  });
  const received = await Promise.all(counts);
  assert.ok(received[0] >= 500, `${received}`);
  assert.is((await ended(server)).code, 0);
});

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
