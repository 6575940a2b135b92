// Connections that are lost: RST and FIN at any moment, and what then settles (§7.1.5, §7.1.7).

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { ConnectionClosedError, hold, TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("conformance/lost_connection");

/** One of each thing a client sends, cut in every place below. */
const CONVERSATION = concat(
  frame("01", "Hel", "37fa213d"),
  frame("89", "ping"),
  frame("80", "lo"),
  frame("82", new Uint8Array(130)),
  closeFrame(1000),
);

for (const how of ["end", "reset"] as const) {
  test(`A60 A62 ${how}() anywhere in a conversation is 1006, and ends nothing else`, async () => {
    await using server = await TestServer.start();
    await using other = await server.open();
    for (let size = 0; size < CONVERSATION.length; size += 3) {
      const client = await server.open();
      const { connection } = server;
      await client.sendChopped(CONVERSATION.subarray(0, size), CONVERSATION.length);
      client[how]();
      const { code, received } = await withTimeout(connection.closed, "the end");
      assert.equal([code, received], [1006, null], `after ${size} bytes`);
      client.socket.destroy();
    }
    other.send(frame("81", "fine"), closeFrame(1000));
    assert.equal(await other.transcript(), ["text fine", "close 1000", "FIN"]);
  });
}

test("A62 B41 when RST comes every promise settles", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  client.pause();
  const { connection } = server;
  void connection.write(new Uint8Array(32 * 1024 * 1024)); // more than the kernel takes
  const late = [connection.write("a"), connection.write("b"), connection.read(), connection.ping()];
  const settled = Promise.all(
    late.map((promise) =>
      promise.then(
        () => null,
        (error) => error,
      ),
    ),
  );
  client.reset();
  const [, , read, ping] = await withTimeout(settled, "all promises");
  assert.instance(read, ConnectionClosedError);
  assert.instance(ping, ConnectionClosedError);
  await withTimeout(connection.closed, "the end");
  for (const act of [connection.write("c"), connection.read(), connection.ping()]) {
    assert.instance(await rejects(act), ConnectionClosedError);
  }
  assert.is(connection.tryWrite("d"), false);
  assert.is(connection.tryRead(), undefined);
});

test("A62 RST while we wait for the client's Close is 1006, once", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const closing = server.connection.close(4000, "going");
  assert.is(await client.readEvent(), "close 4000");
  client.reset();
  const { code, wasClean, sent } = await withTimeout(closing, "the end");
  assert.equal([code, wasClean, sent?.code], [1006, false, 4000]);
  assert.is(await server.connection.close(), await closing);
});

test("A62 B48 RST behind a whole closing handshake changes nothing", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  client.send(closeFrame(4001, "x"));
  assert.is(await client.readEvent(), "close 4001");
  client.reset();
  const { code, reason, received } = await withTimeout(server.connection.closed, "the end");
  assert.equal([code, reason, received?.code], [4001, "x", 4001]);
});

test("A63 terminate() cuts at once, without a Close, and is 1006", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  const { connection } = server;
  void connection.write("lost or not");
  connection.terminate();
  const { code, wasClean, sent, initiator } = await withTimeout(connection.closed, "the end");
  assert.equal([code, wasClean, sent, initiator], [1006, false, null, "local"]);
  const transcript = await client.transcript(1000);
  assert.not(
    transcript.some((line) => line.startsWith("close")),
    transcript.join(),
  );
});

test("A60 the messages before FIN can still be read", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  client.send(frame("81", "1"), frame("81", "2"));
  client.end();
  await client.fin();
  await withTimeout(server.connection.closed, "the end");
  assert.equal([await server.connection.read(), await server.connection.read()], ["1", "2"]);
  assert.instance(await rejects(server.connection.read()), ConnectionClosedError);
});

test("B48 for await ends with a Close, and throws when the line is lost without one", async () => {
  const ends: unknown[] = [];
  const run = async (connection: Connection): Promise<void> => {
    try {
      for await (const message of connection) ends.push(message);
      ends.push("end");
    } catch (error) {
      ends.push(error instanceof ConnectionClosedError ? "lost" : error);
    }
  };
  await using server = await TestServer.start({ run });
  const wires = [
    [frame("81", "1"), closeFrame(1000)],
    [frame("81", "2")],
    [frame("81", "3"), "83 00"],
  ];
  for (const wire of wires) {
    await using client = await server.open();
    client.send(...wire);
    client.end();
    await withTimeout(server.connection.closed, "the end");
  }
  assert.equal(ends, ["1", "end", "2", "lost", "3", "lost"]);
  assert.equal(server.errors, []);
});

test("A42 after the closing handshake a client that goes on sending is cut off", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
  const closed = new Promise<void>((resolve) => client.socket.once("close", () => resolve()));
  const chunk = new Uint8Array(256 * 1024);
  const pump = (): void => {
    while (!client.socket.destroyed && client.socket.write(chunk));
  };
  client.socket.on("drain", pump);
  pump();
  await withTimeout(closed, "the server to cut the connection", 3000);
  assert.equal(server.messages, []);
});

test.run();
