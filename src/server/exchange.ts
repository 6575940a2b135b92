// One request from its head to the end of its answer, whichever way it came: as "request", or as
// "upgrade" on a socket that Node has let go of. The second kind may end in a WebSocket connection,
// and whatever else it ends in closes the socket: bytes that a client sent behind a handshake that
// was refused must never be read as its next request (RFC 9931).

import { ServerResponse } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { systemClock } from "../connection/clock.ts";
import type { Lifecycle } from "../connection/lifecycle.ts";
import { fieldValues, isUpgrade, isWebSocketUpgrade } from "../protocol/handshake.ts";
import { readHandshake } from "../protocol/handshake.ts";
import type { Addr } from "./address.ts";
import type { Admission, Admitted } from "./admission.ts";
import type { AllowedHosts } from "./allowed_hosts.ts";
import type { ServerLimits } from "./limits.ts";
import { endGently } from "./linger.ts";
import { PendingUpgrade } from "./pending_upgrade.ts";
import type { ClientAddresses } from "./proxies.ts";
import { discardBody, RequestError, toRequest, toUpgradeRequest } from "./request.ts";
import { failed, ordinary, respond } from "./respond.ts";
import type { ErrorHandler } from "./respond.ts";
import { refusal, sendResponse } from "./response.ts";
import { pendingUpgrades } from "./upgrade.ts";

/** What a handler learns besides the request. */
export interface ServeHandlerInfo {
  /** Where the client is: as the socket says it, or as `trustedProxies` do. */
  readonly remoteAddr: Addr;
  /** Fulfils when the response is sent, rejects when it could not be. */
  readonly completed: Promise<void>;
}

/**
 * Answers requests. `request.signal` aborts when the client goes before the answer is sent; so do
 * those of its clones, but not that of a `new Request(request)` made of a WebSocket handshake.
 */
export type ServeHandler = (
  request: Request,
  info: ServeHandlerInfo,
) => Response | Promise<Response>;

/** What an exchange needs of its server. */
export interface ExchangeContext {
  readonly scheme: "http" | "https";
  readonly limits: ServerLimits;
  readonly handler: ServeHandler;
  readonly onError: ErrorHandler;
  readonly admission: Admission;
  readonly addresses: ClientAddresses;
  readonly hosts: AllowedHosts;
  /** A connection is open. */
  opened(connection: Lifecycle): void;
  /** This socket leads to no connection, and ends when its answer is sent. */
  refuses(socket: Socket): void;
}

/** Sockets with a request that could not be understood: who knows where the next one begins? */
const refused = new WeakSet<Socket>();

/** Answers a request of the "request" event. It never rejects. */
export async function answerRequest(
  context: ExchangeContext,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (refused.has(incoming.socket)) return; // the answer to an earlier request ends the connection
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort(clientGone());
  });
  const sent = new Sent();
  const response = await respond(context.onError, () => {
    refused.add(incoming.socket); // unless it proves to be a request
    const request = toRequest(incoming, context.scheme, context.limits, gone.signal);
    refused.delete(incoming.socket);
    context.hosts.check(request.url);
    const info = { remoteAddr: context.addresses.of(incoming), completed: sent.promise };
    return context.handler(request, info);
  });
  // What follows a request for another protocol may be that protocol already.
  const isLast = refused.has(incoming.socket) || isUpgrade(incoming);
  if (isLast) outgoing.shouldKeepAlive = false;
  await send(context, response, outgoing, sent);
  discardBody(incoming);
}

/** Answers a request of the "upgrade" event. It never rejects. */
export async function answerUpgrade(
  context: ExchangeContext,
  incoming: IncomingMessage,
  socket: Socket,
  head: Uint8Array,
): Promise<void> {
  socket.on("error", ignore); // first of all: Node hands the socket over without any listener
  const gone = new AbortController();
  const onClose = (): void => gone.abort(clientGone());
  socket.once("close", onClose);
  const sent = new Sent();
  let admitted: Admitted | null = null;
  let connection: Lifecycle | null = null;
  const response = await respond(context.onError, async () => {
    const request = toUpgradeRequest(incoming, context.scheme, context.limits, gone.signal);
    context.hosts.check(request.url);
    const addr = context.addresses.of(incoming);
    const upgrade = readUpgrade(incoming, socket, head, addr);
    admitted = context.admission.begin(gone, addr);
    if (upgrade !== null) pendingUpgrades.set(request, upgrade);
    const info = { remoteAddr: addr, completed: sent.promise };
    const answer = await inTime(context, gone, upgrade, () => context.handler(request, info));
    if (upgrade !== null && upgrade.response === answer) connection = upgrade.complete(incoming);
    return answer;
  });
  socket.off("close", onClose);
  if (admitted !== null) context.admission.end(admitted, connection);
  if (connection === null) return await sendOnSocket(context, response, incoming, socket, sent);
  context.opened(connection);
  socket.off("error", ignore); // the connection has a listener of its own
  sent.resolve();
}

