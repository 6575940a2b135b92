// From what the processes counted to what can be compared: for a client and a second, so that runs
// of any size can be laid side by side.
//
// A client knows of a change when it has a value at least as new. So a value that was overwritten
// before the client asked is missed, and still has a delay: until the client got the next one.

import { quantileOf } from "../bench/statistics.ts";
import type { Contestant } from "./contestants.ts";
import type { ClientsReport, ServerReport } from "./protocol.ts";

/** What came of one contestant. */
export interface Outcome extends Contestant {
  /** Changes of the value, the same for all contestants of a run. */
  readonly changes: number;
  readonly requests: number;
  /** Of the requests, those whose answer was not new, in percent; 0 when there was none. */
  readonly wastedPercent: number;
  /** Of the values, those that a client never got, in percent. */
  readonly missedPercent: number;
  /** From a change until a client knows of it; over all changes and clients. */
  readonly delayMs: { readonly median: number; readonly p95: number; readonly max: number };
  /** Bytes of TCP's payload for a client and a second, as the client sees it. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** TCP connections that were opened while it was measured. */
  readonly connections: number;
  /** Processor time of the server for a client and a second, in microseconds. */
  readonly cpuMicroseconds: number;
  /** Memory of the server's process at the end, in MiB: a bare Node takes 40. */
  readonly residentMiB: number;
  /** Changes that a client had not heard of at the end: the machine is too busy to believe. */
  readonly unheard: number;
}

/** Puts together what both sides of one contestant report of a window of `seconds`. */
export function outcomeOf(
  contestant: Contestant,
  seconds: number,
  server: ServerReport,
  clients: ClientsReport,
): Outcome {
  const { firstVersion, changedAt } = server;
  const delays: number[] = [];
  let missed = 0;
  for (const learned of clients.learned) {
    let at = 0;
    for (const [index, moment] of changedAt.entries()) {
      const version = firstVersion + index;
      while (at < learned.length && learned[at][0] < version) at++;
      if (learned[at]?.[0] !== version) missed++;
      if (at < learned.length) delays.push(learned[at][1] - moment);
    }
  }
  delays.sort((a, b) => a - b);
  const count = clients.learned.length;
  const values = count * changedAt.length;
  const { requests, wasted, bytesSent, bytesReceived, connections } = clients;
  return {
    ...contestant,
    changes: changedAt.length,
    requests,
    wastedPercent: requests === 0 ? 0 : (100 * wasted) / requests,
    missedPercent: (100 * missed) / values,
    delayMs: {
      median: quantileOf(delays, 0.5),
      p95: quantileOf(delays, 0.95),
      max: delays[delays.length - 1],
    },
    bytesSent: bytesSent / count / seconds,
    bytesReceived: bytesReceived / count / seconds,
    connections,
    cpuMicroseconds: (server.cpuMs * 1000) / count / seconds,
    residentMiB: server.residentBytes / 2 ** 20,
    unheard: values - delays.length,
  };
}
