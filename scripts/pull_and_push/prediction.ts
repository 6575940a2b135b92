// What must come out for polling, by arithmetic. Changes come at random, one in `meanMs`; a client
// asks each `intervalMs`, and r is how many changes there are in an interval on average. Measured
// points that lie on these lines say that the measurement is sound.

/** Percent of requests that find nothing new: the chance of no change in an interval, e^-r. */
export function wastedPercent(intervalMs: number, meanMs: number): number {
  return 100 * Math.exp(-intervalMs / meanMs);
}

/**
 * Percent of values that a client never gets. In an interval there are r changes on average, and
 * at most one of them is seen: one when there is any, which is in 1 - e^-r of the intervals.
 */
export function missedPercent(intervalMs: number, meanMs: number): number {
  const rate = intervalMs / meanMs;
  return 100 * (1 - (1 - Math.exp(-rate)) / rate);
}

/** The median delay: a change is as likely at any moment of the interval, so half of it. */
export function medianDelayMs(intervalMs: number): number {
  return intervalMs / 2;
}
