// When all clients have gone a server must be as it was before the first came: no connection, no
// descriptor, no timer, no byte held.

import type { AnsweringProcess } from "../answering_process.ts";
import { pass } from "./pass.ts";
import type { Sample, ServerCommand } from "./protocol.ts";

/** A connection that is cut, or a head that never ends, has its time-out of 10 s. */
const WITHIN_MS = 15_000;
const AGAIN_MS = 250;

/** What is left after a while, in words; nothing when all is well. */
export async function wrongAtEnd(
  server: AnsweringProcess<ServerCommand>,
  before: Sample,
): Promise<readonly string[]> {
  const end = performance.now() + WITHIN_MS;
  for (;;) {
    const sample = await server.ask<Sample>({ do: "sample" });
    const found = leftovers(before, sample);
    if (found.length === 0 || performance.now() > end) return [...found, ...sample.troubles];
    await pass(AGAIN_MS);
  }
}

function leftovers(before: Sample, after: Sample): readonly string[] {
  const { connections, upgrades, held } = after.stats;
  const counts: readonly (readonly [what: string, found: number, due: number])[] = [
    ["connections", connections.open, 0],
    ["handshakes", upgrades.pending, 0],
    ["bytes in inboxes", held.inboxes, 0],
    ["bytes in outboxes", held.outboxes, 0],
    ["paused sockets", connections.paused.in + connections.paused.out, 0],
    ["timers", after.timers, before.timers],
    ["descriptors", after.descriptors ?? 0, before.descriptors ?? 0],
    ...Object.entries(after.handles).map(([kind, count]) => {
      return [`handles: ${kind}`, count, before.handles[kind] ?? 0] as const;
    }),
  ];
  return counts
    .filter(([, found, due]) => found > due)
    .map(([what, found, due]) => `${found} ${what} at the end, must be ${due}`);
}
