// What a caller may say when he closes a connection, or all of them: §7.4, §5.5.1.

import { describe } from "../frame/describe.ts";
import { CloseCode, encodeClosePayload, isCloseCode } from "../frame/mod.ts";

/**
 * Throws `RangeError` for a code that a server may not send, for a reason of more than 123 bytes of
 * UTF-8, or for a timeout that is no number above 0; `TypeError` for a reason that is no string.
 */
export function checkClose(code: number, reason: string, timeout: number): void {
  if (!isCloseCode(code) || code === CloseCode.MANDATORY_EXTENSION) { // §7.4.1 [B51, B55]
    const found = describe(code);
    const codes = "1000-1003, 1007-1009, 1011-1014 or 3000-4999 (§7.4)";
    throw new RangeError(`Cannot close: code is ${found}, must be ${codes}`);
  }
  encodeClosePayload(code, reason); // throws when the reason may not be on the wire
  if (typeof timeout === "number" && timeout > 0) return;
  const found = describe(timeout);
  throw new RangeError(`Cannot close: timeout is ${found}, must be a number of ms above 0`);
}
