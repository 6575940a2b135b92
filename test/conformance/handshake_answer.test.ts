// What the server answers to a valid opening handshake: §4.2.2, §10.2.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { acceptFor, handshake, latin1, SAMPLE_KEY } from "../support/handshake.ts";
import { rejects } from "../support/rejects.ts";
import { ConnectionClosedError, hold, TestServer, upgradeWebSocket } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("conformance/handshake_answer");

test("S32 S33 U02 U12 the 101 is these lines", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  client.send(handshake(), closeFrame(1000));
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(SAMPLE_KEY)}`,
  ];
  const answer = Buffer.from(await client.readToFin()).toString("latin1");
  const [head, frames] = answer.split("\r\n\r\n");
  const [statusLine, ...fields] = head.split("\r\n");
  assert.equal([statusLine, ...fields.sort()], [lines[0], ...lines.slice(1).sort()]);
  assert.is(frames, "\x88\x02\x03\xe8");
});

/** Policy of the server, `null` for none; Host; Origin header; whether they may connect. */
const ORIGINS: readonly (readonly [
  policy: string | readonly string[] | null,
  host: string,
  origin: string | null,
  isAllowed: boolean,
])[] = [
  [null, "h", null, true],
  [null, "h", "http://h", true],
  [null, "h:8080", "http://h:8080", true],
  [null, "H", "http://h", true],
  [null, "h", "http://evil", false],
  [null, "h", "null", false],
  [null, "h", "", false],
  [null, "h", "h", false],
  [null, "h", "http://h:8080", false],
  [null, "h:8080", "http://h", false],
  [null, "h:8080", "http://h:8081", false],
  [null, "good", "http://good.evil", false],
  [null, "good", "http://evilgood", false],
  [null, "good", "http://evil/good", false],
  [null, "good", "http://good@evil", false],
  [null, "good", "http://evil#good", false],
  [null, "good", "HTTP://EVIL", false],
  [null, "h", "http://h, http://h", false],
  [null, "h", "http://h http://evil", false],
  ["*", "h", "http://evil", true],
  ["*", "h", "null", true],
  ["http://good", "h", "http://good", true],
  ["http://good", "h", "http://good.evil", false],
  ["http://good", "h", "https://good", false],
  ["http://good", "h", "http://h", false],
  ["http://good", "h", null, true],
  [["http://a", "https://b:8443"], "h", "https://b:8443", true],
  [["http://a", "https://b:8443"], "h", "https://b", false],
  [[], "h", "http://h", false],
];

for (const [policy, host, origin, isAllowed] of ORIGINS) {
  const named = `origin ${JSON.stringify(policy) ?? "default"}, Host ${host}, Origin ${origin}`;
  test(`S26 A21 ${named}: ${isAllowed ? 101 : 403}`, async () => {
    const upgrade = policy === null ? {} : { origin: policy };
    await using server = await TestServer.start({ run: hold, upgrade });
    await using client = await server.connect();
    client.send(handshake({ Host: host, Origin: origin }), frame("89"));
    const { status } = await client.readHead();
    assert.is(status, isAllowed ? 101 : 403);
    assert.is(server.connections.length, isAllowed ? 1 : 0);
    if (!isAllowed) assert.not((await client.readToFin(1000)).includes(0x8a), "a ping is answered");
  });
}

test("S24 a handler may answer 401, and these are the bytes", async () => {
  const respond = (): Response =>
    new Response("who are you", {
      status: 401,
      headers: { "WWW-Authenticate": 'Basic realm="x"', "Content-Length": "11" },
    });
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(handshake(), frame("81", "early"));
  const head = await client.readHead();
  assert.is(head.statusLine, "HTTP/1.1 401 Unauthorized");
  assert.is(head.get("WWW-Authenticate"), 'Basic realm="x"');
  assert.equal([head.get("Connection"), head.get("Upgrade")], ["close", null]);
  assert.is(Buffer.from(await client.readToFin(1000)).toString(), "who are you");
});

test("S25 a handler may redirect", async () => {
  const respond = (): Response => Response.redirect("http://elsewhere/chat", 302);
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(handshake());
  const head = await client.readHead();
  assert.equal([head.status, head.get("Location")], [302, "http://elsewhere/chat"]);
  await client.readToFin(1000);
});

test("S37 what was sent with the handshake waits for a handler that is slow to read", async () => {
  const run = async (connection: Connection): Promise<void> => {
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await connection.write(await connection.read());
  };
  await using server = await TestServer.start({ run });
  await using client = await server.connect();
  client.send(handshake(), bytes("81 85 37fa213d 7f9f4d5158"));
  assert.is((await client.readHead()).status, 101);
  assert.is(await client.readEvent(), "text Hello");
});

test("S37 A14 what was sent while the handler thinks is read when the 101 is out", async () => {
  const decided = new Deferred();
  const messages: unknown[] = [];
  const respond = async (request: Request): Promise<Response> => {
    await decided.promise;
    return upgradeWebSocket(request, async (connection) => {
      for await (const message of connection) messages.push(message);
    }).response;
  };
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  await client.sendChopped(concat(handshake(), frame("81", "one"), frame("81", "two")), 16);
  decided.resolve();
  assert.is((await client.readHead()).status, 101);
  client.send(frame("81", "three"), closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
  assert.equal(messages, ["one", "two", "three"]);
});

test("B41 what is written before the 101 leaves behind it", async () => {
  const respond = (request: Request): Response => {
    const { connection, response } = upgradeWebSocket(request);
    void connection.write("early");
    return response;
  };
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(handshake());
  assert.is((await client.readHead()).status, 101);
  assert.is(await client.readEvent(), "text early");
});

test("B41 A05 a connection whose 101 is never sent settles everything", async () => {
  const kept: Connection[] = [];
  const respond = (request: Request): Response => {
    kept.push(upgradeWebSocket(request).connection);
    return new Response("no", { status: 400 });
  };
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(handshake());
  assert.is((await client.readHead()).status, 400);
  const [connection] = kept;
  const { code, wasClean } = await withTimeout(connection.closed, "the end");
  assert.equal([code, wasClean], [1006, false]);
  assert.instance(await rejects(connection.read()), ConnectionClosedError);
  assert.instance(await rejects(connection.write("x")), ConnectionClosedError);
});

test("A05 a 101 answers its own request only: 500 for another", async () => {
  const responses: Response[] = [];
  const respond = (request: Request): Response => {
    if (responses.length === 0) responses.push(upgradeWebSocket(request).response);
    return responses[0];
  };
  await using server = await TestServer.start({ respond });
  await server.open();
  await using second = await server.connect();
  second.send(handshake());
  assert.is((await second.readHead()).status, 500);
  await using third = await server.connect();
  third.send(latin1("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  assert.is((await third.readHead()).status, 500);
});

test("A05 a request can be upgraded once", async () => {
  const respond = (request: Request): Response => {
    const { response } = upgradeWebSocket(request);
    assert.throws(
      () => upgradeWebSocket(request),
      (error: Error) => error instanceof TypeError,
    );
    return response;
  };
  await using server = await TestServer.start({ respond });
  await server.open();
  assert.equal(server.errors, []);
});

test.run();
