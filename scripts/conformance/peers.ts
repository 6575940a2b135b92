// `npm run conformance`: the suite against this server and against those that are well known. What
// it must find there was checked by hand against the RFCs, byte by byte: a difference is an error
// of the suite, or another version of the peer.
//
//   node dist/scripts/conformance/peers.js [NAME] [--reports DIRECTORY]
//
// It starts the servers of `scripts/bench`, and `websockets` where Python has it.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { htmlReport } from "../../src/conformance/report_html.ts";
import { jsonReport } from "../../src/conformance/report_json.ts";
import type { Report } from "../../src/conformance/report.ts";
import { runConformance } from "../../src/conformance/runner.ts";
import { readTarget } from "../../src/conformance/target.ts";
import { startServer } from "../bench/servers.ts";
import { commandLine, knownNames } from "../command_line.ts";

interface Peer {
  readonly name: string;
  readonly start: () => Promise<{ readonly port: number; stop(): void }>;
  /** The clauses that it breaks. */
  readonly broken: string;
}

const PEERS: readonly Peer[] = [
  { name: "sluice", start: () => startServer("sluice each"), broken: "" },
  // HTTP/1.0, requests without Host, versions and windows that Number() can read: 1.3e1, 08.
  { name: "ws", start: () => startServer("ws deflate"), broken: "S04 S06 S14 D14" },
  // No look at Connection, nor at the grammar of fields that it does not use.
  { name: "bun", start: () => startServer("bun deflate"), broken: "S04 S06 S08 S17 S18 S20" },
  // Hardly a look at the handshake; frames that are not masked; a message within another.
  {
    name: "deno",
    start: () => startServer("deno"),
    broken: "S03 S04 S06 S09 S10 S11 S12 S13 S14 S17 S18 S20 B01 B16 B21 B36",
  },
  // Text is not looked at: the program must do so.
  {
    name: "gorilla",
    start: () => startServer("gorilla"),
    broken: "S04 S10 S13 S14 S17 S18 S20 B36",
  },
  // A 400 that does not name the version; a message behind BFINAL that is lost.
  { name: "websockets", start: startPython, broken: "S06 S12 D36" },
];

const { values, positionals } = commandLine({
  allowPositionals: true,
  options: { reports: { type: "string" } },
});
const [only] = knownNames(
  positionals,
  PEERS.map(({ name }) => name),
);
if (values.reports !== undefined) mkdirSync(values.reports, { recursive: true });
for (const peer of PEERS) {
  if (only === undefined || peer.name === only) await check(peer);
}

async function check({ name, start, broken }: Peer): Promise<void> {
  let server;
  try {
    server = await start();
  } catch (error) {
    return console.log(`${name}: not tested, ${(error as Error).message}`);
  }
  try {
    const report = await runConformance(readTarget(`ws://127.0.0.1:${server.port}/`));
    tell(name, report, broken);
  } finally {
    server.stop();
  }
}

function tell(name: string, report: Report, broken: string): void {
  const { pass, warning, fail } = report.totals;
  const found = report.clauses.filter(({ verdict }) => verdict === "fail").map(({ id }) => id);
  const sum = `${pass} passed, ${fail} failed, ${warning} warnings`;
  console.log(`${name}: ${sum}; broken: ${found.join(" ") || "nothing"}`);
  if (found.join(" ") !== broken) {
    console.log(`${name}: expected to be broken: ${broken || "nothing"}`);
    process.exitCode = 1;
  }
  if (values.reports === undefined) return;
  writeFileSync(join(values.reports, `${name}.html`), htmlReport(report));
  writeFileSync(join(values.reports, `${name}.json`), jsonReport(report));
}

async function startPython(): Promise<{ readonly port: number; stop(): void }> {
  const script = fileURLToPath(new URL("../../../scripts/conformance/echo.py", import.meta.url));
  const child: ChildProcess = spawn("python3", [script], { stdio: ["ignore", "pipe", "ignore"] });
  const started = once(child.stdout as NodeJS.ReadableStream, "data") as Promise<[Buffer]>;
  const failed = once(child, "close").then(() => {
    throw new Error("python3 has no websockets of version 13 or newer");
  });
  child.on("error", () => {});
  const [chunk] = await Promise.race([started, failed]);
  return { port: Number.parseInt(chunk.toString(), 10), stop: () => void child.kill("SIGKILL") };
}
