// `npm run soak`: many connections and much coming and going for a long time, and whether what the
// server holds stays flat. Each echo is compared with what was sent, as in `npm run chaos`.
//
//   --minutes N      default: 20
//   --connections N  that are open at any time; default: 5000, or half of the descriptors
//   --churn N        connections a second that end and are replaced; default: 200. 98 % of them
//                    close, 1 % are reset, 1 % break the protocol
//   --rate N         messages, pings and stalls a second of all clients; default: 1000
//   --every S        seconds between two looks; default: 5
//   --seed S         default: 1
//   --out DIRECTORY  for latest.json (a line for each look) and latest.svg; default: none
//   --leak           the server keeps each message: the run must fail
//
// Exit code 1: something grows, is left at the end, or was not as it must be.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { AnsweringProcess } from "../answering_process.ts";
import { wrongAtEnd } from "../chaos/at_end.ts";
import { pass } from "../chaos/pass.ts";
import type { ClientsCommand, ClientsReport, Sample, ServerCommand } from "../chaos/protocol.ts";
import { commandLine, positiveNumber, wholeNumber } from "../command_line.ts";
import { plotOf } from "./plot.ts";
import { soakSample } from "./sample.ts";
import type { SoakSample } from "./sample.ts";
import { findingsOf } from "./verdict.ts";

const CONNECTIONS = 5000;
/** Descriptors that a process needs for itself. */
const DESCRIPTORS_OWN = 200;
const PUSH_MS = 5000;

/** Fewer have no slope that says anything. */
const SAMPLES_MIN = 10;

const { minutes, connections, churn, rate, every, seed, out, leaks } = readOptions();
console.log(`Soak: ${minutes} minutes, ${connections} connections, ${churn} others a second`);
const server = new AnsweringProcess<ServerCommand>(
  new URL("../chaos/server.js", import.meta.url),
  [String(PUSH_MS), ...(leaks ? ["--leak"] : [])],
  ["--expose-gc", "--unhandled-rejections=strict"],
);
const clients = new AnsweringProcess<ClientsCommand>(
  new URL("../chaos/clients.js", import.meta.url),
);
const samples: SoakSample[] = [];
const wrong: string[] = [];
try {
  await run();
} catch (error) {
  wrong.push(String(error));
} finally {
  await clients.stop();
  await server.stop();
}
const isJudged = samples.length >= SAMPLES_MIN;
if (isJudged) judge();
for (const line of wrong) console.error(`Wrong: ${line}`);
if (wrong.length > 0) process.exit(1);
if (isJudged) console.log("Flat, and nothing is left");
else console.log(`Nothing is left. Too short to say more: ${samples.length} samples`);

async function run(): Promise<void> {
  const port = await server.answer<number>();
  const idle = await server.ask<Sample>({ do: "sample" });
  await clients.ask({ do: "open", port, connections, seed, mix: "soak", rate, churn });
  await server.ask<Sample>({ do: "sample" }); // the delay of the event loop begins anew
  const start = performance.now();
  for (let count = 1; performance.now() - start < minutes * 60_000; count++) {
    await pass(Math.max(0, start + count * every * 1000 - performance.now()));
    const [now, report] = await Promise.all([
      server.ask<Sample>({ do: "sample" }),
      clients.ask<ClientsReport>({ do: "report" }),
    ]);
    const sample = soakSample(performance.now() - start, idle, now, report);
    samples.push(sample);
    if (report.violations.length > 0) break;
    if (count % Math.ceil(60 / every) === 0) console.log(lineOf(sample));
  }
  const report = await clients.ask<ClientsReport>({ do: "finish" });
  wrong.push(...report.violations, ...(await wrongAtEnd(server, idle)));
  console.log(`Ends: ${JSON.stringify(report.endings)}`);
  console.log(`Messages: ${report.echoes} echoed in order, ${report.pushes} pushed in order`);
}

function lineOf(sample: SoakSample): string {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return (
    `${(sample.atMs / 60_000).toFixed(0)} min: ${sample.connections} connections, ` +
    `${sample.opened} so far, RSS ${mib(sample.residentBytes)}, heap ${mib(sample.heapBytes)}, ` +
    `external ${mib(sample.externalBytes)}, event loop p99 ${sample.delayP99Ms.toFixed(0)} ms`
  );
}

/** Prints what was found, and writes it. */
function judge(): void {
  const findings = findingsOf(samples);
  for (const { name, unit, trend, limit, isFlat } of findings) {
    const { slope, low, high } = trend;
    const shown = [slope, low, high, limit].map((value) => value.toFixed(2));
    const text =
      `${name}: ${shown[0]} ${unit} an hour (95 %: ${shown[1]} to ${shown[2]}), ` +
      `must be <= ${shown[3]}`;
    console.log(text);
    if (!isFlat) wrong.push(text);
  }
  if (out === undefined) return;
  mkdirSync(out, { recursive: true });
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    node: process.version,
  };
  const head = { machine, minutes, connections, churn, rate, seed, findings };
  const lines = [head, ...samples].map((line) => JSON.stringify(line, rounded));
  writeFileSync(join(out, "latest.json"), `${lines.join("\n")}\n`);
  writeFileSync(join(out, "latest.svg"), plotOf(samples, { ...machine, connections, churn }));
}

/** Counts are exact; of what is measured five digits are more than the noise leaves. */
function rounded(_key: string, value: unknown): unknown {
  const isMeasured = typeof value === "number" && !Number.isInteger(value);
  return isMeasured ? Number(value.toPrecision(5)) : value;
}

function readOptions(): Record<
  "minutes" | "connections" | "churn" | "rate" | "every" | "seed",
  number
> & { readonly out: string | undefined; readonly leaks: boolean } {
  const type = "string";
  const { values } = commandLine({
    options: {
      minutes: { type },
      connections: { type },
      churn: { type },
      rate: { type },
      every: { type },
      seed: { type },
      out: { type },
      leak: { type: "boolean", default: false },
    },
  });
  return {
    minutes: positiveNumber("minutes", values.minutes ?? "20"),
    connections: wholeNumber("connections", values.connections ?? String(defaultConnections())),
    churn: positiveNumber("churn", values.churn ?? "200"),
    rate: positiveNumber("rate", values.rate ?? "1000"),
    every: positiveNumber("every", values.every ?? "5"),
    seed: wholeNumber("seed", values.seed ?? "1"),
    out: values.out,
    leaks: values.leak,
  };
}

/** As many as half of the descriptors of a process allow. */
function defaultConnections(): number {
  const limit = Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }));
  return Math.min(CONNECTIONS, Math.floor(((limit || CONNECTIONS) - DESCRIPTORS_OWN) / 2));
}
