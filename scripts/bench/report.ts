// What was measured, for people: a table, and whether it may be believed.

import { BASES } from "./measure.ts";
import type { Measured, Row } from "./measure.ts";
import type { Spread } from "./statistics.ts";

/** A machine that lets the floor of Node vary by more than this is too noisy to conclude. */
const NOISE_MAX = 0.15;

/** A load that is busier than this may be what was measured. */
const BUSY_MAX = 0.97;

/** The table of one workload. */
export function tableOf({ name, rows, missing }: Measured): string {
  const bases = BASES.map((base) => `x ${base}`);
  const header = ["", "messages/s", "CPU us", "reply B", ...bases, "load"];
  const lines = [header, ...rows.map(lineOf)];
  const widths = header.map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  const text = lines.map((line) =>
    line.map((cell, at) => cell[at === 0 ? "padEnd" : "padStart"](widths[at])).join("  "),
  );
  for (const [server, why] of Object.entries(missing)) text.push(`${server}: left out, ${why}`);
  return [name, ...text, ...doubts(rows)].join("\n");
}

/** Why the figures of a workload may say nothing. */
export function doubts(rows: readonly Row[]): string[] {
  const found: string[] = [];
  const noise = noiseOf(rows);
  if (noise > NOISE_MAX) {
    found.push(`Too noisy to conclude: half of raw's slices differ by ${percent(noise)}`);
  }
  const limited = rows.filter(isLimited).map(({ server }) => server);
  if (limited.length > 0) found.push(`The load was at its limit for ${limited.join(", ")}`);
  return found;
}

/** Whether the floor of Node varied too much, from slice to slice, for a ratio to say much. */
export function isNoisy(rows: readonly Row[]): boolean {
  return noiseOf(rows) > NOISE_MAX;
}

/** Whether it was the load that did no more. */
export function isLimited({ loadBusy }: Row): boolean {
  return loadBusy > BUSY_MAX;
}

/** How far the middle half of raw's slices lies apart; 0 where raw takes no part. */
function noiseOf(rows: readonly Row[]): number {
  const raw = rows.find(({ server }) => server === "raw");
  return raw === undefined ? 0 : (raw.rate.high - raw.rate.low) / raw.rate.median;
}

function lineOf({ server, rate, cpuMicroseconds, replySize, ratios, loadBusy }: Row): string[] {
  const cells = BASES.map((base) => (ratios[base] === undefined ? "-" : shown(ratios[base])));
  const cost = cpuMicroseconds.median;
  return [
    server,
    Math.round(rate.median).toLocaleString("en"),
    cost.toFixed(cost < 100 ? 2 : 0),
    String(replySize),
    ...cells,
    percent(loadBusy),
  ];
}

/** The one in the middle, and where half of them lie. */
export function shown({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} [${low.toFixed(2)} ${high.toFixed(2)}]`;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
