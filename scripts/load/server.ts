// The server under load, a process of its own.
//
//   /broadcast   gets what all get, and has its own messages back
//   /numbered    gets numbered messages, of which the server knows how many it has accepted
//   /open        is open, and has its messages back
//   /pending     is never answered

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { IntervalHistogram } from "node:perf_hooks";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { tick } from "../../src/channel/mod.ts";
import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, Message } from "../../src/mod.ts";
import { answerCommands, answerNoMore } from "../answering_process.ts";
import { now } from "../pull_and_push/clock.ts";
import type { Drained, Figures, ServerCommand, ServerSetup } from "./protocol.ts";

/** Connections that are written to before others have their turn. */
const SLICE = 64;

/** How often a connection of /numbered gets a message behind the flood. */
const TRICKLE_MS = 500;

const LOOP_RESOLUTION_MS = 10;

const setup = JSON.parse(process.argv[2]) as ServerSetup;
const listeners = new Set<Connection>();
const written: number[] = [];
let flood: { readonly count: number; readonly size: number } | null = null;
let startFlood: () => void = () => {};
const flooding = new Promise<void>((resolve) => (startFlood = resolve));
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
const recentLoop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
loop.enable();
recentLoop.enable();
let [broadcasts, missed] = [0, 0];
let isBroadcasting = false;

const server = serve(
  {
    port: 0,
    hostname: "0.0.0.0",
    limits: setup.server,
    onListen: (addr) => process.send?.({ result: addr.transport === "tcp" ? addr.port : 0 }),
  },
  (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/pending") return new Promise<Response>(() => {});
    const run =
      pathname === "/broadcast" ? listen : pathname === "/numbered" ? sendNumbered : echo;
    return upgradeWebSocket(request, { limits: setup.connection }, run).response;
  },
);

async function echo(connection: Connection): Promise<void> {
  await connection.forEach((message) => connection.write(message));
}

async function listen(connection: Connection): Promise<void> {
  listeners.add(connection);
  try {
    await echo(connection);
  } finally {
    listeners.delete(connection);
  }
}

/**
 * The pattern for what all get: `tryWrite()` waits for nobody. Who has no room misses a message and
 * may learn of it from its number; who takes nothing for `stallTimeoutMs` is cut. Between slices of
 * connections others have their turn, and `tick()` drops what is too fast for this machine.
 */
async function broadcast(perSecond: number, size: number, isText: boolean): Promise<void> {
  isBroadcasting = true;
  for await (const _ of tick(1000 / perSecond)) {
    if (!isBroadcasting) return;
    const text = `b ${now()} ${broadcasts} `.padEnd(size, "x");
    const message: Message = isText ? text : new TextEncoder().encode(text);
    let [count, without] = [0, 0];
    for (const connection of listeners) {
      if (!connection.tryWrite(message)) without++;
      if (++count % SLICE === 0) await nextTurn();
    }
    broadcasts++;
    missed = without;
  }
}

/** A `write()` that has fulfilled must arrive, whatever happens to the server then. */
async function sendNumbered(connection: Connection): Promise<void> {
  const index = written.push(0) - 1;
  await flooding;
  for (;;) {
    const { count, size } = flood ?? { count: 0, size: 0 };
    await connection.write(`n ${index} ${written[index]} `.padEnd(size, "x"));
    if (++written[index] >= count) await sleep(TRICKLE_MS);
  }
}

function figures(): Figures {
  const [loopP99Ms, recentLoopP99Ms] = [delayOf(loop), delayOf(recentLoop)];
  recentLoop.reset();
  const connections = listeners.size;
  return { connections, broadcasts, missed, loopP99Ms, recentLoopP99Ms, limitHits: {} };
}

function delayOf(histogram: IntervalHistogram): number {
  return Math.max(0, histogram.percentile(99) / 1e6 - LOOP_RESOLUTION_MS);
}

async function act(command: ServerCommand): Promise<null | Figures | Drained> {
  switch (command.do) {
    case "broadcast":
      loop.reset();
      void broadcast(command.perSecond, command.size, command.kind === "text");
      return null;
    case "figures":
      return figures();
    case "stop":
      isBroadcasting = false;
      return { ...figures(), limitHits: server.stats().limitHits };
    case "flood":
      flood = command;
      startFlood();
      return null;
    case "shutdown": {
      const at = now();
      await server.shutdown({ timeout: command.timeout, spread: command.spread });
      return { at, ms: now() - at, written };
    }
    case "leave":
      setImmediate(answerNoMore); // behind the answer
      return null;
  }
}

answerCommands(act);
