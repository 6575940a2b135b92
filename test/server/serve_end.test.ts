// How a server ends: by its signal, by `await using`, or with the process that it lets go. The
// processes are this file's own children: `node -e`, with the module under test.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { spawn } from "node:child_process";
import { getEventListeners } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { serve } from "../../src/mod.ts";
import type { ServeHandler, Server } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { rejects } from "../support/rejects.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/serve_end");

const hello: ServeHandler = () => new Response("Hello");

const LOCAL = { port: 0, hostname: "127.0.0.1" };

const MODULE = new URL("../../src/mod.js", import.meta.url).href;

/** What a process prints that runs `code`, and how it ended: `"done, exit 0"`. */
async function outcome(code: string, timeoutMs = 3000): Promise<string> {
  const source = `
    import { serve, upgradeWebSocket } from ${JSON.stringify(MODULE)};
    const listening = (options) => new Promise((resolve) => {
      const server = serve({ port: 0, hostname: "127.0.0.1", ...options,
        onListen: () => resolve(server) }, () => new Response("Hello"));
    });
    ${code}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source]);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Deferred<number | null>();
  child.once("close", exit.resolve);
  try {
    const status = await withTimeout(exit.promise, "an exit", timeoutMs);
    return `${output.trim()}, exit ${status}`;
  } finally {
    child.kill("SIGKILL");
  }
}

/** What is refused after the server has shut down. */
async function refusesConnections(port: number): Promise<void> {
  const response = fetch(`http://127.0.0.1:${port}/`);
  const { cause } = await rejects(response, "a connection refused");
  assert.is((cause as { code?: string }).code, "ECONNREFUSED");
}

test("a signal that is aborted already: the server ends, and nobody is served", async () => {
  let calls = 0;
  const server = serve({ ...LOCAL, onListen: () => calls++, signal: AbortSignal.abort() }, hello);
  await withTimeout(server.finished, "the end");
  assert.ok(calls <= 1);
});

test("a signal that aborts shuts down, and has no listener of ours then", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const server = await TestServer.start({ serve: { signal } });
  const client = await server.open();
  assert.is(getEventListeners(signal, "abort").length, 1);
  controller.abort();
  assert.is(await client.readEvent(), "close 1001");
  client.send("88 82 00000000 03e9");
  await client.fin();
  client.end();
  await withTimeout(server.shutdown(), "the end");
  assert.is(getEventListeners(signal, "abort").length, 0);
  await refusesConnections(server.port);
});

test("a server that shuts down by itself takes its listener off the signal", async () => {
  const { signal } = new AbortController();
  const server = await TestServer.start({ serve: { signal } });
  await server.shutdown();
  assert.is(getEventListeners(signal, "abort").length, 0);
});

test("a server that cannot listen takes its listener off the signal", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  const { port } = holder.address() as AddressInfo;
  const { signal } = new AbortController();
  const server = serve({ ...LOCAL, port, signal }, hello);
  await rejects(server.finished);
  await new Promise((resolve) => holder.close(resolve));
  assert.is(getEventListeners(signal, "abort").length, 0);
});

test("await using shuts down before it goes on", async () => {
  const told = new Deferred<number>();
  let server: Server;
  {
    await using inner = serve(
      { ...LOCAL, onListen: (addr) => told.resolve(addr.transport === "tcp" ? addr.port : 0) },
      hello,
    );
    server = inner;
    const response = await fetch(`http://127.0.0.1:${await told.promise}/`);
    assert.is(await response.text(), "Hello");
  }
  await withTimeout(server.finished, "the end");
  await refusesConnections(await told.promise);
});

test("shutdown() before the server listens ends it all the same", async () => {
  const server = serve({ ...LOCAL, onListen: () => {} }, hello);
  await withTimeout(server.shutdown(), "the end");
});

/** Code of a process, and what it prints before it ends by itself. */
const PROCESSES: readonly (readonly [what: string, code: string, outcome: string])[] = [
  [
    "a process ends by itself when its server has shut down",
    `const server = await listening({});
     await server.shutdown(); console.log("done");`,
    "done, exit 0",
  ],
  [
    "unref() lets the process end though the server listens",
    `const server = await listening({});
     server.unref(); console.log("done");`,
    "done, exit 0",
  ],
  [
    "ref() takes unref() back",
    `const server = await listening({});
     server.unref(); server.ref();
     setTimeout(() => { console.log("alive"); server.shutdown(); }, 50).unref();`,
    "alive, exit 0",
  ],
  [
    "a process ends by itself when a signal ended its server",
    `const controller = new AbortController();
     const server = await listening({ signal: controller.signal });
     controller.abort(); await server.finished; console.log("done");`,
    "done, exit 0",
  ],
  [
    "a process ends at once behind a WebSocket connection that was closed",
    `import { connect } from "node:net";
     const server = serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => {
       const socket = connect(port, "127.0.0.1");
       socket.write("GET / HTTP/1.1\\r\\nHost: h\\r\\nUpgrade: websocket\\r\\n" +
         "Connection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\n" +
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n");
       let text = "";
       socket.on("data", (chunk) => {
         text += chunk.toString("latin1");
         if (!text.includes("\\x88\\x02\\x03\\xe8")) return;
         socket.end(Buffer.from("88820000000003e8", "hex"));
         server.shutdown().then(() => console.log("done"));
       });
     } }, (request) => upgradeWebSocket(request, (socket) => socket.write("bye")).response);`,
    "done, exit 0",
  ],
  [
    "a process ends at once when its server cannot listen and was told to shut down",
    `const first = await listening({});
     const second = serve({ port: first.addr.port, hostname: "127.0.0.1" }, () => {});
     await second.finished.catch((error) => console.log(error.code));
     await second.shutdown().catch(() => {}); await first.shutdown();`,
    "EADDRINUSE, exit 0",
  ],
];

for (const [what, code, expected] of PROCESSES) {
  test(what, async () => assert.is(await outcome(code), expected));
}

test("a port that is taken ends a process that does not look at finished", async () => {
  const found = await outcome(`
    const first = await listening({});
    serve({ port: first.addr.port, hostname: "127.0.0.1" }, () => {});`);
  assert.match(found, /EADDRINUSE[^]*, exit 1$/);
});

test.run();
