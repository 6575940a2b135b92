// `npm run guards`: takes away each guard of the source, one at a time, in a copy, and sees that
// every replay of a vulnerability which it holds up fails then. A replay that passes without its
// guard shows nothing; a guard whose text is not in the source any more is an error.
//
// `node dist/scripts/guards/main.js [GUARD...]`: default is all of them. Needs `dist`.

import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GUARDS } from "../../test/attacks/guards.ts";
import type { Edit } from "../../test/attacks/guards.ts";
import { REPLAYS } from "../../test/attacks/registry.ts";
import { knownNames } from "../command_line.ts";
import type { Outcome } from "./replay.ts";

/** For all replays of one guard. Most of them fail at once, some by a time-out. */
const REPLAYS_TIMEOUT_MS = 5 * 60_000;

/** What a replay needs of what is compiled. */
const COMPILED = ["src", "test", "scripts/guards"];

const root = fileURLToPath(new URL("../../..", import.meta.url));
const asked = knownNames(process.argv.slice(2), Object.keys(GUARDS));
const waiting = Object.entries(GUARDS).filter(
  ([name]) => asked.length === 0 || asked.includes(name),
);
const start = performance.now();
// Much of it is waiting for an answer that does not come: more workers than processors.
let replayed = 0;
let unproven = 0;
await Promise.all(Array.from({ length: 2 * availableParallelism() }, (_, worker) => work(worker)));
const seconds = Math.round((performance.now() - start) / 1000);
console.log(`${replayed} replays, ${unproven} of them pass without their guard, in ${seconds} s`);
if (unproven > 0) process.exitCode = 1;

/** Takes guard after guard, in a copy of its own. */
async function work(worker: number): Promise<void> {
  const copy = join(root, ".tmp", "guards", String(worker));
  rmSync(copy, { recursive: true, force: true });
  for (const folder of COMPILED) {
    cpSync(join(root, "dist", folder), join(copy, "dist", folder), { recursive: true });
  }
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, edits] = next;
    await takeAway(edits, copy);
    report(name, await replay(name, copy));
    for (const { file } of edits) {
      const compiled = join("dist", file.replace(/\.ts$/, ".js"));
      cpSync(join(root, compiled), join(copy, compiled));
    }
  }
  rmSync(copy, { recursive: true });
}

/** Compiles the files in question without the guard. Their types may not fit any more. */
async function takeAway(edits: readonly Edit[], copy: string): Promise<void> {
  const sources = new Map<string, string>();
  for (const { file, text, instead } of edits) {
    const source = sources.get(file) ?? readFileSync(join(root, file), "utf8");
    const parts = source.split(text);
    if (parts.length !== 2) throw new Error(`Expected "${text}" once in ${file}`);
    sources.set(file, parts.join(instead));
  }
  for (const [file, source] of sources) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), source);
  }
  const compilerOptions = {
    noCheck: true,
    noResolve: true,
    isolatedDeclarations: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    rootDir: ".",
    outDir: "dist",
  };
  const files = [...sources.keys()];
  const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: [], files };
  writeFileSync(join(copy, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(root, "node_modules", ".bin", "tsc");
  await promisify(execFile)(compiler, ["--project", copy]);
}

/** Plays in the copy what the guard holds up. */
async function replay(guard: string, copy: string): Promise<Outcome[]> {
  const ids = REPLAYS.filter((replay) => replay.guard === guard).map(({ id }) => id);
  const program = join(copy, "dist", "scripts", "guards", "replay.js");
  const child = spawn(process.execPath, [program, ...ids], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: REPLAYS_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  let output = "";
  for await (const text of child.stdout.setEncoding("utf8")) output += text;
  const outcomes = output.split("\n").filter((line) => line !== "");
  const found = outcomes.map((line) => JSON.parse(line) as Outcome);
  const missing = ids.slice(found.length);
  const hung = missing.map((id): Outcome => ({ id, end: "did not start", error: "no outcome" }));
  return [...found, ...hung];
}

function report(guard: string, outcomes: readonly Outcome[]): void {
  for (const { id, end, error } of outcomes) {
    replayed++;
    if (end !== "failed") unproven++;
    const [what] = error.replace(/^Error: /, "").split("\n");
    const verdict = end === "failed" ? "fails " : end === "withstood" ? "PASSES" : "BROKEN";
    console.log(`${verdict}  ${guard.padEnd(24)}  ${id.padEnd(22)}  ${what.slice(0, 90)}`);
  }
}
