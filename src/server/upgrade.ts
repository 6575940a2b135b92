// `upgradeWebSocket()`: from a request to a connection. What the server decides of the handshake
// is decided here: the origin (§10.2), the subprotocol (§4.2.2), the bounds.

import { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Compression } from "../connection/compression.ts";
import type { Connection } from "../connection/connection.ts";
import type { KeepaliveOptions } from "../connection/keepalive.ts";
import { connectionLimits } from "../connection/limits.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { describe } from "../frame/describe.ts";
import { compressionSettings } from "../message/compression.ts";
import type { CompressionOptions } from "../message/compression.ts";
import { negotiate } from "../message/negotiate.ts";
import { isToken } from "../message/token.ts";
import {
  HandshakeError,
  isWebSocketUpgrade,
  readHandshake,
  upgradeRequired,
} from "../protocol/handshake.ts";
import type { Handshake } from "../protocol/handshake.ts";
import { isAllowedOrigin, isSameOrigin } from "../protocol/origin.ts";
import { remoteAddr } from "./address.ts";
import { closedConnection, PendingUpgrade } from "./pending_upgrade.ts";
import { refusal, refuseOnSocket } from "./response.ts";

/** What to do with a connection. When it returns the connection is closed with 1000. */
export type ConnectionHandler = (connection: Connection) => void | Promise<void>;

/** Options of {@linkcode upgradeWebSocket}. */
export interface UpgradeOptions {
  /**
   * The subprotocols that this server speaks: §1.9. The first one of the client's list that is
   * among them is chosen; when none is, the connection has none. Default: none.
   */
  readonly protocols?: readonly string[];
  /** The subprotocol to choose. It must be one that the client offered: else `TypeError`. */
  readonly protocol?: string;
  /**
   * Whose pages may connect: §10.2. Exact origins such as "https://example.com", "*" for all, or a
   * function of the Origin header, which is `null` when the client is no browser. Others get 403.
   * Default: pages of the same host and port, and clients without an Origin header.
   */
  readonly origin?: string | readonly string[] | ((origin: string | null) => boolean);
  /** More headers for the 101, such as Set-Cookie. */
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  /** When to ask a silent peer whether it lives; `false`: never. */
  readonly keepalive?: KeepaliveOptions | false;
  /** Deno's name for it, in seconds: a ping after half of it, the end after all of it; 0: never. */
  readonly idleTimeout?: number;
  /**
   * Whether messages may be compressed, and how: permessage-deflate, RFC 7692. It is used where the
   * client offers it. It takes processor time, 15 times that of a short message sent as it is, and
   * pays where the line is slow. Default: false.
   */
  readonly compression?: boolean | CompressionOptions;
  /** The bounds of the connection. */
  readonly limits?: Partial<ConnectionLimits>;
  /** Told what a handler threw, once. Default: `console.error`. */
  readonly onError?: (error: unknown) => void;
  /** The socket of a `node:http` server's "upgrade" event, to upgrade without `serve()`. */
  readonly socket?: Duplex;
  /** What that event gave besides: the first bytes of the connection. */
  readonly head?: Uint8Array;
}

/** A connection, and the response that completes its handshake. */
export interface WebSocketUpgrade {
  /** It may be read and written at once: what is written leaves behind the 101. */
  readonly connection: Connection;
  /** The 101, to be returned from the handler of `serve()`. Its headers can still be changed. */
  readonly response: Response;
}

/** The valid handshakes of requests that a handler has before it. */
export const pendingUpgrades: WeakMap<Request, PendingUpgrade> = new WeakMap();

/**
 * Accepts the opening handshake of `request`: §4.2.2. Return the response from the handler of
 * `serve()`; then the connection opens, and `handler` is run with it. What the handler throws
 * closes its own connection with 1011, and nothing else.
 *
 * ```ts run
 * import { serve, upgradeWebSocket } from "sluice";
 *
 * serve({ port: 0 }, (request) => {
 *   const { response } = upgradeWebSocket(request, async (connection) => {
 *     for await (const message of connection) await connection.write(message);
 *   });
 *   return response;
 * });
 * ```
 *
 * With `{ socket, head }` it takes the request of a `node:http` server's "upgrade" event instead,
 * and sends the 101, or the refusal, itself.
 *
 * @throws {HandshakeError} When `request` is no WebSocket handshake (426) or its origin is refused
 * (403). `serve()` answers with that status when the handler lets it pass. With `{ socket, head }`
 * neither it nor what follows is thrown: the refusal is sent, `onError` is told of any other error,
 * and the connection is closed from the start.
 * @throws {TypeError} When `protocol` was not offered, a header is the handshake's own, or the
 * request was upgraded already.
 */
export function upgradeWebSocket(
  request: Request | IncomingMessage,
  handler?: ConnectionHandler,
): WebSocketUpgrade;
export function upgradeWebSocket(
  request: Request | IncomingMessage,
  options: UpgradeOptions,
  handler?: ConnectionHandler,
): WebSocketUpgrade;
export function upgradeWebSocket(
  request: Request | IncomingMessage,
  first: UpgradeOptions | ConnectionHandler = {},
  second: ConnectionHandler | null = null,
): WebSocketUpgrade {
  const [options, handler] = typeof first === "function" ? [{}, first] : [first, second];
  if (request instanceof IncomingMessage) return upgradeNode(request, options, handler);
  const pending = pendingUpgrades.get(request);
  if (pending === undefined) {
    const text = "request is no WebSocket handshake, or is not the Request that serve() made of it";
    throw upgradeRequired(text);
  }
  return accept(pending, options, handler);
}

