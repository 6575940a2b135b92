// One request from its head to the end of its answer, whichever way it came: as "request", or as
// "upgrade" on a socket that Node has let go of. The second kind may end in a WebSocket connection,
// and whatever else it ends in closes the socket: bytes that a client sent behind a handshake that
// was refused must never be read as its next request (RFC 9931).

import { ServerResponse } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Lifecycle } from "../connection/lifecycle.ts";
import { isA } from "../connection/thrown.ts";
import { fieldValues, isUpgrade, isWebSocketUpgrade } from "../protocol/handshake.ts";
import { readHandshake } from "../protocol/handshake.ts";
import { HandshakeError } from "../protocol/handshake_error.ts";
import type { Addr } from "./address.ts";
import type { Admission, Admitted } from "./admission.ts";
import type { AllowedHosts } from "./allowed_hosts.ts";
import type { ServerLimits } from "./limits.ts";
import { inTime } from "./in_time.ts";
import { LazyAbortController } from "./lazy_abort_controller.ts";
import { endGently } from "./linger.ts";
import { PendingUpgrade } from "./pending_upgrade.ts";
import type { ClientAddresses } from "./proxies.ts";
import { discardBody, isOfBody, RequestError, toRequest, toUpgradeRequest } from "./request.ts";
import { failed, ordinary, respond } from "./respond.ts";
import type { ErrorHandler } from "./respond.ts";
import { ClientGone, discard, refusal, sendResponse } from "./response.ts";
import type { Tally } from "./tally.ts";
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
 * those of its clones, but not that of a `new Request(request)` made of a WebSocket handshake. Who
 * has ended TCP has gone; but not who has sent bytes behind his handshake first, which wait.
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
  readonly tally: Tally;
  readonly addresses: ClientAddresses;
  readonly hosts: AllowedHosts;
  /** A connection is open. */
  opened(connection: Lifecycle): void;
  /** This socket leads to no connection, and ends when its answer is sent. */
  refuses(socket: Socket): void;
}

/** Answers a request of the "request" event. It never rejects. */
export async function answerRequest(
  context: ExchangeContext,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new LazyAbortController();
  outgoing.once("close", () => outgoing.writableFinished || gone.abort(new ClientGone()));
  // A client that goes in the middle of its body is no error of the handler's that reads it.
  const onError: ErrorHandler = (error) => {
    const isExpected = isA(error, ClientGone) || isOfBody(incoming, error);
    return isExpected ? refusal(400, "Client went") : context.onError(error);
  };
  const sent = new Sent();
  const addr = context.addresses.of(incoming);
  let isUnderstood = false;
  const act = (): Response | Promise<Response> => {
    const request = toRequest(incoming, context.scheme, context.limits, gone);
    isUnderstood = true;
    context.hosts.check(request.url);
    const info = { remoteAddr: addr, completed: sent.promise };
    return context.handler(request, info);
  };
  const response = await respond(onError, act, (thrown) => {
    if (thrown instanceof RequestError) tallyLimit(context.tally, thrown, addr);
    if (!(thrown instanceof HandshakeError)) return; // such as 426: what came was no handshake
    context.tally.refused(thrown.status, thrown.message, addr);
  });
  // What follows a request for another protocol may be that protocol already; and behind one that
  // could not be understood, who knows where the next one begins?
  const isLast = !isUnderstood || isUpgrade(incoming);
  if (isLast) outgoing.shouldKeepAlive = false;
  await send(onError, await ordinary(onError, response), outgoing, sent);
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
  const gone = new LazyAbortController();
  const onClose = (): void => gone.abort(new ClientGone());
  socket.once("close", onClose);
  // Node reads on, as far as its mark, and tells the end only when nothing is left to be read: who
  // has ended without a byte behind the handshake has gone. What came may be understood yet.
  const onEnd = (): void => void (head.length === 0 && socket.destroy());
  socket.once("end", onEnd);
  if (socket.readableEnded) onEnd(); // while an earlier answer was under way
  const sent = new Sent();
  let admitted: Admitted | null = null;
  let connection: Lifecycle | null = null;
  const addr = context.addresses.of(incoming);
  let reason = "Handler answered otherwise";
  const act = async (): Promise<Response> => {
    const request = toUpgradeRequest(incoming, context.scheme, context.limits, gone);
    context.hosts.check(request.url);
    const upgrade = readUpgrade(incoming, socket, head, addr);
    if (upgrade === null) {
      context.refuses(socket); // RFC 9110 §7.8: it is answered as any other request
    } else {
      admitted = context.admission.begin(gone, addr);
      pendingUpgrades.set(request, upgrade);
    }
    const info = { remoteAddr: addr, completed: sent.promise };
    const timeoutMs = context.limits.handshakeTimeoutMs;
    const onLate = (): void => tallyTimeout(context.tally, timeoutMs, addr);
    const run = (): Response | Promise<Response> => context.handler(request, info);
    const answer = await inTime({ timeoutMs, onLate, gone, upgrade }, run);
    if (gone.aborted) reason = (gone.reason as Error).message;
    if (upgrade !== null && upgrade.response === answer) {
      socket.off("end", onEnd); // before the connection's own: a list of three has room for twenty
      connection = upgrade.complete(incoming);
    }
    return answer;
  };
  const response = await respond(context.onError, act, (thrown) => {
    reason = thrown?.message ?? "Handler failed";
    if (thrown instanceof RequestError) tallyLimit(context.tally, thrown, addr);
  });
  socket.off("close", onClose);
  socket.off("end", onEnd);
  if (admitted !== null) context.admission.end(admitted, connection);
  if (connection === null) {
    const answer = await ordinary(context.onError, response);
    if (socket.destroyed) context.tally.abandoned();
    else if (isWebSocketUpgrade(incoming)) context.tally.refused(answer.status, reason, addr);
    return await sendOnSocket(context, answer, incoming, socket, sent);
  }
  if ((connection as Lifecycle).hasEnded) context.tally.abandoned();
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

async function sendOnSocket(
  context: ExchangeContext,
  response: Response,
  incoming: IncomingMessage,
  socket: Socket,
  sent: Sent,
): Promise<void> {
  if (socket.destroyed) {
    discard(response);
    return sent.reject(new ClientGone());
  }
  context.refuses(socket);
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(socket);
  socket.resume(); // what still comes is not read by anybody
  await send(context.onError, response, outgoing, sent); // §4.2.2 [S24, S25, S27]
  outgoing.detachSocket(socket);
  endGently(socket); // §7.2.2 [S38], RFC 9931 [U13]
}

/** Sends a response, or as much of it as there is. It never rejects. */
async function send(
  onError: ErrorHandler,
  response: Response,
  outgoing: ServerResponse,
  sent: Sent,
): Promise<void> {
  if (outgoing.destroyed) {
    discard(response);
    return sent.reject(new ClientGone());
  }
  try {
    await sendResponse(response, outgoing);
    sent.resolve();
  } catch (error) {
    outgoing.destroy();
    sent.reject(error);
    if (isA(error, ClientGone)) return;
    await failed(onError, error); // too late for another response, but not to tell
  }
}

/** The handler took too long. */
function tallyTimeout(tally: Tally, limit: number, remoteAddr: Addr): void {
  tally.limitHit({ name: "handshakeTimeoutMs", limit, found: limit, status: 503, remoteAddr });
}

function tallyLimit(tally: Tally, { passed, status }: RequestError, remoteAddr: Addr): void {
  if (passed !== null) tally.limitHit({ ...passed, status, remoteAddr });
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
