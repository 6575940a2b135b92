// What a server must answer to a Close frame: §5.5.1.

import { describeEnd, isAnswerTo, isUnasked, show } from "./expect_events.ts";
import type { Trial } from "./trial.ts";
import type { WireClient } from "./wire_client.ts";

/** What must be answered to a Close. */
export interface CloseAnswer {
  /** The code that was sent, and comes back as a rule; 0: none. */
  readonly code: number;
  /** What may be answered before: it came before the Close. */
  readonly before?: readonly string[];
  /** What would answer something that came behind the Close. */
  readonly forbidden?: readonly string[];
}

/** The reader reports them. */
const NEVER_SENT = [1004, 1005, 1006, 1015];

/** Codes that say that the Close was at fault. */
const REFUSALS = [1002, 1007];

/** Waits for the Close that answers ours. Returns whether it came. */
export async function expectClose(
  trial: Trial,
  client: WireClient,
  { code, before = [], forbidden = [] }: CloseAnswer,
): Promise<boolean> {
  const due = code === 0 ? "a Close without a code" : `Close ${code}`;
  for (;;) {
    const event = await client.next(trial.settings.timeoutMs);
    if (event === null || typeof event === "string") {
      const message = `Expected ${due}, found ${describeEnd(trial, event)}`;
      trial.isUncertain = true;
      trial.report("B25", "fail", message);
      return false;
    }
    if (event.type === "close") {
      checkCode(trial, code, event.code, show(event));
      break;
    }
    if (!isAnswerTo(before, event) && !isUnasked(trial, client, event)) {
      trial.violation(`Expected ${due}, found ${show(event)}`);
      return false;
    }
  }
  await expectNoMore(trial, client, forbidden);
  return true;
}

function checkCode(trial: Trial, due: number, found: number, shown: string): void {
  if (found === due) return;
  const sent = due === 0 ? "a Close without a code" : `Close ${due}`;
  if (REFUSALS.includes(found) && !REFUSALS.includes(due)) {
    const message = `Expected ${sent} to be accepted, found ${shown}`;
    if (trial.level === "MUST") trial.report("B53", "fail", message);
    else trial.violation(message);
  } else if (found !== 0 && !NEVER_SENT.includes(found)) {
    trial.report("B25", "warning", `${shown} answers ${sent}: the code typically comes back`);
  }
}

/**
 * Behind both Close frames there is nothing to say. What must not be said there at all, the reader
 * reports; here is only what would answer something that came behind our Close.
 */
async function expectNoMore(
  trial: Trial,
  client: WireClient,
  forbidden: readonly string[],
): Promise<void> {
  for (;;) {
    const event = await client.next(trial.facts.quietMs / 2);
    if (event === null || typeof event === "string") return;
    if (forbidden.includes(event.text)) {
      trial.violation(`Expected nothing behind the Close, found ${event.text}`);
    }
  }
}
