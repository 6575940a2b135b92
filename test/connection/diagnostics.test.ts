// What an observer sees of a connection, and that a connection does not see its observers.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection } from "../../src/connection/connection.ts";
import type { ConnectionEnded, ConnectionOpened } from "../../src/connection/diagnostics.ts";
import type { WireBytes, WireFin } from "../../src/connection/diagnostics.ts";
import { bytes, hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, SAMPLE_ACCEPT, SAMPLE_KEY } from "../support/handshake.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { binaryHex, closeHex, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/diagnostics");

/** Masked "Hello": §5.7. */
const HELLO = "818537fa213d7f9f4d5158";

/** Notes all that is published, a line each, until the block ends. */
class Observer implements Disposable {
  readonly events: string[] = [];
  readonly connections: Connection[] = [];
  readonly opened: ConnectionOpened[] = [];
  readonly ended: ConnectionEnded[] = [];
  readonly #listeners: Readonly<Record<string, (message: unknown) => void>> = {
    "sluice.connection.open": (message) => {
      this.opened.push(message as ConnectionOpened);
      this.#note("open", message);
    },
    "sluice.wire.received": (message) => {
      this.#note(`received ${short(hex((message as WireBytes).bytes))}`, message);
    },
    "sluice.wire.sent": (message) => {
      this.#note(`sent ${short(hex((message as WireBytes).bytes))}`, message);
    },
    "sluice.wire.fin": (message) => this.#note(`fin ${(message as WireFin).from}`, message),
    "sluice.connection.close": (message) => {
      this.ended.push(message as ConnectionEnded);
      this.#note("close", message);
    },
  };

  constructor() {
    for (const [name, listener] of Object.entries(this.#listeners)) subscribe(name, listener);
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of Object.entries(this.#listeners)) unsubscribe(name, listener);
  }

  #note(event: string, message: unknown): void {
    this.events.push(event);
    this.connections.push((message as { readonly connection: Connection }).connection);
  }
}

test("sluice.wire.received has the bytes of each read as they came, still masked", () => {
  using observer = new Observer();
  const line = new Line();
  line.receive(bytes(HELLO).subarray(0, 7));
  line.receive(bytes(HELLO).subarray(7), frame("8a", "p"));
  assert.equal(observer.events, [
    `received ${HELLO.slice(0, 14)}`,
    `received ${HELLO.slice(14)}${hex(frame("8a", "p"))}`,
  ]);
  assert.ok(observer.connections.every((connection) => connection === line.connection));
  assert.is(line.connection.tryRead(), "Hello");
});

test("sluice.wire.received has what the peer may not send, and what comes behind it", async () => {
  using observer = new Observer();
  const line = new Line();
  line.receive(bytes("8100"));
  await turn();
  line.receive(bytes("ff"));
  assert.is(observer.events.length, 3);
  assert.is(observer.events[0], "received 8100");
  assert.ok(observer.events[1].startsWith("sent 88"));
  assert.is(observer.events[1].slice(9, 13), "03ea"); // 1002
  assert.is(observer.events[2], "received ff");
});

/** Each way a message may go: with others, alone, in slices, out of the caller's memory. */
const MESSAGES: readonly (readonly [what: string, message: string | Uint8Array, due: string])[] = [
  ["a short text", "Hello", textHex("Hello")],
  ["a long text", "é".repeat(200_000), textHex("é".repeat(200_000))],
  ["short bytes", bytes("00ff"), binaryHex(bytes("00ff"))],
  ["long bytes", new Uint8Array(300_000).fill(7), binaryHex(new Uint8Array(300_000).fill(7))],
];

for (const [what, message, due] of MESSAGES) {
  for (const fullAfter of [Infinity, 0]) {
    const how = fullAfter === 0 ? "a socket that fills up" : "a socket that takes all";
    test(`sluice.wire.sent has each byte once: ${what}, ${how}`, async () => {
      const sent: string[] = [];
      const note = (message: unknown): void => void sent.push(hex((message as WireBytes).bytes));
      subscribe("sluice.wire.sent", note);
      try {
        const line = new Line();
        line.transport.fullAfter = fullAfter;
        await line.connection.write(message);
        await turn();
        for (; line.transport.full; await turn()) line.transport.drain();
        assert.is(short(sent.join("")), short(line.transport.sent));
        assert.is(short(sent.join("")), short(due));
      } finally {
        unsubscribe("sluice.wire.sent", note);
      }
    });
  }
}

test("sluice.wire.fin and sluice.connection.close tell of the closing in order", async () => {
  using observer = new Observer();
  const line = new Line();
  const closed = line.connection.close(4001, "done");
  await turn();
  line.receive(closeFrame(4001));
  line.lifecycle.endSent();
  line.fin();
  line.disconnect();
  assert.equal(observer.events, [
    `sent ${closeHex(4001, "done")}`,
    `received ${hex(closeFrame(4001))}`,
    "fin local",
    "fin remote",
    "close",
  ]);
  assert.is(observer.ended[0].closure, await closed);
  assert.is(observer.ended[0].closure.wasClean, true);
});

test("sluice.connection.close comes once for a connection that is lost", async () => {
  using observer = new Observer();
  const line = new Line();
  line.connection.terminate();
  await turn();
  line.disconnect();
  assert.equal(observer.events, ["close"]);
  assert.is(observer.ended[0].closure.code, 1006);
});

test("a connection that never opened is not told of", async () => {
  using observer = new Observer();
  const line = new Line({ isOpen: false });
  line.connection.terminate();
  line.open();
  await turn();
  assert.equal(observer.events, []);
});

test("nothing is told to who has unsubscribed", async () => {
  const observer = new Observer();
  const line = new Line();
  observer[Symbol.dispose]();
  line.receive(frame("81", "x"));
  line.connection.tryWrite("y");
  await turn();
  assert.equal(observer.events, []);
});

test("sluice.connection.open has both heads, before any byte of the wire", async () => {
  using observer = new Observer();
  await using server = await TestServer.start({
    respond: (request) => {
      const upgraded = upgradeWebSocket(request, { protocols: ["chat"], headers: { "X-A": "b" } });
      void upgraded.connection.write("early");
      return upgraded.response;
    },
  });
  await using client = await server.connect();
  client.send(handshake({ "Sec-WebSocket-Protocol": "chat" }, "GET /a?view=1 HTTP/1.1"));
  const head = await client.readHead();
  assert.is(await client.readEvent(), "text early");
  assert.equal(observer.events, ["open", `sent ${textHex("early")}`]);
  const [{ connection, request, response }] = observer.opened;
  assert.is(connection, observer.connections[1]);
  assert.is(request.method, "GET");
  assert.is(request.url, "/a?view=1");
  assert.is(request.rawHeaders[request.rawHeaders.indexOf("Sec-WebSocket-Key") + 1], SAMPLE_KEY);
  assert.is(response.length, head.size);
  assert.match(response, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assert.match(response, `\r\nSec-WebSocket-Accept: ${SAMPLE_ACCEPT}\r\n`);
  assert.match(response, /\r\nSec-WebSocket-Protocol: chat\r\nx-a: b\r\n\r\n$/);
  client.reset();
  await withTimeout(connection.closed, "the end"); // or the next test would be told of it
});

test("a handshake that is refused, or given up, is not told of", async () => {
  using observer = new Observer();
  await using server = await TestServer.start({
    respond: (request) => {
      if (request.url.endsWith("/plain")) return new Response("no");
      const { connection, response } = upgradeWebSocket(request);
      connection.terminate();
      return response;
    },
  });
  for (const path of ["/plain", "/terminated"]) {
    await using client = await server.connect();
    client.send(handshake({}, `GET ${path} HTTP/1.1`));
    await client.readHead();
    await client.readToFin().catch(() => {});
  }
  assert.equal(observer.events, []);
});

test("over real sockets each side's FIN is told, and the end once", async () => {
  using observer = new Observer();
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(closeFrame(1000));
  assert.is(await client.readEvent(), "close 1000");
  await client.fin();
  client.end();
  await withTimeout(server.connection.closed, "the end");
  assert.equal(observer.events, [
    "open",
    `received ${hex(closeFrame(1000))}`,
    `sent ${closeHex(1000)}`,
    "fin local",
    "fin remote",
    "close",
  ]);
});

test("a subscriber that throws is an uncaught exception, and breaks no connection", async () => {
  const broken = new Error("of a subscriber");
  const fail = (): never => {
    throw broken;
  };
  const line = new Line();
  subscribe("sluice.wire.received", fail);
  try {
    const uncaught = once(process, "uncaughtException");
    line.receive(frame("81", "x"));
    assert.is(line.connection.tryRead(), "x");
    assert.is((await withTimeout(uncaught, "the exception"))[0], broken);
  } finally {
    unsubscribe("sluice.wire.received", fail);
  }
  line.receive(frame("81", "y"));
  assert.is(line.connection.tryRead(), "y");
});

test.run();
