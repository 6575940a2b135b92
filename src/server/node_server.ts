// `node:http`, or `node:https`, set up so that nothing waits for ever and nothing is let pass: its
// own time-outs are minutes, and it drops header fields that are too many without a word.

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { systemClock } from "../connection/clock.ts";
import type { LimitHit } from "../connection/diagnostics.ts";
import { fewAtOnce } from "../connection/few_at_once.ts";
import { isWebSocketUpgrade } from "../protocol/handshake.ts";
import type { RequestHead } from "../protocol/handshake.ts";
import { hasLeft, remoteAddr } from "./address.ts";
import type { ServerLimits } from "./limits.ts";
import { Pipeline } from "./pipeline.ts";
import { refuseOnSocket } from "./response.ts";
import { isTls } from "./tls.ts";
import { UnusedConnections } from "./unused.ts";

/** Certificate and private key, in PEM. */
export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
}

/** What a node server hands over. */
export interface NodeServerEvents {
  request(incoming: IncomingMessage, outgoing: ServerResponse): void;
  upgrade(incoming: IncomingMessage, socket: Socket, head: Uint8Array): void;
  /** A head was refused that is too large, or took too long. */
  limitHit(hit: Omit<LimitHit, "connection" | "closeCode">): void;
}

/** Node takes no Infinity for these. */
const NODE_MAX = 2 ** 31 - 1;

/** Node's code for a head that took too long. */
const TIMEOUT = "ERR_HTTP_REQUEST_TIMEOUT";

/** Statuses for what `node:http` could not parse; for anything else 400. */
const CLIENT_ERRORS: ReadonlyMap<string, number> = new Map([
  [TIMEOUT, 408], // RFC 9110 §15.5.9 [U14]
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
  ["HPE_HEADER_OVERFLOW", 431], // RFC 6585 §5 [U14]
]);

/** The limits that are behind them, of a head. */
const HEAD_LIMITS: ReadonlyMap<string, "handshakeTimeoutMs" | "headersSizeMax"> = new Map([
  [TIMEOUT, "handshakeTimeoutMs"],
  ["HPE_HEADER_OVERFLOW", "headersSizeMax"],
]);

/** For a whole request, head and body: Node's default, and never less than for the head. */
const REQUEST_TIMEOUT_MS = 300_000;

/** How often Node looks for heads that take too long. */
const CHECK_INTERVAL_MS = 2000;

/** `UnusedConnections` comes first; Node, which tells nobody, ends what they cannot see. */
const TLS_SPARE_MS = 500;

/** A server of Node's, and the connections that it does not tell of. */
export interface NodeServer {
  readonly node: Server;
  readonly unused: UnusedConnections;
  /** Ends every connection that is still HTTP's. */
  readonly cut: () => void;
}

