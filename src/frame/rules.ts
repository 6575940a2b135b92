// The rules that bind one header by itself: §5.1, §5.2, §5.5. They depend on its first two bytes
// only, so a frame that breaks one is refused before the rest of it arrives. What binds a
// sequence of frames (§5.4) is the assembler's.

import { ProtocolError } from "./error.ts";
import type { ProtocolErrorCode } from "./error.ts";
import { isControl, isReserved } from "./opcode.ts";

/** Which end of the connection: a client masks what it sends, a server does not (§5.1). */
export type Role = "client" | "server";

const CONTROL_LENGTH_MAX = 125;

/**
 * Hot: throws {@linkcode ProtocolError} 1002 when the first byte of a header, at `offset`, has a
 * reserved bit set that no extension gave a meaning (`rsvAllowed`, RSV1 is 4), a reserved opcode
 * (§5.2), or a control opcode without FIN (§5.5).
 */
export function checkFirstByte(byte: number, rsvAllowed: number, offset: number): void {
  const rsv = (byte >> 4) & 0b111;
  const opcode = byte & 0b1111;
  if ((rsv & ~rsvAllowed) !== 0) { // §5.2 [B04]
    const due = binary(rsv & rsvAllowed);
    refuse("RESERVED_BITS", `RSV bits are ${binary(rsv)}, must be ${due} (§5.2)`, offset);
  }
  if (isReserved(opcode)) { // §5.2 [B05]
    const found = opcode.toString(16).toUpperCase();
    refuse("RESERVED_OPCODE", `opcode is 0x${found}, which is reserved (§5.2)`, offset);
  }
  if (isControl(opcode) && byte < 0x80) { // §5.5 [B14]
    refuse("CONTROL_FRAGMENTED", "FIN is not set on a control frame (§5.5)", offset);
  }
}

/**
 * Hot: throws {@linkcode ProtocolError} 1002 when the second byte of a header, at `offset`, says
 * masked though the sender must not mask, or the reverse (§5.1), or announces more than 125 bytes
 * for a control frame (§5.5).
 *
 * @param first The first byte of the same header.
 * @param mustMask Whether the sender is a client.
 */
export function checkSecondByte(
  byte: number,
  first: number,
  mustMask: boolean,
  offset: number,
): void {
  if (byte >= 0x80 !== mustMask) { // §5.1 [B01]
    if (mustMask) refuse("MASK_MISSING", "client did not mask it (§5.1)", offset);
    refuse("MASK_FORBIDDEN", "server masked it (§5.1)", offset);
  }
  const length = byte & 0x7f;
  if (length > CONTROL_LENGTH_MAX && isControl(first & 0b1111)) { // §5.5 [B21]
    const found = `control frame is longer than ${CONTROL_LENGTH_MAX} bytes (§5.5)`;
    refuse("CONTROL_TOO_LONG", found, offset);
  }
}

function refuse(code: ProtocolErrorCode, what: string, offset: number): never {
  throw new ProtocolError(code, `Cannot accept frame: ${what}`, offset);
}

function binary(rsv: number): string {
  return rsv.toString(2).padStart(3, "0");
}
