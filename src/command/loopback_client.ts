// A WebSocket client that says what no browser would: the server connects to itself, on behalf of a
// page, with a handshake of its own, and from then on writes the bytes that the page gives it. It
// reads and forgets: what comes back is seen where all else is, on the wire of the server.
//
// It can reach nothing but this server, and is bounded in number, bytes and time.

import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Addr } from "../server/address.ts";
import { reset } from "./reset.ts";

/** Of all pages together. */
const CLIENTS_MAX = 16;
const SIZE_MAX = 16 * 1024 * 1024;

/** How long one may take. */
export interface LoopbackTimes {
  readonly lifeMs: number;
  readonly handshakeMs: number;
}

const TIMES: LoopbackTimes = { lifeMs: 10 * 60 * 1000, handshakeMs: 5000 };

let clients = 0;

/** What can be done with the connection, beside sending bytes. */
export type LoopbackAct = "fin" | "reset" | "pause" | "resume";

/** One connection of the server to itself. */
export class LoopbackClient {
  readonly #socket: Socket;
  readonly #life: NodeJS.Timeout;
  #size = 0;

  private constructor(socket: Socket, lifeMs: number) {
    this.#socket = socket;
    this.#life = setTimeout(() => socket.destroy(), lifeMs).unref();
    clients++;
    socket.once("close", () => {
      clients--;
      clearTimeout(this.#life);
    });
    socket.on("error", () => {}); // the end is told by "close"
  }

  /**
   * Connects to the server at `addr`, asks for `target`, and fulfils when the 101 has come. Rejects
   * when there are too many, or something else than a 101 comes.
   */
  static async dial(
    addr: Addr,
    target: string,
    { lifeMs, handshakeMs }: LoopbackTimes = TIMES,
  ): Promise<LoopbackClient> {
    if (addr.transport !== "tcp") throw new Error("the server listens on no port");
    if (clients >= CLIENTS_MAX) throw new Error(`there are ${CLIENTS_MAX} raw clients already`);
    const host = loopbackOf(addr.hostname);
    const socket = connect({ host, port: addr.port, noDelay: true });
    const client = new LoopbackClient(socket, lifeMs);
    const authority = `${host.includes(":") ? `[${host}]` : host}:${addr.port}`;
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: ${authority}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n` +
        "Sec-WebSocket-Version: 13\r\n\r\n",
    );
    try {
      await switched(socket, handshakeMs);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.resume();
    return client;
  }

  /** Whether neither side has ended it. */
  get isOpen(): boolean {
    return this.#socket.readyState === "open";
  }

  /** Sends `bytes` as they are. @throws When that is too much in all: then it cuts TCP as well. */
  send(bytes: Uint8Array): void {
    if (this.#socket.destroyed) return;
    this.#size += bytes.length;
    if (this.#size <= SIZE_MAX) return void this.#socket.write(new Uint8Array(bytes));
    this.#socket.destroy();
    const most = `${SIZE_MAX / 1024 / 1024} MiB`;
    throw new RangeError(`A raw client sends ${most} at most: it has cut TCP`);
  }

  /** Ends, cuts, or stops and goes on to read. */
  act(act: LoopbackAct): void {
    if (act === "fin") this.#socket.end();
    else if (act === "reset") reset(this.#socket);
    else this.#socket[act]();
  }
}

/** Fulfils when the head of a 101 has come; what follows it is nobody's business. */
function switched(socket: Socket, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = "";
    const onEnd = (): void => settle(new Error("the server ended the handshake"));
    const timer = setTimeout(() => settle(new Error("it took too long")), timeoutMs);
    const onData = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      const [statusLine] = head.split("\r\n", 1);
      settle(/^HTTP\/1\.1 101 /.test(statusLine) ? null : new Error(statusLine));
    };
    const settle = (error: Error | null): void => {
      clearTimeout(timer);
      socket.off("data", onData);
      socket.off("close", onEnd);
      if (error === null) resolve();
      else reject(error);
    };
    socket.on("data", onData);
    socket.on("close", onEnd);
  });
}

/** Where a server that listens at `hostname` is reached from its own machine. */
function loopbackOf(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}
