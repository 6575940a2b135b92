// The payload of a Close frame: §5.5.1, §7.1.6.
//
//   empty                       no code given
//   code (2 bytes) + reason     the reason is UTF-8, 123 bytes at most, and may be empty

import { isCloseCode, NO_STATUS_RECEIVED } from "./close_code.ts";
import { describe } from "./describe.ts";
import { ProtocolError } from "./error.ts";
import { Utf8Scanner } from "./utf8_scanner.ts";

/** What a Close frame says. */
export interface ClosePayload {
  /** The close code, or 1005 when the frame had none: §7.1.5. */
  readonly code: number;
  /** The reason, "" when there is none: §7.1.6. */
  readonly reason: string;
}

/** What the two bytes of the code leave of the 125 that a control frame may carry: §5.5. */
const REASON_SIZE_MAX = 123;

/**
 * Reads the payload of a Close frame from `bytes[start..end)`.
 *
 * @throws {ProtocolError} 1002 when it is one byte, or the code may not be on the wire (§7.4);
 * 1007 when the reason is not UTF-8 (§5.5.1). The offset counts from index 0 of `bytes`.
 */
export function readClosePayload(bytes: Uint8Array, start: number, end: number): ClosePayload {
  if (end === start) return { code: NO_STATUS_RECEIVED, reason: "" };
  if (end - start === 1) { // §5.5.1 [B22]
    const text = "Cannot accept Close: payload is 1 byte, must be empty or a code (§5.5.1)";
    throw new ProtocolError("CLOSE_SIZE", text, start);
  }
  const code = (bytes[start] << 8) | bytes[start + 1];
  if (!isCloseCode(code)) { // §7.4.1 [B52], §7.4.2 [B54]
    const text = `Cannot accept Close: code is ${code}, must be a defined one (§7.4)`;
    throw new ProtocolError("CLOSE_CODE", text, start);
  }
  const scanner = new Utf8Scanner();
  const bad = scanner.scan(bytes, start + 2, end);
  if (bad !== -1 || !scanner.complete) { // §5.5.1 [B23]
    const text = "Cannot accept Close: reason is not valid UTF-8 (§5.5.1)";
    throw new ProtocolError("CLOSE_REASON", text, bad === -1 ? end : bad);
  }
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return { code, reason: decoder.decode(bytes.subarray(start + 2, end)) };
}

/**
 * The payload for a Close frame with this code and reason; empty for code 1005, which says that
 * there is none.
 *
 * @throws {RangeError} When the code may not be on the wire (§7.4), or the reason takes more than
 * 123 bytes of UTF-8 (§5.5).
 * @throws {TypeError} When the reason is no string.
 */
export function encodeClosePayload(code: number, reason: string = ""): Uint8Array {
  if (code === NO_STATUS_RECEIVED && reason === "") return new Uint8Array(0); // §7.4.1 [B51]
  if (!isCloseCode(code)) { // §7.4.1 [B51]
    throw new RangeError(
      `Cannot close: code is ${describe(code)}, must be 1000-1003, 1007-1014 or 3000-4999 (§7.4)`,
    );
  }
  if (typeof reason !== "string") {
    throw new TypeError(`Cannot close: reason is ${describe(reason)}, must be a string (§5.5.1)`);
  }
  const encoded = new TextEncoder().encode(reason);
  const size = encoded.length;
  if (size > REASON_SIZE_MAX) { // §5.5 [B21]
    throw new RangeError(
      `Cannot close: reason is ${size} bytes of UTF-8, must be <= ${REASON_SIZE_MAX} (§5.5)`,
    );
  }
  const payload = new Uint8Array(2 + size);
  payload[0] = code >>> 8; // §7.1.2 [B47]
  payload[1] = code & 0xff;
  payload.set(encoded, 2);
  return payload;
}
