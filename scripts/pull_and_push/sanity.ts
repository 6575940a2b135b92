// What must be so on any machine, however busy: not how much better one way is, but which.

import { nameOf } from "./contestants.ts";
import type { Outcome } from "./outcome.ts";

/** What is not as it must be, a line for each; none when all is well. */
export function checkSanity(outcomes: readonly Outcome[]): string[] {
  const wrong: string[] = [];
  const polling = outcomes.filter(({ intervalMs }) => intervalMs > 0);
  const fastest = Math.min(...polling.map(({ delayMs }) => delayMs.median));
  for (const outcome of outcomes) {
    const { kind, wastedPercent, requests, missedPercent, delayMs, unheard } = outcome;
    const check = (isRight: boolean, found: string, due: string): void => {
      if (!isRight) wrong.push(`${nameOf(outcome)}: found ${found}, must be ${due}`);
    };
    check(unheard === 0, `${unheard} changes that did not arrive`, "none");
    if (kind === "poll" || kind === "poll 304") {
      check(wastedPercent > 0, "no request that was wasted", "some");
      continue;
    }
    check(wastedPercent === 0, `${wastedPercent} % of requests wasted`, "none");
    check(delayMs.median < fastest, `a median of ${delayMs.median} ms`, `less than ${fastest}`);
    if (kind === "long poll") continue; // between an answer and the next request it may miss some
    check(requests === 0, `${requests} requests`, "none");
    check(missedPercent === 0, `${missedPercent} % of values missed`, "none");
  }
  return wrong;
}
