// `upgradeWebSocket(incoming, { socket, head })`: on the "upgrade" event of anybody's `node:http`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HandshakeError, upgradeWebSocket } from "../../src/mod.ts";
import type { ConnectionHandler, UpgradeOptions, WebSocketUpgrade } from "../../src/mod.ts";
import { concat } from "../support/bytes.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { printed } from "../support/printed.ts";
import { ConnectionClosedError } from "../support/server.ts";
import { rejects } from "../support/rejects.ts";
import { watchUncaught } from "../support/uncaught.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { connected } from "./connected.ts";
import type { NodeClient } from "./connected.ts";

const test = suite("server/attach");
const escaped = watchUncaught(test);

/** Bytes of a message that comes in reads of 64 KiB. */
const LARGE = 500_000;

/** Sends `wire`, and gives what `upgradeWebSocket()` returned. */
async function upgraded(
  wire: Uint8Array,
  options: UpgradeOptions,
  handler: ConnectionHandler,
): Promise<{ client: NodeClient; upgrade: WebSocketUpgrade }> {
  const come = new Deferred<() => WebSocketUpgrade>();
  const client = await connected((incoming, socket, head) => {
    try {
      const upgrade = upgradeWebSocket(incoming, { ...options, socket, head }, handler);
      come.resolve(() => upgrade);
    } catch (error) {
      come.resolve(() => {
        throw error;
      });
    }
  });
  client.send(wire);
  return { client, upgrade: (await withTimeout(come.promise, "the upgrade"))() };
}

const echo: ConnectionHandler = async (connection) => {
  for await (const message of connection) await connection.write(message);
};

test("a connection of a plain node:http server echoes and closes in good order", async () => {
  const options = { protocols: ["chat"], headers: { "X-Mine": "yes" } };
  const wire = handshake({ "Sec-WebSocket-Protocol": "chat" });
  const { client, upgrade } = await upgraded(wire, options, echo);
  const head = await client.readHead();
  assert.equal([head.status, head.get("X-Mine")], [101, "yes"]);
  assert.is(head.get("Sec-WebSocket-Protocol"), "chat");
  assert.is(upgrade.connection.protocol, "chat");
  assert.is(upgrade.response.status, 101);
  const { localAddress: hostname, localPort: port } = client.socket;
  assert.equal(upgrade.connection.remoteAddr, { transport: "tcp", hostname, port });
  client.send(frame("81", "Hello"), closeFrame(3001));
  assert.equal(await client.transcript(), ["text Hello", "close 3001", "FIN"]);
  assert.is((await upgrade.connection.closed).code, 3001);
  await client.stop();
});

test("frames in the segment of the handshake are read once, in front of later ones", async () => {
  const wire = concat(handshake(), frame("81", "one"), frame("81", "two").subarray(0, 4));
  const { client } = await upgraded(wire, {}, echo);
  assert.is((await client.readHead()).status, 101);
  assert.is(await client.readEvent(), "text one");
  client.send(frame("81", "two").subarray(4), frame("81", "three"), closeFrame(1000));
  assert.equal(await client.transcript(), ["text two", "text three", "close 1000", "FIN"]);
  await client.stop();
});

test("without a handler the connection is the caller's", async () => {
  const come = new Deferred<WebSocketUpgrade>();
  const client = await connected((incoming, socket, head) => {
    come.resolve(upgradeWebSocket(incoming, { socket, head }));
  });
  client.send(handshake());
  const { connection } = await come.promise;
  await client.readHead();
  client.send(frame("81", "Hello"));
  assert.is(await connection.read(), "Hello");
  await connection.write("Bye");
  assert.is(await client.readEvent(), "text Bye");
  await client.stop();
  assert.is((await withTimeout(connection.closed, "the end")).code, 1006);
});

/** Handshakes that are refused, and the options that refuse them. */
const REFUSALS: readonly (readonly [
  what: string,
  fields: Fields,
  options: UpgradeOptions,
  status: number,
  header: readonly [string, string],
])[] = [
  ["no key", { "Sec-WebSocket-Key": null }, {}, 400, ["Connection", "close"]],
  ["version 8", { "Sec-WebSocket-Version": "8" }, {}, 426, ["Sec-WebSocket-Version", "13"]],
  ["h2c", { Upgrade: "h2c" }, {}, 426, ["Upgrade", "websocket"]],
  ["another origin", { Origin: "http://evil" }, {}, 403, ["Content-Length", "0"]],
  ["an origin it refuses", {}, { origin: () => false }, 403, ["Connection", "close"]],
];

