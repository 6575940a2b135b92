// `upgradeWebSocket(incoming, { socket, head })` for a handshake behind a request whose answer is
// not out yet: answers leave in the order of their requests (RFC 9112 §9.3.2), so whatever were
// written now, a 101 or a refusal, would be taken for the answer to the earlier one.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ServerResponse } from "node:http";
import { HandshakeError, upgradeWebSocket } from "../../src/mod.ts";
import type { UpgradeOptions, WebSocketUpgrade } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, latin1, request } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { connected } from "./connected.ts";

const test = suite("server/attach_pipelined");

const FIRST = request("GET /first HTTP/1.1");

/** A handshake, and whether anything of the answer to the request before it has been written. */
const CASES: readonly (readonly [
  what: string,
  fields: Fields,
  options: UpgradeOptions,
  isBegun: boolean,
])[] = [
  ["is not begun", {}, {}, false],
  ["is half out", {}, {}, true],
  ["is not begun, without a key", { "Sec-WebSocket-Key": null }, {}, false],
  ["is half out, of another origin", { Origin: "http://evil" }, {}, true],
  ["is not begun, to another protocol", { Upgrade: "h2c" }, {}, false],
  ["is not begun, with an option that fails", {}, { protocol: "x" }, false],
];

for (const [what, fields, options, isBegun] of CASES) {
  test(`a handshake behind an answer that ${what}: not a byte of ours, no handler`, async () => {
    let calls = 0;
    const come = new Deferred<WebSocketUpgrade>();
    const client = await connected(
      (incoming, socket, head) => {
        const all = { ...options, socket, head };
        come.resolve(upgradeWebSocket(incoming, all, () => void calls++));
      },
      (_, outgoing) => {
        if (isBegun) outgoing.writeHead(200, { "Content-Length": 5 }).write("Hel");
      },
    );
    const ended = client.readToFin().catch(() => latin1("RST"));
    client.send(FIRST);
    if (isBegun) await new Promise((resolve) => client.socket.once("data", resolve));
    client.send(handshake(fields), frame("81", "early"));
    const { connection, response } = await withTimeout(come.promise, "the upgrade");
    const text = Buffer.from(await ended).toString("latin1");
    if (isBegun) assert.match(text, /^(?:HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nHel|RST)$/);
    else assert.match(text, /^(?:RST)?$/);
    const { code, cause } = await withTimeout(connection.closed, "the end");
    assert.is(code, 1006);
    assert.instance(cause, HandshakeError);
    assert.match(String(cause), /Cannot upgrade: .*RFC 9112 §9\.3\.2/);
    assert.is(response.status, 400);
    assert.is(calls, 0);
    await client.stop();
  });
}

test("a handshake behind two requests, of which one is answered, waits for nothing", async () => {
  const come = new Deferred<WebSocketUpgrade>();
  const client = await connected(
    (incoming, socket, head) => come.resolve(upgradeWebSocket(incoming, { socket, head })),
    (incoming, outgoing) => {
      if (incoming.url === "/first") outgoing.end("first");
    },
  );
  const ended = client.readToFin().catch(() => latin1("RST"));
  client.send(FIRST, request("GET /second HTTP/1.1"), handshake());
  const { connection } = await withTimeout(come.promise, "the upgrade");
  assert.is((await withTimeout(connection.closed, "the end")).code, 1006);
  assert.not.match(Buffer.from(await ended).toString("latin1"), "101");
  await client.stop();
});

test("a handshake behind answers that are out is like the first", async () => {
  const answers: ServerResponse[] = [];
  const client = await connected(
    (incoming, socket, head) => {
      // Who has waited for the answer: it is out, and then the handshake is accepted.
      answers[0].once("close", () => {
        upgradeWebSocket(incoming, { socket, head }, async (connection) => {
          for await (const message of connection) await connection.write(message);
        });
      });
      answers[0].end("Hello");
    },
    (_, outgoing) => void answers.push(outgoing),
  );
  client.send(FIRST, handshake());
  assert.is((await client.readHead()).status, 200);
  assert.is(Buffer.from(await client.readBytes(5)).toString(), "Hello");
  assert.is((await client.readHead()).status, 101);
  client.send(frame("81", "late"), closeFrame(1000));
  assert.equal(await client.transcript(), ["text late", "close 1000", "FIN"]);
  await client.stop();
});

test.run();
