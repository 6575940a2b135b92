// When the value changes. The gaps are exponential, so the moments are those of a Poisson process:
// a change is as likely now as at any other time, whatever has been. No interval of polling can be
// in step with it.

import { Random } from "../../src/testing/random.ts";

/** The moments of all changes within `seconds`, in milliseconds from the start; one at least. */
export function scheduleOf(seed: number, meanMs: number, seconds: number): readonly number[] {
  const random = new Random(seed, 0);
  const moments: number[] = [];
  for (let moment = 0; ; ) {
    // 1 - u is in (0, 1], of which the logarithm is finite.
    moment += -meanMs * Math.log(1 - random.below(2 ** 32) / 2 ** 32);
    if (moment >= seconds * 1000) break;
    moments.push(moment);
  }
  return moments.length > 0 ? moments : [seconds * 500];
}
