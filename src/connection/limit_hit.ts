// What happens when a limit is hit, besides what the limit is for: it is counted under its name,
// and observers are told. Whoever keeps a limit of a connection has a `LimitWatcher` and calls it,
// once for each time that the limit has changed what happens:
//
//   watcher.limitHit({ name: "messageSizeMax", limit, found, closeCode: 1009 });

import { Counts } from "./counts.ts";
import { limitHit } from "./diagnostics.ts";
import type { LimitHit } from "./diagnostics.ts";

/** A limit of one connection that was hit. The fields are those of {@linkcode LimitHit}. */
export type ConnectionLimitHit = Pick<LimitHit, "name" | "limit" | "found" | "closeCode">;

/** Who is told of the limits of one connection. */
export interface LimitWatcher {
  limitHit(hit: ConnectionLimitHit): void;
}

/** Counts `hit` among `hits`, and tells of it. */
export function countLimitHit(hits: Counts, hit: LimitHit): void {
  hits.add(hit.name);
  if (limitHit.hasSubscribers) limitHit.publish(hit);
}
