// An abort that is told to whoever asks, before or after.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LazyAbortController } from "../../src/server/lazy_abort_controller.ts";

const test = suite("server/lazy_abort_controller");

test("its owner is told first, then who listens to the signal, each once", () => {
  const controller = new LazyAbortController();
  const told: string[] = [];
  controller.onAbort = () => told.push(`owner: ${controller.reason}, ${controller.aborted}`);
  const { signal } = controller;
  signal.addEventListener("abort", () => told.push(`signal: ${signal.reason}`));
  assert.equal([controller.aborted, signal.aborted], [false, false]);
  controller.abort("one");
  controller.abort("two");
  assert.equal(told, ["owner: one, true", "signal: one"]);
  assert.is(controller.signal, signal);
  assert.is(controller.reason, "one");
});

test("a signal that is asked for behind the abort is aborted, and stays the same one", () => {
  const controller = new LazyAbortController();
  const reason = new Error("gone");
  controller.abort(reason);
  const { signal } = controller;
  assert.is(signal.aborted, true);
  assert.is(signal.reason, reason);
  assert.is(controller.signal, signal);
});

test.run();
