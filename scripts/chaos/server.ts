// The server of `chaos` and of `soak`, a process of its own. It echoes, in one of three ways by the
// path; in the first it also sends "#0", "#1", and so on, by itself. A client may ask for faults:
//
//   "!throw"      the handler throws
//   "!block 300"  the event loop does nothing else for 300 ms
//
//   server.js PUSH_MS [--leak]     with --leak it keeps every message: a test of those who look on

import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { select, tick } from "../../src/channel/mod.ts";
import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, Message } from "../../src/mod.ts";
import { setWallClock } from "../../test/support/wall_clock.ts";
import { answerCommands } from "../answering_process.ts";
import type { Sample, ServerCommand } from "./protocol.ts";
import { TimerCensus } from "./timer_census.ts";

const TROUBLES_MAX = 20;
/** How often the event loop is asked; what is measured includes it. */
const DELAY_EVERY_MS = 10;
const KEEPALIVE = { interval: 5000, timeout: 10_000 };

const census = new TimerCensus();
const pushMs = Number(process.argv[2]);
const leaked: Message[] | null = process.argv[3] === "--leak" ? [] : null;
const delay = monitorEventLoopDelay({ resolution: DELAY_EVERY_MS });
const gc = (globalThis as { readonly gc?: () => void }).gc ?? null;
let thrown = 0;
const troubles: string[] = [];

class AskedFor extends Error {}

const HANDLERS: Readonly<Record<string, (connection: Connection) => Promise<void>>> = {
  "/select": echoAndPush,
  "/for-await": async (connection) => {
    for await (const message of connection) await echo(connection, message);
  },
  "/for-each": (connection) => connection.forEach((message) => echo(connection, message)),
};

async function echoAndPush(connection: Connection): Promise<void> {
  const beat = tick(pushMs);
  for (let pushes = 0; ; ) {
    const event = await select({ message: connection.messages, beat });
    if (event.done) return;
    if (event.case === "beat") await connection.write(`#${pushes++}`);
    else await echo(connection, event.value);
  }
}

function echo(connection: Connection, message: Message): Promise<void> {
  leaked?.push(message);
  if (typeof message === "string" && message.startsWith("!")) obey(message);
  return connection.write(message);
}

function obey(fault: string): void {
  if (fault === "!throw") throw new AskedFor(fault);
  const end = performance.now() + Number(fault.slice("!block ".length));
  while (performance.now() < end);
}

function note(trouble: unknown): void {
  if (trouble instanceof AskedFor) thrown++;
  else if (troubles.length < TROUBLES_MAX) troubles.push(String(trouble));
}

function sample(): Sample {
  const delayMs = { median: delayAt(50), p99: delayAt(99) };
  gc?.();
  delay.reset();
  const { rss, heapUsed, external } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return {
    residentBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    handles,
    descriptors: descriptors(),
    timers: census.running,
    delayMs,
    stats: server.stats(),
    thrown,
    troubles,
  };
}

function delayAt(percentile: number): number {
  return Math.max(0, delay.percentile(percentile) / 1e6 - DELAY_EVERY_MS);
}

function descriptors(): number | null {
  try {
    return readdirSync("/proc/self/fd").length - 1; // without the one that reads the directory
  } catch {
    return null;
  }
}

process.on("warning", note);
process.stderr; // Node opens it when it is first asked for: it belongs to what was there before
delay.enable();
const server = serve(
  {
    port: 0,
    hostname: "127.0.0.1",
    onListen: (addr) => process.send?.({ result: addr.transport === "tcp" ? addr.port : 0 }),
    onError: (error) => {
      note(error);
      return new Response(null, { status: 500 });
    },
  },
  (request) => {
    const handler = HANDLERS[new URL(request.url).pathname];
    const options = { compression: true, keepalive: KEEPALIVE, onError: note };
    return upgradeWebSocket(request, options, handler).response;
  },
);
answerCommands((command: ServerCommand) => {
  return command.do === "sample" ? sample() : setWallClock(command.shiftMs);
});
