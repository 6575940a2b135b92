// Where and how a session is disturbed. `at` is a byte of what comes, a byte of what leaves, or the
// number of an await of the handler.

import type { End } from "../../src/testing/wire_log.ts";
import type { Session } from "./sessions.ts";

/** What may go wrong when so many bytes have come. */
export const INBOUND = ["RST", "FIN", "half-close", "EPIPE", "stall", "silence", "throw"] as const;

/** What may go wrong when so many bytes have left. */
export const OUTBOUND = ["short write", "full for ever", "broken write"] as const;

/** All that may. */
export type FaultKind =
  | (typeof INBOUND)[number]
  | (typeof OUTBOUND)[number]
  | "throw at await"
  | "none";

/** One fault. */
export interface Fault {
  readonly kind: FaultKind;
  readonly at: number;
}

/** A session and what disturbs it. */
export interface Case {
  readonly session: Session;
  /** That of our end. */
  readonly role: End;
  /** Whether each byte comes in a read of its own. */
  readonly isChopped: boolean;
  readonly fault: Fault;
}

/** How long a stall lasts, in virtual milliseconds: as long as a closing handshake may. */
export const STALL_MS = 10_000;

/**
 * How long it may take from the fault to the end, beside the stall itself. A line that is broken,
 * or goes on, needs no time; silence is noticed by the keepalive, 20 s and at most 5 more, then
 * 20 s; a peer that takes nothing by the stall time-out.
 */
export function msMax(kind: FaultKind): number {
  if (kind === "silence") return 45_000;
  return kind === "full for ever" ? 30_000 : 0;
}

/** Every offset in a stream that is short; of a long one both ends, and some in between. */
export function offsets(size: number): number[] {
  const all = Array.from({ length: size + 1 }, (_, at) => at);
  return size <= 600 ? all : all.filter((at) => at < 24 || size - at < 24 || at % 4093 === 0);
}

/** All faults of a session that takes in, sends and awaits so much. */
export function faultsOf(received: number, sent: number, awaits: number): Fault[] {
  const faults: Fault[] = [];
  for (const at of offsets(received)) for (const kind of INBOUND) faults.push({ kind, at });
  for (const at of offsets(sent)) for (const kind of OUTBOUND) faults.push({ kind, at });
  for (let at = 1; at <= awaits; at++) faults.push({ kind: "throw at await", at });
  return faults;
}
