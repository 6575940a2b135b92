// The closing handshake when the server starts it: §7.1.2, §7.3, §7.4.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { ConnectionClosedError, hold, TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("conformance/server_closing");

test("B47 close() puts code and reason on the wire, in these bytes", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  void server.connection.close(4001, "bye");
  assert.is(hex(await client.readBytes(7)), "88050fa1627965");
});

test("B47 a reason of 123 bytes is sent whole", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  void server.connection.close(1000, "κ".repeat(61) + "x");
  assert.is((await client.readFrame()).payload.length, 125);
});

/** Codes that a server may not send: reserved (§7.4.1), undefined, or the client's own. */
const FORBIDDEN = [0, 1, 999, 1004, 1005, 1006, 1010, 1015, 1016, 2999, 5000, 65536, 1.5, NaN, -1];

for (const code of FORBIDDEN) {
  test(`B51 B55 close(${code}) throws and sends nothing`, async () => {
    await using server = await TestServer.start({ run: hold });
    await using client = await server.open();
    assert.throws(
      () => void server.connection.close(code),
      (error: Error) => error instanceof RangeError,
    );
    client.send(closeFrame(1000));
    assert.equal(await client.transcript(), ["close 1000", "FIN"]);
  });
}

test("B21 close() throws when the reason has 124 bytes", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  assert.throws(
    () => void server.connection.close(1000, "κ".repeat(62)),
    (error: Error) => error instanceof RangeError,
  );
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
});

test("B24 B31 after close() no data is sent, but pings are still answered", async () => {
  const run = async (connection: Connection): Promise<void> => {
    await connection.write("before");
    void connection.close(1000);
    const error = await rejects(connection.write("after"), "write() to fail");
    assert.instance(error, ConnectionClosedError);
    assert.is(connection.tryWrite("after"), false);
    assert.instance(await rejects(connection.ping()), ConnectionClosedError);
  };
  await using server = await TestServer.start({ run });
  for (let attempt = 0; attempt < 50; attempt++) {
    await using client = await server.open();
    assert.equal(
      [await client.readEvent(), await client.readEvent()],
      ["text before", "close 1000"],
    );
    client.send(frame("89"), closeFrame(1000), frame("89"));
    assert.equal(await client.transcript(), ["pong ", "FIN"]);
  }
  assert.equal(server.errors, []);
});

test("B24 what was written before close() is sent before the Close", async () => {
  const run = async (connection: Connection): Promise<void> => {
    for (let n = 0; n < 100; n++) void connection.write(`message ${n}`);
    void connection.close(1000);
  };
  await using server = await TestServer.start({ run });
  await using client = await server.open();
  client.send(closeFrame(1000));
  const messages = Array.from({ length: 100 }, (_, n) => `text message ${n}`);
  assert.equal(await client.transcript(), [...messages, "close 1000", "FIN"]);
});

test("B28 B46 the server sends FIN when the client's Close has come, and not before", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const closing = server.connection.close(1000, "enough");
  assert.is(await client.readEvent(), "close 1000");
  client.send(frame("81", "still here"), closeFrame(1000));
  await client.fin(1000);
  client.end();
  const { code, wasClean, initiator, sent } = await withTimeout(closing, "the end");
  assert.equal([code, wasClean, initiator], [1000, true, "local"]);
  assert.equal([sent?.code, sent?.reason], [1000, "enough"]);
});

test("messages that come after our Close can be read until the client's Close", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const { connection } = server;
  void connection.close(1000);
  await client.readEvent();
  client.send(frame("81", "1"), frame("81", "2"), closeFrame(1000), frame("81", "3"));
  await client.fin();
  assert.equal([await connection.read(), await connection.read()], ["1", "2"]);
  assert.instance(await rejects(connection.read()), ConnectionClosedError);
});

test("B29 when both close at once there is one Close each, and FIN", async () => {
  await using server = await TestServer.start({ run: hold });
  for (let attempt = 0; attempt < 20; attempt++) {
    await using client = await server.open();
    client.send(closeFrame(4000));
    const closing = server.connection.close(4001); // has not seen the client's
    assert.equal(await client.transcript(), ["close 4001", "FIN"]);
    client.end();
    const { code, wasClean } = await withTimeout(closing, "the end");
    assert.equal([code, wasClean], [4000, true]);
  }
});

test("A43 a client that never answers our Close is cut off, and that is 1006", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const closing = server.connection.close(1000, "", { timeout: 30 });
  const { code, wasClean, received, sent } = await withTimeout(closing, "the end");
  assert.equal([code, wasClean, received, sent?.code], [1006, false, null, 1000]);
  assert.is(await client.readEvent(), "close 1000");
});

test("A64 close() twice sends one Close and has one result", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const [first, second] = [server.connection.close(4000, "a"), server.connection.close(4001, "b")];
  assert.is(await client.readEvent(), "close 4000");
  client.send(closeFrame(4000));
  await client.fin();
  client.end();
  assert.is(await withTimeout(first, "the end"), await withTimeout(second, "the end"));
});

test("B55 a handler that returns closes with 1000", async () => {
  await using server = await TestServer.start({ run: async () => {} });
  await using client = await server.open();
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
});

/** What a handler may throw, rightly or not. */
const THROWN: readonly (readonly [what: string, value: unknown])[] = [
  ["an Error", new Error("of the handler")],
  ["undefined", undefined],
  ["a string", "text"],
];

for (const [what, value] of THROWN) {
  test(`B55 A65 a handler that throws ${what} closes its own connection with 1011`, async () => {
    const run = async (connection: Connection): Promise<void> => {
      if ((await connection.read()) === "throw") throw value;
      await connection.closed;
    };
    await using server = await TestServer.start({ run });
    await using other = await server.open();
    other.send(frame("81", "stay"));
    await using client = await server.open();
    client.send(frame("81", "throw"));
    assert.is(await client.readEvent(), "close 1011");
    client.send(closeFrame(1011));
    await client.fin();
    assert.equal(server.errors, [value]);
    other.send(frame("89"), closeFrame(1000));
    assert.equal(await other.transcript(), ["pong ", "close 1000", "FIN"]);
  });
}

test("B59 B55 a shutdown closes every connection with 1001", async () => {
  await using server = await TestServer.start();
  await using first = await server.open();
  await using second = await server.open();
  const down = server.shutdown();
  for (const client of [first, second]) {
    client.send(closeFrame(1001));
    assert.equal(await client.transcript(), ["close 1001", "FIN"]);
    client.end();
  }
  await withTimeout(down, "the shutdown");
});

test.run();
