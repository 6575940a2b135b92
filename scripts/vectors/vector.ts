// What a vector is, and the errors that it may expect. The files say of an error what a peer and a
// student need: its name, the close code, the section, and where in the stream it is.

/** Bytes as the files write them: hex, or parts of which some repeat, to keep the files small. */
export type Bytes = string | readonly Part[];
/** Hex, or hex that comes several times in a row. */
export type Part = string | { readonly repeat: string; readonly times: number };

/** Who reads. A server's peer masks, a client's does not: §5.1. */
export type Role = "server" | "client";

/** One line of a file. The build gives it an id in front. */
export interface Vector {
  /** One sentence: what is tried. */
  readonly what: string;
  /** The rule that it tries, as in "RFC 6455 §5.2". */
  readonly section: string;
  /** What a right reader may do besides. */
  readonly note?: string;
  readonly expect: object;
  readonly [input: string]: unknown;
}

/** A file of vectors of one kind. `kind` says which inputs and expectations they have. */
export interface VectorFile {
  /** "framing" becomes framing.json, with ids from framing-001 on. */
  readonly name: string;
  readonly kind: Kind;
  readonly about: string;
  readonly vectors: readonly Vector[];
}

export type Kind =
  | "frames"
  | "masking"
  | "messages"
  | "utf8"
  | "accept"
  | "handshake"
  | "extensions"
  | "negotiation"
  | "inflate";

/** What a reader of frames and messages may find: see the README of the vectors. */
export type ErrorName =
  | "RESERVED_BITS"
  | "RESERVED_OPCODE"
  | "LENGTH_NOT_MINIMAL"
  | "LENGTH_TOP_BIT"
  | "LENGTH_TOO_BIG"
  | "MASK_MISSING"
  | "MASK_FORBIDDEN"
  | "CONTROL_FRAGMENTED"
  | "CONTROL_TOO_LONG"
  | "CONTINUATION_UNEXPECTED"
  | "CONTINUATION_EXPECTED"
  | "MESSAGE_TOO_BIG"
  | "TEXT_INVALID"
  | "TEXT_TRUNCATED"
  | "CLOSE_SIZE"
  | "CLOSE_CODE"
  | "CLOSE_REASON"
  | "RSV1_MISPLACED"
  | "DEFLATE_INVALID";

/** The close code of each error, and the section whose rule is broken. */
export const ERRORS: Readonly<Record<ErrorName, readonly [closeCode: number, section: string]>> = {
  RESERVED_BITS: [1002, "RFC 6455 §5.2"],
  RESERVED_OPCODE: [1002, "RFC 6455 §5.2"],
  LENGTH_NOT_MINIMAL: [1002, "RFC 6455 §5.2"],
  LENGTH_TOP_BIT: [1002, "RFC 6455 §5.2"],
  LENGTH_TOO_BIG: [1009, "RFC 6455 §10.4"],
  MASK_MISSING: [1002, "RFC 6455 §5.1"],
  MASK_FORBIDDEN: [1002, "RFC 6455 §5.1"],
  CONTROL_FRAGMENTED: [1002, "RFC 6455 §5.5"],
  CONTROL_TOO_LONG: [1002, "RFC 6455 §5.5"],
  CONTINUATION_UNEXPECTED: [1002, "RFC 6455 §5.4"],
  CONTINUATION_EXPECTED: [1002, "RFC 6455 §5.4"],
  MESSAGE_TOO_BIG: [1009, "RFC 6455 §10.4"],
  TEXT_INVALID: [1007, "RFC 6455 §8.1"],
  TEXT_TRUNCATED: [1007, "RFC 6455 §8.1"],
  CLOSE_SIZE: [1002, "RFC 6455 §5.5.1"],
  CLOSE_CODE: [1002, "RFC 6455 §7.4"],
  CLOSE_REASON: [1007, "RFC 6455 §5.5.1"],
  RSV1_MISPLACED: [1002, "RFC 7692 §6.1"],
  DEFLATE_INVALID: [1007, "RFC 7692 §7.2.2"],
};

/** What is expected of a reader that must fail. */
export interface Failure {
  readonly error: ErrorName;
  readonly closeCode: number;
  readonly section: string;
}

/** The same in a stream of bytes. */
export interface FailureAt extends Failure {
  readonly offset: number;
  readonly known: number;
}

/** The failure with this name. */
export function failure(error: ErrorName): Failure {
  const [closeCode, section] = ERRORS[error];
  return { error, closeCode, section };
}

/**
 * A failure in a stream.
 *
 * @param offset The byte at fault; the start of its frame, where no single byte is.
 * @param known How many bytes have come when a reader that fails fast knows.
 */
export function failureAt(error: ErrorName, offset: number, known: number): FailureAt {
  return { ...failure(error), offset, known };
}

/** "RFC 6455 §5.2" for "5.2". */
export function rfc6455(section: string): string {
  return `RFC 6455 §${section}`;
}

/** "RFC 7692 §7.1" for "7.1". */
export function rfc7692(section: string): string {
  return `RFC 7692 §${section}`;
}
