// Runs the suite against a server: a few connections at a time, one for each case.

import type { Case, CaseResult, Facts, Need } from "./case.ts";
import { CLAUSES, clauseOf } from "./clauses.ts";
import { FloodError } from "./flood.ts";
import { probe } from "./probe.ts";
import type { Probed } from "./probe.ts";
import { makeReport } from "./report.ts";
import type { Report } from "./report.ts";
import { selectCases, SUITE } from "./suite.ts";
import type { Target } from "./target.ts";
import { NotTestableError, Trial, UnreachableError } from "./trial.ts";
import type { RunSettings } from "./trial.ts";
import { watchedResult, worst } from "./watched.ts";
import type { Sighting } from "./watched.ts";
import { within } from "./within.ts";

/** How to run. */
export interface RunOptions extends Partial<RunSettings> {
  /** Which cases: see {@linkcode selectCases}. Default: all. */
  readonly only?: string;
  /** Is told what the first connections have shown. */
  readonly onFacts?: (facts: Facts) => void;
  /** Is told after each case. */
  readonly onProgress?: (done: number, total: number, result: CaseResult) => void;
}

const DEFAULTS: RunSettings = {
  timeoutMs: 3000,
  parallel: 8,
  keys: 1000,
  idleMs: 200,
  messageSizeMax: 0,
};

/** A server that takes no connection so many times in a row is gone. */
const REFUSALS_MAX = 3;

/** More cases than so many do not fail by chance. */
const SECOND_TRIES_MAX = 10;

/**
 * Runs the suite, or what `only` selects of it.
 *
 * @throws {UnreachableError} When nothing listens there, or a valid handshake is refused.
 */
export async function runConformance(target: Target, options: RunOptions = {}): Promise<Report> {
  const settings: RunSettings = { ...DEFAULTS, ...options };
  const startedAt = new Date();
  const start = performance.now();
  const probed = await probe(target, settings);
  const { facts } = probed;
  options.onFacts?.(facts);
  const run = new Run(target, facts, settings, selectCases(options.only ?? ""), options.onProgress);
  run.note(probed);
  await run.play();
  const durationMs = Math.round(performance.now() - start);
  return makeReport({ target, startedAt, durationMs, facts, results: run.results });
}

class Run {
  readonly #target: Target;
  readonly #facts: Facts;
  readonly #settings: RunSettings;
  readonly #cases: readonly Case[];
  readonly #onProgress: RunOptions["onProgress"];
  readonly #results: CaseResult[] = [];
  #sightings: Sighting[] = [];
  readonly #uncertain = new Set<number>();
  #next = 0;
  #done = 0;
  #refusals = 0;

  constructor(
    target: Target,
    facts: Facts,
    settings: RunSettings,
    cases: readonly Case[],
    onProgress: RunOptions["onProgress"],
  ) {
    this.#target = target;
    this.#facts = facts;
    this.#settings = settings;
    this.#cases = cases;
    this.#onProgress = onProgress;
  }

  /** What was seen before the first case counts as well. */
  note({ findings, exchanges }: Probed): void {
    const result: CaseResult = {
      ...{ id: "the first connections", clause: "B58", section: clauseOf("B58").section },
      ...{ level: "MUST", title: "", verdict: "pass", messages: [], exchanges, durationMs: 0 },
    };
    for (const finding of findings) this.#sightings.push({ ...finding, result });
  }

