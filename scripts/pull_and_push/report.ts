// The outcomes for people: a table with units, and what speaks against believing it.

import type { Plan } from "./contest.ts";
import { nameOf } from "./contestants.ts";
import type { Outcome } from "./outcome.ts";

const HEADERS: readonly (readonly [string, string])[] = [
  ["", ""],
  ["requests", ""],
  ["wasted", "%"],
  ["values", "missed, %"],
  ["median", "ms"],
  ["p95", "ms"],
  ["max", "ms"],
  ["sent", "B"],
  ["received", "B"],
  ["CPU", "us"],
  ["memory", "MiB"],
  ["new", "connections"],
];

/** Clients that asked more or less than they should by more than this part were held up. */
const AMISS_MAX = 0.02;

/** The whole table. Bytes and CPU are those of one client in one second. */
export function tableOf(plan: Plan, outcomes: readonly Outcome[]): string {
  const { clients, seconds, meanChangeMs, seed, schedule } = plan;
  const headers = [0, 1].map((row) => HEADERS.map((header) => header[row]));
  const lines = [...headers, ...outcomes.map(cells)];
  const widths = HEADERS.map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  const rows = lines.map((line) =>
    line.map((cell, at) => cell[at === 0 ? "padEnd" : "padStart"](widths[at])).join("  "),
  );
  return [
    `${clients} clients, ${seconds} s, ${schedule.length} changes of the value: ` +
      `one in ${meanChangeMs / 1000} s by the seed ${seed}`,
    "Sent, received and CPU (of the server) are for one client in one second.",
    "",
    ...rows.map((row) => row.trimEnd()),
    ...outcomes.flatMap((outcome) => doubts(plan, outcome)),
  ].join("\n");
}

function cells(outcome: Outcome): string[] {
  const { delayMs } = outcome;
  return [
    nameOf(outcome),
    outcome.requests.toLocaleString("en"),
    outcome.wastedPercent.toFixed(1),
    outcome.missedPercent.toFixed(1),
    shown(delayMs.median),
    shown(delayMs.p95),
    shown(delayMs.max),
    shown(outcome.bytesSent),
    shown(outcome.bytesReceived),
    shown(outcome.cpuMicroseconds),
    outcome.residentMiB.toFixed(0),
    outcome.connections.toLocaleString("en"),
  ];
}

/** Three digits say all that is sure. */
function shown(value: number): string {
  if (value >= 99.95) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

/** Why an outcome may say nothing. */
function doubts({ clients, seconds }: Plan, outcome: Outcome): string[] {
  const { intervalMs, requests, unheard } = outcome;
  const found: string[] = [];
  const due = (clients * seconds * 1000) / intervalMs;
  if (intervalMs > 0 && Math.abs(requests / due - 1) > AMISS_MAX) {
    found.push(`${requests} requests instead of ${due}`);
  }
  if (unheard > 0) found.push(`${unheard} changes did not arrive`);
  return found.map((what) => `Do not believe ${nameOf(outcome)}: ${what}, the machine is too busy`);
}
