// The name that the vectors have for each of our errors, which have a sentence instead.

import { ProtocolError } from "../../src/frame/mod.ts";

/** The sentence of each name. */
export const SENTENCES: Readonly<Record<string, RegExp>> = {
  RESERVED_BITS: /^Cannot accept frame: RSV bits are [01]{3}, must be [01]{3} \(/,
  RESERVED_OPCODE: /^Cannot accept frame: opcode is 0x[3-7B-F], which is reserved \(/,
  LENGTH_NOT_MINIMAL: /^Cannot accept frame: length \d+ must take the fewest bytes possible \(/,
  LENGTH_TOP_BIT: /^Cannot accept frame: top bit of the 64-bit length is set \(/,
  LENGTH_TOO_BIG: /^Cannot accept frame: length is above 2\^53 - 1 \(/,
  MASK_MISSING: /^Cannot accept frame: client did not mask it \(/,
  MASK_FORBIDDEN: /^Cannot accept frame: server masked it \(/,
  CONTROL_FRAGMENTED: /^Cannot accept frame: FIN is not set on a control frame \(/,
  CONTROL_TOO_LONG: /^Cannot accept frame: control frame is longer than 125 bytes \(/,
  CONTINUATION_UNEXPECTED: /^Cannot accept continuation: no message is in progress \(/,
  CONTINUATION_EXPECTED: /^Cannot accept data frame: a message is in progress, must be a/,
  MESSAGE_TOO_BIG:
    /^Cannot accept (?:message: size is \d+, must be <= \d+|compressed message: it inflates to) /,
  TEXT_INVALID: /^Cannot accept text: a byte is not valid UTF-8 \(/,
  TEXT_TRUNCATED: /^Cannot accept text: it ends inside a UTF-8 character \(/,
  CLOSE_SIZE: /^Cannot accept Close: payload is 1 byte, must be empty or a code \(/,
  CLOSE_CODE: /^Cannot accept Close: code is \d+, must be a defined one \(/,
  CLOSE_REASON: /^Cannot accept Close: reason is not valid UTF-8 \(/,
  RSV1_MISPLACED: /^Cannot accept frame: RSV1 is for first frames \(/,
  DEFLATE_INVALID: /^Cannot accept compressed message: (?:found .+|it ends within a block) \(/,
};

/** What a vector says of the error: its name, the close code, the section. */
export interface Failure {
  readonly error: string;
  readonly closeCode: number;
  readonly section: string;
}

/** What a vector would say of `error`. Throws any other than a ProtocolError. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ProtocolError)) throw error;
  const { message, closeCode, section } = error;
  const names = Object.keys(SENTENCES).filter((name) => SENTENCES[name].test(message));
  return { error: names.join(" or ") || message, closeCode, section };
}

/** The same with the offset, for an error in a stream. */
export function failureAt(error: unknown): Failure & { readonly offset: number } {
  const failure = failureOf(error);
  return { ...failure, offset: (error as ProtocolError).offset };
}
