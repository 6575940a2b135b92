// The closing handshake when the client starts it, and what the server then reports: §5.5.1, §7.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat, hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { describe, eventLoopTurn } from "../support/raw_client.ts";
import { rejects } from "../support/rejects.ts";
import { ConnectionClosedError, hold, ProtocolError, TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { CLOSING } from "./closing_scripts.ts";
import { testScripts } from "./script.ts";

const test = suite("conformance/closing");

testScripts(test, CLOSING);

/** What comes back is the code that was sent; the reason may come back too. */
const ECHOES: readonly (readonly [what: string, close: Uint8Array, answer: string])[] = [
  ["an empty Close is answered by an empty one", frame("88"), "8800"],
  ["1000 is answered by 1000", closeFrame(1000), "880203e8"],
  ["4999 is answered by 4999", closeFrame(4999), "88021387"],
];

for (const [what, close, answer] of ECHOES) {
  test(`B25 B51 ${what}, in these bytes`, async () => {
    await using server = await TestServer.start();
    await using client = await server.open();
    client.send(close);
    assert.is(hex(await client.readToFin()), answer);
  });
}

const SOON_MS = 50;

test("B26 B28 Close and FIN come at once, though nobody reads and the client stays", async () => {
  await using server = await TestServer.start({ run: hold });
  const times: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    await using client = await server.open();
    client.send(frame("81", "unread"), frame("82", "unread"));
    const start = performance.now();
    client.send(closeFrame(1000));
    assert.equal(await client.transcript(), ["close 1000", "FIN"]);
    times.push(performance.now() - start);
  }
  assert.ok(Math.min(...times) < SOON_MS, `the fastest took ${Math.min(...times)} ms`);
});

test("B46 the server sends FIN first", async () => {
  await using server = await TestServer.start();
  await using client = await server.open(); // ends its direction in the last line only
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
  client.end();
  const { code, wasClean } = await withTimeout(server.connection.closed, "the end");
  assert.equal([code, wasClean], [1000, true]);
});

/** A closure as `[code, reason, wasClean, initiator]`. */
const REPORTS: readonly (readonly [what: string, close: Uint8Array, report: unknown[]])[] = [
  ["code and reason", closeFrame(4001, "κ"), [4001, "κ", true, "remote"]],
  ["a code alone", closeFrame(1001), [1001, "", true, "remote"]],
  ["1005 when there is no code", frame("88"), [1005, "", true, "remote"]],
];

for (const [what, close, report] of REPORTS) {
  test(`B48 closed has ${what}`, async () => {
    await using server = await TestServer.start({ run: hold });
    await using client = await server.open();
    client.send(close);
    await client.transcript();
    client.end();
    const closure = await withTimeout(server.connection.closed, "the end");
    const { code, reason, wasClean, initiator } = closure;
    assert.equal([code, reason, wasClean, initiator], report);
  });
}

test("B53 closed has every code that a client may send", async () => {
  const registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  await using server = await TestServer.start({ run: hold });
  for (const code of [...registered, 3000, 3999, 4000, 4999]) {
    await using client = await server.open();
    client.send(closeFrame(code, "why"));
    assert.equal(await client.transcript(), [`close ${code}`, "FIN"]);
    client.end();
    const closure = await withTimeout(server.connection.closed, "the end");
    assert.equal([closure.code, closure.reason, closure.wasClean], [code, "why", true]);
  }
});

test("B48 closed has the first Close of two", async () => {
  await using server = await TestServer.start({ run: hold });
  await using client = await server.open();
  client.send(closeFrame(4001, "first"), closeFrame(4002, "second"));
  assert.equal(await client.transcript(), ["close 4001", "FIN"]);
  client.end();
  const { code, reason } = await withTimeout(server.connection.closed, "the end");
  assert.equal([code, reason], [4001, "first"]);
});

test("B48 A60 FIN without a Close is 1006, and is answered by FIN", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(frame("81", "last words"));
  client.end();
  const { code, reason, wasClean, received } = await withTimeout(
    server.connection.closed,
    "the end",
  );
  assert.equal([code, reason, wasClean, received], [1006, "", false, null]);
  assert.equal(await client.transcript(1000), ["text last words", "FIN"]);
});

test("B48 RST is 1006", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.reset();
  const { code, wasClean, received } = await withTimeout(server.connection.closed, "the end");
  assert.equal([code, wasClean, received], [1006, false, null]);
});

