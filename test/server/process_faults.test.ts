// What happens to the process of a server: it has no descriptors left, its event loop stands still,
// its wall clock is set, its handlers fail in every way. Connections that have no part in it live.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { execFileSync } from "node:child_process";
import type { EventEmitter } from "node:events";
import { frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { Observed } from "../support/observed.ts";
import { RawClient } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { ask, ServerProcess } from "../support/server_process.ts";
import { until } from "../support/with_timeout.ts";

const DAY_MS = 86_400_000;

const test = suite("server/process_faults");

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Milliseconds of processor time that the server has used. */
async function cpuMs(client: RawClient): Promise<number> {
  return Number((await ask(client, "cpu")).replace("text ", ""));
}

test("EMFILE at accept: who is connected is served, it is quiet, and soon over", async () => {
  await using server = await ServerProcess.start({ descriptorsMax: 64 });
  const clients = await Promise.all(Array.from({ length: 5 }, () => server.open()));
  let shed = 0;
  const fillers: RawClient[] = [];
  for (let count = 0; count < 100; count++) {
    const filler = await RawClient.connect(server.port);
    filler.socket.once("end", () => shed++).once("error", () => shed++);
    fillers.push(filler);
  }
  await until(() => shed >= 100 - 64, "connections that are shed");
  const before = await cpuMs(clients[0]);
  await pass(500);
  for (const client of clients) assert.is(await ask(client, "Hello"), "text Hello");
  const usedMs = (await cpuMs(clients[0])) - before;
  assert.ok(usedMs < 250, `${usedMs} ms of the processor in 500 ms`);
  assert.ok(shed < 100, "all were shed");
  for (const filler of fillers) filler.socket.destroy();
  const start = performance.now();
  let late: RawClient | null = null;
  while (late === null) late = await server.open().catch(() => null);
  const lateMs = performance.now() - start;
  assert.ok(lateMs < 1000, `a connection opens ${lateMs} ms after there are descriptors`);
  for (const client of [...clients, late]) client.socket.destroy();
  assert.match(server.output, /^port \d+\n$/);
});

test("EMFILE at accept and nothing to spare: it listens on, and opens what waited", async () => {
  await using server = await ServerProcess.start();
  const client = await server.open();
  /** libuv keeps one descriptor with which to shed a connection: under this limit it has none. */
  const allow = (descriptors: string): void => {
    execFileSync("prlimit", ["--pid", String(server.child.pid), `--nofile=${descriptors}:`]);
  };
  const before = execFileSync("prlimit", ["--nofile", "--noheadings", "--output", "SOFT"]);
  allow("3");
  const waiting = server.open();
  await pass(200);
  assert.is(await ask(client, "Hello"), "text Hello");
  allow(String(before).trim());
  const late = await waiting;
  assert.is(await ask(late, "Hello"), "text Hello");
  for (const { socket } of [client, late]) socket.destroy();
  assert.match(server.output, /^port \d+\n$/);
});

test("An error of accept, which Node emits on other systems, ends nothing", async () => {
  using accepted = new Observed<{ readonly socket: { readonly server: EventEmitter } }>(
    "net.server.socket",
  );
  await using server = await TestServer.start();
  const clients = [await server.open()];
  const { socket } = accepted.events[0];
  socket.server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }));
  clients.push(await server.open());
  for (const client of clients) {
    client.send(frame("81", "Hello"));
    assert.is(await client.readEvent(), "text Hello");
  }
});

test("A blocked event loop: keepalive cuts nobody who has answered meanwhile", async () => {
  const keepalive = { interval: 200, timeout: 200 };
  await using server = await ServerProcess.start({ upgrade: { keepalive } });
  const clients = await Promise.all(Array.from({ length: 5 }, () => server.open()));
  await Promise.all(clients.map((client) => ask(client, "Hello")));
  await Promise.all(
    clients.map(async (client, index) => {
      const text = index === 0 ? "block 1000" : "Hello";
      assert.is(await ask(client, text), `text ${text}`);
      assert.is(await ask(client, "again"), "text again");
    }),
  );
  for (const client of clients) client.socket.destroy();
});

