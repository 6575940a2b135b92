// `npm run bench`: Sluice beside its peers, in one run on one machine.
//
//   npm run bench                    all workloads, about twenty minutes; writes results/
//   npm run bench -- tables          writes them into the READMEs once more
//   npm run bench -- "32 B text"     those whose name matches
//   npm run bench -- idle            memory of idle connections, and handshakes
//   npm run bench -- codec           nanoseconds and bytes of the codec and the channel, no socket
//   npm run bench -- contexts        memory that compression holds for a connection
//   npm run bench -- instructions    what a message takes of the processor, counted by valgrind
//   npm run bench -- observers       what it costs that somebody listens, or nobody
//   --rounds N  --slice MS  --quick
//
// Rates of a machine say nothing of another; ratios of one run do. Each has its quartiles.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { commandLine, misuse, wholeNumber } from "../command_line.ts";
import { measureCodec } from "./codec.ts";
import { measureContexts } from "./contexts.ts";
import { measure } from "./measure.ts";
import type { Measured, Plan } from "./measure.ts";
import { measureInstructions } from "./instructions.ts";
import { measureIdle } from "./memory.ts";
import type { IdleCost } from "./memory.ts";
import { measureObservers } from "./observers.ts";
import { plotOf } from "./plot.ts";
import { tableOf } from "./report.ts";
import { idleTable, pagesOf } from "./tables.ts";
import type { Results } from "./tables.ts";
import { allWorkloads } from "./workloads.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const RESULTS = `${ROOT}scripts/bench/results/`;

const { values, positionals } = commandLine({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    slice: { type: "string", default: "300" },
    quick: { type: "boolean", default: false },
  },
});
const [pattern = ""] = positionals;
process.on("SIGINT", () => process.exit(130)); // the servers end with their standard output

if (pattern === "codec") {
  console.log(await measureCodec());
} else if (pattern === "contexts") {
  console.log(await measureContexts());
} else if (pattern === "instructions") {
  console.log(measureInstructions());
} else if (pattern === "tables") {
  writeTables();
} else if (pattern === "observers") {
  console.log(await measureObservers());
} else {
  await comparePeers();
}
process.exit();

async function comparePeers(): Promise<void> {
  const plan: Plan = values.quick
    ? { rounds: 3, sliceMs: 250 }
    : { rounds: wholeNumber("rounds", values.rounds), sliceMs: wholeNumber("slice", values.slice) };
  const chosen = allWorkloads().filter(({ name }) => name.includes(pattern));
  const measured: Measured[] = [];
  for (const workload of values.quick ? chosen.slice(0, 4) : chosen) {
    const found = await measure(workload, plan);
    measured.push(found);
    console.log(`${tableOf(found)}\n`);
  }
  const idle = pattern === "" || pattern === "idle" ? await measureIdle() : [];
  if (idle.length > 0) console.log(idleTable({ measured, idle }, idle.map(({ server }) => server)));
  if (measured.length + idle.length === 0) misuse(`no workload has "${pattern}" in its name`);
  if (pattern === "" && !values.quick) keep(plan, measured, idle);
}

/** Writes the results down, with all that they depend on. */
function keep(plan: Plan, measured: readonly Measured[], idle: readonly IdleCost[]): void {
  mkdirSync(RESULTS, { recursive: true });
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    node: process.version,
    peers: versions(),
  };
  const text = JSON.stringify({ machine, plan, measured, idle }, rounded, 2);
  writeFileSync(`${RESULTS}latest.json`, `${text}\n`);
  const plain = measured.filter(({ compressed }) => !compressed);
  writeFileSync(`${RESULTS}latest.svg`, plotOf(plain, machine));
  writeTables();
  console.log("Written: scripts/bench/results/, and the tables of both READMEs");
}

/** From what was written down, so that they say the same. */
function writeTables(): void {
  const results = JSON.parse(readFileSync(`${RESULTS}latest.json`, "utf8")) as Results;
  const read = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");
  for (const [path, page] of pagesOf(results, read)) writeFileSync(`${ROOT}${path}`, page);
}

/** Four digits are more than the noise leaves. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

function versions(): string {
  const folder = fileURLToPath(new URL("../../../scripts/bench/", import.meta.url));
  const listed = execFileSync("npm", ["ls", "--json"], { cwd: folder, encoding: "utf8" });
  const { dependencies = {} } = JSON.parse(listed) as {
    readonly dependencies?: Readonly<Record<string, { readonly version: string }>>;
  };
  return Object.entries(dependencies)
    .map(([name, { version }]) => `${name} ${version}`)
    .join(", ");
}