/** A violation, and the code that says what it is: §7.4.1. */
const FAILURES: readonly (readonly [what: string, wire: Uint8Array, code: number])[] = [
  ["a reserved opcode", frame("83"), 1002],
  ["an unmasked frame", bytes("8100"), 1002],
  ["a close code that nobody sends", closeFrame(1005), 1002],
  ["bad text", frame("81", bytes("ff")), 1007],
  ["a message that is too big", bytes("82ff 0000000000100001 00000000"), 1009],
];

for (const [what, wire, code] of FAILURES) {
  test(`B49 B55 ${what} fails with ${code}, and closed tells why`, async () => {
    await using server = await TestServer.start({ run: hold });
    await using client = await server.open();
    client.send(wire);
    assert.equal(await client.transcript(1000), [`close ${code}`, "FIN"]);
    client.end();
    const closure = await withTimeout(server.connection.closed, "the end");
    assert.equal([closure.code, closure.wasClean, closure.received], [1006, false, null]);
    assert.is(closure.sent?.code, code);
    assert.is(closure.initiator, "remote");
    assert.ok(closure.cause instanceof ProtocolError && closure.cause.closeCode === code);
  });
}

test("B49 the reason of a failure says what is wrong, in words that fit", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(frame("83", "Hello"));
  const { payload } = await client.readFrame();
  assert.ok(payload.length > 2 && payload.length <= 125);
});

test("B50 after a failure no text, ping or Close is processed", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(
    frame("81", "before"),
    frame("83"),
    frame("81", "after"),
    frame("89"),
    closeFrame(1000),
  );
  assert.equal(await client.transcript(1000), ["text before", "close 1002", "FIN"]);
  client.end();
  const { received } = await withTimeout(server.connection.closed, "the end");
  assert.is(received, null);
  assert.equal(server.messages, ["before"]);
});

test("B50 after a failure nothing is processed that comes later", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.send(frame("83"));
  assert.equal(await client.transcript(1000), ["close 1002", "FIN"]);
  await client.sendChopped(frame("81", "after"), 3);
  client.end();
  await withTimeout(server.connection.closed, "the end");
  assert.equal(server.messages, []);
});

/** What a client may have sent already when it learns that it has been failed. */
const MEBIBYTE = new Uint8Array(1024 * 1024);

test("B27 B49 a failure while we send a large message comes behind it", async () => {
  const large = new Uint8Array(8 * MEBIBYTE.length).fill(0x55);
  const run = async (connection: Connection): Promise<void> => {
    await connection.write(large);
    await connection.closed;
  };
  await using server = await TestServer.start({ run });
  await using client = await server.open();
  client.pause();
  client.send(frame("83"));
  await eventLoopTurn();
  client.resume();
  assert.equal(await client.transcript(), [describe(2, large), "close 1002", "FIN"]);
});

test("messages before the Close can be read when all is over", async () => {
  await using server = await TestServer.start({ run: hold });
  for (let round = 0; round < 50; round++) {
    await using client = await server.open();
    const { connection } = server;
    client.send(frame("81", "1"), frame("81", "2"), frame("81", "3"), closeFrame(1000));
    assert.equal(await client.transcript(), ["close 1000", "FIN"]);
    client.end();
    await withTimeout(connection.closed, "the end");
    const read = [await connection.read(), await connection.read(), await connection.read()];
    assert.equal(read, ["1", "2", "3"]);
    assert.instance(await rejects(connection.read()), ConnectionClosedError);
  }
});

test("B45 a failure ends with FIN, not RST, though 1 MiB comes behind it", async () => {
  await using server = await TestServer.start();
  await using client = await server.open();
  client.pause();
  await client.sendChopped(concat(frame("83"), MEBIBYTE), 4096); // has not heard of its failure
  client.resume();
  assert.equal(await client.transcript(), ["close 1002", "FIN"]);
  client.end();
  const ended = new Promise((resolve) => client.socket.once("close", resolve));
  assert.is(await withTimeout(ended, "the client's socket to close"), false, "RST behind FIN");
});

test("B45 our Close ends with FIN, not RST, though 1 MiB lies unread in our socket", async () => {
  const limits = { inboxMessagesMax: 1 };
  await using server = await TestServer.start({ run: hold, upgrade: { limits } });
  await using client = await server.open();
  client.send(frame("82"), frame("82"));
  for (let sent = 0; sent < 16; sent++) client.send(frame("82", MEBIBYTE.subarray(0, 65536)));
  client.send(frame("89"), closeFrame(1001)); // still in the socket when close() is called
  void server.connection.close(1000);
  assert.ok((await client.transcript()).includes("close 1000"));
  client.end();
  const { code } = await withTimeout(server.connection.closed, "the end");
  assert.is(code, 1001);
});

test.run();
