// The error for a peer that broke a rule: what, which section, which byte, and the close code that
// says so on the wire (§7.1.7, §7.4.1).

import { CloseCode } from "./close_code.ts";

/**
 * The peer broke a rule of the protocol or passed a limit.
 *
 * The message ends in the section, as in "Cannot accept control frame: FIN is not set (§5.5)",
 * where a bare § is RFC 6455. It travels to the peer as the reason of the Close frame: never
 * payload in it, and at most 123 bytes of UTF-8 (§5.5.1).
 */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";

  /** The code for the Close frame: 1002, 1007 (not UTF-8) or 1009 (too big), §7.4.1. */
  readonly closeCode: number;

  /**
   * Where: bytes from the start of the stream to the one at fault, or to the start of its frame
   * where no single byte is. Without a stream, bytes from the start of the range that was read.
   * -1: nobody knew.
   */
  offset: number;

  constructor(message: string, closeCode: number = CloseCode.PROTOCOL_ERROR, offset = -1) {
    super(message);
    this.closeCode = closeCode;
    this.offset = offset;
  }

  /** The section whose rule was broken, as in "RFC 6455 §5.5". */
  get section(): string {
    const cited = /\(((?:RFC \d+ )?§[\d.]+)\)$/.exec(this.message)?.[1] ?? "";
    return cited.startsWith("§") ? `RFC 6455 ${cited}` : cited;
  }
}
