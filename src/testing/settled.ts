// When nothing moves any more. A test that acts and then looks must know that what it has set off
// is over. Nobody can ask a promise whether it will be settled soon; but a wire in memory can say
// that it moved. When no wire of a clock has for some turns of the event loop, all is at rest.

import type { Clock } from "../connection/clock.ts";
import { setImmediate } from "../connection/turn.ts";

/** Turns without a move after which all is at rest: to be fair, handlers wait for one at times. */
const QUIET_TURNS = 8;

/** Somebody may never rest, such as a peer that pings forever: then it is waited for no longer. */
const TURNS_MAX = 20_000;

const movesByClock = new WeakMap<Clock, number>();

/** Something moved on a wire that runs on `clock`. */
export function moved(clock: Clock): void {
  movesByClock.set(clock, movesOf(clock) + 1);
}

/** Fulfils when all that runs on `clock` has come to rest, or waits for time to pass. */
export async function settled(clock: Clock): Promise<void> {
  let quiet = 0;
  for (let turns = 0; quiet < QUIET_TURNS && turns < TURNS_MAX; turns++) {
    const before = movesOf(clock);
    await new Promise<void>((resolve) => setImmediate(resolve));
    quiet = movesOf(clock) === before ? quiet + 1 : 0;
  }
}

function movesOf(clock: Clock): number {
  return movesByClock.get(clock) ?? 0;
}
