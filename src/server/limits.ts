// The bounds of a server, before there is a connection; those of a connection are its own.

import { withDefaults } from "../connection/limits.ts";

/** The bounds of a server. Sizes are bytes, times milliseconds. */
export interface ServerLimits {
  /**
   * For the head of a request (408), of the first one with all that comes before it; and for a
   * handler to upgrade (503). Default: 10,000.
   */
  readonly handshakeTimeoutMs: number;
  /** Handshakes that wait for their handler; more are refused with 503. Default: 1,024. */
  readonly pendingUpgradesMax: number;
  /**
   * Requests of one connection that came one behind the other (pipelining, RFC 9112 §9.3.2) and
   * wait for their answers; with one more it is cut, or a client that reads none would pile them
   * up. Default: 100.
   */
  readonly pipelinedRequestsMax: number;
  /** WebSocket connections; a handshake beyond it is refused with 503. Default: Infinity. */
  readonly connectionsMax: number;
  /**
   * Those of one address, of IPv6 those of one network of 64 bits; a handshake beyond it is refused
   * with 429. Default: Infinity, since behind a proxy all come from one.
   */
  readonly connectionsPerAddressMax: number;
  /**
   * What all WebSocket connections together may hold, charged as `inboxSizeMax` and `outboxSizeMax`
   * are: inboxes, outboxes, messages that are not complete, what sockets have not taken. Above it
   * a socket is read only while its connection holds nothing, so that it is passed by no more than
   * one read of each socket brings: 64 KiB, and 160 KiB more where it begins with 1,000 empty
   * messages, and the rest of `messageSizeMax` where a buffer grows. When that has not helped
   * within a second, or at a quarter above, which only what is written or a crowd can reach, the
   * connection that holds the most is closed with 1013, or cut where its socket takes nothing, then
   * the next, until an eighth is free. A quarter of the memory of the process is a good value.
   * Default: Infinity.
   *
   * What is unread of a connection that has ended counts until its handler returns; where
   * `upgradeWebSocket()` was given no handler, it does not count from the end on, although whoever
   * keeps the connection keeps it. `terminate()` does not drop it.
   */
  readonly buffersSizeMax: number;
  /** Header fields of a request; more are refused with 431. Default: 100. */
  readonly headersMax: number;
  /** Size of the whole head of a request; more is refused with 431. Default: 16,384. */
  readonly headersSizeMax: number;
  /** Size of the request target; more is refused with 414. Default: 8,192. */
  readonly targetSizeMax: number;
  /** For `shutdown()`; then what is still open is cut. Default: 10,000. */
  readonly shutdownTimeoutMs: number;
}

const DEFAULTS: ServerLimits = {
  handshakeTimeoutMs: 10_000,
  pendingUpgradesMax: 1024,
  pipelinedRequestsMax: 100,
  connectionsMax: Infinity,
  connectionsPerAddressMax: Infinity,
  buffersSizeMax: Infinity,
  headersMax: 100,
  headersSizeMax: 16 * 1024,
  targetSizeMax: 8 * 1024,
  shutdownTimeoutMs: 10_000,
};

/** `limits` with the defaults for what it leaves out. Throws `RangeError` for a value <= 0. */
export function serverLimits(limits: Partial<ServerLimits> = {}): ServerLimits {
  return withDefaults(limits, DEFAULTS);
}
