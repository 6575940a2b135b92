// How long a channel listens to a signal that nobody waits on, and what counts as a signal.

import { getEventListeners } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel } from "../../src/channel/mod.ts";
import { isSignal } from "../../src/channel/signal.ts";
import { state, turn } from "./support.ts";

const test = suite("channel/signal (listener)");

test("82a the listener of a signal that nobody waits on goes three microtasks later", async () => {
  const channel = new Channel<number>();
  const { signal } = new AbortController();
  void channel.receive({ signal });
  channel.trySend(1);
  const counts: number[] = [];
  for (let microtask = 0; microtask < 5; microtask++) {
    counts.push(getEventListeners(signal, "abort").length);
    await null;
  }
  assert.equal(counts, [1, 1, 1, 0, 0]);
});

test("82a a loop that is back in time keeps the listener, turn after turn", async () => {
  const channel = new Channel<number>();
  const { signal } = new AbortController();
  const received: number[] = [];
  const loop = (async (): Promise<void> => {
    for (;;) received.push((await channel.receive({ signal })).value as number);
  })();
  for (let value = 0; value < 3; value++) {
    channel.trySend(value);
    await turn();
    assert.is(getEventListeners(signal, "abort").length, 1, `turn ${value}`);
  }
  assert.equal(received, [0, 1, 2]);
  assert.is(await state(loop), "pending");
});

const LOOKS: readonly (readonly [what: string, value: unknown, due: boolean])[] = [
  ["a signal", AbortSignal.abort(), true],
  ["one of another library", { aborted: false, reason: 1, addEventListener() {} }, true],
  ["null", null, false],
  ["a function", () => {}, false],
  ["what is not aborted", { reason: 1, addEventListener() {} }, false],
  ["what has no reason", { aborted: false, addEventListener() {} }, false],
  ["what has no listeners", { aborted: false, reason: 1 }, false],
];

for (const [what, value, due] of LOOKS) {
  test(`isSignal() says ${due} to ${what}`, () => assert.is(isSignal(value), due));
}

test.run();
