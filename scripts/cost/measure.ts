// Each stage on a server of its own: a few connections, then many, and the difference is what one
// more costs. What a process takes for itself drops out.

import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeFrame, Opcode } from "../../src/frame/mod.ts";
import { AnsweringProcess } from "../answering_process.ts";
import { openClient, send } from "./clients.ts";
import type { CostCommand, Costs, CostSetup } from "./protocol.ts";
import type { Flood, Stage } from "./stages.ts";

/** What one connection more costs in a stage. */
export interface StageCost {
  readonly residentBytes: number;
  readonly heldBytes: number;
  readonly descriptors: number;
  /** Until the server ended it, with the limits of the stage; `null` when it need not. */
  readonly heldMs: number | null;
}

/** What a flood costs the server's processor. */
export interface FloodCost {
  readonly microsecondsPerFrame: number;
  readonly msPerMebibyte: number;
}

const AT_ONCE = 32;

/** For what was sent to be taken in, when nothing else is said. */
const REST_MS = 1000;

/** The longest default is 10 s, and it is looked at now and then. */
const HELD_MAX_MS = 15_000;

const FLOOD_MS = 400;

class CostServer extends AnsweringProcess<CostCommand> {
  port = 0;

  static async start(setup: Partial<CostSetup>): Promise<CostServer> {
    const url = new URL("./server.js", import.meta.url);
    const whole: CostSetup = { server: {}, connection: {}, compression: false, ...setup };
    const server = new CostServer(url, [JSON.stringify(whole)], ["--expose-gc"]);
    server.port = await server.answer<number>();
    return server;
  }

  costs(collect: boolean): Promise<Costs> {
    return this.ask<Costs>({ do: "costs", collect });
  }
}

/** Measures a stage, with so many connections. */
export async function measureStage(
  stage: Stage,
  [few, many]: readonly [few: number, many: number] = stage.counts,
  restMs: number = REST_MS,
): Promise<StageCost> {
  const { compressed = false } = stage;
  const server = await CostServer.start({ compression: compressed });
  const sockets: Socket[] = [];
  try {
    const costsOf = async (count: number): Promise<Costs> => {
      while (sockets.length < count) {
        const length = Math.min(AT_ONCE, count - sockets.length);
        const opened = Array.from({ length }, () => enter(stage, server.port));
        sockets.push(...(await Promise.all(opened)));
      }
      await sleep(restMs);
      return await server.costs(true);
    };
    const before = await costsOf(few);
    const after = await costsOf(many);
    const each = (name: "residentBytes" | "heldBytes" | "descriptors"): number =>
      (after[name] - before[name]) / (many - few);
    return {
      residentBytes: each("residentBytes"),
      heldBytes: each("heldBytes"),
      descriptors: each("descriptors"),
      heldMs: stage.held === null ? null : await measureHeld(stage),
    };
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
}

/** A client that has reached the stage. */
async function enter(stage: Stage, port: number): Promise<Socket> {
  const { head, compressed = false, opens, reads, bytes } = stage;
  const socket = await openClient({ port, head, compressed, opens, reads });
  if (bytes !== undefined) socket.write(bytes()); // of which the server may not take all
  return socket;
}

/** How long a client is let be: until its descriptor is free again. */
async function measureHeld(stage: Stage): Promise<number> {
  const { compressed: compression = false, limits = {} } = stage;
  const server = await CostServer.start({ compression, ...limits });
  try {
    const { descriptors } = await server.costs(false);
    const start = performance.now();
    const socket = await enter(stage, server.port);
    await sleep(100);
    let now = await server.costs(false);
    while (now.descriptors > descriptors) {
      if (performance.now() - start > HELD_MAX_MS) return Infinity;
      await sleep(50);
      now = await server.costs(false);
    }
    socket.destroy();
    return performance.now() - start;
  } finally {
    await server.stop();
  }
}

/** Measures a flood from one client. */
export async function measureFlood(flood: Flood, forMs: number = FLOOD_MS): Promise<FloodCost> {
  const { path, compressed = false, endsConnection = false } = flood;
  const server = await CostServer.start({ compression: compressed });
  const bytes = flood.bytes();
  const opening = { port: server.port, head: path, compressed, opens: true, reads: true };
  const run = async (): Promise<number> => {
    let times = 0;
    for (const end = performance.now() + forMs; performance.now() < end; ) {
      const socket = await openClient(opening);
      const ended = once(socket, "end");
      do {
        await send(socket, bytes);
        times++;
      } while (!endsConnection && performance.now() < end);
      socket.write(encodeFrame({ opcode: Opcode.CLOSE, key: 0 })); // it comes behind them all
      await ended;
      socket.destroy();
    }
    return times;
  };
  try {
    await run(); // compiled by then
    const before = await server.costs(false);
    const times = await run();
    const { cpuMs } = await server.costs(false);
    const ms = cpuMs - before.cpuMs;
    return {
      microsecondsPerFrame: (1000 * ms) / (times * flood.frames),
      msPerMebibyte: (ms * 1024 * 1024) / (times * bytes.length),
    };
  } finally {
    await server.stop();
  }
}
