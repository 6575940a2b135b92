// Handshakes that come a byte now and then and never end: each must be gone in time, and whoever
// sends a whole one must be let in as if the others were not there.

import type { ServerLimits } from "../../src/mod.ts";
import { serverLimits } from "../../src/server/limits.ts";
import { residentBytes } from "../process_memory.ts";
import { Crowd, LoadedServer, MEBIBYTE, othersThan } from "./crowd.ts";
import { atMost, exactly } from "./goals.ts";
import type { Goal } from "./goals.ts";
import type { Attempts } from "./protocol.ts";

/** How much of what. */
export interface HandshakesPlan {
  readonly connections: number;
  /** Milliseconds in which they all come. */
  readonly withinMs: number;
  /** Between two bytes. */
  readonly trickleMs: number;
  /** Between two whole handshakes. */
  readonly everyMs: number;
  readonly server: Partial<ServerLimits>;
}

/** Node looks for heads that take too long every 2 s. */
const CHECK_MS = 2000;

const WATCH_EVERY_MS = 250;

/** For those that are late, which would be a goal that is missed. */
const TAIL_MS = 1000;

/** Runs the load. */
export async function loadHandshakes(plan: HandshakesPlan): Promise<readonly Goal[]> {
  const { connections, withinMs, trickleMs, everyMs } = plan;
  const { handshakeTimeoutMs } = serverLimits(plan.server);
  const dueMs = handshakeTimeoutMs + CHECK_MS;
  const server = await LoadedServer.start({ server: plan.server });
  const slow = new Crowd(server.port, connections);
  const others = new Crowd(server.port, 1);
  try {
    await others.open("reading", "/open"); // whatever the first one costs
    const before = residentBytes(server.pid);
    const forMs = withinMs + dueMs + TAIL_MS;
    const begun = slow.trickle(trickleMs, withinMs);
    const attempting = others.ask<Attempts>((url) => {
      return { do: "attempt", url: `${url}/open`, everyMs, forMs, overlap: false };
    });
    let grown = 0;
    const look = (): void => void (grown = Math.max(grown, residentBytes(server.pid) - before));
    const watch = setInterval(look, WATCH_EVERY_MS);
    const [attempted] = await Promise.all([attempting, begun]);
    clearInterval(watch);
    const trickled = (await slow.reports()).flatMap((report) => report.trickled);
    const longest = trickled.reduce((one, other) => Math.max(one, other), 0);
    const refused = othersThan(attempted, "101");
    return [
      exactly("slow handshakes: ended by the server", trickled.length, connections, "connections"),
      atMost("slow handshakes: the longest", longest, dueMs, "ms"),
      exactly("whole handshakes: without their 101", refused, 0, "handshakes"),
      atMost("whole handshakes: p99", attempted.openMs.p99, 100, "ms"),
      atMost("memory: growth", grown / MEBIBYTE, 150, "MiB"),
    ];
  } finally {
    await Promise.all([slow.stop(), others.stop(), server.stop()]);
  }
}
