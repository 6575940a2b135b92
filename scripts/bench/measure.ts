// One workload: all its servers run at once and are loaded in turn, in slices, in an order that is
// reversed each round. So what disturbs the machine disturbs all of them, and a ratio of one round
// says more than a rate.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Command, Opened, Ran } from "./protocol.ts";
import { pinned, startServer } from "./servers.ts";
import type { Server } from "./servers.ts";
import { spreadOf } from "./statistics.ts";
import type { Spread } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** How long and how often. */
export interface Plan {
  readonly rounds: number;
  readonly sliceMs: number;
}

/** What one server did in one workload. */
export interface Row {
  readonly server: string;
  /** Messages a second, there and back. */
  readonly rate: Spread;
  /** Processor time of the server for a message, in microseconds. */
  readonly cpuMicroseconds: Spread;
  /** The rate as a multiple of a peer's in the same round. */
  readonly ratios: Readonly<Record<string, Spread>>;
  /** How busy the load was while this server ran: near 1, and it is the load that was measured. */
  readonly loadBusy: number;
  /** Bytes of an echo with its header. */
  readonly replySize: number;
}

/** A workload with what came of it. */
export interface Measured extends Workload {
  readonly rows: readonly Row[];
  /** Servers that could not take part, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Whose rates the others are divided by, where they take part. */
export const BASES: readonly string[] = ["raw", "ws", "ws native", "bun"];

const WARM_UP_MS = 1500;

/** The load, by its commands. */
export class Load {
  readonly #child: ChildProcess;

  constructor() {
    const file = fileURLToPath(new URL("./load.js", import.meta.url));
    const [first, ...rest] = pinned(1, [process.execPath, file]);
    this.#child = spawn(first, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  }

  async ask<T extends Opened | Ran | object>(command: Command): Promise<T> {
    this.#child.send(command);
    const [answer] = (await once(this.#child, "message")) as [{ result: T; error?: string }];
    if (answer.error !== undefined) throw new Error(`${command.name}: ${answer.error}`);
    return answer.result;
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Starts what can be started of `names`; says of the others why not. */
export async function startAll(
  names: readonly string[],
): Promise<{ readonly servers: Server[]; readonly missing: Record<string, string> }> {
  const servers: Server[] = [];
  const missing: Record<string, string> = {};
  for (const name of names) {
    try {
      servers.push(await startServer(name));
    } catch (error) {
      missing[name] = (error as Error).message;
    }
  }
  return { servers, missing };
}

/** Measures one workload. */
export async function measure(workload: Workload, plan: Plan): Promise<Measured> {
  const { servers, missing } = await startAll(workload.servers);
  const load = new Load();
  try {
    const sizes = new Map<string, number>();
    for (const { name, port } of servers) {
      const isEcho = !name.startsWith("raw");
      const opened = await load.ask<Opened>({ ...workload, do: "open", name, port, isEcho });
      sizes.set(name, opened.replySize);
    }
    const run = (name: string, ms: number): Promise<Ran> =>
      load.ask<Ran>({ do: "run", name, ms, inFlight: workload.inFlight });
    for (const { name } of servers) await run(name, WARM_UP_MS);
    const rates = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
    const costs = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
    const busy = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < plan.rounds; round++) {
      for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
        const before = server.cpuSeconds();
        const { messages, seconds, cpuSeconds } = await run(server.name, plan.sliceMs);
        rates.get(server.name)?.push(messages / seconds);
        costs.get(server.name)?.push(((server.cpuSeconds() - before) * 1e6) / messages);
        busy.get(server.name)?.push(cpuSeconds / seconds);
      }
    }
    const rows = servers.map(({ name }) => {
      return { ...rowOf(name, rates, costs, busy), replySize: sizes.get(name) ?? 0 };
    });
    return { ...workload, rows, missing };
  } finally {
    load.stop();
    for (const server of servers) server.stop();
  }
}

type Series = ReadonlyMap<string, readonly number[]>;

function rowOf(
  server: string,
  rates: Series,
  costs: Series,
  busy: Series,
): Omit<Row, "replySize"> {
  const own = rates.get(server) ?? [];
  const ratios: Record<string, Spread> = {};
  for (const base of BASES) {
    const other = rates.get(base) ?? rates.get(`${base} deflate`);
    if (other !== undefined) ratios[base] = spreadOf(own.map((rate, round) => rate / other[round]));
  }
  return {
    server,
    rate: spreadOf(own),
    cpuMicroseconds: spreadOf(costs.get(server) ?? []),
    ratios,
    loadBusy: spreadOf(busy.get(server) ?? []).median,
  };
}
