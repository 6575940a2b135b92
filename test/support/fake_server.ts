// A TCP server that answers as it is told, right or wrong, to clients under test.

import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { acceptFor, latin1 } from "./handshake.ts";
import { withTimeout } from "./with_timeout.ts";

/** Called with the head of the request, once all of it has come; what to do with the socket. */
export type Answer = (socket: Socket, request: string) => void;

/** A server on a free port, which ends with its `await using` block. */
export class FakeServer implements AsyncDisposable {
  /** The heads of requests, as they came. */
  readonly requests: string[] = [];
  /** The sockets, in their order. */
  readonly sockets: Socket[] = [];
  readonly #server: Server;

  /** Use {@linkcode FakeServer.start}. */
  constructor(server: Server, answer: Answer) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      let request = "";
      this.sockets.push(socket);
      socket.on("error", () => {});
      socket.on("data", onData.bind(this));

      function onData(this: FakeServer, chunk: Buffer): void {
        request += chunk.toString("latin1");
        const end = request.indexOf("\r\n\r\n") + 4;
        if (end < 4) return;
        socket.removeAllListeners("data");
        if (end < request.length) socket.unshift(Buffer.from(request.slice(end), "latin1"));
        this.requests.push(request.slice(0, end));
        answer(socket, request.slice(0, end));
      }
    });
  }

  static async start(answer: Answer, server: Server = createServer()): Promise<FakeServer> {
    const fake = new FakeServer(server, answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The value of a header of a request; `null` without one. */
export function fieldOf(request: string, name: string): string | null {
  return new RegExp(`^${name}: (.*)\\r$`, "im").exec(request)?.[1] ?? null;
}

/** A head, one line each, as bytes. */
export function head(...lines: readonly string[]): Uint8Array {
  return latin1(`${lines.join("\r\n")}\r\n\r\n`);
}

/** A right 101, with further lines. */
export function accept(request: string, ...lines: readonly string[]): Uint8Array {
  const key = fieldOf(request, "Sec-WebSocket-Key") ?? "";
  return head(
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(key)}`,
    ...lines,
  );
}

/** Fulfils when the client has gone, with FIN or with RST. */
export async function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await withTimeout(new Promise((resolve) => socket.resume().once("close", resolve)), "the end");
}
