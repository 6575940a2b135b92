// A man in the middle, for one connection: what comes from one side goes to the other, byte for
// byte, as fast as the slower one takes it; FIN and RST go through, too. What passes is seen by a
// TapView.
//
//   client <--> socket  <--pump-->  socket <--> server
//                          \-> view

import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { openSocket } from "../client/open_socket.ts";
import type { SocketOptions } from "../client/open_socket.ts";
import { HeadReader } from "../protocol/http_head.ts";
import type { WebSocketUrl } from "../protocol/websocket_url.ts";
import { reset } from "./reset.ts";
import { rewriteRequest, writeHead } from "./tap_request.ts";
import { HEAD_SIZE_MAX, TapView } from "./tap_view.ts";
import type { Sender, TapSink } from "./tap_view.ts";

/** How one side has ended. */
export type End = "FIN" | "RST";

/** Where a connection puts what it sees. */
export interface TapConnectionSink extends TapSink {
  ended(sender: Sender, how: End): void;
  /** The server cannot be reached. */
  failed(message: string): void;
  /** Whether the output is full; `drained()` follows. */
  isFull(): boolean;
}

/** One client of the tap, and the connection to the server that was opened for it. */
export class TapConnection {
  readonly #client: Socket;
  readonly #url: WebSocketUrl;
  readonly #sink: TapConnectionSink;
  readonly #view: TapView;
  readonly #gone = new AbortController();
  readonly #pumps: (() => void)[] = [];

  /** @param client Paused and half-open. */
  constructor(client: Socket, url: WebSocketUrl, sink: TapConnectionSink) {
    this.#client = client;
    this.#url = url;
    this.#sink = sink;
    this.#view = new TapView(sink, url);
    client.on("error", () => {}); // "close" tells it
    client.on("close", () => this.#gone.abort(new Error("Client has gone")));
  }

  /** Reads the request, opens the connection to the server, and goes on by itself. */
  async start(options: SocketOptions): Promise<void> {
    const request = await this.#readRequest();
    if (request === null) return;
    let server: Socket;
    try {
      server = await openSocket(this.#url, { ...options, signal: this.#gone.signal });
    } catch (error) {
      return this.#refuse(error);
    }
    server.write(request);
    this.#pump("client", this.#client, server);
    this.#pump("server", server, this.#client);
  }

  /** There is room again for what is seen. */
  drained(): void {
    for (const goOn of this.#pumps) goOn();
  }

  destroy(): void {
    this.#client.destroy();
  }

  /** The request as it is passed on, and what came behind it; `null` when none came. */
  #readRequest(): Promise<Uint8Array | null> {
    const client = this.#client;
    const reader = new HeadReader("request", HEAD_SIZE_MAX);
    return new Promise((resolve) => {
      client.on("data", onData);
      client.once("end", onEnd);
      client.once("close", onEnd);

      const stop = (request: Uint8Array | null): void => {
        client.pause();
        client.off("data", onData);
        client.off("end", onEnd);
        client.off("close", onEnd);
        resolve(request);
      };
      const view = this.#view;
      const sink = this.#sink;
      const url = this.#url;

      client.resume();

      function onData(chunk: Uint8Array): void {
        try {
          const head = reader.push(chunk);
          if (head === null) return;
          const { forwarded, changes } = rewriteRequest(head, url);
          view.request(forwarded, changes);
          const { rest } = reader;
          if (rest.length > 0) view.see("client", rest);
          stop(Buffer.concat([Buffer.from(writeHead(forwarded), "latin1"), rest]));
        } catch (error) {
          sink.note("client", (error as Error).message);
          answer(client, "400 Bad Request", (error as Error).message);
          stop(null);
        }
      }

      function onEnd(): void {
        client.end();
        stop(null);
      }
    });
  }

  #refuse(error: unknown): void {
    if (this.#gone.signal.aborted) return;
    const message = `Cannot reach ${this.#url.href}: ${(error as Error).message}`;
    this.#sink.failed(message);
    answer(this.#client, "502 Bad Gateway", message);
  }

  #pump(sender: Sender, from: Socket, to: Socket): void {
    const goOn = (): void => {
      if (!to.writableNeedDrain && !this.#sink.isFull()) from.resume();
    };
    this.#pumps.push(goOn);
    from.on("data", (chunk: Uint8Array) => {
      this.#view.see(sender, chunk);
      if (!to.write(chunk) || this.#sink.isFull()) from.pause();
    });
    to.on("drain", goOn);
    from.on("end", () => {
      this.#view.end(sender);
      this.#sink.ended(sender, "FIN");
      to.end();
    });
    from.on("close", (hadError) => {
      if (hadError) this.#sink.ended(sender, "RST");
      if (!to.destroyed) cut(to, hadError);
    });
    from.resume();
  }
}

/** Passes on how the other side has gone. */
function cut(socket: Socket, isReset: boolean): void {
  if (isReset) reset(socket);
  else socket.destroySoon();
}

function answer(client: Socket, status: string, text: string): void {
  const body = Buffer.from(`${text}\n`);
  client.resume();
  client.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
