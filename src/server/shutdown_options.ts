// How a server goes, and what of that makes no sense: seen before anything ends.

import { checkClose } from "../connection/check_close.ts";
import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";
import { CloseCode } from "../frame/mod.ts";
import type { ServerLimits } from "./limits.ts";

/** How a server goes. */
export interface ShutdownOptions {
  /** The close code. Default: 1001, it goes away; 1012 would say that it comes back (§7.4.1). */
  readonly code?: number;
  /** The reason, 123 bytes of UTF-8 at most (§5.5.1). Default: "". */
  readonly reason?: string;
  /** Milliseconds that a client has to answer its Close. Default: `shutdownTimeoutMs`. */
  readonly timeout?: number;
  /**
   * Milliseconds over which the closes are spread, in an order and at moments by chance, so that
   * clients which reconnect do not all come at once. Default: 0, all are closed now.
   */
  readonly spread?: number;
}

const NAMES: readonly string[] = ["code", "reason", "timeout", "spread"];

/**
 * `options` with the defaults for what they leave out.
 *
 * @throws {TypeError | RangeError} When one of them means nothing.
 */
export function shutdownOptions(
  options: ShutdownOptions,
  { shutdownTimeoutMs }: ServerLimits,
): Required<ShutdownOptions> {
  checkNames("shut down", options, NAMES);
  const { code = CloseCode.GOING_AWAY, reason = "", spread = 0 } = options; // §7.4.1 [B55]
  const { timeout = shutdownTimeoutMs } = options;
  checkClose(code, reason, timeout);
  if (typeof spread !== "number" || !(spread >= 0 && spread < Infinity)) {
    const found = describe(spread);
    throw new RangeError(`Cannot shut down: spread is ${found}, must be ms from 0 on`);
  }
  return { code, reason, timeout, spread };
}
