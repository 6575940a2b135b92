// Clients that never read, beside some that do: what all get must reach those that read, in time,
// and those that do not may cost no more than their outboxes, until they are cut.

import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionLimits, ServerLimits } from "../../src/mod.ts";
import { connectionLimits } from "../../src/connection/limits.ts";
import { serverLimits } from "../../src/server/limits.ts";
import { kernelBytes, residentBytes } from "../process_memory.ts";
import { Crowd, LoadedServer, MEBIBYTE } from "./crowd.ts";
import { atLeast, atMost, exactly } from "./goals.ts";
import type { Goal } from "./goals.ts";
import type { ClientsReport, Figures } from "./protocol.ts";

/** How much of what. */
export interface ReadersPlan {
  /** Clients that never read. */
  readonly connections: number;
  readonly healthy: number;
  readonly perSecond: number;
  /** Bytes of a message. */
  readonly size: number;
  /** A text is one for all connections, of bytes each that waits is a copy. */
  readonly kind: "text" | "binary";
  /** It ends earlier when those that never read are gone. */
  readonly secondsMax: number;
  readonly server: Partial<ServerLimits>;
  readonly connection: Partial<ConnectionLimits>;
  /** Told of each second. */
  readonly onSecond?: (line: string) => void;
}

const ECHO_EVERY_MS = 500;

/** What a runtime takes that is as busy as that, whoever its clients are. */
const ALLOWANCE = 100 * MEBIBYTE;

/**
 * Bytes of 1 KiB that are copied take 2 KiB of resident memory, for the copy is an object of V8's,
 * its buffer one of the allocator's. They are charged 1,184 bytes.
 */
const COPIED = 5 / 3;

/** On top of `stallTimeoutMs`, for a server that has much to do. */
const LATE_MS = 5000;

/** For what is under way to arrive. */
const TAIL_MS = 1000;

/** Runs the load. */
export async function loadReaders(plan: ReadersPlan): Promise<readonly Goal[]> {
  const { connections, healthy, perSecond, size, kind, secondsMax, onSecond } = plan;
  const server = await LoadedServer.start(plan);
  const readers = new Crowd(server.port, connections);
  const others = new Crowd(server.port, healthy);
  try {
    await others.open("reading", "/broadcast");
    await readers.open("silent", "/broadcast");
    await sleep(TAIL_MS);
    const before = residentBytes(server.pid);
    await server.ask({ do: "broadcast", perSecond, size, kind });
    await others.ask(() => ({ do: "echo", everyMs: ECHO_EVERY_MS }));
    let [grown, kernel, stalledAt, goneAt] = [0, 0, NaN, NaN];
    const start = performance.now();
    for (let second = 1; second <= secondsMax && Number.isNaN(goneAt); second++) {
      await sleep(start + second * 1000 - performance.now());
      const figures = await server.ask<Figures>({ do: "figures" });
      grown = Math.max(grown, residentBytes(server.pid) - before);
      kernel = Math.max(kernel, kernelBytes());
      const isStalled = figures.missed >= 0.99 * connections;
      if (isStalled && Number.isNaN(stalledAt)) stalledAt = performance.now();
      if (figures.connections <= healthy) goneAt = performance.now();
      const [{ recentMs }] = await others.reports();
      onSecond?.(lineOf(second, figures, residentBytes(server.pid) - before, recentMs));
    }
    const { broadcasts, loopP99Ms, limitHits } = await server.ask<Figures>({ do: "stop" });
    await sleep(TAIL_MS);
    const [report] = await others.reports();
    onSecond?.(`  ${(broadcasts / (performance.now() - start)) * 1000} broadcasts a second`);
    onSecond?.(`  limits that were hit: ${JSON.stringify(limitHits)}`);
    onSecond?.(`  kernel: ${Math.round(kernel / MEBIBYTE)} MiB of socket buffers at most`);
    const goneMs = goneAt - (stalledAt || start);
    const shed = limitHits["buffersSizeMax"] ?? 0;
    const hasBudget = plan.server.buffersSizeMax !== undefined;
    return [
      ...healthyGoals(report, broadcasts, healthy),
      atMost("event loop: p99", loopP99Ms, 50, "ms"),
      atMost(budgetText(plan), grown / MEBIBYTE, budgetOf(plan) / MEBIBYTE, "MiB"),
      ...(hasBudget
        ? [
            atMost("readers: until the last is closed", goneMs, secondsMax * 1000, "ms"),
            atLeast("readers: closed for the budget", shed, 1, "connections"),
          ]
        : [atMost("readers: all are full, until the last is cut", goneMs, dueMs(plan), "ms")]),
    ];
  } finally {
    await Promise.all([readers.stop(), others.stop(), server.stop()]);
  }
}

function healthyGoals(report: ClientsReport, broadcasts: number, healthy: number): Goal[] {
  const { broadcastMs, echoMs, echoesSent, reading } = report;
  const gaps = reading.reduce((sum, client) => sum + client.gaps, 0);
  const closes = reading.reduce((sum, { closes }) => sum + closes.length, 0);
  return [
    atMost("healthy: p99 of a broadcast", broadcastMs.p99, 100, "ms"),
    atMost("healthy: p99 of an echo", echoMs.p99, 100, "ms"),
    exactly("healthy: messages that were missed", gaps, 0, "messages"),
    atLeast("healthy: messages that came", broadcastMs.count, broadcasts * healthy, "messages"),
    atLeast("healthy: echoes that came", echoMs.count, echoesSent, "messages"),
    exactly("healthy: connections that were closed", closes, 0, "connections"),
  ];
}

/** What those that never read may cost, all together. */
function budgetOf({ connections, connection, server, kind }: ReadersPlan): number {
  const { outboxSizeMax } = connectionLimits(connection);
  const { buffersSizeMax } = serverLimits(server);
  const charged = Math.min(connections * outboxSizeMax, 1.25 * buffersSizeMax);
  return (kind === "binary" ? COPIED * charged : charged) + ALLOWANCE;
}

function budgetText({ server, kind }: ReadersPlan): string {
  const bound = server.buffersSizeMax ? "1.25 x buffersSizeMax" : "connections x outboxSizeMax";
  return `memory: growth, within ${bound} ${kind === "binary" ? "x 5/3 " : ""}+ 100 MiB`;
}

function dueMs({ connection }: ReadersPlan): number {
  return connectionLimits(connection).stallTimeoutMs + LATE_MS;
}

function lineOf(
  second: number,
  { connections, broadcasts, missed, recentLoopP99Ms }: Figures,
  grown: number,
  { broadcast, echo }: ClientsReport["recentMs"],
): string {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
  return (
    `  ${second} s: ${connections} open, ${broadcasts} broadcasts, ${missed} without room; ` +
    `grown ${mebibytes(grown)}, kernel ${mebibytes(kernelBytes())}; ` +
    `p99: loop ${recentLoopP99Ms.toFixed(1)} ms, broadcast ${broadcast.p99.toFixed(1)} ms, ` +
    `echo ${echo.p99.toFixed(1)} ms`
  );
}
