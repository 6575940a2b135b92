// What a run has shown: the verdict of each case, and of each clause.

import type { CaseResult, Facts, Level, Verdict } from "./case.ts";
import { CLAUSES } from "./clauses.ts";
import type { Clause } from "./clause.ts";
import type { Target } from "./target.ts";

/** How many cases had which verdict. */
export interface Totals {
  readonly pass: number;
  readonly warning: number;
  readonly fail: number;
  readonly notTestable: number;
}

/** What became of a clause: the worst of its cases. */
export interface ClauseResult {
  readonly id: string;
  readonly section: string;
  readonly level: Level;
  readonly text: string;
  /** `hidden`: it cannot be seen from outside. `not run`: its cases were not selected. */
  readonly verdict: Verdict | "hidden" | "not run";
  readonly cases: number;
  /** Why there is no verdict; "" when there is. */
  readonly reason: string;
}

/** A whole run. */
export interface Report {
  readonly target: Target;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly facts: Facts;
  readonly totals: Totals;
  readonly clauses: readonly ClauseResult[];
  readonly results: readonly CaseResult[];
}

/** Sums up. */
export function makeReport(run: Omit<Report, "totals" | "clauses">): Report {
  const count = (verdict: Verdict): number =>
    run.results.filter((result) => result.verdict === verdict).length;
  const totals: Totals = {
    pass: count("pass"),
    warning: count("warning"),
    fail: count("fail"),
    notTestable: count("not testable"),
  };
  return { ...run, totals, clauses: CLAUSES.map((clause) => judge(clause, run.results)) };
}

/** From the worst to what says nothing. */
const ORDER: readonly Verdict[] = ["fail", "warning", "pass", "not testable"];

function judge(clause: Clause, results: readonly CaseResult[]): ClauseResult {
  const { id, section, level, text, hidden } = clause;
  const own = results.filter((result) => result.clause === id);
  const found = ORDER.find((verdict) => own.some((result) => result.verdict === verdict));
  const verdict = found ?? (hidden === "" ? "not run" : "hidden");
  const isUnjudged = verdict === "not testable";
  const reason = isUnjudged ? own[0].messages[0] : found === undefined ? hidden : "";
  return { id, section, level, text, verdict, cases: own.length, reason };
}
