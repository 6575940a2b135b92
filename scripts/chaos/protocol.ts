// What the processes of a run say to each other.

import type { ServerStats } from "../../src/mod.ts";

/** To the server. */
export type ServerCommand =
  /** Say how you are. */
  | { readonly do: "sample" }
  /** From now on the wall clock is wrong by so many milliseconds. */
  | { readonly do: "jump"; readonly shiftMs: number };

/** How a server is, from within. */
export interface Sample {
  readonly residentBytes: number;
  /** After the garbage was collected, where the process may do that. */
  readonly heapBytes: number;
  /** Memory of buffers, and what else V8 does not manage but knows of. */
  readonly externalBytes: number;
  /** What keeps the process alive, by its kind. */
  readonly handles: Readonly<Record<string, number>>;
  /** `null` where the system does not tell. */
  readonly descriptors: number | null;
  readonly timers: number;
  /** How late the event loop was since the last sample. */
  readonly delayMs: { readonly median: number; readonly p99: number };
  readonly stats: ServerStats;
  /** What handlers threw because they were asked to. */
  readonly thrown: number;
  /** What else they threw, and what the process was warned of. */
  readonly troubles: readonly string[];
}

/** What clients do besides sending messages, by how likely it is: see `actions`. */
export type Mix = "chaos" | "soak";

/** To the clients. */
export type ClientsCommand =
  /** Keep so many connections open. */
  | {
      readonly do: "open";
      readonly port: number;
      readonly connections: number;
      readonly seed: number;
      readonly mix: Mix;
      /** Actions a second, of all clients together. */
      readonly rate: number;
      /** Connections a second that end, and for which another comes. */
      readonly churn: number;
    }
  | { readonly do: "report" }
  /** One of them makes its handler block the event loop. */
  | { readonly do: "block"; readonly ms: number }
  /** Connections may fail to open from now on, or no longer. */
  | { readonly do: "scarce"; readonly isScarce: boolean }
  /** So many connections beyond the others, at once, for a moment. */
  | { readonly do: "rush"; readonly count: number }
  /** How long it takes until a connection opens. */
  | { readonly do: "probe" }
  /** Do nothing more, and wait until all is answered; then close, and wait for the ends. */
  | { readonly do: "finish" };

/** From the clients, to all commands but the last three. */
export interface ClientsReport {
  readonly open: number;
  /** How often what was done. */
  readonly actions: Readonly<Record<string, number>>;
  /** How connections ended: the code of the server's Close, or "no Close". */
  readonly endings: Readonly<Record<string, number>>;
  /** Messages that came back as they must, and numbered ones that the server sent by itself. */
  readonly echoes: number;
  readonly pushes: number;
  /** What was not as it must be; the first ones. */
  readonly violations: readonly string[];
}

/** What became of a rush. */
export interface Rush {
  readonly opened: number;
  readonly shed: number;
}