test("A blocked event loop: who takes bytes meanwhile is not cut (stallTimeoutMs)", async () => {
  const size = 20_000_000;
  const limits = { stallTimeoutMs: 300, outboxSizeMax: 2 * size, messageSizeMax: 2 * size };
  await using server = await ServerProcess.start({ upgrade: { limits } });
  await using client = await server.open();
  client.pause();
  client.send(frame("81", `fill ${size}`));
  await pass(200);
  client.resume();
  assert.match(await client.readEvent(), `binary of ${size} bytes`);
  assert.is(await client.readEvent(), `text fill ${size}`);
});

for (const shiftMs of [DAY_MS, -DAY_MS]) {
  const way = shiftMs > 0 ? "forward" : "back";
  test(`A wall clock that is set a day ${way} makes no time-out early, nor late`, async () => {
    const keepalive = { interval: 400, timeout: 400 };
    await using server = await ServerProcess.start({
      limits: { handshakeTimeoutMs: 700 },
      upgrade: { keepalive, limits: { closeTimeoutMs: 600 } },
    });
    await using client = await server.open();
    await using silent = await server.open();
    await using slow = await RawClient.connect(server.port);
    await using slower = await RawClient.connect(server.port);
    await using closing = await server.open();
    for (const one of [slow, slower]) one.send(handshake().subarray(0, 60));
    assert.is(await ask(client, `jump ${shiftMs}`), `text jump ${shiftMs}`);
    const start = performance.now();
    slow.send(handshake().subarray(60));
    assert.is((await slow.readHead()).status, 101);
    closing.send(frame("81", "over"));
    assert.is(await closing.readEvent(), "close 1000");
    const ends = Promise.all([
      silent.transcript().then((lines) => [lines.join(), performance.now() - start] as const),
      closing.transcript().then((lines) => [lines.join(), performance.now() - start] as const),
      slower.readHead().then(({ status }) => [String(status), performance.now() - start] as const),
    ]);
    const isOver = ends.then(() => true);
    while (!(await Promise.race([isOver, pass(50).then(() => false)]))) {
      assert.is(await ask(client, "Hello"), "text Hello");
    }
    const [[silence, silentMs], [, closingMs], [status, slowerMs]] = await ends;
    assert.match(silence, /^ping .*(?:FIN|RST)$/);
    assert.is(status, "408");
    // Node looks for heads that take too long each `handshakeTimeoutMs`.
    for (const [ms, least] of [[silentMs, 500], [closingMs, 400], [slowerMs, 500]]) {
      assert.ok(ms > least && ms < 10_000, `${ms} ms, must be more than ${least}`);
    }
  });
}

/** Requests whose handler throws. */
const REQUESTS = [
  request("GET /throw HTTP/1.1"),
  handshake({}, "GET /throw HTTP/1.1"),
  handshake({}, "GET /throw-upgraded HTTP/1.1"),
];

test("With --unhandled-rejections=strict no fault of handlers or clients ends it", async () => {
  await using server = await ServerProcess.start({ flags: ["--unhandled-rejections=strict"] });
  await using survivor = await server.open();
  for (let time = 0; time < 10; time++) {
    for (const fault of ["throw", "reject"]) {
      await using client = await server.open();
      assert.is(await ask(client, fault), "close 1011");
    }
    for (const bytes of REQUESTS) {
      await using client = await RawClient.connect(server.port);
      client.send(bytes);
      assert.is((await client.readHead()).status, 500);
    }
    for (const text of ["blindly", "Hello", "throw", "over"]) {
      const client = await server.open();
      client.pause();
      client.send(frame("81", text));
      if (time % 2 === 1) await pass(time);
      client.reset();
    }
  }
  assert.is(await ask(survivor, "Hello"), "text Hello");
  assert.not.match(server.output, /[Uu]nhandled|[Uu]ncaught/);
  assert.ok(server.isAlive);
});

test("kill -9 with open connections: the next server has the port at once", async () => {
  const clients: RawClient[] = [];
  let port = 0;
  {
    await using server = await ServerProcess.start();
    port = server.port;
    for (let count = 0; count < 50; count++) clients.push(await server.open());
    await Promise.all(clients.map((client) => ask(client, "Hello")));
    await server.kill();
  }
  await using next = await ServerProcess.start({ port });
  assert.is(next.port, port);
  const again = await Promise.all(clients.map(() => next.open()));
  await Promise.all(again.map((client) => ask(client, "Hello")));
  for (const client of [...clients, ...again]) client.socket.destroy();
});

test.run();
