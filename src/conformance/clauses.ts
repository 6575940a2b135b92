// The clauses that bind a server: the opening handshake (S), framing, control frames, messages and
// closing (B), compression (D).
//
// A clause is tested by cases of its own; it is watched in every connection of the suite, where it
// speaks of what the server sends; or it cannot be seen from outside, and says why.

import type { Clause } from "./clause.ts";
import { COMPRESSION } from "./compression_clauses.ts";
import { CONNECTION } from "./connection_clauses.ts";
import { HANDSHAKE } from "./handshake_clauses.ts";

/** All clauses, in their order. */
export const CLAUSES: readonly Clause[] = [...HANDSHAKE, ...CONNECTION, ...COMPRESSION];

const BY_ID: ReadonlyMap<string, Clause> = new Map(CLAUSES.map((each) => [each.id, each]));

/** Where to read `section`: "§5.2", of RFC 6455, or "RFC 7692 §7". */
export function sectionUrl(section: string): string {
  const [, rfc = "6455", number] = /^(?:RFC (\d+) )?§(.+)$/.exec(section)!;
  return `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${number}`;
}

/** The clause with this id. */
export function clauseOf(id: string): Clause {
  return BY_ID.get(id)!; // ids are those of our tables, which the tests look through
}
