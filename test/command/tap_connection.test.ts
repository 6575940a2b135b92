// How the tap passes bytes on: all of them, in both directions, as fast as they are taken.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TapConnection } from "../../src/command/tap_connection.ts";
import type { TapConnectionSink } from "../../src/command/tap_connection.ts";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";
import { accept, FakeServer } from "../support/fake_server.ts";
import { frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("command/tap_connection");

/** A tap of one connection, in this process. */
class Tap implements AsyncDisposable, TapConnectionSink {
  readonly summaries: string[] = [];
  /** What the tap has accepted. */
  socket: Socket | null = null;
  connection: TapConnection | null = null;
  full = false;
  readonly #server = createServer({ allowHalfOpen: true, pauseOnConnect: true });

  static async start(port: number): Promise<Tap> {
    const tap = new Tap();
    tap.#server.on("connection", (socket: Socket) => {
      const url = parseWebSocketUrl(`ws://127.0.0.1:${port}/`);
      tap.socket = socket;
      tap.connection = new TapConnection(socket, url, tap);
      void tap.connection.start({});
    });
    await new Promise<void>((resolve) => tap.#server.listen(0, "127.0.0.1", resolve));
    return tap;
  }

  /** A client whose handshake is done. */
  async open(): Promise<Socket> {
    const { port } = this.#server.address() as AddressInfo;
    const client = connect({ port, host: "127.0.0.1" });
    client.on("error", () => {});
    client.write(handshake());
    await withTimeout(once(client, "data"), "the answer");
    return client;
  }

  head(): void {}
  note(): void {}
  ended(): void {}
  failed(): void {}

  frame(...[, { summary }]: Parameters<TapConnectionSink["frame"]>): void {
    this.summaries.push(summary);
  }

  isFull(): boolean {
    return this.full;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const SIZE = 32 * 1024 * 1024; // more than the kernel takes on the way
const FRAME_SIZE = SIZE + 14;

test("TapConnection holds the client back while the server takes nothing", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.pause();
    socket.write(accept(request));
  });
  await using tap = await Tap.start(server.port);
  const client = await tap.open();
  client.write(frame("82", new Uint8Array(SIZE)));
  await until(() => tap.socket?.isPaused() === true, "the tap to pause the client");
  assert.ok((tap.socket?.bytesRead ?? 0) < SIZE);
  assert.equal(tap.summaries, []);
  const [socket] = server.sockets;
  let received = 0;
  socket.on("data", (chunk: Buffer) => (received += chunk.length));
  socket.resume();
  await until(() => received === FRAME_SIZE, "all of the frame");
  assert.equal(tap.summaries, [
    "binary, final, masked, 33,554,432 bytes: 00 00 00 00 00 00 00 00 …",
  ]);
  client.destroy();
});

test("TapConnection holds both sides back while what it shows is not taken", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
  });
  await using tap = await Tap.start(server.port);
  const client = await tap.open();
  const [socket] = server.sockets;
  let received = 0;
  socket.on("data", (chunk: Buffer) => (received += chunk.length));
  tap.full = true;
  client.write(frame("82", new Uint8Array(SIZE)));
  await until(() => tap.socket?.isPaused() === true && received > 0, "the tap to pause");
  assert.ok(received < SIZE);
  tap.full = false;
  tap.connection?.drained();
  await until(() => received === FRAME_SIZE, "all of the frame");
  client.destroy();
});

test("TapConnection lets one side end before the other", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.end(Buffer.concat([accept(request), Buffer.from("8800", "hex")]));
  });
  await using tap = await Tap.start(server.port);
  const client = await tap.open();
  const [socket] = server.sockets;
  let received = "";
  socket.on("data", (chunk: Buffer) => (received += chunk.toString("hex")));
  client.end(Buffer.from("888000000000", "hex"));
  await until(() => received === "888000000000", "the client's Close, behind the server's FIN");
  assert.equal(tap.summaries.length, 2);
});

test.run();