function accept(
  pending: PendingUpgrade,
  options: UpgradeOptions,
  handler: ConnectionHandler | null,
): WebSocketUpgrade {
  checkOrigin(pending.handshake, options.origin);
  const claim = {
    protocol: chooseProtocol(pending.handshake, options),
    limits: connectionLimits(options.limits),
    keepalive: keepaliveOptions(options),
    compression: agreedCompression(pending.handshake, options.compression),
    handler,
    onError: options.onError ?? console.error,
  };
  return pending.claim(claim, new Headers(options.headers));
}

/** Requests of `node:http` that were upgraded. */
const attached = new WeakSet<IncomingMessage>();

/**
 * A refusal is no exception here, nor is what an option makes of the client's handshake: in the
 * listener of an event nobody would catch it, and any client could end the process.
 */
function upgradeNode(
  incoming: IncomingMessage,
  options: UpgradeOptions,
  handler: ConnectionHandler | null,
): WebSocketUpgrade {
  const { socket, head = new Uint8Array(0), onError = console.error } = options;
  if (socket === undefined) {
    throw new TypeError("Cannot upgrade: a request of node:http needs the option socket");
  }
  if (attached.has(incoming)) throw new TypeError("Cannot upgrade: request was upgraded already");
  attached.add(incoming);
  socket.on("error", () => {}); // a reset at any moment from here on must not end the process
  const address = remoteAddr(incoming.socket);
  try {
    if (!isWebSocketUpgrade(incoming)) throw upgradeRequired("request is no WebSocket handshake");
    const pending = new PendingUpgrade(readHandshake(incoming), socket, head, address);
    const upgrade = accept(pending, options, handler);
    pending.complete();
    return upgrade;
  } catch (error) {
    const isRefusal = error instanceof HandshakeError;
    if (!isRefusal) onError(error);
    const { status, headers } = isRefusal ? error : { status: 500, headers: {} };
    refuseOnSocket(socket, status, headers);
    const response = refusal(status, isRefusal ? error.message : "Internal Server Error", headers);
    return { connection: closedConnection(address, error), response };
  }
}

function checkOrigin(handshake: Handshake, policy: UpgradeOptions["origin"]): void {
  const { origin, host } = handshake;
  if (!isPolicy(policy)) {
    const found = describe(policy);
    throw new TypeError(`Cannot upgrade: origin is ${found}, must be origins or a function`);
  }
  const isAllowed =
    typeof policy === "function"
      ? policy(origin)
      : origin === null ||
        (policy === undefined
          ? isSameOrigin(origin, host)
          : isAllowedOrigin(origin, typeof policy === "string" ? [policy] : policy));
  if (!isAllowed) {
    const found = describe(origin);
    const text = `Cannot upgrade: origin is ${found}, must be allowed by the option origin (§10.2)`;
    throw new HandshakeError(text, 403);
  }
}

function isPolicy(policy: unknown): boolean {
  if (Array.isArray(policy)) return policy.every((one) => typeof one === "string");
  return policy === undefined || typeof policy === "string" || typeof policy === "function";
}

/** §4.2.2: only what the client offered, and only what the server named; never an echo. */
function chooseProtocol(handshake: Handshake, options: UpgradeOptions): string {
  const { protocol, protocols = [] } = options;
  const offered = handshake.protocols;
  if (protocol !== undefined) {
    if (!offered.includes(protocol)) {
      const list = offered.join(", ") || "none";
      throw new TypeError(
        `Cannot upgrade: protocol is "${protocol}", must be one that the client offered (${list})`,
      );
    }
    return protocol;
  }
  if (!Array.isArray(protocols) || !protocols.every(isToken)) {
    const found = Array.isArray(protocols) ? protocols.map(describe).join(", ") : protocols;
    throw new TypeError(`Cannot upgrade: protocols is ${found}, must be an array of tokens`);
  }
  return offered.find((name) => protocols.includes(name)) ?? "";
}

/** RFC 7692 §5: what the client offers and the server wants; else nothing, which fails nobody. */
function agreedCompression(
  { extensions }: Handshake,
  compression: UpgradeOptions["compression"] = false,
): Compression | null {
  if (compression === false) return null;
  const settings = compressionSettings(compression === true ? {} : compression);
  const negotiated = negotiate(extensions, settings);
  return negotiated === null ? null : new Compression(negotiated, settings);
}

function keepaliveOptions({ keepalive, idleTimeout }: UpgradeOptions): KeepaliveOptions | false {
  if (keepalive !== undefined) return keepalive;
  if (idleTimeout === undefined) return {};
  if (!(typeof idleTimeout === "number" && idleTimeout >= 0)) {
    const found = describe(idleTimeout);
    throw new RangeError(`Cannot upgrade: idleTimeout is ${found}, must be seconds, or 0`);
  }
  return idleTimeout === 0 ? false : { interval: idleTimeout * 500, timeout: idleTimeout * 500 };
}
