// Listeners of the user's that come before ours: in them a signal is aborted, and we know nothing.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select, trySelect } from "../../src/channel/mod.ts";
import { rejection, V } from "./support.ts";

const test = suite("channel/signal (first)");

test("§1.7 who was aborted is served no more", async () => {
  const [wanted, offered] = [new Channel<number>(), new Channel<number>()];
  const counted = new Channel<number>(2, { cost: (cost) => cost });
  const closed = new Channel<number>();
  const controller = new AbortController();
  const { signal } = controller;
  const tried: unknown[] = [];
  signal.addEventListener("abort", () => {
    tried.push(wanted.trySend(1), offered.tryReceive(), trySelect({ offered }), counted.trySend(5));
    tried.push(counted.cost, closed.close(), closed.stats().receivers);
  });
  const results = [
    rejection(wanted.receive({ signal })),
    rejection(select({ wanted }, { signal })),
    rejection(offered.send(2, { signal })),
    rejection(counted.receive({ signal })),
    rejection(closed.receive({ signal })),
    rejection(closed.receive({ signal })),
  ];
  const stopped = select({ wanted, stop: signal });
  controller.abort("stop");
  assert.equal(tried, [false, undefined, undefined, true, 5, true, 0]);
  assert.equal(await Promise.all(results), Array(6).fill("stop"));
  assert.equal(await stopped, { case: "stop", value: "stop", done: true });
  assert.is(counted.tryReceive()?.value, 5);
});

test("§1.7 who waits behind one that was aborted is served in his place", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  controller.signal.addEventListener("abort", () => assert.is(channel.trySend(1), true));
  const aborted = rejection(channel.receive({ signal: controller.signal }));
  const received = channel.receive();
  controller.abort("stop");
  assert.is(await aborted, "stop");
  assert.equal(await received, V(1));
});

test.run();
