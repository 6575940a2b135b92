// Made-up samples of a soak.

import type { SoakSample } from "../../../scripts/soak/sample.ts";

const MIB = 2 ** 20;

/** A sample each 5 s; the heap grows by `leakMib` an hour, after a warm-up that takes a minute. */
export function samplesOf(minutes: number, leakMib: number): readonly SoakSample[] {
  return Array.from({ length: minutes * 12 }, (_, index) => {
    const atMs = (index + 1) * 5000;
    const warmUp = 5 * (1 - Math.exp(-atMs / 20_000));
    const noise = ((index * 7) % 11) / 11;
    return {
      atMs,
      residentBytes: 150 * MIB,
      heapBytes: (30 + warmUp + noise + (leakMib * atMs) / 3_600_000) * MIB,
      externalBytes: (8 + noise) * MIB,
      handles: 5000 + (index % 3),
      descriptors: 5020 + (index % 3),
      timers: 1700 + (index % 40),
      delayMedianMs: 1 + noise,
      delayP99Ms: 50 + noise,
      connections: 5000,
      opened: 5000 + index * 1000,
      heldBytes: 0,
      residentBytesEach: 20_000,
      heapBytesEach: 6000,
      messages: index * 5000,
    };
  });
}
