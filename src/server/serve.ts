// `serve()`: a server in Deno's shape on `node:http`. What happens between a request and its answer
// is in `exchange`; here is how a server begins, and how it ends without losing anybody's words.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { systemClock } from "../connection/clock.ts";
import { Deadline } from "../connection/deadline.ts";
import type { LimitHit } from "../connection/diagnostics.ts";
import type { Lifecycle } from "../connection/lifecycle.ts";
import { describe } from "../frame/describe.ts";
import { ABNORMAL_CLOSURE } from "../frame/mod.ts";
import { displayUrl, localAddr } from "./address.ts";
import type { Addr } from "./address.ts";
import { Admission } from "./admission.ts";
import { AllowedHosts } from "./allowed_hosts.ts";
import { Drain } from "./drain.ts";
import { answerRequest, answerUpgrade } from "./exchange.ts";
import type { ExchangeContext, ServeHandler } from "./exchange.ts";
import { serverLimits } from "./limits.ts";
import type { ServerLimits } from "./limits.ts";
import { createNodeServer } from "./node_server.ts";
import type { NodeServer, NodeServerEvents } from "./node_server.ts";
import { checkServeOptions } from "./options.ts";
import type { ServeOptions } from "./options.ts";
import { ClientAddresses } from "./proxies.ts";
import { printError } from "./respond.ts";
import type { ErrorHandler } from "./respond.ts";
import { shutdownOptions } from "./shutdown_options.ts";
import type { ShutdownOptions } from "./shutdown_options.ts";
import { Tally } from "./tally.ts";
import type { ServerStats } from "./tally.ts";

const DEFAULT_PORT = 8000;
const DEFAULT_HOSTNAME = "0.0.0.0";

/** A server that runs. */
export interface Server extends AsyncDisposable {
  /** Where it listens. Until `onListen` is called it is what was asked for. */
  readonly addr: Addr;
  /** The bounds in force. */
  readonly limits: ServerLimits;
  /** Fulfils when it has shut down; rejects when it cannot listen. */
  readonly finished: Promise<void>;
  /** What it holds and has done. It takes time for each connection that is open. */
  stats(): ServerStats;
  /** Keeps the process alive, as it does from the start. */
  ref(): void;
  /** Lets the process end although it listens. */
  unref(): void;
  /**
   * Stops to listen, refuses handshakes with 503, closes every connection with 1001 behind what
   * is queued, and waits for responses under way. What is left after `shutdownTimeoutMs` is cut.
   * Every call returns `finished`; only the options of the first count.
   *
   * @throws {TypeError | RangeError} When one of the options means nothing.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/**
 * Serves HTTP requests, and WebSocket connections through `upgradeWebSocket()`.
 *
 * A handler that throws is answered by `onError`. Requests that no handler can be asked about (a
 * Host that makes no URL, a malformed handshake) are answered with the status that says so.
 *
 * ```ts run
 * import { serve } from "sluice";
 *
 * serve({ port: 0 }, (request) => new Response(`You asked for ${new URL(request.url).pathname}`));
 * ```
 */
export function serve(handler: ServeHandler): Server;
export function serve(options: ServeOptions, handler: ServeHandler): Server;
export function serve(...rest: [ServeHandler] | [ServeOptions, ServeHandler]): Server {
  const [options, handler] = rest.length === 1 ? [{}, rest[0]] : rest;
  if (typeof handler !== "function") {
    throw new TypeError(`Cannot serve: handler is ${describe(handler)}, must be a function`);
  }
  checkServeOptions(options);
  return new HttpServer(options, handler);
}

/** A server that listens, answers and shuts down. */
class HttpServer implements Server, ExchangeContext, NodeServerEvents {
  readonly scheme: "http" | "https";
  readonly limits: ServerLimits;
  readonly tally: Tally = new Tally();
  readonly admission: Admission;
  readonly addresses: ClientAddresses;
  readonly hosts: AllowedHosts;
  readonly handler: ServeHandler;
  readonly onError: ErrorHandler;
  readonly finished: Promise<void>;
  readonly #options: ServeOptions;
  readonly #node: NodeServer["node"];
  readonly #unused: NodeServer["unused"];
  readonly #cutHttp: NodeServer["cut"];
  readonly #refused = new Set<Socket>();
  readonly #onAbort = (): void => void this.shutdown();
  readonly #cutDeadline = new Deadline(systemClock);
  #isClosing = false;
  #close: (connection: Lifecycle) => void = () => {};
  #drain: Drain<Lifecycle> | null = null;