/** The handshake of an upgrade to WebSocket, or `null` for one to something else. */
function readUpgrade(
  incoming: IncomingMessage,
  socket: Socket,
  head: Uint8Array,
  addr: Addr,
): PendingUpgrade | null {
  if (isWebSocketUpgrade(incoming)) {
    return new PendingUpgrade(readHandshake(incoming), socket, head, addr);
  }
  // Node took the request for an upgrade and did not read its body, which nobody can read now.
  const hasBody =
    fieldValues(incoming, "transfer-encoding").length > 0 ||
    fieldValues(incoming, "content-length").some((length) => length !== "0");
  if (hasBody) throw new RequestError("Cannot read the body of a request with Upgrade", 400);
  return null;
}

/**
 * What `act` answers in time. A handshake does not wait for ever, nor for a client that has gone:
 * then, and when the answer is not its own 101, it has come to nothing.
 */
function inTime(
  { limits }: ExchangeContext,
  gone: AbortController,
  upgrade: PendingUpgrade | null,
  act: () => Response | Promise<Response>,
): Promise<Response> {
  const { signal } = gone;
  return new Promise<Response>((resolve, reject) => {
    const late = (): void => gone.abort(new DOMException("Handler took too long", "TimeoutError"));
    const timer = systemClock.setTimeout(late, limits.handshakeTimeoutMs);
    const giveUp = (): void => {
      upgrade?.abandon(signal.reason);
      resolve(refusal(503, (signal.reason as Error).message, { "Retry-After": "1" }));
    };
    signal.addEventListener("abort", giveUp);
    Promise.resolve()
      .then(act)
      .then((response) => {
        const isOtherwise = response !== upgrade?.response;
        if (isOtherwise) upgrade?.abandon(new Error("Handler answered otherwise"));
        if (signal.aborted) discard(response);
        resolve(response);
      })
      .catch((error: unknown) => {
        upgrade?.abandon(error);
        reject(error);
      })
      .finally(() => {
        systemClock.clearTimeout(timer);
        signal.removeEventListener("abort", giveUp); // or the request, which lives on, keeps it all
      });
  });
}

async function sendOnSocket(
  context: ExchangeContext,
  response: Response,
  incoming: IncomingMessage,
  socket: Socket,
  sent: Sent,
): Promise<void> {
  if (socket.destroyed) {
    discard(response);
    return sent.reject(clientGone());
  }
  context.refuses(socket);
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(socket);
  socket.resume(); // what still comes is not read by anybody
  await send(context, response, outgoing, sent); // §4.2.2 [S24, S25, S27]
  outgoing.detachSocket(socket);
  endGently(socket); // §7.2.2 [S38], RFC 9931 [U13]
}

/** Sends a response, or as much of it as there is. It never rejects. */
async function send(
  context: ExchangeContext,
  response: Response,
  outgoing: ServerResponse,
  sent: Sent,
): Promise<void> {
  if (outgoing.destroyed) {
    discard(response);
    return sent.reject(clientGone());
  }
  try {
    await sendResponse(await ordinary(context.onError, response), outgoing);
    sent.resolve();
  } catch (error) {
    outgoing.destroy();
    sent.reject(error);
    if ((error as NodeJS.ErrnoException)?.code !== "ERR_STREAM_PREMATURE_CLOSE") {
      await failed(context.onError, error); // too late for another response, but not to tell
    }
  }
}

/** The promise `completed` of a handler's info, which need not interest anybody. */
class Sent {
  resolve: () => void = ignore;
  reject: (error: unknown) => void = ignore;
  readonly promise: Promise<void> = new Promise((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor() {
    this.promise.catch(ignore);
  }
}

function ignore(): void {}

/** Tells the source of a body that nobody will read it. */
function discard(response: unknown): void {
  if (response instanceof Response) response.body?.cancel().catch(ignore);
}

function clientGone(): Error {
  return new Error("Client went before it was answered");
}
