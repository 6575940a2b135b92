// The error for a peer that broke a rule: what, which section, which byte, and the close code that
// says so on the wire (§7.1.7, §7.4.1).

/**
 * All that a peer can do wrong once the handshake is done, by the name that a
 * {@linkcode ProtocolError} has in its `code`, with the close code that answers it: §7.4.1. The
 * vectors call it the same, but for the last one, which is a bound of ours.
 */
export const VIOLATIONS = {
  RESERVED_BITS: 1002,
  RESERVED_OPCODE: 1002,
  CONTROL_FRAGMENTED: 1002,
  CONTROL_TOO_LONG: 1002,
  MASK_MISSING: 1002,
  MASK_FORBIDDEN: 1002,
  LENGTH_NOT_MINIMAL: 1002,
  LENGTH_TOP_BIT: 1002,
  LENGTH_TOO_BIG: 1009,
  CONTINUATION_UNEXPECTED: 1002,
  CONTINUATION_EXPECTED: 1002,
  TEXT_INVALID: 1007,
  TEXT_TRUNCATED: 1007,
  MESSAGE_TOO_BIG: 1009,
  CLOSE_SIZE: 1002,
  CLOSE_CODE: 1002,
  CLOSE_REASON: 1007,
  RSV1_MISPLACED: 1002,
  DEFLATE_INVALID: 1007,
  DEFLATE_LAST_BLOCKS: 1009,
} as const;

/** The name of something that a peer can do wrong. */
export type ProtocolErrorCode = keyof typeof VIOLATIONS;

/**
 * The peer broke a rule of the protocol or passed a limit.
 *
 * The message ends in the section, as in "Cannot accept control frame: FIN is not set (§5.5)",
 * where a bare § is RFC 6455. It travels to the peer as the reason of the Close frame: never
 * payload in it, and at most 123 bytes of UTF-8 (§5.5.1).
 */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";

  /** What it did, as a name that stays the same, whatever the message says. */
  readonly code: ProtocolErrorCode;

  /** The code for the Close frame: 1002, 1007 (not UTF-8) or 1009 (too big), §7.4.1. */
  readonly closeCode: number;

  /**
   * Where: bytes from the start of the stream to the one at fault, or to the start of its frame
   * where no single byte is. Without a stream, bytes from the start of the range that was read.
   * -1: nobody knew.
   */
  offset: number;

  /** What was found beyond a limit, in the unit of the limit; -1: there was none, or it is open. */
  readonly found: number;

  constructor(code: ProtocolErrorCode, message: string, offset = -1, found = -1) {
    super(message);
    this.code = code;
    this.closeCode = VIOLATIONS[code];
    this.offset = offset;
    this.found = found;
  }

  /** The section whose rule was broken, as in "RFC 6455 §5.5". */
  get section(): string {
    const cited = /\(((?:RFC \d+ )?§[\d.]+)\)$/.exec(this.message)?.[1] ?? "";
    return cited.startsWith("§") ? `RFC 6455 ${cited}` : cited;
  }
}
