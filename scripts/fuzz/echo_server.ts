// The server that is fuzzed through a socket: `serve()` with an echo, in this process, so that what
// it leaves behind can be counted.

import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { ConnectionClosedError, serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, ConnectionHandler, Server, UpgradeOptions } from "../../src/mod.ts";
import { Finding } from "./target.ts";

/** How long what is closed may take to be gone. */
const REST_MS = 10_000;

/** The machine may have other things to do: no request shall be refused for that. */
const HANDSHAKE_MS = 60_000;

/** An echo on a free port. */
export class EchoServer {
  /** The connections that are asked for, by the path of their request. */
  readonly #expected = new Map<string, Connection | null>();
  readonly #server: Server;
  readonly #before: Readonly<Record<string, number>>;
  readonly #errors: unknown[] = [];
  #port = 0;
  #opened = 0;
  #closed = 0;

  private constructor(upgrade: UpgradeOptions, handler: ConnectionHandler, onListen: () => void) {
    this.#before = resources();
    const onError = (error: unknown): void => void this.#errors.push(error);
    const options: UpgradeOptions = { onError, ...upgrade };
    this.#server = serve(
      {
        port: 0,
        hostname: "127.0.0.1",
        limits: { handshakeTimeoutMs: HANDSHAKE_MS },
        onError: (error) => {
          onError(error);
          return new Response(null, { status: 500 });
        },
        onListen: (addr) => {
          if (addr.transport === "tcp") this.#port = addr.port;
          onListen();
        },
      },
      (request) => {
        const { connection, response } = upgradeWebSocket(request, options, handler);
        const path = new URL(request.url).pathname;
        if (this.#expected.has(path)) this.#expected.set(path, connection);
        this.#opened++;
        void connection.closed.then(() => this.#closed++);
        return response;
      },
    );
  }

  static async start(
    upgrade: UpgradeOptions = {},
    handler: ConnectionHandler = echo,
  ): Promise<EchoServer> {
    await listenOnce();
    let server: EchoServer | null = null;
    await new Promise<void>((resolve) => {
      server = new EchoServer(upgrade, handler, resolve);
    });
    return server as unknown as EchoServer;
  }

  get port(): number {
    return this.#port;
  }

  /** Remembers the connection that will be opened under `path`. */
  expect(path: string): void {
    this.#expected.set(path, null);
  }

  /** The connection that was opened under `path`, or `null`; it is forgotten then. */
  take(path: string): Connection | null {
    const connection = this.#expected.get(path) ?? null;
    this.#expected.delete(path);
    return connection;
  }

  /** Throws when a handler or the server itself has failed. */
  checkErrors(): void {
    const [error] = this.#errors;
    if (error !== undefined) throw error;
  }

  /** Shuts down: then no connection, no socket, no timer and no descriptor may be left. */
  async end(): Promise<void> {
    await this.#server.shutdown({ timeout: REST_MS });
    this.checkErrors();
    for (const end = performance.now() + REST_MS; ; ) {
      const left = this.#left();
      if (left === "") return;
      if (performance.now() > end) throw new Finding("left behind", "nothing", left);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What there is that was not before it. */
  #left(): string {
    const now = { ...resources(), connections: this.#opened - this.#closed };
    const more = Object.entries(now).map(([name, count]) => {
      return [count - (this.#before[name] ?? 0), name] as const;
    });
    return more.filter(([count]) => count > 0).map((pair) => pair.join(" ")).join(", ");
  }
}

/** It writes what it reads, until one side has closed. */
async function echo(connection: Connection): Promise<void> {
  try {
    for await (const message of connection) await connection.write(message);
  } catch (error) {
    if (!(error instanceof ConnectionClosedError)) throw error;
  }
}

/** From its first server on, Node keeps a spare descriptor: it must be there before we count. */
function listenOnce(): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => server.close(() => resolve()));
  });
}

/** Of what keeps a process busy. Others come and go with what is printed. */
const RESOURCES = ["TCPSocketWrap", "TCPServerWrap", "Timeout"];

/** How many of them there are, and how many files are open. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    if (RESOURCES.includes(name)) counts[name] = (counts[name] ?? 0) + 1;
  }
  if (process.platform === "linux") counts["descriptors"] = readdirSync("/proc/self/fd").length;
  return counts;
}
