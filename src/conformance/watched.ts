// What is watched in every connection, whatever its case is about: such a clause has a result of
// its own, `B02.*`.

import type { CaseResult, Facts, Finding } from "./case.ts";
import type { Clause } from "./clause.ts";

/** What is found in a case about other clauses than its own. */
export interface Sighting extends Finding {
  readonly result: CaseResult;
}

/**
 * The result of a clause: what other cases have shown of it, or that they have shown nothing, where
 * it is watched. `null`: there is nothing to say.
 */
export function watchedResult(
  { id, section, level, watched }: Clause,
  sightings: readonly Sighting[],
  facts: Facts,
  isWhole: boolean,
): CaseResult | null {
  const seen = sightings.filter(({ clause }) => clause === id);
  if (seen.length === 0 && (watched === "" || !isWhole)) return null;
  const isUntested = seen.length === 0 && id.startsWith("D") && facts.deflate === null;
  const messages = [...new Set(seen.map(({ message }) => message))];
  return {
    id: `${id}.*`,
    clause: id,
    section,
    level,
    title: watched === "" ? "seen in other cases" : watched,
    verdict: seen.length > 0 ? worst(seen) : isUntested ? "not testable" : "pass",
    messages: isUntested
      ? ["The server does not accept permessage-deflate"]
      : messages.map((message) => describeSightings(message, seen)),
    exchanges: mostTelling(seen)?.result.exchanges ?? [],
    durationMs: 0,
  };
}

/** The worse of the two verdicts that findings have. */
export function worst(findings: readonly Finding[]): "fail" | "warning" {
  return findings.some(({ verdict }) => verdict === "fail") ? "fail" : "warning";
}

function mostTelling(seen: readonly Sighting[]): Sighting | undefined {
  return seen.find(({ verdict }) => verdict === "fail") ?? seen[0];
}

const SHOWN_MAX = 5;

function describeSightings(message: string, seen: readonly Sighting[]): string {
  const ids = seen.filter((one) => one.message === message).map(({ result }) => result.id);
  const shown = ids.slice(0, SHOWN_MAX).join(", ");
  const more = ids.length > SHOWN_MAX ? ` and ${ids.length - SHOWN_MAX} more` : "";
  return `${message} (seen in ${shown}${more})`;
}
