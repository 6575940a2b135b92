// The server under test, in this process and through its public door only. It notes what its
// handlers see, for half of what the protocol forbids is forbidden to reach them.

import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, ConnectionHandler, Message, Server } from "../../src/mod.ts";
import type { ServeHandler, ServeOptions, ServerStats } from "../../src/mod.ts";
import type { ShutdownOptions, UpgradeOptions } from "../../src/mod.ts";
import { Deferred } from "./deferred.ts";
import { handshake } from "./handshake.ts";
import type { Fields } from "./handshake.ts";
import { RawClient } from "./raw_client.ts";
import { withTimeout } from "./with_timeout.ts";

export { ConnectionClosedError, ProtocolError, upgradeWebSocket } from "../../src/mod.ts";
export type { Connection } from "../../src/mod.ts";

/** Notes each message and sends it back: what a server does that is not told otherwise. */
export async function echo(connection: Connection, server: TestServer): Promise<void> {
  for await (const message of connection) {
    server.messages.push(message);
    await connection.write(message);
  }
}

/** Reads nothing and writes nothing until the end. */
export async function hold(connection: Connection): Promise<void> {
  await connection.closed;
}

/** What to test, and how it is set up. */
export interface TestServerOptions {
  /** Runs each connection. Default: {@linkcode echo}. */
  readonly run?: (connection: Connection, server: TestServer) => Promise<void>;
  /** Answers requests instead of `upgradeWebSocket()`. */
  readonly respond?: ServeHandler;
  readonly upgrade?: UpgradeOptions;
  readonly serve?: ServeOptions;
}

/** A server on a free port, which ends with its `await using` block. */
export class TestServer implements AsyncDisposable {
  /** Every request that reached the handler: `GET http://h/chat`. */
  readonly requests: string[] = [];
  /** Every connection that the handler upgraded. */
  readonly connections: Connection[] = [];
  /** Every message that {@linkcode echo} read. */
  readonly messages: Message[] = [];
  /** What the handlers threw. */
  readonly errors: unknown[] = [];
  readonly #clients: RawClient[] = [];
  readonly #server: Server;
  #port = 0;

  /** Use {@linkcode TestServer.start}. */
  constructor(options: TestServerOptions, onListen: () => void) {
    const note = (error: unknown): void => void this.errors.push(error);
    const run: ConnectionHandler = (connection) => (options.run ?? echo)(connection, this);
    const upgrade: ServeHandler = (request) => {
      const upgraded = upgradeWebSocket(request, { onError: note, ...options.upgrade }, run);
      this.connections.push(upgraded.connection);
      return upgraded.response;
    };
    const handler: ServeHandler = (request, info) => {
      this.requests.push(`${request.method} ${request.url}`);
      return (options.respond ?? upgrade)(request, info);
    };
    this.#server = serve(
      {
        port: 0,
        hostname: "127.0.0.1",
        onError: (error) => {
          note(error);
          return new Response(null, { status: 500 });
        },
        onListen: (addr) => {
          if (addr.transport === "tcp") this.#port = addr.port;
          onListen();
        },
        ...options.serve,
      },
      handler,
    );
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const listening = new Deferred();
    const server = new TestServer(options, listening.resolve);
    await withTimeout(listening.promise, "the server to listen");
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** The connection that was upgraded last. */
  get connection(): Connection {
    return this.connections[this.connections.length - 1];
  }

  /** A client that has sent nothing yet. */
  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    this.#clients.push(client);
    return client;
  }

  /** A client with an open WebSocket connection. */
  async open(fields: Fields = {}): Promise<RawClient> {
    const client = await this.connect();
    client.send(handshake(fields));
    const head = await client.readHead();
    const { statusLine, status } = head;
    if (status !== 101) throw new Error(`Expected the status 101, found "${statusLine}"`);
    const extensions = head.get("Sec-WebSocket-Extensions");
    if (extensions !== null) client.agreeOn(extensions);
    return client;
  }

  stats(): ServerStats {
    return this.#server.stats();
  }

  /** Shuts down as `Server.shutdown()`. */
  shutdown(options?: ShutdownOptions): Promise<void> {
    return this.#server.shutdown(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await withTimeout(this.#server.shutdown(), "the server to shut down");
  }
}
