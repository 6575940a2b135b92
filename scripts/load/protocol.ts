// What the processes of a load say to each other. Moments are those of `now()`, which is the same
// in all of them. Messages are texts of which the first word says what they are:
//
//   b MOMENT SEQUENCE xxx   one of those that all get
//   n CONNECTION NUMBER x   one of those that are numbered, for each connection from 0 on
//   e MOMENT                the client's own, which comes back

import type { ConnectionLimits, ServerLimits } from "../../src/mod.ts";

/** How the server is set up: its first argument, as JSON. */
export interface ServerSetup {
  readonly server: Partial<ServerLimits>;
  readonly connection: Partial<ConnectionLimits>;
}

/** To the server. */
export type ServerCommand =
  /** Send every connection of /broadcast a message, so often; answers null. */
  | {
      readonly do: "broadcast";
      readonly perSecond: number;
      readonly size: number;
      readonly kind: "text" | "binary";
    }
  /** Answers {@linkcode Figures}. */
  | { readonly do: "figures" }
  /** Broadcast no more; answers {@linkcode Figures}. */
  | { readonly do: "stop" }
  /** Write so many messages to each connection of /numbered, then one now and then. */
  | { readonly do: "flood"; readonly count: number; readonly size: number }
  /** Answers {@linkcode Drained} when it has. */
  | { readonly do: "shutdown"; readonly timeout: number; readonly spread: number }
  /** Take no command any more, so that nothing but the server keeps the process; answers null. */
  | { readonly do: "leave" };

/** From a server that broadcasts. */
export interface Figures {
  readonly connections: number;
  /** Rounds that are complete. */
  readonly broadcasts: number;
  /** Connections that had no room in the last round. */
  readonly missed: number;
  /** By how much the event loop was late, since the broadcast began. */
  readonly loopP99Ms: number;
  /** The same, since the last time that it was asked. */
  readonly recentLoopP99Ms: number;
  /** How often each limit was hit, by its name. */
  readonly limitHits: Readonly<Record<string, number>>;
}

/** From a server that has shut down. */
export interface Drained {
  /** When it began to. */
  readonly at: number;
  readonly ms: number;
  /** For each connection of /numbered, how many calls of `write()` had fulfilled. */
  readonly written: readonly number[];
}

/** To a process of clients. */
export type ClientCommand =
  /** Open so many connections; answers null when all have their 101. */
  | {
      readonly do: "open";
      /** Who reads nothing; who reads, and counts; who reads, but does not answer a Close. */
      readonly kind: "silent" | "reading" | "rude";
      readonly url: string;
      readonly count: number;
    }
  /** Each reading client sends a message that comes back, so often; answers null. */
  | { readonly do: "echo"; readonly everyMs: number }
  /**
   * Begin so many handshakes within so many milliseconds, and go on a byte of each so often;
   * answers null when all are connected.
   */
  | {
      readonly do: "trickle";
      readonly host: string;
      readonly port: number;
      readonly count: number;
      readonly withinMs: number;
      readonly everyMs: number;
    }
  /** Whole handshakes one after the other, so often, and so long; answers {@linkcode Attempts}. */
  | {
      readonly do: "attempt";
      readonly url: string;
      readonly everyMs: number;
      readonly forMs: number;
      /** Whether one is begun although the one before is not answered. */
      readonly overlap: boolean;
    }
  /** Answers {@linkcode ClientsReport}. */
  | { readonly do: "report" };

/** From a process of clients: all that came until now. */
export interface ClientsReport {
  /** Milliseconds from the moment in a message to its arrival. */
  readonly broadcastMs: Percentiles;
  readonly echoMs: Percentiles;
  /** The same, of those that have come since the last report. */
  readonly recentMs: { readonly broadcast: Percentiles; readonly echo: Percentiles };
  /** Those that have had time to come back. */
  readonly echoesSent: number;
  readonly reading: readonly ReadingReport[];
  /** Milliseconds that each trickling handshake was let be; those under way are not among them. */
  readonly trickled: readonly number[];
}

/** What one client that reads has seen. */
export interface ReadingReport {
  /** Of /numbered: the number of its connection, -1 for others. */
  readonly connection: number;
  /** Messages for all, or numbered ones. */
  readonly messages: number;
  /** Messages that were not the one behind the last. */
  readonly gaps: number;
  /** The codes of the Close frames that came. */
  readonly closes: readonly number[];
  /** When the first of them came. */
  readonly closeAt: number;
}

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How whole handshakes were answered. */
export interface Attempts {
  /** By the status, or what the socket said: "101", "503", "ECONNREFUSED". */
  readonly answers: Readonly<Record<string, number>>;
  /** Those that were answered with 503 and no Retry-After. */
  readonly withoutRetryAfter: number;
  /** Milliseconds until the 101. */
  readonly openMs: Percentiles;
}
