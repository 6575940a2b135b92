// The report for a terminal: what is broken first, each with the clause, the bytes and what they
// mean; then what was not tested, and the sum.

import type { CaseResult, Facts, Verdict } from "./case.ts";
import { clauseOf } from "./clauses.ts";
import type { Report } from "./report.ts";
import { showExchange } from "./show.ts";
import type { Target } from "./target.ts";

/** How to write it. */
export interface TextOptions {
  /** With the colours of a terminal. Default: false. */
  readonly colour?: boolean;
  /** With every case that is broken in full, notes, and clauses that cannot be seen. */
  readonly isVerbose?: boolean;
}

const SGR = { fail: 31, warning: 33, pass: 32, dim: 2, bold: 1 } as const;
type Paint = (style: keyof typeof SGR, text: string) => string;

const LABELS: Readonly<Record<Verdict, string>> = {
  fail: "FAIL",
  warning: "WARNING",
  pass: "PASS",
  "not testable": "NOT TESTABLE",
};

/** The whole report, without the facts, which are told at the begin. */
export function textReport(report: Report, options: TextOptions = {}): string {
  const paint = painter(options.colour ?? false);
  const isVerbose = options.isVerbose ?? false;
  const { results } = report;
  return [
    ...broken(results, "fail", isVerbose, paint),
    ...broken(results, "warning", isVerbose, paint),
    ...(isVerbose ? notes(results) : []),
    ...notTested(report, isVerbose, paint),
    ...sum(report, paint),
  ].join("\n");
}

/** What the first connections have shown, in a few lines. */
export function textFacts({ url }: Target, facts: Facts): string {
  const { echo, isTalkative, deflate, software } = facts;
  const lines = [
    `Server       ${url}${software === "" ? "" : `, ${software}`}`,
    `Echo         ${echo ? "text and binary" : "none: what needs one is not testable"}`,
    `Compression  ${deflate ?? "none: permessage-deflate is not accepted"}`,
  ];
  if (isTalkative) lines.push("Unasked      messages come that nobody asked for: they are ignored");
  return lines.join("\n");
}

/** One line for a case. */
export function textCase(result: CaseResult, colour: boolean): string {
  const { verdict, id, section, title } = result;
  const label = painter(colour)(verdict === "not testable" ? "dim" : verdict, LABELS[verdict]);
  return `${label}  ${id}  ${section}  ${title}`;
}

function broken(
  results: readonly CaseResult[],
  verdict: "fail" | "warning",
  isVerbose: boolean,
  paint: Paint,
): string[] {
  const found = results.filter((result) => result.verdict === verdict);
  const clauses = [...new Set(found.map(({ clause }) => clause))];
  return clauses.flatMap((clause) => {
    const cases = found.filter((result) => result.clause === clause);
    const inFull = isVerbose ? cases : cases.slice(0, 1);
    const rest = cases.slice(inFull.length);
    return [
      ...inFull.flatMap((result) => oneCase(result, paint)),
      ...rest.map((result) => `      also ${result.id}  ${result.title}`),
      "",
    ];
  });
}

function oneCase(result: CaseResult, paint: Paint): string[] {
  const { id, clause, section, level, title, verdict, messages } = result;
  const style = verdict === "fail" ? "fail" : "warning";
  return [
    `${paint(style, LABELS[verdict])}  ${paint("bold", id)}  ${section}  ${level}  ${title}`,
    `      ${paint("dim", `Rule: ${clauseOf(clause).text}`)}`,
    ...messages.map((message) => `      ${message}`),
    ...result.exchanges.slice(0, 1).flatMap((exchange) => wire(result, exchange, paint)),
  ];
}

/** Of a case about frames the handshake is left out. */
function wire(result: CaseResult, whole: CaseResult["exchanges"][number], paint: Paint): string[] {
  const isAboutHandshake = result.clause.startsWith("S");
  const { passages, ending } = showExchange(whole, isAboutHandshake);
  const lines = passages.flatMap(({ title, lines: shown }) =>
    shown.flatMap(({ bytes, meaning }, index) => {
      const first = `      ${(index === 0 ? title : "").padEnd(9)} ${bytes}`;
      return meaning === "" ? [first] : [first, `                ${paint("dim", meaning)}`];
    }),
  );
  return [...lines, `      ${"end".padEnd(9)} ${ending}`];
}

function notes(results: readonly CaseResult[]): string[] {
  const told = results.filter(({ verdict, messages }) => verdict === "pass" && messages.length > 0);
  if (told.length === 0) return [];
  const lines = told.map(({ id, title, messages }) => `  ${id}  ${title}: ${messages.join("; ")}`);
  return ["What the server does where it may choose:", ...lines, ""];
}

function notTested({ results, clauses }: Report, isVerbose: boolean, paint: Paint): string[] {
  const skipped = results.filter(({ verdict }) => verdict === "not testable");
  const reasons = [...new Set(skipped.map(({ messages }) => messages[0]))];
  const lines = reasons.map((reason) => {
    const ids = skipped.filter(({ messages }) => messages[0] === reason).map(({ id }) => id);
    const shown = isVerbose ? ids.join(", ") : few(ids);
    return `  ${String(ids.length).padStart(4)}  ${reason}: ${shown}`;
  });
  if (lines.length > 0) lines.unshift(paint("bold", "Not testable:"));
  const isWhole = !clauses.some(({ verdict }) => verdict === "not run");
  const hidden = clauses.filter(({ verdict }) => verdict === "hidden");
  if (!isWhole && !isVerbose) return lines.length > 0 ? [...lines, ""] : lines;
  lines.push(paint("bold", `Not observable from outside: ${hidden.length} clauses`));
  if (!isVerbose) lines.push(`  ${hidden.map(({ id }) => id).join(", ")} (--verbose says why)`);
  else lines.push(...hidden.map(({ id, text, reason }) => `  ${id}  ${text}. ${reason}`));
  return [...lines, ""];
}

function few(ids: readonly string[]): string {
  return ids.length <= 4
    ? ids.join(", ")
    : `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more`;
}

function sum({ totals, clauses, durationMs }: Report, paint: Paint): string[] {
  const { pass, warning, fail, notTestable } = totals;
  const total = pass + warning + fail + notTestable;
  const judged = clauses.filter(({ verdict }) => ["pass", "warning", "fail"].includes(verdict));
  const violated = judged.filter(({ verdict }) => verdict === "fail");
  const figures = [
    paint(pass > 0 ? "pass" : "dim", `${pass} passed`),
    paint(fail > 0 ? "fail" : "dim", `${fail} failed`),
    paint(warning > 0 ? "warning" : "dim", `${warning} ${warning === 1 ? "warning" : "warnings"}`),
    paint("dim", `${notTestable} not testable`),
  ];
  const seconds = (durationMs / 1000).toFixed(1);
  return [
    `${total} cases in ${seconds} s: ${figures.join(", ")}`,
    `${judged.length} of ${clauses.length} clauses were tested: ${conclusion(violated)}`,
  ];
}

function conclusion(violated: readonly { readonly id: string }[]): string {
  if (violated.length === 0) return "no MUST is broken";
  return `a MUST is broken in ${violated.length}: ${violated.map(({ id }) => id).join(", ")}`;
}

function painter(colour: boolean): Paint {
  return colour ? (style, text) => `\x1b[${SGR[style]}m${text}\x1b[0m` : (_style, text) => text;
}