  async play(): Promise<void> {
    const wasTalkative = this.#facts.isTalkative;
    const listener = this.#trial({ clause: "B58", level: "MUST" });
    if (this.#settings.parallel > 1) void listen(listener);
    const workers = Array.from({ length: this.#settings.parallel }, () => this.#work());
    await Promise.all(workers);
    listener.end();
    if (this.#facts.isTalkative && !wasTalkative) this.#doubtFailures();
    if (this.#uncertain.size > SECOND_TRIES_MAX) return;
    const again = [...this.#uncertain].map((index) => this.#playAgain(index));
    await Promise.all(again);
  }

  /** A message that nobody asked for may have come between what was expected. */
  #doubtFailures(): void {
    for (const [index, { verdict }] of this.#results.entries()) {
      if (verdict === "fail") this.#uncertain.add(index);
    }
  }

  #trial(which: Pick<Case, "clause" | "level">): Trial {
    return new Trial(which, this.#target, this.#facts, this.#settings);
  }

  /**
   * A machine that has too much to do is no fault of the server: where something did not come, the
   * case is played again, beside few others. When it passes, the first try is worth a warning.
   */
  async #playAgain(index: number): Promise<void> {
    const which = this.#cases[index];
    const first = this.#results[index];
    this.#sightings = this.#sightings.filter(({ result }) => result.id !== first.id);
    const { result: second, isUncertain } = await this.#play(which);
    const isBetter = first.verdict === "fail" && !isUncertain && second.verdict === "pass";
    const messages = first.messages.map((message) => `At the first of two tries: ${message}`);
    this.#results[index] = isBetter ? { ...first, verdict: "warning", messages } : second;
  }

  /** Of the cases, and behind those of its clause what was seen of it everywhere. */
  get results(): CaseResult[] {
    const cases = this.#results.filter((result) => result !== undefined);
    const isWhole = cases.length === SUITE.length;
    return CLAUSES.flatMap((clause) => {
      const watched = watchedResult(clause, this.#sightings, this.#facts, isWhole);
      const own = cases.filter((result) => result.clause === clause.id);
      return watched === null ? own : [...own, watched];
    });
  }

  async #work(): Promise<void> {
    while (this.#next < this.#cases.length) {
      const index = this.#next++;
      const which = this.#cases[index];
      const { result, isUncertain } = await this.#play(which);
      this.#results[index] = result;
      if (isUncertain) this.#uncertain.add(index);
      this.#onProgress?.(++this.#done, this.#cases.length, result);
    }
  }

  async #play(which: Case): Promise<{ result: CaseResult; isUncertain: boolean }> {
    const start = performance.now();
    const trial = this.#trial(which);
    let reason = this.#refusals >= REFUSALS_MAX ? "The server is gone" : this.#missing(which.needs);
    if (reason === "") reason = await this.#runTrial(which, trial);
    trial.end();
    const own = trial.findings.filter(({ clause }) => clause === which.clause);
    const isBad = own.length > 0;
    const result: CaseResult = {
      id: which.id,
      clause: which.clause,
      section: clauseOf(which.clause).section,
      level: which.level,
      title: which.title,
      verdict: isBad ? worst(own) : reason === "" ? "pass" : "not testable",
      messages: [...own.map(({ message }) => message), ...trial.notes, ...(reason ? [reason] : [])],
      exchanges: isBad ? trial.exchanges : [],
      durationMs: Math.round(performance.now() - start),
    };
    const others = trial.findings.filter(({ clause }) => clause !== which.clause);
    const evidence = others.length > 0 ? { ...result, exchanges: trial.exchanges } : result;
    for (const finding of others) this.#sightings.push({ ...finding, result: evidence });
    return { result, isUncertain: trial.isUncertain };
  }

  /** Returns why the case could not be judged, or "". */
  async #runTrial(which: Case, trial: Trial): Promise<string> {
    try {
      const late = (limit: string): Error =>
        new NotTestableError(`The case takes longer than ${limit}`);
      await within(which.run(trial), this.#settings, late);
      this.#refusals = 0;
      return "";
    } catch (error) {
      if (error instanceof NotTestableError || error instanceof FloodError) return error.message;
      if (!(error instanceof UnreachableError)) throw error;
      this.#refusals++;
      trial.report("B58", "fail", error.message);
      return error.message;
    }
  }

  /** What the case needs and does not find, or "". */
  #missing(needs: readonly Need[]): string {
    const { echo, deflate } = this.#facts;
    const reasons: Readonly<Record<Need, string>> = {
      echo: echo ? "" : "The server does not echo",
      deflate: deflate === null ? "The server does not accept permessage-deflate" : "",
      tls: this.#target.secure ? "" : "The target is ws://, without TLS",
      plain: this.#target.secure ? "The target is wss://" : "",
      messageSizeMax: this.#settings.messageSizeMax > 0 ? "" : "The limit is not known",
    };
    return needs.map((need) => reasons[need]).find((reason) => reason !== "") ?? "";
  }
}

/** Hears whether messages come that nobody asked for, on a connection of its own. */
async function listen(trial: Trial): Promise<void> {
  try {
    const { client } = await trial.open();
    for (;;) {
      const event = await client.next(trial.settings.timeoutMs);
      if (typeof event === "string" || event?.type === "close") return;
      if (event?.type === "text" || event?.type === "binary") trial.facts.isTalkative = true;
    }
  } catch {
    return; // the cases will tell
  }
}
