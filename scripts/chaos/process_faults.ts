// What happens to whole processes: they are stopped and go on, block, run out of descriptors, or
// their wall clock is set. Each returns what was wrong; mostly nothing.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Random } from "../../src/testing/random.ts";
import type { AnsweringProcess } from "../answering_process.ts";
import { pass } from "./pass.ts";
import type { ClientsCommand, Rush, ServerCommand } from "./protocol.ts";

/** The two processes of a run. */
export interface Processes {
  readonly server: AnsweringProcess<ServerCommand>;
  readonly clients: AnsweringProcess<ClientsCommand>;
}

/** A fault of processes. */
export interface ProcessFault {
  readonly name: string;
  readonly act: (processes: Processes, random: Random) => Promise<readonly string[]>;
}

const DAY_MS = 86_400_000;
const SHIFTS_MS = [DAY_MS, -DAY_MS, 30_000, -30_000, 3_600_000, 0];
/** So many descriptors are left when they are made scarce, and so many are asked for. */
const LEFT = 10;
const RUSH = 60;
const SCARCE_MS = 1500;
const RECOVERS_WITHIN_MS = 1000;

/** All of them that this system can do. */
export function processFaults(): readonly ProcessFault[] {
  const faults: ProcessFault[] = [
    {
      name: "clients stopped",
      act: ({ clients }, random) => stopped(clients, 200 + random.below(1800)),
    },
    {
      name: "server stopped",
      act: ({ server }, random) => stopped(server, 200 + random.below(1300)),
    },
    {
      name: "event loop blocked",
      act: async ({ clients }, random) => {
        await clients.ask({ do: "block", ms: 200 + random.below(300) });
        return [];
      },
    },
    {
      name: "clock set",
      act: async ({ server }, random) => {
        await server.ask({ do: "jump", shiftMs: random.pick(SHIFTS_MS) });
        return [];
      },
    },
  ];
  if (canLimit()) faults.push({ name: "no descriptors", act: withoutDescriptors });
  return faults;
}

async function stopped(process: AnsweringProcess<object>, ms: number): Promise<readonly string[]> {
  process.signal("SIGSTOP");
  await pass(ms);
  process.signal("SIGCONT");
  return [];
}

/** EMFILE at accept: the limit of the server that runs is lowered to what it has, and raised. */
async function withoutDescriptors({ server, clients }: Processes): Promise<readonly string[]> {
  const wrong: string[] = [];
  const [soft, hard] = limitOf(server.pid);
  await clients.ask({ do: "scarce", isScarce: true });
  const used = readdirSync(`/proc/${server.pid}/fd`).length;
  setLimit(server.pid, used + LEFT, hard);
  try {
    const { shed } = await clients.ask<Rush>({ do: "rush", count: RUSH });
    if (shed === 0) wrong.push(`${RUSH} connections open with ${LEFT} descriptors`);
    await pass(SCARCE_MS);
  } finally {
    setLimit(server.pid, soft, hard);
  }
  const ms = await clients.ask<number>({ do: "probe" });
  if (ms > RECOVERS_WITHIN_MS) wrong.push(`a connection opens ${Math.round(ms)} ms after EMFILE`);
  await pass(RECOVERS_WITHIN_MS);
  await clients.ask({ do: "scarce", isScarce: false });
  return wrong;
}

function canLimit(): boolean {
  try {
    const [soft, hard] = limitOf(process.pid);
    setLimit(process.pid, soft, hard);
    return true;
  } catch {
    console.log("Without EMFILE: there is no prlimit");
    return false;
  }
}

function limitOf(pid: number): readonly [soft: string, hard: string] {
  const limits = readFileSync(`/proc/${pid}/limits`, "utf8");
  const found = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits);
  if (found === null) throw new Error(`Cannot read the limits of process ${pid}`);
  return [found[1], found[2]];
}

function setLimit(pid: number, soft: number | string, hard: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${soft}:${hard}`]);
}
