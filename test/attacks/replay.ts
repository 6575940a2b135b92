// The replay of a vulnerability that somebody had: the bytes of then, and what they come to here.

import type { Act } from "./attack.ts";
import type { AttackedOptions } from "./attacked_server.ts";

/** One of the registry. */
export interface Replay {
  /** CVE, GHSA, or project and version where there is no id; and whose it was. */
  readonly id: string;
  readonly project: string;
  /** What went wrong there. */
  readonly what: string;
  /** The name of what it fails without: see `guards.ts`. */
  readonly guard: string;
  readonly act: Act;
}

/** A line of the registry. */
export type Line = readonly [
  id: string,
  project: string,
  what: string,
  guard: string,
  act: Act,
];

export function replays(lines: readonly Line[]): Replay[] {
  return lines.map(([id, project, what, guard, act]) => ({ id, project, what, guard, act }));
}

/** The server that they are played against. */
export const REPLAYED: AttackedOptions = {
  serve: {
    allowedHosts: ["h"],
    limits: { pendingUpgradesMax: 48, connectionsPerAddressMax: 128 },
  },
  upgrade: { limits: { closeTimeoutMs: 200 } },
};
