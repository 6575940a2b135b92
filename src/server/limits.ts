// The bounds of a server, before there is a connection; those of a connection are its own.

import { withDefaults } from "../connection/limits.ts";

/** The bounds of a server. Sizes are bytes, times milliseconds. */
export interface ServerLimits {
  /** Time for the head of a request to arrive (408), and for a handler to upgrade (503). */
  readonly handshakeTimeoutMs: number;
  /** Handshakes that wait for their handler; more are refused with 503. */
  readonly pendingUpgradesMax: number;
  /** Header fields of a request; more are refused with 431. */
  readonly headersMax: number;
  /** Size of all header fields; more is refused with 431. */
  readonly headersSizeMax: number;
  /** Size of the request target; more is refused with 414. */
  readonly targetSizeMax: number;
  /** Time for `shutdown()`; then what is still open is cut. */
  readonly shutdownTimeoutMs: number;
}

const DEFAULTS: ServerLimits = {
  handshakeTimeoutMs: 10_000,
  pendingUpgradesMax: 1024,
  headersMax: 100,
  headersSizeMax: 16 * 1024,
  targetSizeMax: 8 * 1024,
  shutdownTimeoutMs: 10_000,
};

/** `limits` with the defaults for what it leaves out. Throws `RangeError` for a value <= 0. */
export function serverLimits(limits: Partial<ServerLimits> = {}): ServerLimits {
  return withDefaults(limits, DEFAULTS);
}
