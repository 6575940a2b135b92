// The error for a peer that kept to the protocol and yet went too far: it passed a limit that a
// server sets itself, so that the close code is that of a policy (§7.4.1), not of a violation.

import { CloseCode } from "../frame/mod.ts";

/** What is known of a limit that was passed. */
export interface LimitPassed {
  /** The name that it has among the options, as in "messageTimeoutMs". */
  readonly limit: string;
  /** What it is set to, in its own unit. */
  readonly max: number;
  /** What was found, in the same unit. */
  readonly found: number;
}

/**
 * A limit of this server was passed: the `cause` of a closure with 1008, or with 1013.
 *
 * The message travels to the peer as the reason of the Close frame: at most 123 bytes of UTF-8
 * (§5.5.1), and nothing in it that concerns others.
 */
export class LimitError extends Error implements LimitPassed {
  override readonly name: string = "LimitError";
  readonly limit: string;
  readonly max: number;
  readonly found: number;

  /**
   * The code for the Close frame, §7.4.1: 1008, this peer went too far; 1013, all of them together
   * did, and it may try again later.
   */
  readonly closeCode: number;

  constructor(message: string, passed: LimitPassed, closeCode: number) {
    super(message);
    this.limit = passed.limit;
    this.max = passed.max;
    this.found = passed.found;
    this.closeCode = closeCode;
  }

  /** Whether the peer is at fault, and not the crowd. */
  get isPeers(): boolean {
    return this.closeCode === CloseCode.POLICY_VIOLATION;
  }
}
