// Cancellation: catalogue F. A value is delivered, or it is still where it was.

import { getEventListeners } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after, Channel, select, tick } from "../../src/channel/mod.ts";
import { isCollected, rejection, runScript, state, timers, turn, V } from "./support.ts";

const test = suite("channel/signal");

const ABORTED = AbortSignal.abort("stop");

test("74 an aborted signal rejects and takes nothing, though a value is ready", async () => {
  const channel = new Channel<number>(2);
  channel.trySend(1);
  assert.is(await rejection(channel.receive({ signal: ABORTED })), "stop");
  assert.is(await rejection(select({ channel }, { signal: ABORTED })), "stop");
  assert.is(await rejection(channel.send(2, { signal: ABORTED })), "stop");
  assert.is(await rejection(after(0).receive({ signal: ABORTED })), "stop");
  assert.is(channel.size, 1);
  channel.close();
  assert.is(await rejection(channel.send(2, { signal: ABORTED })), "stop");
});

test("74 no signal may be null, too, and then nobody waits who takes a value", async () => {
  const channel = new Channel<number>(1);
  const received = channel.receive({ signal: null as never });
  assert.is(channel.trySend(1), true);
  assert.equal(await received, { value: 1, done: false });
  assert.is(channel.trySend(2), true);
  assert.is(channel.size, 1);
});

test("75 abort rejects a receive() that waits; then nobody waits", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const received = channel.receive({ signal: controller.signal });
  controller.abort("stop");
  assert.is(channel.trySend(1), false);
  assert.is(channel.stats().receivers, 0);
  assert.is(await rejection(received), "stop");
});

test("75a the reason is the very object, an AbortError by default", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const received = channel.receive({ signal: controller.signal });
  controller.abort();
  const error = await rejection(received);
  assert.is(error, controller.signal.reason);
  assert.is((error as Error).name, "AbortError");
});

test("77 a value that came before the abort, in the same tick, is received", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const received = channel.receive({ signal: controller.signal });
  assert.is(channel.trySend(1), true);
  controller.abort("stop");
  assert.equal(await received, V(1));
});

test("78 a value that came before the abort, in the same tick, is selected", async () => {
  const [channel, other] = [new Channel<number>(), new Channel<number>()];
  const controller = new AbortController();
  const selected = select({ channel, other }, { signal: controller.signal });
  assert.is(channel.trySend(1), true);
  controller.abort("stop");
  assert.equal(await selected, { case: "channel", ...V(1) });
});

test("78a abort ends a select() that waits and takes it out of all queues", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const controller = new AbortController();
  const selected = select({ a, sent: b.sending(1) }, { signal: controller.signal });
  controller.abort("stop");
  assert.equal([a.stats().receivers, b.stats().senders], [0, 0]);
  assert.is(await rejection(selected), "stop");
  assert.is(b.tryReceive(), undefined);
});

for (const [operation, due] of [
  ["new Channel().receive(", 1],
  ["new Channel().send(1, ", 0],
  ["select({ channel: new Channel() }, ", 1],
] as const) {
  test(`75b an aborted ${operation}signal) that nobody awaits: exit status ${due}`, async () => {
    const { status, stderr } = await runScript(`
      import { Channel, select } from CHANNEL;
      const controller = new AbortController();
      const { signal } = controller;
      void ${operation}{ signal });
      controller.abort(new Error("why"));
    `);
    assert.is(status, due);
    assert.is(stderr.includes("Error: why"), due === 1);
  });
}

test("77a a send that was taken before the abort, in the same tick, is sent", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const sent = channel.send(1, { signal: controller.signal });
  assert.equal(channel.tryReceive(), V(1));
  controller.abort("stop");
  assert.is(await state(sent), "fulfilled");
});

test("80 an aborted send is never received; the others keep their places", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  void channel.send(1);
  const aborted = channel.send(2, { signal: controller.signal });
  void channel.send(3);
  controller.abort("stop");
  assert.is(await rejection(aborted), "stop");
  assert.is(channel.stats().senders, 2);
  assert.equal([channel.tryReceive(), channel.tryReceive()], [V(1), V(3)]);
  assert.is(channel.tryReceive(), undefined);
});

