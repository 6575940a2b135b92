// The wire view of the minimal server: what its page is told, and what it may ask for.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FrameEvent, WireEvent } from "../../src/command/wire_event.ts";
import { hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { acceptFor, handshake, SAMPLE_KEY } from "../support/handshake.ts";
import { MinimalServer } from "../support/minimal_server.ts";
import { RawClient } from "../support/raw_client.ts";
import { Page } from "../support/wire_page.ts";

const test = suite("end_to_end/wire_view");

test("a page is told of its WebSocket, from the handshake to the end", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  await using client = await server.open(`/ws?view=${page.id}`);
  const opened = await page.next();
  if (opened.event !== "open") throw new Error(`Expected open, found ${opened.event}`);
  assert.is(opened.lane, "browser");
  assert.match(opened.request, `GET /ws?view=${page.id} HTTP/1.1\r\nHost: h\r\n`);
  assert.match(opened.request, `\r\nSec-WebSocket-Key: ${SAMPLE_KEY}\r\n`);
  assert.match(opened.response, /^HTTP\/1\.1 101 /);
  assert.is(opened.accept.key, SAMPLE_KEY);
  assert.is(opened.accept.accept, acceptFor(SAMPLE_KEY));
  assert.is(Buffer.from(opened.accept.sha1, "hex").toString("base64"), opened.accept.accept);
  assert.equal(opened.limits.inbox, { messages: 1000, size: 1024 * 1024 });
  const hello = frame("81", "Hello", "37fa213d");
  client.send(hello);
  assert.equal(await page.lines(2), [
    `browser client ${hex(hello)}`,
    "browser server 810548656c6c6f",
  ]);
  client.send(closeFrame(4001));
  client.end();
  assert.equal((await page.lines(5)).sort(), [
    `browser client ${hex(closeFrame(4001))}`,
    "browser client FIN",
    "browser closed 4001",
    "browser server 88020fa1",
    "browser server FIN",
  ]);
});

test("a page is not told of the connections of others", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  await using other = await Page.open(server);
  await using stranger = await server.open("/ws");
  await using others = await server.open(`/ws?view=${other.id}`);
  await using echo = await server.open(`/echo?view=${page.id}`);
  for (const client of [stranger, others, echo]) client.send(frame("81", "secret"));
  for (const client of [stranger, others, echo]) assert.is(await client.readEvent(), "text secret");
  await using mine = await server.open(`/ws?view=${page.id}`);
  mine.send(frame("81", "mine"));
  assert.equal(await page.lines(2), ["browser open", `browser client ${hex(frame("81", "mine"))}`]);
});

test("a page has the server ping and close", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  await using client = await server.open(`/ws?view=${page.id}`);
  page.ask({ ask: "ping", lane: "browser" });
  page.ask({ ask: "close", lane: "browser", code: 3000, reason: "so be it" });
  const events = [await client.readEvent(), await client.readEvent()];
  assert.match(events[0], /^ping /);
  assert.is(events[1], "close 3000");
});

test("what cannot be done is refused, and nothing else happens", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  await using _client = await server.open(`/ws?view=${page.id}`);
  await page.lines(1);
  const asked = [
    { ask: "close", lane: "browser", code: 1005, reason: "" },
    { ask: "pace", ms: -1 },
    { ask: "pace", ms: 1e9 },
    { ask: "constructor" },
    { ask: 1 },
    {},
  ];
  for (const what of asked) {
    page.ask(what);
    assert.equal(await page.lines(1), ["refused"]);
  }
  page.client.send(frame("81", "no JSON"));
  assert.equal(await page.lines(1), ["refused"]);
  page.client.send(frame("81", "null"));
  assert.equal(await page.lines(1), ["refused"]);
});

const REFUSED: readonly (readonly [what: string, query: string, origin: string, status: number])[] =
  [
    ["no view", "", "http://h", 400],
    ["a view that is no 32 hex digits", "?view=1", "http://h", 400],
    ["a page of somewhere else", `?view=${"a".repeat(32)}`, "http://evil", 403],
  ];

