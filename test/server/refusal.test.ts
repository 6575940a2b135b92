// What a refusal of our own is on the wire, whichever way the request came, and that an answer to a
// handshake may be as long as any other.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handshake, request } from "../support/handshake.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";

const test = suite("server/refusal");

const ORIGIN =
  'Cannot upgrade: origin is "http://evil", must be allowed by the option origin (§10.2)\n';

const FULL =
  "Cannot upgrade: the server has as many connections as it takes (connectionsMax)\n";

const URL_TEXT = "Host and request target must make a URL (RFC 9112 §3.3)\n";

const PLAIN = "content-type: text/plain; charset=utf-8";

/** Requests, and the lines of the refusal behind its status, without Date. */
const REFUSALS: readonly (readonly [
  what: string,
  wire: Uint8Array,
  status: string,
  fields: readonly string[],
  text: string,
])[] = [
  [
    "a handshake of a foreign origin",
    handshake({ Origin: "http://evil" }),
    "403 Forbidden",
    [PLAIN],
    ORIGIN,
  ],
  [
    "a handshake to a full server",
    handshake(),
    "503 Service Unavailable",
    [PLAIN, "retry-after: 1"],
    FULL,
  ],
  ["GET without a URL", nowhere("GET"), "400 Bad Request", [PLAIN], URL_TEXT],
  ["HEAD without a URL", nowhere("HEAD"), "400 Bad Request", [PLAIN], ""],
];

function nowhere(method: string): Uint8Array {
  return request(`${method} / HTTP/1.1`, { Host: "a b" });
}

for (const [what, wire, status, fields, text] of REFUSALS) {
  test(`${what}: ${status}, to the byte`, async () => {
    const serve = { limits: text === FULL ? { connectionsMax: 1 } : {} };
    await using server = await TestServer.start({ serve });
    await using first = await (text === FULL ? server.open() : server.connect());
    assert.is(first.socket.destroyed, false);
    await using client = await server.connect();
    client.send(wire);
    const [head, ...body] = Buffer.from(await client.readToFin()).toString().split("\r\n\r\n");
    const size = Buffer.byteLength(text).toString(16);
    const expected = text === "" ? "" : `${size}\r\n${text}\r\n0`;
    const framing = text === "" ? [] : ["Transfer-Encoding: chunked"];
    assert.equal(
      head.split("\r\n").filter((line) => !line.startsWith("Date: ")),
      [`HTTP/1.1 ${status}`, ...fields, "Connection: close", ...framing],
    );
    assert.equal(body, [expected, ...(text === "" ? [] : [""])]);
  });
}

test("a handshake may be answered by a long body: all of it comes", async () => {
  const [size, count] = [64 * 1024, 100];
  let pulls = 0;
  await using server = await TestServer.start({
    respond: () => {
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        if (pulls++ === count) controller.close();
        else controller.enqueue(new Uint8Array(size));
      };
      const headers = { "Content-Length": String(size * count) };
      return new Response(new ReadableStream({ pull }), { headers });
    },
  });
  await using client = await server.connect();
  client.send(handshake());
  assert.is((await client.readHead()).status, 200);
  assert.is((await client.readToFin()).length, size * count);
});

test("a refusal that a handler lets pass is sent, and completed fulfils", async () => {
  let completed: Promise<void> | null = null;
  await using server = await TestServer.start({
    respond: (request, info) => {
      completed = info.completed;
      return upgradeWebSocket(request).response;
    },
  });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1", { Host: "h", Connection: "close" }));
  assert.is((await client.readHead()).status, 426);
  const text = Buffer.from(await client.readToFin()).toString();
  assert.match(text, /request is no WebSocket handshake/);
  assert.is(await completed, undefined);
});

test.run();
