// The figures as tables of Markdown: some of them in the README, all aims and all figures beside
// the results.

import { withMarked } from "../marked.ts";
import { AIMS, MEMORY_AT_MOST } from "./aims.ts";
import { BASES } from "./measure.ts";
import type { Measured, Row } from "./measure.ts";
import type { IdleCost } from "./memory.ts";
import { doubts, isLimited, isNoisy, shown } from "./report.ts";
import type { Spread } from "./statistics.ts";

/** What was written down of a run. */
export interface Results {
  readonly measured: readonly Measured[];
  readonly idle: readonly IdleCost[];
}

const NAMES: Readonly<Record<string, string>> = {
  each: "`forEach`",
  try: "`tryRead() ?? await read()`",
  batches: "`batches()`",
  for: "`for await`",
  read: "`read()`",
  transfer: "`forEach`, `transfer`",
  bytes: '`forEach`, `text: "bytes"`',
  relay: '`forEach`, `text: "bytes"`, `transfer`',
  native: "ws with its add-on",
  bun: "Bun",
  deno: "Deno",
  uws: "uWebSockets.js",
  http: "bare socket of `node:http`",
};

/** What the README shows: who, and where. */
const CHOSEN: readonly (readonly [workload: string, server: string])[] = [
  ["32 B text, 1 in flight, 64 connections", "sluice each"],
  ["32 B text, 1 in flight, 64 connections", "sluice for"],
  ["32 B text, 16 in flight, 64 connections", "sluice each"],
  ["32 B text, 16 in flight, 64 connections", "sluice for"],
  ["1 KiB text, 16 in flight, 64 connections", "sluice each"],
  ["64 KiB binary, 4 in flight, 16 connections", "sluice each"],
  ["64 KiB binary, 4 in flight, 16 connections", "sluice transfer"],
  ["64 KiB binary, 4 in flight, 16 connections", "sluice@26 transfer"],
  ["1 MiB binary, 2 in flight, 4 connections", "sluice each"],
  ["1 MiB binary, 2 in flight, 4 connections", "sluice transfer"],
  ["1 MiB binary, 2 in flight, 4 connections", "sluice@26 transfer"],
  ["1 MiB text, 2 in flight, 4 connections", "sluice each"],
  ["1 MiB text, 2 in flight, 4 connections", "sluice relay"],
];

const IDLE_CHOSEN = ["sluice each", "sluice for", "sluice deflate 6", "ws", "bun", "http"];

const MARKS =
  "\\*: `raw` itself varied by more than 15 % from slice to slice, so the row says little. " +
  "≤: the load was at its limit for the other one, which could have done more; ≥: for Sluice.";

/** The pages with tables in them, by their path: as `read` has them, with the tables of now. */
export function pagesOf(
  results: Results,
  read: (path: string) => string,
): ReadonlyMap<string, string> {
  const filled = (path: string, tables: Readonly<Record<string, string>>): string =>
    Object.entries(tables).reduce((page, [name, table]) => {
      return withMarked(page, `npm run bench: ${name}`, table);
    }, read(path));
  const main = {
    plain: plainTable(results),
    idle: idleTable(results),
    compressed: compressedTable(results),
  };
  return new Map([
    ["README.md", filled("README.md", main)],
    ["scripts/bench/README.md", filled("scripts/bench/README.md", { aims: aimTable(results) })],
    ["scripts/bench/results/README.md", `${allTables(results)}\n`],
  ]);
}

/** Whom the README compares with. */
const MAIN_BASES = ["ws", "ws native", "bun", "raw"];

/** The first two lines of a table. */
function headOf(names: readonly string[], bases: readonly string[]): readonly string[] {
  const all = [...names, ...bases.map((base) => `of ${nameOf(base)}`)];
  return [`| ${all.join(" | ")} |`, `|${"---|".repeat(all.length)}`];
}

/** The plain figures of the README. */
function plainTable({ measured }: Results): string {
  const rows = CHOSEN.flatMap(([name, server]) => {
    return found(measured, name, server).map(([workload, row]) => {
      const cells = MAIN_BASES.map((base) => ratio(workload, row, base, middle));
      return `| ${titleOf(workload)} | ${nameOf(server)} | ${cells.join(" | ")} |`;
    });
  });
  return [
    ...headOf(["messages", "style"], MAIN_BASES),
    ...rows,
    "",
    MARKS,
  ].join("\n");
}

