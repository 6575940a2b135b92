// A server that goes while thousands are connected and much is under way: what it has accepted
// must arrive, each client must be told, once and not all at the same moment, nobody may come in,
// and the process must end by itself.

import { setTimeout as sleep } from "node:timers/promises";
import { startServer } from "../clients/server.ts";
import { Crowd, LoadedServer, othersThan } from "./crowd.ts";
import { atLeast, atMost, exactly } from "./goals.ts";
import type { Goal } from "./goals.ts";
import type { Attempts, Drained, ReadingReport } from "./protocol.ts";

/** How much of what. */
export interface DrainPlan {
  readonly connections: number;
  /** Clients besides that read, but do not answer: they are there until the time is up. */
  readonly rude: number;
  /** Messages to each connection in one moment. */
  readonly count: number;
  readonly size: number;
  /**
   * Milliseconds between them and the shutdown. 0: they keep all processes busy, and nobody can see
   * how the closes are spread.
   */
  readonly restMs: number;
  /** Milliseconds: see `shutdown()`. */
  readonly timeout: number;
  readonly spread: number;
}

/** Handshakes that wait for their handler when it begins. */
const PENDING = 20;

/** On top of the time-out. */
const LATE_MS = 500;

/** Of the minimal server. */
const SIGTERM_TIMEOUT_MS = 4000;

const EXIT_MS = 1000;

/** For what has been sent to be read by clients that share a machine with the server. */
const TAIL_MS = 2000;

const TENTHS = 10;

/** Calls `shutdown()`. */
export async function loadDrain(plan: DrainPlan): Promise<readonly Goal[]> {
  const { connections, rude, count, size, restMs, timeout, spread } = plan;
  const server = await LoadedServer.start();
  const clients = new Crowd(server.port, connections);
  const impolite = new Crowd(server.port, Math.max(1, rude));
  const pending = new Crowd(server.port, 1);
  const late = new Crowd(server.port, 1);
  try {
    await clients.open("reading", "/numbered");
    if (rude > 0) await impolite.open("rude", "/open");
    const waiting = pending.ask<Attempts>((url) => {
      return { do: "attempt", url: `${url}/pending`, everyMs: 1, forMs: PENDING, overlap: true };
    });
    await sleep(TAIL_MS / 2);
    await server.ask({ do: "flood", count, size });
    await sleep(restMs);
    const drained = server.ask<Drained>({ do: "shutdown", timeout, spread });
    await sleep(50); // it has stopped to listen
    const refused = await late.ask<Attempts>((url) => {
      const forMs = Math.max(200, spread / 2);
      return { do: "attempt", url: `${url}/open`, everyMs: 20, forMs, overlap: false };
    });
    const { at, ms, written } = await drained;
    await server.ask({ do: "leave" });
    const exit = await Promise.race([server.exited, sleep(EXIT_MS).then(() => NaN)]);
    await sleep(TAIL_MS);
    const reading = (await clients.reports()).flatMap((report) => report.reading);
    const given = await waiting;
    const times = reading.map(({ closeAt }) => closeAt - at);
    return [
      ...messageGoals(reading, written, connections * count),
      ...closeGoals(reading, connections),
      ...(restMs > 0 ? spreadGoals(times, spread) : []),
      exactly("handshakes that waited: not 503", othersThan(given, "503"), 0, "handshakes"),
      exactly("handshakes that waited: no Retry-After", given.withoutRetryAfter, 0, "handshakes"),
      exactly("new handshakes: let in", refused.answers["101"] ?? 0, 0, "handshakes"),
      atMost("shutdown(): fulfils", ms, spread + timeout + LATE_MS, "ms"),
      exactly("process: exit code, by itself", exit ?? NaN, 0, ""),
    ];
  } finally {
    const all = [clients.stop(), impolite.stop(), pending.stop(), late.stop(), server.stop()];
    await Promise.all(all);
  }
}

/** Sends SIGTERM to the minimal server. */
export async function loadSigterm(connections: number): Promise<readonly Goal[]> {
  const server = await startServer();
  const { port, hostname } = new URL(server.origin);
  const clients = new Crowd(Number(port), connections, hostname);
  try {
    await clients.open("reading", "/ws");
    const start = performance.now();
    await server.stop(); // throws unless it exits with 0
    const ms = performance.now() - start;
    await sleep(TAIL_MS);
    const reading = (await clients.reports()).flatMap((report) => report.reading);
    const goals = [
      ...closeGoals(reading, connections),
      atMost("process: exits with 0", ms, SIGTERM_TIMEOUT_MS + LATE_MS, "ms"),
    ];
    return goals.map((goal) => ({ ...goal, name: `SIGTERM: ${goal.name}` }));
  } finally {
    await clients.stop();
  }
}

function messageGoals(
  reading: readonly ReadingReport[],
  written: readonly number[],
  countMin: number,
): Goal[] {
  const received = new Array<number>(written.length).fill(0);
  for (const { connection, messages } of reading) {
    if (connection >= 0) received[connection] = messages;
  }
  const lost = written.reduce((sum, count, index) => sum + Math.max(0, count - received[index]), 0);
  const total = written.reduce((sum, count) => sum + count, 0);
  const gaps = reading.reduce((sum, client) => sum + client.gaps, 0);
  return [
    atLeast("write(): fulfilled", total, countMin, "messages"),
    exactly("write(): fulfilled, and lost", lost, 0, "messages"),
    exactly("messages out of their order", gaps, 0, "messages"),
  ];
}

function closeGoals(reading: readonly ReadingReport[], connections: number): Goal[] {
  const told = reading.filter(({ closes }) => closes.length === 1 && closes[0] === 1001);
  return [exactly("clients that got one Close, with 1001", told.length, connections, "clients")];
}

/** In each tenth of the time about a tenth of the closes. */
function spreadGoals(times: readonly number[], spread: number): Goal[] {
  const tenths = new Array<number>(TENTHS).fill(0);
  for (const time of times) {
    tenths[Math.min(TENTHS - 1, Math.max(0, Math.floor((time / spread) * TENTHS)))]++;
  }
  const percent = tenths.map((count) => (100 * count) / times.length);
  const name = `closes in each tenth of the spread (${percent.map(Math.round).join(" ")} %)`;
  return [
    atMost(`${name}: most`, Math.max(...percent), 25, "%"),
    atLeast(`${name}: fewest`, Math.min(...percent), 2, "%"),
  ];
}
