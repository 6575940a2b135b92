// A handshake that waits for its answer. `serve()` makes one when a valid opening handshake comes;
// `upgradeWebSocket()` claims it, and so there is a connection before there is a 101; then the 101
// is written and the connection opened, or the handshake comes to nothing, and with it the
// connection.
//
//   waiting --claim--> claimed --complete--> open
//      |                  |
//      +-----abandon------+-------> over

import type { Duplex } from "node:stream";
import { systemClock } from "../connection/clock.ts";
import { Connection } from "../connection/connection.ts";
import type { RemoteAddr } from "../connection/connection.ts";
import { connectionOpen } from "../connection/diagnostics.ts";
import type { ConnectionOpened } from "../connection/diagnostics.ts";
import { Lifecycle } from "../connection/lifecycle.ts";
import { connectionLimits } from "../connection/limits.ts";
import { runHandler, tell } from "../connection/run_handler.ts";
import type { ConnectionHandler } from "../connection/run_handler.ts";
import { acceptKey } from "../protocol/handshake.ts";
import type { Handshake } from "../protocol/handshake.ts";
import { SocketTransport } from "./socket.ts";
import type { Decision } from "./upgrade_options.ts";

/** What `upgradeWebSocket()` has decided. */
export interface Claim extends Decision {
  readonly handler: ConnectionHandler | null;
}

/** Names that the 101 has once and from us: §11.3, RFC 9110 §8.6. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length", // RFC 9110 §8.6 [U12]
  "sec-websocket-accept", // §11.3.3 [S36]
  "sec-websocket-extensions", // §4.2.2 [S31]
  "sec-websocket-protocol", // §11.3.4 [S30]
  "transfer-encoding", // RFC 9112 §6.1 [U12]
  "upgrade",
]);

/** What a claim has brought forth. */
interface Claimed extends Claim {
  readonly lifecycle: Lifecycle;
  readonly connection: Connection;
  readonly response: Response;
}

/** An opening handshake between the request and the 101. */
export class PendingUpgrade {
  readonly handshake: Handshake;
  readonly #socket: Duplex;
  readonly #head: Uint8Array;
  readonly #remoteAddr: RemoteAddr;
  #claimed: Claimed | null = null;
  #isOver = false;

  constructor(handshake: Handshake, socket: Duplex, head: Uint8Array, remoteAddr: RemoteAddr) {
    this.handshake = handshake;
    this.#socket = socket;
    this.#head = head;
    this.#remoteAddr = remoteAddr;
  }

  /** The response that completes it; `null` while it is not claimed. */
  get response(): Response | null {
    return this.#claimed?.response ?? null;
  }

  /** Makes the connection, which holds what is written to it until the 101 is out. */
  claim(claim: Claim, headers: Headers): { connection: Connection; response: Response } {
    if (this.#claimed !== null || this.#isOver) {
      throw new TypeError("Cannot upgrade: request was upgraded already, or is over");
    }
    checkHeaders(headers);
    const { protocol, limits } = claim;
    const lifecycle = new Lifecycle({ ...claim, clock: systemClock });
    const { closeTimeoutMs } = limits;
    const init = { protocol, remoteAddr: this.#remoteAddr, closeTimeoutMs };
    const connection = new Connection(lifecycle, init);
    const response = switchingProtocols(headers);
    this.#claimed = { ...claim, lifecycle, connection, response };
    return { connection, response };
  }

  /**
   * Sends the 101 and opens the connection, whose inside it returns: ended, if the client has gone.
   * What fails behind the 101 cuts the connection, and `onError` is told.
   *
   * @param request What it answers, for observers.
   * @throws {TypeError} When the response has got headers that the 101 has from us.
   */
  complete(request: ConnectionOpened["request"]): Lifecycle {
    // Whoever has its response has claimed it.
    const { lifecycle, connection, response, protocol, handler, onError } = this.#claimed!;
    try {
      checkHeaders(response.headers);
    } catch (error) {
      this.abandon(error);
      throw error;
    }
    if (this.#socket.destroyed) {
      this.abandon(new Error("Client went before its handshake was answered"));
      return lifecycle;
    }
    this.#isOver = true;
    const transport = new SocketTransport(this.#socket, lifecycle);
    const { extensions } = connection;
    const head = statusAndHeaders(this.handshake.key, protocol, extensions, response.headers);
    try {
      this.#socket.write(head, "latin1");
      if (connectionOpen.hasSubscribers && !lifecycle.hasEnded) {
        connectionOpen.publish({ connection, request, response: head });
      }
      lifecycle.open(transport);
      transport.start(this.#head); // §4.2.2 [S37]
      if (handler !== null) runHandler(handler, connection, lifecycle, onError);
    } catch (error) { // not thrown on: behind a 101, HTTP's 500 would be read as frames
      this.#socket.once("close", () => lifecycle.disconnected(error));
      lifecycle.terminate(error);
      transport.destroy();
      tell(onError, error);
    }
    return lifecycle;
  }

  /** It comes to nothing: whoever waits on the connection learns why. */
  abandon(cause: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#claimed?.lifecycle.terminate(cause);
  }
}

/** A connection that never came to be. */
export function closedConnection(remoteAddr: RemoteAddr, cause: unknown): Connection {
  const limits = connectionLimits();
  const lifecycle = new Lifecycle({ limits, keepalive: false, clock: systemClock });
  lifecycle.terminate(cause);
  return new Connection(lifecycle, { protocol: "", remoteAddr, closeTimeoutMs: 1 });
}

/** `new Response()` refuses status 101, so the status of this one is put over its own. */
function switchingProtocols(headers: Headers): Response {
  const response = new Response(null, { headers });
  Object.defineProperty(response, "status", { value: 101 });
  Object.defineProperty(response, "statusText", { value: "Switching Protocols" });
  Object.defineProperty(response, "ok", { value: false });
  return response;
}

function checkHeaders(headers: Headers): void {
  for (const [name] of headers) { // in lower case
    if (OWN_HEADERS.has(name)) {
      throw new TypeError(`Cannot upgrade: header ${name} is set by the handshake itself (§4.2.2)`);
    }
  }
}

/** §4.2.2. `Headers` has seen to it that no value holds CR, LF or NUL: RFC 9110 §5.5 [U11]. */
function statusAndHeaders(
  key: string,
  protocol: string,
  extensions: string,
  headers: Headers,
): string {
  let head =
    "HTTP/1.1 101 Switching Protocols\r\n" + // §4.2.2 [S32]
    "Upgrade: websocket\r\n" + // §4.2.2 [S33], RFC 9110 §7.8 [U02]
    "Connection: Upgrade\r\n" + // §4.2.2 [S33]
    `Sec-WebSocket-Accept: ${acceptKey(key)}\r\n`; // §4.2.2 [S34]
  if (protocol !== "") head += `Sec-WebSocket-Protocol: ${protocol}\r\n`; // §4.2.2 [S29]
  if (extensions !== "") head += `Sec-WebSocket-Extensions: ${extensions}\r\n`; // §4.2.2 [S31]
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  return `${head}\r\n`;
}