/** The compressed ones of the README. */
function compressedTable({ measured }: Results): string {
  const rows = measured.filter(({ compressed }) => compressed).map((workload) => {
    const [row] = workload.rows;
    const [ws, bun] = ["ws", "bun"].map((base) => ratio(workload, row, base, middle));
    const size = workload.rows.find(({ server }) => server === "ws deflate")?.replySize;
    const name = workload.name.replace(" compressed", "");
    return `| ${name} | ${ws} | ${bun} | ${row.replySize}, ${size} |`;
  });
  return [
    "| messages | of ws | of Bun | bytes, ws |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** What an idle connection takes, and to become one. */
export function idleTable({ idle }: Results, servers: readonly string[] = IDLE_CHOSEN): string {
  const rows = idle.filter(({ server }) => servers.includes(server)).map((cost) => {
    const memory = `${shown(scaled(cost.bytes, 1 / 1024))} KiB`;
    const { median, low, high } = cost.handshakesPerSecond;
    const [rate, ...bounds] = [median, low, high].map((value) => Math.round(value / 10) * 10);
    return `| ${nameOf(cost.server)} | ${memory} | ${rate} [${bounds.join(" ")}] |`;
  });
  return [
    "| server | memory of an idle connection | handshakes a second, in turn |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Each aim, and what was found: bold where it is missed. */
function aimTable({ measured, idle }: Results): string {
  const rows = AIMS.flatMap(({ workload: name, server, atLeast }) => {
    return found(measured, name, server).map(([workload, row]) => {
      const cells = BASES.map((base) => {
        const aim = atLeast[base];
        if (aim === undefined) return "";
        const text = ratio(workload, row, base, shown);
        return `${(row.ratios[base]?.median ?? 0) < aim ? `**${text}**` : text} of ${aim}`;
      });
      return `| ${titleOf(workload)} | ${nameOf(server)} | ${cells.join(" | ")} |`;
    });
  });
  return [
    ...headOf(["messages", "style"], BASES),
    ...rows,
    "",
    MARKS,
    "",
    ...memoryLines(idle),
  ].join("\n");
}

function memoryLines(idle: readonly IdleCost[]): string[] {
  const own = idle.find(({ server }) => server === "sluice each");
  return Object.entries(MEMORY_AT_MOST).map(([base, aim]) => {
    const other = idle.find(({ server }) => server === base);
    if (own === undefined || other === undefined) return `- ${nameOf(base)}: not measured`;
    const times = own.bytes.median / other.bytes.median;
    const text = times > aim ? `**${times.toFixed(2)}**` : times.toFixed(2);
    const than = `that of ${base === "http" ? `a ${nameOf(base)}` : nameOf(base)}`;
    return `- Memory of an idle connection: ${text} times ${than}, of ${aim} at most.`;
  });
}

/** Everything, with its spread. */
function allTables(results: Results): string {
  const workloads = results.measured.map((workload) => {
    const rows = workload.rows.map((row) => {
      const cells = BASES.map((base) => ratio(workload, row, base, shown));
      const cost = row.cpuMicroseconds.median.toPrecision(3);
      const rate = Math.round(row.rate.median).toLocaleString("en");
      return `| ${nameOf(row.server)} | ${rate} | ${cost} | ${cells.join(" | ")} |`;
    });
    const lines = doubts(workload.rows).map((doubt) => `${doubt}.`);
    const head = headOf(["server", "messages/s", "µs of processor"], BASES);
    return [`## ${workload.name}`, "", ...head, ...rows, "", ...lines]
      .join("\n")
      .trim();
  });
  const servers = results.idle.map(({ server }) => server);
  const idle = `## Idle connections\n\n${idleTable(results, servers)}`;
  return ["# All figures", MARKS, ...workloads, idle].join("\n\n");
}

/** What that server did in that workload: nothing where there is no build of it. */
function found(
  all: readonly Measured[],
  name: string,
  server: string,
): readonly (readonly [Measured, Row])[] {
  return all
    .filter((workload) => workload.name === name)
    .flatMap((workload) => workload.rows.map((row) => [workload, row] as const))
    .filter(([, row]) => row.server === server);
}

/** "≤" and "≥": it was the load that did no more. */
function ratio(
  { rows, compressed }: Measured,
  row: Row,
  base: string,
  show: (spread: Spread) => string,
): string {
  const spread = row.ratios[base];
  if (spread === undefined) return "-";
  const other = rows.find(({ server }) => server === (compressed ? `${base} deflate` : base));
  const [isOwn, isOthers] = [isLimited(row), other !== undefined && isLimited(other)];
  const mark = isOwn === isOthers || other === row ? "" : isOthers ? "≤ " : "≥ ";
  return `${mark}${show(spread)}`;
}

function middle({ median }: Spread): string {
  return median.toFixed(2);
}

function scaled({ median, low, high }: Spread, by: number): Spread {
  return { median: median * by, low: low * by, high: high * by };
}

function titleOf({ name, rows }: Measured): string {
  return isNoisy(rows) ? `${name} \\*` : name;
}

function nameOf(server: string): string {
  const [program, style = ""] = server.split(" ");
  const [kind, version] = program.split("@");
  const node = version === undefined ? "" : `, Node ${version}`;
  if (style === "deflate") return server.replace("sluice deflate", "compressed, level");
  return `${NAMES[style] ?? NAMES[kind] ?? kind}${node}`;
}
