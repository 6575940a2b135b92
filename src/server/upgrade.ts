// `upgradeWebSocket()`: from a request to a connection.

import { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Connection } from "../connection/connection.ts";
import { tell } from "../connection/run_handler.ts";
import type { ConnectionHandler } from "../connection/run_handler.ts";
import { isA, print } from "../connection/thrown.ts";
import { describe } from "../frame/describe.ts";
import { isWebSocketUpgrade, readHandshake, upgradeRequired } from "../protocol/handshake.ts";
import { HandshakeError } from "../protocol/handshake_error.ts";
import { remoteAddr } from "./address.ts";
import { closedConnection, PendingUpgrade } from "./pending_upgrade.ts";
import { readableRefusal, refuseOnSocket } from "./response.ts";
import { tellRefusal } from "./tally.ts";
import { decide } from "./upgrade_options.ts";
import type { UpgradeOptions } from "./upgrade_options.ts";

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
 * and the connection is closed from the start. Where an answer to an earlier request of the same
 * socket is not out yet, nothing can be sent: the socket is destroyed instead.
 * @throws {TypeError} When `protocol` was not offered, a header is the handshake's own, an option
 * is unknown or of another type, `handler` is no function, or the request was upgraded already.
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
  const claim = { ...decide(pending.handshake, options), handler };
  if (handler !== null && typeof handler !== "function") {
    throw new TypeError(`Cannot upgrade: handler is ${describe(handler)}, must be a function`);
  }
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
  const { socket, head = new Uint8Array(0), onError = print } = options ?? {};
  if (typeof socket?.on !== "function") {
    throw new TypeError("Cannot upgrade: a request of node:http needs the option socket");
  }
  if (attached.has(incoming)) throw new TypeError("Cannot upgrade: request was upgraded already");
  attached.add(incoming);
  socket.on("error", () => {}); // a reset at any moment from here on must not end the process
  const address = remoteAddr(incoming.socket);
  try {
    if (owesAnswer(socket)) {
      const text = "Cannot upgrade: an earlier request is not answered yet (RFC 9112 §9.3.2)";
      throw new HandshakeError(text, 400);
    }
    if (!isWebSocketUpgrade(incoming)) throw upgradeRequired("request is no WebSocket handshake");
    if (!(head instanceof Uint8Array)) {
      throw new TypeError(`Cannot upgrade: head is ${describe(head)}, must be a Uint8Array`);
    }
    const pending = new PendingUpgrade(readHandshake(incoming), socket, head, address);
    const upgrade = accept(pending, options, handler);
    pending.complete(incoming);
    return upgrade;
  } catch (error) {
    const isRefusal = isA(error, HandshakeError);
    if (!isRefusal) tell(onError, error);
    const { status, headers } = isRefusal ? error : { status: 500, headers: {} };
    if (owesAnswer(socket)) socket.destroy(); // or it would be taken for the earlier answer
    else refuseOnSocket(socket, status, headers);
    const text = isRefusal ? error.message : "Internal Server Error";
    const response = readableRefusal(status, text, headers);
    tellRefusal(status, isRefusal ? error.message : "Handler failed", address);
    return { connection: closedConnection(address, error), response };
  }
}

/**
 * Whether a request that came before on `socket` is not answered yet: RFC 9112 §9.3.2. Node puts
 * its answer there until all of it is written, and then the next one; nothing public tells.
 */
function owesAnswer(socket: Duplex & { readonly _httpMessage?: unknown }): boolean {
  return Boolean(socket._httpMessage);
}
