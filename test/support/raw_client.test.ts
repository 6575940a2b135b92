// What the raw client promises of TCP: segments as they were asked for, FIN and RST told apart.

import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, hex, utf8 } from "./bytes.ts";
import { RawClient } from "./raw_client.ts";
import { rejects } from "./rejects.ts";

const test = suite("support/raw_client");

/** A client of a TCP server that does `act` with each connection. */
async function connectTo(act: (socket: Socket) => void): Promise<RawClient> {
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    act(socket.on("error", () => {})),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = await RawClient.connect((server.address() as AddressInfo).port);
  client.socket.once("close", () => server.close());
  return client;
}

function resetWhenAsked(socket: Socket): void {
  socket.once("data", () => socket.resetAndDestroy());
}

test("sendChopped() makes each piece arrive by itself", async () => {
  const chunks: number[] = [];
  await using client = await connectTo((socket) => {
    socket.on("data", (chunk: Buffer) => void chunks.push(chunk.length));
  });
  await client.sendChopped(new Uint8Array(10), 3);
  await client.sendChopped(new Uint8Array(50), 1);
  assert.equal(chunks, [3, 3, 3, 1, ...new Array<number>(50).fill(1)]);
});

test("transcript() tells FIN from RST", async () => {
  await using ended = await connectTo((socket) => socket.end(bytes("8103 616263 8802 03e8")));
  assert.equal(await ended.transcript(), ["text abc", "close 1000", "FIN"]);
  await using reset = await connectTo(resetWhenAsked);
  reset.send("00");
  assert.equal(await reset.transcript(), ["RST"]);
});

test("transcript() puts fragments together, and a ping between them first", async () => {
  await using client = await connectTo((socket) => socket.end(bytes("0101ce 890100 8001ba")));
  assert.equal(await client.transcript(), ["ping 00", "text κ", "FIN"]);
});

test("fin() fails when there is something else", async () => {
  await using client = await connectTo((socket) => socket.end(utf8("x")));
  assert.match((await rejects(client.fin())).message, "Expected FIN, found 78");
  await using reset = await connectTo(resetWhenAsked);
  reset.send("00");
  assert.match((await rejects(reset.fin())).message, "found RST");
});

test("a wait that ends in nothing says for what, and what has come instead", async () => {
  await using client = await connectTo((socket) => socket.write(bytes("81 05 48")));
  const { message } = await rejects(client.readFrame(50));
  assert.match(message, "Expected a frame (so far 810548), found nothing for 50 ms");
});

test("readHead() reads a head by the letter", async () => {
  const text = "HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\nB:\r\n\r\nbody";
  await using client = await connectTo((socket) => socket.end(utf8(text)));
  const head = await client.readHead();
  assert.equal(
    [head.status, head.all("A"), head.get("b"), head.get("c")],
    [200, ["1", "2"], "", null],
  );
  assert.throws(() => head.get("a"), /Expected one a/);
  assert.is(hex(await client.readToFin()), hex(utf8("body")));
});

for (const text of [
  "HTTP/1.1 200 OK\r\nA : 1\r\n\r\n",
  "HTTP/1.0 200 OK\r\n\r\n",
  "HTTP/1.1 20 OK\r\n\r\n",
]) {
  test(`readHead() throws at ${JSON.stringify(text)}`, async () => {
    await using client = await connectTo((socket) => socket.end(utf8(text)));
    await rejects(client.readHead());
  });
}

test.run();