test("81 an aborted receive leaves the others their places", async () => {
  const channel = new Channel<string>();
  const controller = new AbortController();
  const first = channel.receive();
  const aborted = channel.receive({ signal: controller.signal });
  const third = channel.receive();
  controller.abort("stop");
  channel.trySend("a");
  channel.trySend("b");
  assert.equal([await first, await third], [V("a"), V("b")]);
  assert.is(await rejection(aborted), "stop");
});

test("82 50 operations that wait on one signal share one listener, without a warning", async () => {
  const { status, stderr, stdout } = await runScript(`
    import { getEventListeners } from "node:events";
    import { Channel, select } from CHANNEL;
    const controller = new AbortController();
    const { signal } = controller;
    const channel = new Channel();
    for (let count = 0; count < 25; count++) {
      channel.receive({ signal }).catch(() => {});
      select({ channel, stop: signal }, { signal }).catch(() => {});
    }
    console.log(getEventListeners(signal, "abort").length, channel.stats().receivers);
    controller.abort();
    console.log(getEventListeners(signal, "abort").length, channel.stats().receivers);
  `);
  assert.equal([status, stderr, stdout], [0, "", "1 50\n0 0\n"]);
});

test("82a 1000 operations in a row add one listener, and it goes when all is quiet", async () => {
  const channel = new Channel<number>();
  const { signal } = new AbortController();
  let added = 0;
  const add = signal.addEventListener.bind(signal) as (...args: unknown[]) => void;
  signal.addEventListener = (...args: unknown[]) => {
    added++;
    add(...args);
  };
  for (let value = 0; value < 1000; value++) {
    const received = channel.receive({ signal });
    channel.trySend(value);
    assert.equal(await received, V(value));
  }
  assert.is(added, 1);
  assert.is(getEventListeners(signal, "abort").length, 1);
  await turn();
  assert.is(getEventListeners(signal, "abort").length, 0);
  const received = channel.receive({ signal });
  assert.is(getEventListeners(signal, "abort").length, 1);
  channel.trySend(1);
  assert.equal(await received, V(1));
});

test("82b a signal that depends on others is collected after its last use", async () => {
  const channel = new Channel<number>();
  const source = new AbortController();
  let signal: AbortSignal | null = AbortSignal.any([source.signal]);
  const reference = new WeakRef(signal);
  const received = channel.receive({ signal });
  channel.trySend(1);
  await received;
  signal = null;
  assert.ok(await isCollected(reference));
});

test("83 a timeout signal rejects with TimeoutError, and nothing is lost", async () => {
  const channel = new Channel<number>();
  const alive = setTimeout(() => {}, 60_000); // the timer of AbortSignal.timeout() is unref'd
  const error = await rejection(channel.receive({ signal: AbortSignal.timeout(5) }));
  clearTimeout(alive);
  assert.is((error as Error).name, "TimeoutError");
  assert.is(channel.trySend(1), false);
  const received = channel.receive();
  assert.is(channel.trySend(2), true);
  assert.equal(await received, V(2));
});

test("§1.7 abort rejects those who wait in their order", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const log: number[] = [];
  for (let index = 0; index < 4; index++) {
    channel.receive({ signal: controller.signal }).catch(() => log.push(index));
  }
  controller.abort();
  await turn();
  assert.equal(log, [0, 1, 2, 3]);
});

test("§1.7 operations that start while the signal is being aborted are rejected", async () => {
  const channel = new Channel<number>(1);
  channel.trySend(1);
  const controller = new AbortController();
  const { signal } = controller;
  const results: Promise<unknown>[] = [];
  const waiting = tick(60_000).receive({ signal });
  signal.addEventListener("abort", () => {
    results.push(rejection(channel.receive({ signal })), rejection(channel.send(2, { signal })));
  });
  controller.abort("stop");
  assert.is(await rejection(waiting), "stop");
  assert.equal(await Promise.all(results), ["stop", "stop"]);
  assert.equal(channel.tryReceive(), V(1));
});

test("§1.7 one signal ends waits on channels, timers and selects alike", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const { signal } = controller;
  const before = timers();
  const waits = [
    channel.receive({ signal }),
    after(60_000).receive({ signal }),
    select({ late: after(60_000) }, { signal }),
  ];
  controller.abort("stop");
  for (const wait of waits) assert.is(await rejection(wait), "stop");
  assert.is(timers(), before);
});

test.run();
