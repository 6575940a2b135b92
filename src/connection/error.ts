// The error for an act that came too late.

import { quoted } from "../frame/describe.ts";
import type { Closure } from "../protocol/endpoint.ts";

/** The connection is closed, or is closing: nothing can be read or written any more. */
export class ConnectionClosedError extends Error {
  override readonly name: string = "ConnectionClosedError";
  /** The close code: §7.1.5. 1006 when no Close frame came. */
  readonly code: number;
  /** The reason that the peer gave, or "": §7.1.6. */
  readonly reason: string;

  /** @param act What could not be done, as in "read". */
  constructor(act: string, closure: Closure) {
    const { code, reason, cause } = closure;
    const why = reason === "" ? `code ${code}` : `code ${code}, ${quoted(reason)}`;
    super(`Cannot ${act}: connection is closed (${why})`, cause === undefined ? {} : { cause });
    this.code = code;
    this.reason = reason;
  }
}
