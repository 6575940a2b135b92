// What a process holds: everything that an attack could leave behind. Import it before the code
// that is to be watched, for it counts the timers from then on, those that keep no process alive
// (`unref()`) too, which Node does not tell of.

import { subscribe } from "node:diagnostics_channel";
import { readdirSync } from "node:fs";
import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What is held at one moment. */
export interface Census {
  /** Counts by their name: handles of Node, timers, sockets, listeners, file descriptors. */
  readonly counts: Readonly<Record<string, number>>;
  /** Bytes of the heap and beside it, once garbage is collected. */
  readonly memory: number;
  /** The most bytes that were ever resident. */
  readonly residentMax: number;
  /** Microseconds of the processor so far. */
  readonly processor: number;
}

const timers = new Set<unknown>();
const sockets = new Set<Socket>();
let warnings = 0;

const { setTimeout: start, clearTimeout: stop } = globalThis;

/** As `setTimeout()`, and counts. */
function counted(callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): unknown {
  const timer = start(() => {
    timers.delete(timer);
    callback(...args);
  }, ms);
  timers.add(timer);
  return timer;
}

/** A MaxListenersExceededWarning is one. */
process.on("warning", () => warnings++);

/** Begins to count. */
export function beginCensus(): void {
  globalThis.setTimeout = Object.assign(counted, start) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer: NodeJS.Timeout) => {
    timers.delete(timer);
    stop(timer);
  }) as typeof clearTimeout;
  subscribe("net.server.socket", (message) => {
    const { socket } = message as { readonly socket: Socket };
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Counts, once garbage is collected. */
export async function takeCensus(): Promise<Census> {
  // Memory outside of the heap is freed some turns behind the collection that found it unused.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    counts: counts(),
    memory: heapUsed + external,
    residentMax: 1024 * maxRSS,
    processor: userCPUTime + systemCPUTime,
  };
}

function counts(): Record<string, number> {
  const found: Record<string, number> = {
    timers: timers.size,
    sockets: sockets.size,
    "listeners of sockets": [...sockets].reduce((sum, socket) => sum + listenersOf(socket), 0),
    "listeners of the process": listenersOf(process),
    warnings,
    "file descriptors": fileDescriptors(),
  };
  for (const name of process.getActiveResourcesInfo()) {
    if (name === "Immediate") continue; // that of the census itself
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

function listenersOf(emitter: Socket | NodeJS.Process): number {
  const names = (emitter as NodeJS.EventEmitter).eventNames();
  return names.reduce((sum, name) => sum + emitter.listenerCount(name as string), 0);
}

/** As Linux tells them; elsewhere none. */
function fileDescriptors(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}
