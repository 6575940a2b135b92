// What the server whose cost is measured is told, and what it answers.

import type { ConnectionLimits, ServerLimits } from "../../src/mod.ts";

/** How it is set up: its first argument, as JSON. */
export interface CostSetup {
  readonly server: Partial<ServerLimits>;
  readonly connection: Partial<ConnectionLimits>;
  readonly compression: boolean;
}

/** A question; the answer is {@linkcode Costs}. */
export interface CostCommand {
  readonly do: "costs";
  /** Whether garbage is collected first. */
  readonly collect: boolean;
}

/** What the server has and has used. */
export interface Costs {
  readonly residentBytes: number;
  /** Of the heap, and of buffers outside of it. */
  readonly heldBytes: number;
  readonly descriptors: number;
  readonly cpuMs: number;
}
