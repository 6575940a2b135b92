// To see that something does not happen there is no event to wait for, only time.

import { until } from "../support/with_timeout.ts";

const REST_MS = 100;

/** Fulfils when `count()` has been the same for a tenth of a second. */
export async function atRest(count: () => number): Promise<void> {
  let [last, since] = [count(), performance.now()];
  await until(() => {
    if (count() !== last) [last, since] = [count(), performance.now()];
    return performance.now() - since > REST_MS;
  }, "a count at rest");
}
