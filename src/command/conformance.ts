// Runs the conformance suite against a server in whatever language: `sluice conformance ws://…`.

import { closeSync, openSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { htmlReport } from "../conformance/report_html.ts";
import { jsonReport } from "../conformance/report_json.ts";
import { textCase, textFacts, textReport } from "../conformance/report_text.ts";
import type { Report } from "../conformance/report.ts";
import { runConformance } from "../conformance/runner.ts";
import type { RunOptions } from "../conformance/runner.ts";
import { selectCases } from "../conformance/suite.ts";
import { readTarget } from "../conformance/target.ts";
import type { Target } from "../conformance/target.ts";
import { UnreachableError } from "../conformance/trial.ts";
import { clauseOf } from "../conformance/clauses.ts";
import { wantsColour } from "./colour.ts";
import { UsageError } from "./command.ts";
import type { Command } from "./command.ts";

/** The conformance runner as a command. */
export const conformanceCommand: Command = {
  summary: "tests a WebSocket server of any kind against the RFCs",
  help: `Usage: sluice conformance ws://HOST:PORT/PATH [OPTION...]

Plays a client that keeps to RFC 6455 and RFC 7692, and one that breaks them, and tells what the
server does: which clause is broken, the bytes sent and received, and what they mean. The server
should echo: text as text, binary as binary. Where it does not, what needs an echo is reported as
not testable; the handshake, violations, pings and closing are tested all the same.

  --json FILE           writes the report for programs
  --html FILE           writes the report as one page, with every frame drawn bit by bit
  --only PATTERN        a clause or case (B04, B04.7, S), a section (§5.2), or a word of a title;
                        several are separated by commas
  --list                prints the cases, and runs none
  --header "NAME: V"    one more field in each handshake, such as a token; may come again
  --message-size-max N  the most bytes the server takes in a message: tests that limit
  --timeout MS          how long nothing may come before a case gives up. Default: 3000
  --parallel N          connections at a time. Default: 8
  --keys N              random keys that are tried. Default: 1000
  --insecure            takes any certificate (wss)
  --verbose             prints each case, and all failures in full
  --quiet               prints the sum only

Exit code: 0 no MUST is broken, 1 one is, or the server cannot be reached, 2 misuse.

Example: sluice conformance ws://127.0.0.1:7777/echo --html report.html`,
  run,
};

const PARSE_OPTIONS = {
  json: { type: "string" },
  html: { type: "string" },
  only: { type: "string", default: "" },
  list: { type: "boolean", default: false },
  header: { type: "string", multiple: true },
  "message-size-max": { type: "string", default: "0" },
  timeout: { type: "string", default: "3000" },
  parallel: { type: "string", default: "8" },
  keys: { type: "string", default: "1000" },
  insecure: { type: "boolean", default: false },
  verbose: { type: "boolean", default: false },
  quiet: { type: "boolean", default: false },
} as const;

const TIMEOUT_MAX_MS = 60 * 60 * 1000;
const PARALLEL_MAX = 1000; // a process may open as many files on most systems
const KEYS_MAX = 1_000_000;
const SIZE_MAX = 1024 * 1024 * 1024; // a case keeps such a message in memory

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: PARSE_OPTIONS,
    allowPositionals: true,
  });
  if (selectCases(values.only).length === 0) {
    throw new UsageError(`No case matches "${values.only}": --list prints them`);
  }
  if (values.list) return list(values.only);
  const [url, ...rest] = positionals;
  if (url === undefined) throw new UsageError("There is no URL to test");
  if (rest.length > 0) throw new UsageError(`One URL at a time: "${rest[0]}" is one too many`);
  const target = targetOf(url, values.header ?? [], values.insecure);
  const settings = {
    only: values.only,
    timeoutMs: natural("--timeout", values.timeout, 1, TIMEOUT_MAX_MS),
    parallel: natural("--parallel", values.parallel, 1, PARALLEL_MAX),
    keys: natural("--keys", values.keys, 1, KEYS_MAX),
    messageSizeMax: natural("--message-size-max", values["message-size-max"], 0, SIZE_MAX),
  };
  for (const path of [values.json, values.html]) if (path !== undefined) checkWritable(path);
  const report = await test(target, settings, values.quiet, values.verbose);
  if (report === null) return 1;
  if (values.json !== undefined) writeFileSync(values.json, `${jsonReport(report)}\n`);
  if (values.html !== undefined) writeFileSync(values.html, htmlReport(report));
  return report.totals.fail > 0 ? 1 : 0;
}

/** Before the run, not behind it; what is there stays until there is a report. */
function checkWritable(path: string): void {
  try {
    closeSync(openSync(path, "a"));
  } catch (error) {
    throw new UsageError(`Cannot write the report: ${(error as Error).message}`);
  }
}

/** Runs and prints. `null`: the server cannot be reached, or takes no handshake. */
async function test(
  target: Target,
  settings: RunOptions,
  isQuiet: boolean,
  isVerbose: boolean,
): Promise<Report | null> {
  const colour = wantsColour({}, process.stdout);
  const progress = process.stderr.isTTY === true && !isQuiet ? new ProgressLine() : null;
  try {
    const report = await runConformance(target, {
      ...settings,
      onFacts: (facts) => {
        if (!isQuiet) console.log(`${textFacts(target, facts)}\n`);
      },
      onProgress: (done, total, result) => {
        progress?.clear();
        if (isVerbose) console.log(textCase(result, colour));
        progress?.show(done, total, `${result.id} ${result.title}`);
      },
    });
    progress?.clear();
    const text = textReport(report, { colour, isVerbose });
    console.log(isQuiet ? text.split("\n").slice(-2).join("\n") : text);
    return report;
  } catch (error) {
    progress?.clear();
    if (!(error instanceof UnreachableError)) throw error;
    const isUntrusted = /certificate|altnames/i.test(error.message);
    console.error(`${error.message}${isUntrusted ? ": --insecure takes any certificate" : ""}`);
    return null;
  }
}

/** A bar in the last line of a terminal, gone when there is something to print. */
class ProgressLine {
  show(done: number, total: number, what: string): void {
    const width = 24;
    const full = Math.round((done / total) * width);
    const bar = "#".repeat(full) + "-".repeat(width - full);
    const line = `[${bar}] ${done}/${total}  ${what}`;
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  clear(): void {
    process.stderr.write("\r\x1b[K");
  }
}

function list(only: string): number {
  for (const { id, clause, level, title, needs } of selectCases(only)) {
    const wants = needs.length === 0 ? "" : `  (needs ${needs.join(", ")})`;
    console.log(
      `${id.padEnd(7)} ${clauseOf(clause).section.padEnd(18)} ${level.padEnd(6)} ${title}${wants}`,
    );
  }
  return 0;
}

function targetOf(url: string, headers: readonly string[], insecure: boolean): Target {
  const fields: Record<string, string> = {};
  for (const header of headers) {
    const field = /^([!#$%&'*+.^_`|~\w-]+):\s*([^\r\n]*)$/.exec(header);
    if (field === null) throw new UsageError(`Header is "${header}", must be "Name: value"`);
    fields[field[1]] = field[2];
  }
  try {
    return readTarget(url, fields, insecure);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function natural(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} is "${text}", must be a number from ${least} to ${most}`);
}
