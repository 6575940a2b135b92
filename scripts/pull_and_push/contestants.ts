// The ways for a client to learn of a new value, and which of them may be measured side by side.

/**
 * How a client learns:
 *
 * - `poll`: it asks each `intervalMs`, and gets the value, new or not.
 * - `poll 304`: it asks with If-None-Match, and gets the value only if it is new: RFC 9110 §13.1.2.
 * - `long poll`: it asks with If-None-Match, and the server answers when there is a new value.
 * - `events`: one answer that never ends, an event for each new value (Server-Sent Events).
 * - `websocket`: one connection, a message for each new value.
 */
export type Kind = "poll" | "poll 304" | "long poll" | "events" | "websocket";

/** One of those that are compared. */
export interface Contestant {
  readonly kind: Kind;
  /** From one question to the next; 0 where the server decides when to speak. */
  readonly intervalMs: number;
}

/** So many questions a second in all leave a machine with two cores half idle. */
const SIDE_BY_SIDE_MAX = 2000;

/** Those that poll, at each interval, and those that are told. */
export function allContestants(intervalsMs: readonly number[]): readonly Contestant[] {
  const polling = (["poll", "poll 304"] as const).flatMap((kind) =>
    intervalsMs.map((intervalMs) => ({ kind, intervalMs })),
  );
  const told = (["long poll", "events", "websocket"] as const).map((kind) => {
    return { kind, intervalMs: 0 };
  });
  return [...polling, ...told];
}

/**
 * Puts contestants together that do not disturb one another, to save time: those that are told,
 * which do next to nothing, and those that poll, as many as the machine has ease with.
 */
export function wavesOf(contestants: readonly Contestant[], clients: number): Contestant[][] {
  const told = contestants.filter(({ intervalMs }) => intervalMs === 0);
  const polling = contestants
    .filter(({ intervalMs }) => intervalMs > 0)
    .sort((a, b) => a.intervalMs - b.intervalMs);
  const waves: Contestant[][] = [];
  let rate = Infinity;
  for (const contestant of polling) {
    const own = (clients * 1000) / contestant.intervalMs;
    rate += own;
    if (rate > SIDE_BY_SIDE_MAX) {
      waves.push([]);
      rate = own;
    }
    waves[waves.length - 1].push(contestant);
  }
  return told.length > 0 ? [...waves, told] : waves;
}

/** "poll, 500 ms", or the kind alone. */
export function nameOf({ kind, intervalMs }: Contestant): string {
  return intervalMs === 0 ? kind : `${kind}, ${intervalMs / 1000} s`;
}
