// Requests one behind the other on one connection: a handler is asked about one when the answer
// before it is out (RFC 9112 §9.3.2), so that a packet of requests makes one body at a time.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Deferred } from "../support/deferred.ts";
import { handshake, request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";
import { atRest } from "./at_rest.ts";

const test = suite("server/pipelined_order");

const CLOSE = { Host: "h", Connection: "close" };

/** The paths that handlers were asked about. */
function pathsOf(server: TestServer): string[] {
  return server.requests.map((text) => text.replace(/^.*h\//, "/"));
}

/** `GET /1` to `GET /count`. */
function gets(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => request(`GET /${at + 1} HTTP/1.1`));
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await eventLoopTurn();
}

test("pipelined requests are asked about one by one, each behind the last answer", async () => {
  const gates = [new Deferred(), new Deferred(), new Deferred()];
  await using server = await TestServer.start({
    respond: async ({ url }) => {
      await gates[Number(url.slice(-1)) - 1].promise;
      return new Response(null, { headers: { "X-Url": url } });
    },
  });
  await using client = await server.connect();
  client.send(...gets(3));
  for (const at of [1, 2, 3]) {
    await until(() => server.requests.length === at, `request ${at}`);
    await turns();
    assert.is(server.requests.length, at);
    gates[at - 1].resolve();
    assert.is((await client.readHead()).get("X-Url"), `http://h/${at}`);
  }
});

/** Pages: those of which the kernel takes some, and one of which it does not take a whole. */
const PAGES: readonly (readonly [clients: number, count: number, size: number])[] = [
  [20, 100, 200_000],
  [4, 3, 16 * 1024 * 1024],
];

for (const [clients, count, size] of PAGES) {
  test(`${count} GETs of ${size} bytes, unread: one body each; then all in order`, async () => {
    const made = new Map<number, number>();
    const held = new Map<number, number>();
    let heldMax = 0;
    await using server = await TestServer.start({
      respond: ({ url }, { remoteAddr, completed }) => {
        const port = remoteAddr.transport === "tcp" ? remoteAddr.port : 0;
        const add = (to: Map<number, number>, one: number): number => {
          to.set(port, (to.get(port) ?? 0) + one);
          return to.get(port)!;
        };
        add(made, 1);
        heldMax = Math.max(heldMax, add(held, 1));
        void completed.catch(() => {}).then(() => add(held, -1)); // sent, or the client has gone
        return new Response(Buffer.alloc(size, new URL(url).pathname));
      },
    });
    const all: RawClient[] = [];
    for (let at = 0; at < clients; at++) all.push(await server.connect());
    for (const client of all) {
      client.pause();
      client.send(...gets(count));
    }
    await atRest(() => server.requests.length);
    assert.is(made.size, clients);
    assert.is(heldMax, 1);
    if (size > 200_000) assert.equal([...made.values()], Array(clients).fill(1));
    else assert.ok(server.requests.length < clients * count, "all of them fit into the kernel");
    const [readers, others] = [all.slice(0, 1), all.slice(1)];
    for (const client of others) client.socket.destroy();
    for (const client of readers) {
      client.resume();
      for (let at = 1; at <= count; at++) await expectPage(client, Buffer.alloc(size, `/${at}`));
      client.socket.destroy();
    }
    assert.is([...made.values()].filter((one) => one === count).length, readers.length);
    assert.is(heldMax, 1);
  });
}

/** Reads an answer in chunks, as one of `serve()` comes, and compares its body. */
async function expectPage(client: RawClient, page: Buffer): Promise<void> {
  assert.is((await client.readHead()).get("Transfer-Encoding"), "chunked");
  const chunks: Uint8Array[] = [];
  for (;;) {
    let line = "";
    while (!line.endsWith("\r\n")) line += Buffer.from(await client.readBytes(1)).toString();
    const chunk = await client.readBytes(Number.parseInt(line, 16) + 2);
    if (chunk.length === 2) break;
    chunks.push(chunk.slice(0, -2));
  }
  assert.is(Buffer.concat(chunks).compare(page), 0);
}

test("a hundred requests of one client do not keep another waiting for all of them", async () => {
  await using server = await TestServer.start({ respond: () => new Response("Hello") });
  await using greedy = await server.connect();
  await using other = await server.connect();
  greedy.send(...gets(100));
  other.send(request("GET /other HTTP/1.1", CLOSE));
  await other.readHead();
  await until(() => server.requests.length === 101, "all");
  const place = pathsOf(server).indexOf("/other");
  assert.ok(place < 50, `came behind ${place}`);
});

for (const how of ["destroy", "reset"] as const) {
  test(`a client that goes by ${how}() first: no other is asked about`, async () => {
    const aborted = new Deferred();
    await using server = await TestServer.start({
      respond: async ({ signal }) => {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        aborted.resolve();
        return new Response("too late");
      },
    });
    await using client = await server.connect();
    client.send(...gets(3), ...(how === "reset" ? [handshake()] : [])); // behind one FIN is unseen
    await until(() => server.requests.length === 1, "the request");
    if (how === "reset") client.reset();
    else client.socket.destroy(); // FIN
    await withTimeout(aborted.promise, "the signal to abort");
    await turns();
    assert.equal(pathsOf(server), ["/1"]);
    assert.equal(server.errors, []);
  });
}

/** Answers behind which nothing else comes. */
const LAST: readonly (readonly [what: string, first: Uint8Array, answered: readonly string[]])[] = [
  ["says so itself", request("GET /close HTTP/1.1"), ["/close"]],
  ["is to a request that asks for h2c", upgradeTo("h2c"), ["/h2c"]],
  ["refuses a request that means nothing", request("GET / HTTP/1.1", { Host: "a b" }), []],
];

function upgradeTo(protocol: string): Uint8Array {
  return request(`GET /${protocol} HTTP/1.1`, {
    Host: "h",
    Connection: "Upgrade",
    Upgrade: protocol,
  });
}

for (const [what, first, answered] of LAST) {
  test(`an answer that ${what} ends the connection: what waits is not asked for`, async () => {
    await using server = await TestServer.start({
      respond: async ({ url }) => {
        await turns();
        const headers = url.endsWith("/close") ? { Connection: "close" } : {};
        return new Response("Hello", { headers });
      },
    });
    await using client = await server.connect();
    client.send(first, ...gets(3), handshake());
    const text = Buffer.from(await client.readToFin()).toString();
    assert.is(text.match(/HTTP\/1\.1 \d+/g)?.length, 1);
    assert.match(text, /connection: close\r\n/i);
    await turns();
    assert.equal(pathsOf(server), answered);
  });
}

/** What handlers do with the body of a request. */
const READS: readonly (readonly [what: string, read: (request: Request) => Promise<number>])[] = [
  ["nobody reads", async () => 0],
  ["is read to its end", async (request) => (await request.arrayBuffer()).byteLength],
  ["is left after a piece", async (request) => ((await request.body!.getReader().read()), 0)],
];

for (const [what, read] of READS) {
  test(`bodies one behind the other, each of which ${what}: all are answered`, async () => {
    const size = 300_000; // more than Node reads ahead
    await using server = await TestServer.start({
      respond: async (request) => new Response(`${request.url} ${await read(request)}`),
    });
    await using client = await server.connect();
    const fields = { Host: "h", "Content-Length": String(size) };
    for (const at of [1, 2, 3]) {
      const last = at === 3 ? { Connection: "close" } : {};
      client.send(request(`POST /${at} HTTP/1.1`, { ...fields, ...last }), Buffer.alloc(size));
    }
    const text = Buffer.from(await client.readToFin()).toString();
    const found = what === "is read to its end" ? size : 0;
    const expected = [1, 2, 3].map((at) => `http://h/${at} ${found}`);
    assert.equal(text.match(/http:.*/g), expected);
  });
}

test.run();
