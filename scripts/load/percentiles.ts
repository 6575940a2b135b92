// Times of a load, of which there are millions: counted in a histogram, three digits each.

import { createHistogram } from "node:perf_hooks";
import type { Percentiles } from "./protocol.ts";

/** Times that come one by one. */
export class Times {
  readonly #microseconds = createHistogram();

  add(ms: number): void {
    this.#microseconds.record(Math.max(1, Math.round(ms * 1000)));
  }

  percentiles(): Percentiles {
    const histogram = this.#microseconds;
    const ms = (part: number): number => histogram.percentile(part) / 1000;
    return { count: histogram.count, p50: ms(50), p99: ms(99), max: histogram.max / 1000 };
  }
}
