// Handshakes that come a byte now and then and never end: each must be gone in time, and whoever
// sends a whole one must be let in as if the others were not there.

import { setTimeout as sleep } from "node:timers/promises";
import type { ServerLimits } from "../../src/mod.ts";
import { serverLimits } from "../../src/server/limits.ts";
import { Crowd, LoadedServer, MEBIBYTE, othersThan, residentBytes } from "./crowd.ts";
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

const SECOND_MS = 1000;

/** For those that are late, which would be a goal that is missed. */
const TAIL_MS = 1000;

/** Runs the load. */
export async function loadHandshakes(plan: HandshakesPlan): Promise<readonly Goal[]> {
  const { connections, trickleMs, everyMs } = plan;
  const { handshakeTimeoutMs } = serverLimits(plan.server);
  const dueMs = handshakeTimeoutMs + CHECK_MS;
  const server = await LoadedServer.start({ server: plan.server });
  const slow = new Crowd(server.port, connections);
  const others = new Crowd(server.port, 1);
  try {
    await others.open("reading", "/open"); // whatever the first one costs
    await sleep(500);
    const before = residentBytes(server.pid);
    const end = performance.now() + plan.withinMs + dueMs + TAIL_MS;
    const begun = slow.trickle(trickleMs, plan.withinMs);
    const attempted: Attempts[] = [];
    const attempting = (async (): Promise<void> => {
      while (performance.now() < end) {
        const forMs = SECOND_MS;
        attempted.push(
          await others.ask<Attempts>((url) => {
            return { do: "attempt", url: `${url}/open`, everyMs, forMs, overlap: false };
          }),
        );
      }
    })();
    let grown = 0;
    const watch = setInterval(() => {
      grown = Math.max(grown, residentBytes(server.pid) - before);
    }, 250);
    await Promise.all([begun, attempting]);
    clearInterval(watch);
    const trickled = (await slow.reports()).flatMap((report) => report.trickled);
    const longest = trickled.reduce((one, other) => Math.max(one, other), 0);
    const worst = Math.max(...attempted.map(({ openMs }) => openMs.p99));
    const refused = attempted.reduce((sum, one) => sum + othersThan(one, "101"), 0);
    return [
      exactly("slow handshakes: ended by the server", trickled.length, connections, "connections"),
      atMost("slow handshakes: the longest", longest, dueMs, "ms"),
      exactly("whole handshakes: without their 101", refused, 0, "handshakes"),
      atMost("whole handshakes: p99 of the worst second", worst, 100, "ms"),
      atMost("memory: growth", grown / MEBIBYTE, 150, "MiB"),
    ];
  } finally {
    await Promise.all([slow.stop(), others.stop(), server.stop()]);
  }
}
