// What the compiler must accept and refuse. The lines that matter are checked by tsc.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after, Channel, select, trySelect, never } from "../../src/channel/mod.ts";
import type { Received, Receiver, Selected, Sender } from "../../src/channel/mod.ts";

const test = suite("channel/types");

/** Compiles only if both types are the same. */
function same<A>(): <B>(..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
  ? [] : [never]) => void {
  return () => {};
}

test("§2 a channel is both of its ends, with Go's directions", () => {
  const channel = new Channel<string | number>(1);
  const sender: Sender<string> = channel;
  const receiver: Receiver<string | number | boolean> = channel;
  // @ts-expect-error: a number may come out
  const wrongReceiver: Receiver<string> = channel;
  // @ts-expect-error: a boolean may not go in
  const wrongSender: Sender<boolean> = channel;
  // @ts-expect-error: both at once must be exact
  const wrong: Channel<string> = channel;
  // @ts-expect-error: true is neither
  assert.type(() => channel.sending(true), "function");
  assert.ok([sender, receiver, wrongReceiver, wrongSender, wrong].every((end) => end === channel));
});

test("§2 what was received narrows", () => {
  const channel = new Channel<string>(1);
  channel.trySend("a");
  const received = channel.tryReceive();
  same<Received<string> | undefined>()<typeof received>();
  if (received === undefined) throw new Error("Bug: there is a value");
  const { value, done } = received;
  if (done) same<undefined>()<typeof value>();
  else same<string>()<typeof value>();
  assert.is(value, "a");
});

test("§2 what was selected narrows by its label, and a switch can be exhaustive", async () => {
  const [text, count] = [new Channel<string>(1), new Channel<number>()];
  const paused: boolean = text.closed;
  text.trySend("a");
  const { signal } = new AbortController();
  const selected = await select({
    text,
    count: paused ? undefined : count,
    sent: count.sending(1),
    late: after(1000),
    stop: signal,
    off: false,
    never,
  });
  switch (selected.case) {
    case "text":
    case "never":
      if (!selected.done) assert.is(selected.value, "a");
      break;
    case "count":
    case "late":
      if (!selected.done) same<number>()<typeof selected.value>();
      break;
    case "sent":
      same<undefined>()<typeof selected.value>();
      break;
    case "stop":
      same<true>()<typeof selected.done>();
      break;
    default:
      same<never>()<typeof selected>();
  }
  assert.is(selected.case, "text");
});

test("§2 only cases can be selected", () => {
  // @ts-expect-error: a promise is no case
  assert.throws(() => trySelect({ wrong: Promise.resolve(1) }), /Cannot select case wrong/);
  same<never>()<Selected<{ off: false; nil: null; none: undefined }>>();
  assert.is(trySelect({ off: false, nil: null, none: undefined }), undefined);
});

test.run();
