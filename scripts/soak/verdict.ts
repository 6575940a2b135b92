// Whether a server was flat: none of what it holds grows with time, beyond what a run of that
// length can tell from noise.
//
//   |  warm-up  |        window: trend of each quantity
//   |    ..-----|---------------------------------------   slope <= limit, with 95 % confidence
//   |  .        |

import { trendOf } from "./trend.ts";
import type { Trend } from "./trend.ts";
import type { SoakSample } from "./sample.ts";

/** A quantity that must not grow. */
export interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly of: (sample: SoakSample) => number;
  /** What it may grow in an hour, however long the run. */
  readonly perHourMax: number;
  /** What it may grow within the window, however short the run: a program goes on warming up. */
  readonly windowMax: number;
}

/** What was found of a quantity. */
export interface Finding {
  readonly name: string;
  readonly unit: string;
  /** By the hour. */
  readonly trend: Trend;
  readonly limit: number;
  readonly isFlat: boolean;
}

const MIB = 2 ** 20;

/** A fifth of the run, of 20 minutes at most. */
const WARM_UP_PART = 0.2;
const WARM_UP_MINUTES_MAX = 20;

/** What is held must not grow; the heap by less than 1 MiB an hour, once that can be told. */
export const QUANTITIES: readonly Quantity[] = [
  {
    name: "heap after collection",
    unit: "MiB",
    of: ({ heapBytes }) => heapBytes / MIB,
    perHourMax: 1,
    windowMax: 2,
  },
  {
    name: "buffers and other external memory",
    unit: "MiB",
    of: ({ externalBytes }) => externalBytes / MIB,
    perHourMax: 1,
    windowMax: 2,
  },
  {
    name: "resident memory",
    unit: "MiB",
    of: ({ residentBytes }) => residentBytes / MIB,
    perHourMax: 4,
    windowMax: 12,
  },
  { name: "descriptors", unit: "", of: (at) => at.descriptors ?? 0, perHourMax: 10, windowMax: 20 },
  { name: "handles", unit: "", of: ({ handles }) => handles, perHourMax: 10, windowMax: 20 },
  { name: "timers", unit: "", of: ({ timers }) => timers, perHourMax: 10, windowMax: 40 },
  {
    name: "delay of the event loop, median",
    unit: "ms",
    of: ({ delayMedianMs }) => delayMedianMs,
    perHourMax: 2,
    windowMax: 10,
  },
];

/** Milliseconds from the start of the run to the end of the warm-up. */
export function warmUpMs(samples: readonly SoakSample[]): number {
  const lengthMs = samples[samples.length - 1].atMs;
  return Math.min(lengthMs * WARM_UP_PART, WARM_UP_MINUTES_MAX * 60_000);
}

/**
 * A quantity is flat unless its slope is above the limit with a confidence of 95 %. The limit is
 * what it may grow in an hour, or what it may within the window where that is more: what a window
 * of 20 minutes cannot tell from noise, one of two hours can.
 */
export function findingsOf(samples: readonly SoakSample[]): readonly Finding[] {
  const from = warmUpMs(samples);
  const window = samples.filter(({ atMs }) => atMs >= from);
  const hours = (window[window.length - 1].atMs - window[0].atMs) / 3_600_000;
  return QUANTITIES.map(({ name, unit, of, perHourMax, windowMax }) => {
    const trend = trendOf(window.map((sample) => [sample.atMs / 3_600_000, of(sample)] as const));
    const limit = Math.max(perHourMax, windowMax / hours);
    return { name, unit, trend, limit, isFlat: trend.low <= limit };
  });
}