for (const [what, fields, options, status, [name, value]] of REFUSALS) {
  test(`a handshake with ${what}: ${status} on the wire, nothing thrown, no handler`, async () => {
    let calls = 0;
    const wire = concat(handshake(fields), frame("81", "ignored"));
    const { client, upgrade } = await upgraded(wire, options, () => void calls++);
    const head = await client.readHead();
    assert.equal([head.status, head.get(name)], [status, value]);
    await client.fin();
    const { code, cause } = await withTimeout(upgrade.connection.closed, "the end");
    assert.is(code, 1006);
    assert.instance(cause, HandshakeError);
    assert.is((cause as HandshakeError).status, status);
    assert.is(upgrade.response.status, status);
    assert.instance(await rejects(upgrade.connection.read()), ConnectionClosedError);
    assert.instance(await rejects(upgrade.connection.write("x")), ConnectionClosedError);
    assert.is(calls, 0);
    await client.stop();
  });
}

for (const when of ["before", "after"] as const) {
  test(`a listener for "data" from ${when} the upgrade on may keep what it is given`, async () => {
    const kept: Uint8Array[] = [];
    const keep = (chunk: Uint8Array): unknown => kept.push(chunk);
    const client = await connected((incoming, socket, head) => {
      if (when === "before") socket.once("data", keep);
      upgradeWebSocket(incoming, { socket, head }, echo);
      if (when === "after") socket.once("data", keep);
    });
    client.send(handshake());
    await client.readHead();
    const sent = new Uint8Array(LARGE).fill(7);
    client.send(frame("82", sent, "00000000"));
    assert.is((await client.readFrame()).payload.length, LARGE);
    assert.is(kept.length, 1);
    assert.ok((kept[0]?.length ?? 0) > 0, "the chunk is still there");
    await client.stop();
  });
}

test("a socket that was destroyed: nothing thrown, no handler, a closed connection", async () => {
  let calls = 0;
  const come = new Deferred<WebSocketUpgrade>();
  const client = await connected((incoming, socket, head) => {
    socket.destroy();
    socket.once("close", () => {
      come.resolve(upgradeWebSocket(incoming, { socket, head }, () => void calls++));
    });
  });
  client.send(handshake());
  const { connection } = await withTimeout(come.promise, "the upgrade");
  assert.is((await withTimeout(connection.closed, "the end")).code, 1006);
  assert.instance(await rejects(connection.read()), ConnectionClosedError);
  assert.is(calls, 0);
  await client.stop();
});

test("a client that has reset when its handshake is answered ends no process", async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on("uncaughtException", note);
  for (const fields of [{}, { Origin: "http://evil" }]) {
    const come = new Deferred<WebSocketUpgrade>();
    const client = await connected((incoming, socket, head) => {
      client.reset();
      come.resolve(upgradeWebSocket(incoming, { socket, head }, echo));
    });
    client.send(handshake(fields));
    const { connection } = await withTimeout(come.promise, "the upgrade");
    assert.is((await withTimeout(connection.closed, "the end")).code, 1006);
    await client.stop();
  }
  process.off("uncaughtException", note);
  assert.equal(uncaught, []);
});

/** What an option makes of a handshake, which the client chose, must not end the process. */
const FAILURES: readonly (readonly [what: string, options: UpgradeOptions, error: RegExp])[] = [
  ["a protocol not offered", { protocol: "x" }, /^TypeError: .*client offered/],
  ["a header of the handshake", { headers: { Connection: "x" } }, /^TypeError: .*connection/],
  ["an origin that throws", { origin: JSON.parse as never }, /^SyntaxError/],
  ["an origin that promises", { origin: (async () => true) as never }, /origin gave Promise/],
];

for (const [what, options, error] of FAILURES) {
  test(`${what}: 500 on the wire, onError is told and fails, and nothing else`, async () => {
    for (const isAsync of [false, true]) {
      escaped.length = 0;
      const second = new Error("onError failed");
      const onError = (): unknown => {
        if (isAsync) return Promise.reject(second);
        throw second;
      };
      const lines = await printed(async () => {
        const wire = handshake({ Origin: "http://h" });
        const { client, upgrade } = await upgraded(wire, { ...options, onError }, echo);
        assert.is((await client.readHead()).status, 500);
        await client.fin();
        assert.is((await withTimeout(upgrade.connection.closed, "the end")).code, 1006);
        await client.stop();
      });
      assert.match(String(lines[0]), error);
      assert.equal(lines.slice(1), [second]);
      assert.equal(escaped, []);
    }
  });
}

test.run();
