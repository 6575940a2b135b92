// `node:http`, or `node:https`, set up so that nothing waits for ever and nothing is let pass: its
// own time-outs are minutes, and it drops header fields that are too many without a word.

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isWebSocketUpgrade } from "../protocol/handshake.ts";
import type { RequestHead } from "../protocol/handshake.ts";
import type { ServerLimits } from "./limits.ts";
import { refuseOnSocket } from "./response.ts";

/** Certificate and private key, in PEM. */
export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
}

/** What a node server hands over. */
export interface NodeServerEvents {
  request(incoming: IncomingMessage, outgoing: ServerResponse): void;
  upgrade(incoming: IncomingMessage, socket: Socket, head: Uint8Array): void;
}

/** The last answer that a socket owes, and what comes behind it. */
interface Answer {
  readonly outgoing: ServerResponse;
  next: (() => void) | null;
}

/** Statuses for what `node:http` could not parse; for anything else 400. */
const CLIENT_ERRORS: ReadonlyMap<string, number> = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
  ["HPE_HEADER_OVERFLOW", 431],
]);

/** How often Node looks for heads that take too long. */
const CHECK_INTERVAL_MS = 2000;

/** A server of Node's, and what it does not tell of itself. */
export interface NodeServer {
  readonly node: Server;
  /** Connections that have sent no request yet: Node does not count them as idle. */
  readonly unused: ReadonlySet<Socket>;
}

/** A server that does not listen yet. */
export function createNodeServer(
  tls: TlsOptions | null,
  limits: ServerLimits,
  events: NodeServerEvents,
): NodeServer {
  const { handshakeTimeoutMs, headersMax, headersSizeMax } = limits;
  const options = {
    headersTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, handshakeTimeoutMs),
    maxHeaderSize: headersSizeMax,
    noDelay: true,
    requireHostHeader: false, // it would let the next request through: see `toRequest`
    // Known to newer versions of Node: other upgrades (h2c) come as the ordinary requests they are.
    shouldUpgradeCallback: (head: RequestHead) => isWebSocketUpgrade(head),
  };
  const node =
    tls === null
      ? createServer(options)
      : createTlsServer({ ...options, ...tls, handshakeTimeout: handshakeTimeoutMs });
  node.maxHeadersCount = headersMax + 32; // what is above may be dropped: see it, and refuse it
  const unused = new Set<Socket>();
  function forget(this: Socket): void {
    unused.delete(this);
  }
  node.on(tls === null ? "connection" : "secureConnection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", forget);
  });
  const answers = new WeakMap<Duplex, Answer>();
  node.on("request", (incoming, outgoing) => {
    const { socket } = incoming;
    unused.delete(socket);
    const answer: Answer = { outgoing, next: null };
    answers.set(socket, answer);
    outgoing.once("close", () => {
      if (answers.get(socket) === answer) answers.delete(socket);
      answer.next?.();
    });
    events.request(incoming, outgoing);
  });
  node.on("upgrade", (incoming, stream, head) => {
    const socket = stream as Socket;
    unused.delete(socket);
    const earlier = answers.get(socket);
    if (earlier === undefined) {
      events.upgrade(incoming, socket, head);
    } else {
      // Pipelined behind a request whose answer comes first: RFC 9112 §9.3.2.
      socket.on("error", () => {});
      earlier.next = () => events.upgrade(incoming, socket, head);
    }
  });
  node.on("connect", (_incoming, socket) => refuseOnSocket(socket, 501));
  node.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const status = CLIENT_ERRORS.get(error.code ?? "") ?? 400;
    const answer = answers.get(socket);
    const outgoing = answer?.outgoing;
    if (error.code === "ECONNRESET" || outgoing?.headersSent) {
      socket.destroy(); // into an answer that is under way no other can be written
    } else if (answer !== undefined && outgoing?.socket !== socket) {
      // Behind a queue of requests: their answers come first, if they come.
      socket.on("error", () => {});
      socket.setTimeout(handshakeTimeoutMs, () => socket.destroy());
      answer.next = () => refuseOnSocket(socket, status);
    } else {
      outgoing?.detachSocket(socket);
      outgoing?.destroy();
      refuseOnSocket(socket, status);
    }
  });
  return { node, unused };
}