for (const [what, query, origin, status] of REFUSED) {
  test(`/wire answers ${status} to ${what}`, async () => {
    await using server = await MinimalServer.start();
    await using client = await RawClient.connect(server.port);
    client.send(handshake({ Origin: origin }, `GET /wire${query} HTTP/1.1`));
    assert.is((await client.readHead()).status, status);
  });
}

test("/wire has room for 64 pages, each with a view of its own", async () => {
  await using server = await MinimalServer.start();
  const pages = await Promise.all(Array.from({ length: 64 }, () => Page.open(server)));
  const late = await RawClient.connect(server.port);
  late.send(handshake({}, `GET /wire?view=${"b".repeat(32)} HTTP/1.1`));
  assert.is((await late.readHead()).status, 503);
  late.socket.destroy();
  for (const { client } of pages) client.socket.destroy();
});

test("a view is one page's", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  const other = await fetch(`http://127.0.0.1:${server.port}/wire?view=${page.id}`);
  assert.equal([other.status, await other.text()], [400, "view must be 32 hex digits, and new\n"]);
});

test("a page sees 32 connections of its own, and others when these have ended", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  const clients: RawClient[] = [];
  for (let count = 0; count < 33; count++) {
    clients.push(await server.open(`/ws?view=${page.id}`));
  }
  assert.equal(await page.lines(32), Array(32).fill("browser open"));
  clients[32].send(frame("81", "not seen"));
  assert.is(await clients[32].readEvent(), "text not seen");
  clients[0].reset();
  assert.equal(await page.lines(1), ["browser closed 1006"]);
  await using _late = await server.open(`/ws?view=${page.id}`);
  assert.equal(await page.lines(1), ["browser open"]);
  for (const client of clients) client.socket.destroy();
});

test("a page that takes nothing slows nobody, and learns how much it has missed", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  await using client = await server.open(`/ws?view=${page.id}`);
  page.client.pause();
  const payload = "x".repeat(3000);
  const texts = Array.from({ length: 100 }, () => frame("81", payload));
  for (let round = 0; round < 50; round++) {
    client.send(...texts);
    for (let count = 0; count < 100; ) {
      if ((await client.readEvent()).startsWith("text of 3000")) count++;
    }
  }
  page.client.resume();
  let dropped = 0;
  let told = 0;
  for (let last = ""; last !== "refused"; ) {
    if (told === 1) page.ask({}); // what comes now comes behind all that was held
    const event = await page.next();
    if (event.event === "gap") dropped += event.count;
    if (event.event === "frame") told++;
    last = event.event;
  }
  assert.ok(dropped > 0, `${told} told`);
  const last = 2 * 50 * 100;
  assert.ok(told + dropped >= last - 100 && told + dropped <= last + 100, `${told} + ${dropped}`);
});

test("the slower the handler, the fuller the inbox: the page is told", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  page.ask({ ask: "pace", ms: 1000 });
  await using client = await server.open(`/ws?view=${page.id}`);
  client.send(...Array.from({ length: 1200 }, () => frame("81", "x")));
  for (;;) {
    const { payload } = await page.client.readFrame();
    const events = JSON.parse(Buffer.from(payload).toString()) as WireEvent[];
    const stats = events.find((event) => event.event === "stats" && event.paused);
    if (stats?.event !== "stats") continue;
    assert.ok(stats.inbox.messages >= 1000, `${stats.inbox.messages} messages`);
    assert.ok(stats.inbox.messagesPeak >= stats.inbox.messages);
    return;
  }
});

test("a long frame is told by its first bytes and its size", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  await using client = await server.open(`/ws?view=${page.id}`);
  await page.lines(1);
  const long = frame("82", new Uint8Array(100_000).fill(7));
  client.send(long);
  let event: FrameEvent;
  do {
    event = (await page.next()) as FrameEvent;
  } while (event.size < long.length);
  assert.is(event.from, "client");
  assert.is(event.number, 0);
  assert.is(event.size, long.length);
  assert.is(event.bytes, hex(long.subarray(0, 4096)));
});

test.run();