  constructor(options: ServeOptions, handler: ServeHandler) {
    this.scheme = options.key === undefined ? "http" : "https";
    this.limits = serverLimits(options.limits);
    this.admission = new Admission(this.limits, this.tally);
    this.addresses = new ClientAddresses(options.trustedProxies);
    this.hosts = new AllowedHosts(options.allowedHosts);
    this.handler = handler;
    this.onError = options.onError ?? printError;
    this.#options = options;
    const { key, cert } = options;
    const tls = key === undefined || cert === undefined ? null : { key, cert };
    const { node, unused, cut } = createNodeServer(tls, this.limits, this);
    this.#node = node;
    this.#cutHttp = cut;
    this.#unused = unused;
    this.finished = new Promise((resolve, reject) => {
      this.#node.once("close", () => {
        this.#over();
        const closed = [...this.admission.connections].map((connection) => connection.closed);
        void Promise.all(closed).then(() => resolve()); // their sockets have ended: it is a moment
      });
      this.#node.on("error", (error) => {
        if (this.#node.listening) return; // no descriptor left for a client, say: it goes on
        this.#over();
        reject(error);
      });
    });
    this.#listen();
    options.signal?.addEventListener("abort", this.#onAbort);
    if (options.signal?.aborted) this.#onAbort();
  }

  get addr(): Addr {
    const { path, port = DEFAULT_PORT, hostname = DEFAULT_HOSTNAME } = this.#options;
    const asked: Addr =
      path === undefined ? { transport: "tcp", hostname, port } : { transport: "unix", path };
    return localAddr(this.#node.address()) ?? asked;
  }

  stats(): ServerStats {
    return this.tally.stats(this.admission.pending);
  }

  ref(): void {
    this.#node.ref();
  }

  unref(): void {
    this.#node.unref();
  }

  shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { code, reason, timeout, spread } = shutdownOptions(options, this.limits);
    if (this.#isClosing) return this.finished;
    this.#isClosing = true;
    if (this.#node.listening) this.#node.close();
    else this.#node.once("listening", () => this.#node.close());
    this.#unused.destroy();
    this.admission.close(new Error("Server is shutting down"));
    this.#close = (connection) => { // §7.3 [B59]
      connection.close(code, reason, timeout, "shutdownTimeoutMs");
    };
    this.#drain = new Drain(this.admission.connections, spread, systemClock, this.#close);
    this.#cutDeadline.set(spread + timeout, () => this.#cut(timeout));
    return this.finished;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  request(incoming: IncomingMessage, outgoing: ServerResponse): void {
    outgoing.once("close", () => this.#isClosing && this.#node.closeIdleConnections());
    void answerRequest(this, incoming, outgoing);
  }

  upgrade(incoming: IncomingMessage, socket: Socket, head: Uint8Array): void {
    void answerUpgrade(this, incoming, socket, head);
  }

  limitHit(hit: Omit<LimitHit, "connection" | "closeCode">): void {
    this.tally.limitHit(hit);
  }

  opened(connection: Lifecycle): void {
    if (this.#isClosing) this.#close(connection);
  }

  refuses(socket: Socket): void {
    this.#refused.add(socket);
    socket.once("close", () => this.#refused.delete(socket));
  }

  /** Ends what would not end in time. */
  #cut(timeoutMs: number): void {
    const closeCode = ABNORMAL_CLOSURE;
    const hit = { name: "shutdownTimeoutMs", limit: timeoutMs, found: timeoutMs, closeCode };
    const cause = new DOMException("The server took too long to shut down", "TimeoutError");
    for (const connection of this.admission.connections) {
      const isLate = !connection.closeReceived; // else only the end of TCP is still to come
      connection.terminate(cause, isLate ? hit : null);
    }
    for (const socket of this.#refused) socket.destroy();
    this.#cutHttp();
  }

  /** It listens no more, or never did. */
  #over(): void {
    this.#isClosing = true;
    this.#drain?.stop();
    this.#cutDeadline.meet();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  #listen(): void {
    const { path, port = DEFAULT_PORT, hostname = DEFAULT_HOSTNAME, onListen } = this.#options;
    const print = (addr: Addr): void => {
      console.log(`Listening on ${displayUrl(addr, this.scheme)}`);
    };
    this.#node.once("listening", () => (onListen ?? print)(this.addr));
    if (path === undefined) this.#node.listen(port, hostname);
    else this.#node.listen(path);
  }
}
