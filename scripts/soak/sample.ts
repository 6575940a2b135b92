// What is kept of each look at the server.

import type { ClientsReport, Sample } from "../chaos/protocol.ts";

/** The server and its clients at one moment. */
export interface SoakSample {
  /** Milliseconds since all connections were open. */
  readonly atMs: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly handles: number;
  readonly descriptors: number | null;
  readonly timers: number;
  /** Since the sample before. */
  readonly delayMedianMs: number;
  readonly delayP99Ms: number;
  readonly connections: number;
  /** All that were ever open. */
  readonly opened: number;
  /** What inboxes and outboxes are charged. */
  readonly heldBytes: number;
  /** Memory, resident and in the heap, above that of a server without connections, for each. */
  readonly residentBytesEach: number;
  readonly heapBytesEach: number;
  /** Messages that clients have back, and those that the server sent by itself. */
  readonly messages: number;
}

/** @param idle The server before the first connection. */
export function soakSample(
  atMs: number,
  idle: Sample,
  server: Sample,
  clients: ClientsReport,
): SoakSample {
  const { connections, held } = server.stats;
  const each = (bytes: (sample: Sample) => number): number => {
    return (bytes(server) - bytes(idle)) / Math.max(1, connections.open);
  };
  return {
    atMs,
    residentBytes: server.residentBytes,
    heapBytes: server.heapBytes,
    externalBytes: server.externalBytes,
    handles: Object.values(server.handles).reduce((sum, count) => sum + count, 0),
    descriptors: server.descriptors,
    timers: server.timers,
    delayMedianMs: server.delayMs.median,
    delayP99Ms: server.delayMs.p99,
    connections: connections.open,
    opened: connections.opened,
    heldBytes: held.inboxes + held.outboxes,
    residentBytesEach: each(({ residentBytes }) => residentBytes),
    heapBytesEach: each(({ heapBytes, externalBytes }) => heapBytes + externalBytes),
    messages: clients.echoes + clients.pushes,
  };
}