/** A server that does not listen yet. */
export function createNodeServer(
  tls: TlsOptions | null,
  limits: ServerLimits,
  events: NodeServerEvents,
): NodeServer {
  const { headersMax, headersSizeMax } = limits;
  const timeoutMs = Math.min(limits.handshakeTimeoutMs, NODE_MAX);
  const tlsTimeoutMs = Math.min(timeoutMs + TLS_SPARE_MS, NODE_MAX);
  const options = {
    headersTimeout: timeoutMs,
    requestTimeout: Math.max(timeoutMs, REQUEST_TIMEOUT_MS),
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, timeoutMs),
    maxHeaderSize: Math.min(headersSizeMax, NODE_MAX),
    noDelay: true,
    requireHostHeader: false, // it would let the next request through: see `toRequest`
    // Known to newer versions of Node: other upgrades (h2c) come as the ordinary requests they are.
    shouldUpgradeCallback: (head: RequestHead) => isWebSocketUpgrade(head),
  };
  const node =
    tls === null
      ? createServer(options)
      : // §4.2.2 [S23], §10.6 [B57]
        createTlsServer({ ...options, ...tls, handshakeTimeout: tlsTimeoutMs });
  // What is above may be dropped: see that there is more, and refuse it.
  node.maxHeadersCount = Math.min(headersMax + 32, NODE_MAX);
  const unused = new UnusedConnections(tls !== null, limits.handshakeTimeoutMs, (socket) => {
    const isBelowTls = tls !== null && !isTls(socket);
    if (!isBelowTls) return onClientError({ code: TIMEOUT }, socket);
    const [name, limit] = ["handshakeTimeoutMs", limits.handshakeTimeoutMs];
    events.limitHit({ name, limit, found: limit, status: null, remoteAddr: remoteAddr(socket) });
    socket.destroy(); // there is no TLS yet to tell it in
  });
  // Its address is read here, and Node remembers it: who resets later cannot take it back.
  const add = (socket: Socket): void => {
    if (hasLeft(socket)) socket.destroy();
    else unused.add(socket);
  };
  node.on("connection", add);
  node.on("secureConnection", add);
  const { pipelinedRequestsMax } = limits;
  const pipeline = new Pipeline(pipelinedRequestsMax);
  const refused = new WeakSet<Duplex>();
  /** Sockets whose head is late, and which wait for their turn to be told. */
  const late = new WeakSet<Duplex>();
  /** Something else came on it than silence. */
  const used = (socket: Socket): void => {
    unused.delete(socket);
    late.delete(socket);
  };
  /** Also those that nobody answers are counted: Node keeps each until the connection ends. */
  const take = (socket: Socket, outgoing: ServerResponse, answer: () => void): void => {
    used(socket);
    if (!node.listening) outgoing.shouldKeepAlive = false; // it shuts down: RFC 9112 §9.6
    if (pipeline.push(socket, outgoing, answer)) return;
    if (socket.destroyed) return; // others came in the same read
    const [limit, found] = [pipelinedRequestsMax, pipelinedRequestsMax + 1];
    const name = "pipelinedRequestsMax";
    events.limitHit({ name, limit, found, status: null, remoteAddr: remoteAddr(socket) });
    socket.destroy();
  };
  node.on("request", (incoming, outgoing) => {
    take(incoming.socket, outgoing, () => events.request(incoming, outgoing));
  });
  // What else than 100-continue is expected: RFC 9110 §10.1.1. Nothing behind it is taken for more.
  node.on("checkExpectation", (incoming, outgoing) => {
    refused.add(incoming.socket);
    take(incoming.socket, outgoing, () => {
      outgoing.writeHead(417, { Connection: "close", "Content-Length": 0 }).end();
    });
  });
  node.on("upgrade", (incoming, stream, head) => {
    const socket = stream as Socket;
    used(socket);
    if (refused.has(socket)) return void socket.destroy();
    pipeline.behind(socket, () => events.upgrade(incoming, socket, head));
  });
  node.on("connect", (_incoming, stream) => {
    used(stream as Socket);
    pipeline.behind(stream, () => refuseOnSocket(stream, 501));
  });
  const onClientError = (error: { readonly code?: string | undefined }, socket: Socket): void => {
    used(socket);
    if (error.code === TIMEOUT && socket.writableEnded) return; // it was told, and has time to read
    const status = CLIENT_ERRORS.get(error.code ?? "") ?? 400; // RFC 9112 §2.2 [U10]: Node finds it
    const outgoing = pipeline.last(socket);
    const isBehind =
      outgoing !== undefined && (outgoing.socket !== socket || outgoing.req.complete);
    const isHead = outgoing === undefined || isBehind; // else it is the body of a request
    const name = isHead ? HEAD_LIMITS.get(error.code ?? "") : undefined;
    if (name !== undefined) {
      const limit = limits[name];
      events.limitHit({ name, limit, found: limit, status, remoteAddr: remoteAddr(socket) });
    }
    if (error.code === "ECONNRESET" || (outgoing?.headersSent && !isBehind)) {
      socket.destroy(); // into an answer that is under way no other can be written
    } else if (isBehind) {
      if (!outgoing.shouldKeepAlive) return; // it ends the connection, whatever comes behind it
      if (socket.timeout !== timeoutMs) socket.setTimeout(timeoutMs, () => socket.destroy());
      pipeline.behind(socket, () => refuseOnSocket(socket, status));
    } else {
      outgoing?.detachSocket(socket);
      outgoing?.destroy();
      refuseOnSocket(socket, status);
      outgoing?.emit("close"); // without its socket it does not tell of itself
    }
  };
  node.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    if (error.code !== TIMEOUT) return onClientError(error, socket);
    late.add(socket);
    fewAtOnce(systemClock, () => {
      if (late.has(socket) && !socket.destroyed) onClientError(error, socket);
    });
  });
  const cut = (): void => {
    pipeline.destroy();
    unused.cut();
    node.closeAllConnections();
  };
  return { node, unused, cut };
}
