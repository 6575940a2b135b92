// The tables of SECURITY.md, which stand between two marks there and are written by nobody else.

import { connectionLimits } from "../../src/connection/limits.ts";
import { serverLimits } from "../../src/server/limits.ts";
import { marked, withMarked } from "../marked.ts";
import type { FloodCost, StageCost } from "./measure.ts";
import type { Flood, Stage } from "./stages.ts";

const COMMAND = "npm run cost";

const KIBIBYTE = 1024;

/** `text` with what is between the marks replaced; throws when they are not there. */
export function withTables(text: string, tables: string): string {
  return withMarked(text, COMMAND, tables);
}

/** What is between the marks, its rows by their first cell. */
export function rowsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const rows = marked(text, COMMAND).split("\n").filter((line) => line.startsWith("| "));
  const cells = rows.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  return new Map(cells.map(([first, ...rest]) => [first, rest]));
}

/** What the stages cost. */
export function stageTable(costs: readonly (readonly [Stage, StageCost])[]): string {
  const rows = costs.map(([stage, cost]) => {
    const memory = `${sizeText(cost.residentBytes)} | ${sizeText(cost.heldBytes)}`;
    const files = Math.round(cost.descriptors);
    return `| ${stage.what} | ${memory} | ${files} | ${timeText(stage, cost)} | ${bounds(stage)} |`;
  });
  return [
    "| a client that is | memory | of it held | files | until | bounded by |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** What the floods cost. */
export function floodTable(costs: readonly (readonly [Flood, FloodCost])[]): string {
  const rows = costs.map(([flood, { microsecondsPerFrame, msPerMebibyte }]) => {
    const times = `${timesText(microsecondsPerFrame)} µs | ${timesText(msPerMebibyte)} ms`;
    return `| ${flood.what} | ${times} | ${bounds(flood)} |`;
  });
  return [
    "| a client that floods with | a frame | a MiB of it | bounded by |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Names as they stand in code. */
function bounds({ options }: { readonly options: readonly string[] }): string {
  return options.map((name) => `\`${name}\``).join(", ");
}

function sizeText(bytes: number): string {
  const kibibytes = Math.max(0, bytes) / KIBIBYTE;
  if (kibibytes < 10) return `${kibibytes.toFixed(1)} KiB`;
  if (kibibytes < 1000) return `${Math.round(kibibytes)} KiB`;
  return `${(kibibytes / KIBIBYTE).toFixed(2)} MiB`;
}

function timeText({ held, limits = {} }: Stage, { heldMs }: StageCost): string {
  if (held === null || heldMs === null) return "it goes";
  const measured = `${(heldMs / 1000).toFixed(1)} s`;
  const defaults = { ...serverLimits(), ...connectionLimits() };
  const used = { ...defaults, ...limits.server, ...limits.connection }[held];
  if (used === defaults[held]) return measured;
  return `${defaults[held] / 1000} s (with ${used / 1000} s: ${measured})`;
}

function timesText(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
