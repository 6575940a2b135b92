// The closing handshake: every event in every state, against the table of §7 as it is drawn in the
// RFC's words at the head of the source, and the walks that lead through it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closingStep } from "../../src/protocol/closing.ts";
import type { ClosingEvent, ClosingState } from "../../src/protocol/closing.ts";

const test = suite("protocol/closing");

/** "nothing", or what is done and the state that follows. */
const TABLE: readonly (readonly [state: ClosingState, event: ClosingEvent, step: string])[] = [
  ["open", "close()", "send Close -> closing"],
  ["open", "Close", "send Close, end TCP -> ending"],
  ["open", "violation", "send Close, end TCP -> ending"],
  ["open", "end of TCP", "-> closed"],
  ["closing", "close()", "nothing"],
  ["closing", "Close", "end TCP -> ending"],
  ["closing", "violation", "end TCP -> ending"],
  ["closing", "end of TCP", "-> closed"],
  ["ending", "close()", "nothing"],
  ["ending", "Close", "nothing"],
  ["ending", "violation", "nothing"],
  ["ending", "end of TCP", "-> closed"],
  ["closed", "close()", "nothing"],
  ["closed", "Close", "nothing"],
  ["closed", "violation", "nothing"],
  ["closed", "end of TCP", "nothing"],
];

function describe(state: ClosingState, event: ClosingEvent): string {
  const step = closingStep(state, event);
  if (step === undefined) return "nothing";
  const acts = [step.sendClose ? "send Close" : "", step.endTcp ? "end TCP" : ""];
  return `${acts.filter(Boolean).join(", ")} -> ${step.next}`.trim();
}

for (const [state, event, step] of TABLE) {
  test(`closingStep() for ${event} when ${state}: ${step}`, () => {
    assert.is(describe(state, event), step);
  });
}

const EVENTS: readonly ClosingEvent[] = ["close()", "Close", "violation", "end of TCP"];

test("closingStep() sends one Close and ends TCP once, on every walk of six (B29, B30)", () => {
  const walk = (state: ClosingState, closes: number, ends: number, path: string): void => {
    assert.ok(closes <= 1, path);
    assert.ok(ends <= 1, path);
    if (path.split(">").length > 6) return;
    for (const event of EVENTS) {
      const step = closingStep(state, event);
      const next = step?.next ?? state;
      const [sent, ended] = [Number(step?.sendClose ?? 0), Number(step?.endTcp ?? 0)];
      walk(next, closes + sent, ends + ended, `${path}>${event}`);
    }
  };
  walk("open", 0, 0, "open");
});

test("closingStep() leads to closed from everywhere, and never back", () => {
  const order: readonly ClosingState[] = ["open", "closing", "ending", "closed"];
  for (const [state, event] of TABLE) {
    const next = closingStep(state, event)?.next ?? state;
    assert.ok(order.indexOf(next) >= order.indexOf(state), `${event} when ${state}`);
  }
  for (const state of order.slice(0, 3)) {
    assert.is(closingStep(state, "end of TCP")?.next, "closed");
  }
});

test.run();
