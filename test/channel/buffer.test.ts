// A channel that is bounded in cost too: the addition to Go that a connection needs. It carries on
// the letters of the catalogue with L.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, ChannelClosedError, select, type Overflow } from "../../src/channel/mod.ts";
import { Buffer } from "../../src/channel/buffer.ts";
import { rejection, state, thrown, V } from "./support.ts";

const test = suite("channel/buffer cost");

/** A channel of numbers that cost what they are, and the list of those that were weighed. */
function costly(capacity: number, costMax: number, overflow: Overflow = "block") {
  const weighed: number[] = [];
  const dropped: number[] = [];
  const cost = (value: number) => (weighed.push(value), value);
  const onDrop = (value: number) => void dropped.push(value);
  const channel = new Channel<number>(capacity, { cost, costMax, overflow, onDrop });
  return { channel, weighed, dropped };
}

test("L1 cost is the sum of what is buffered", () => {
  const { channel } = costly(10, 100);
  for (const value of [1, 2, 3]) channel.trySend(value);
  assert.is(channel.cost, 6);
  assert.is(channel.stats().cost, 6);
  channel.tryReceive();
  assert.is(channel.cost, 5);
});

test("L1 a closed channel asks for no cost", () => {
  const { channel, weighed } = costly(10, 100);
  channel.close();
  assert.is(channel.trySend(1), false);
  assert.equal(weighed, []);
});

test("L2 cost without the option is 0", () => {
  const channel = new Channel<number>(2);
  channel.trySend(5);
  assert.is(channel.cost, 0);
  assert.is(new Buffer<number>(2, undefined, Infinity).weigh(5), 0);
});

test("L3 costMax bounds from both sides of the limit", () => {
  const { channel } = costly(10, 10);
  assert.is(channel.trySend(6), true);
  assert.is(channel.trySend(5), false);
  assert.is(channel.trySend(4), true);
  assert.is(channel.trySend(1), false);
  assert.is(channel.trySend(0), true);
  assert.equal([channel.size, channel.cost], [3, 10]);
});

test("L4 capacity bounds the number, however cheap", () => {
  const { channel } = costly(2, 10);
  assert.equal([0, 0, 0].map((value) => channel.trySend(value)), [true, true, false]);
});

test("L5 costMax defaults to no limit, and 0 means one value at a time", () => {
  const free = new Channel<number>(3, { cost: (value) => value });
  assert.equal([1e9, 1e9].map((value) => free.trySend(value)), [true, true]);
  assert.is(free.cost, 2e9);
  const { channel } = costly(3, 0);
  assert.equal([1, 1].map((value) => channel.trySend(value)), [true, false]);
});

test("L6 a value that is dearer than costMax goes into an empty buffer", async () => {
  const { channel } = costly(10, 10);
  assert.is(channel.trySend(50), true);
  assert.is(channel.cost, 50);
  assert.is(channel.trySend(0), false);
  const sent = channel.send(60);
  assert.is(await state(sent), "pending");
  assert.equal(channel.tryReceive(), V(50));
  assert.is(await state(sent), "fulfilled");
  assert.equal([channel.size, channel.cost], [1, 60]);
});

test("L7 one receive lets in as many who wait as now fit, in their order", async () => {
  const { channel } = costly(10, 10);
  channel.trySend(10);
  const sent = [3, 4, 3, 1].map((value) => channel.send(value));
  assert.equal(channel.tryReceive(), V(10));
  const states = await Promise.all(sent.map(state));
  assert.equal(states, ["fulfilled", "fulfilled", "fulfilled", "pending"]);
  assert.equal([channel.size, channel.cost, channel.stats().senders], [3, 10, 1]);
});

test("L8 a cheap value does not overtake a dear one that waits", async () => {
  const { channel } = costly(10, 10);
  channel.trySend(8);
  const dear = channel.send(9);
  const cheap = channel.send(1);
  assert.is(channel.trySend(1), false);
  const selected = await select({ sent: channel.sending(1), channel }, { biased: true });
  assert.is(selected.case, "channel");
  assert.equal(await Promise.all([dear, cheap].map(state)), ["fulfilled", "fulfilled"]);
  assert.equal([channel.tryReceive(), channel.tryReceive()], [V(9), V(1)]);
});

test("L9 who waits costs nothing yet", () => {
  const { channel } = costly(1, 10);
  for (const value of [1, 2, 3]) void channel.send(value);
  assert.equal([channel.size, channel.cost, channel.stats().senders], [1, 1, 2]);
});

test("L10 a value handed to a receiver is not charged, nor weighed", async () => {
  const { channel, weighed } = costly(1, 10);
  const received = [channel.receive(), channel.receive()];
  assert.is(channel.trySend(99), true);
  await channel.send(98);
  assert.equal(await Promise.all(received), [V(99), V(98)]);
  assert.equal([channel.cost, weighed], [0, []]);
});

test("L11 each value is weighed once, whether buffered, waiting or in a select", async () => {
  const { channel, weighed } = costly(1, 10);
  void channel.send(1);
  void channel.send(2);
  const selected = select({ sent: channel.sending(3) });
  assert.equal([1, 2, 3].map(() => channel.tryReceive()), [V(1), V(2), V(3)]);
  assert.is((await selected).case, "sent");
  assert.equal(weighed, [1, 2, 3]);
});

test("L12 a dear sender that gives up lets in those behind it", async () => {
  for (const how of ["signal", "select"] as const) {
    const { channel } = costly(10, 10);
    channel.trySend(8);
    const [controller, other] = [new AbortController(), new Channel<number>()];
    const { signal } = controller;
    if (how === "signal") void channel.send(9, { signal });
    else void select({ dear: channel.sending(9), other });
    const cheap = [1, 1, 1].map((value) => channel.send(value));
    assert.is(channel.stats().senders, 4);
    if (how === "signal") controller.abort();
    else other.trySend(0);
    const states = await Promise.all(cheap.map(state));
    assert.equal(states, ["fulfilled", "fulfilled", "pending"], how);
    assert.equal([channel.size, channel.cost], [3, 10], how);
  }
});

test("L13 a select with two sends on one channel is let in once", async () => {
  const { channel } = costly(10, 10);
  const controller = new AbortController();
  channel.trySend(8);
  void channel.send(9, { signal: controller.signal });
  const selected = select({ first: channel.sending(1), second: channel.sending(0) });
  const behind = [1, 1].map((value) => channel.send(value));
  controller.abort();
  assert.is((await selected).case, "first");
  assert.equal(await Promise.all(behind.map(state)), ["fulfilled", "pending"]);
  assert.equal([channel.size, channel.cost, channel.stats().senders], [3, 10, 1]);
});

test("L14 close() lets nobody in, though a dear sender is rejected first", async () => {
  const { channel } = costly(10, 10);
  channel.trySend(8);
  const dear = select({ one: channel.sending(9), two: channel.sending(3) });
  const cheap = channel.send(1);
  channel.close();
  assert.ok((await rejection(dear)) instanceof ChannelClosedError);
  assert.ok((await rejection(cheap)) instanceof ChannelClosedError);
  assert.equal([channel.size, channel.cost], [1, 8]);
});

test("L15 dropOldest drops until the new value fits", () => {
  const { channel, dropped } = costly(10, 10, "dropOldest");
  for (const value of [3, 3, 3, 7]) assert.is(channel.trySend(value), true);
  assert.equal([dropped, channel.size, channel.cost], [[3, 3], 2, 10]);
  assert.is(channel.trySend(50), true);
  assert.equal([dropped, channel.size, channel.cost], [[3, 3, 3, 7], 1, 50]);
});

test("L16 dropNewest drops what does not fit", () => {
  const { channel, dropped } = costly(10, 10, "dropNewest");
  for (const value of [3, 8, 7, 1]) assert.is(channel.trySend(value), true);
  assert.equal([dropped, channel.cost], [[8, 1], 10]);
});

for (const wrong of [NaN, -1, Infinity, "1", undefined]) {
  test(`L17 a cost of ${String(wrong)} is refused, and nothing is sent`, async () => {
    const channel = new Channel<number>(1, { cost: () => wrong as number });
    const error = thrown(() => channel.trySend(1));
    assert.ok(error instanceof RangeError);
    assert.match(error.message, /^Cannot weigh value: found cost .*, must be finite and >= 0$/);
    assert.ok((await rejection(channel.send(1))) instanceof RangeError);
    assert.ok(thrown(() => channel.sending(1)) instanceof RangeError);
    assert.is(channel.size, 0);
  });
}

test("L18 cost may use the channel: what it does comes before the send", async () => {
  const closing: Channel<number> = new Channel<number>(1, {
    cost: () => (closing.close(), 1),
  });
  assert.ok((await rejection(closing.send(1))) instanceof ChannelClosedError);
  const sending: Channel<number> = new Channel<number>(2, {
    cost: (value) => (value > 0 && sending.trySend(value - 1), 1),
  });
  assert.is(sending.trySend(1), true);
  assert.equal([sending.tryReceive(), sending.tryReceive()], [V(0), V(1)]);
  const controller = new AbortController();
  const aborting = new Channel<number>(1, { cost: () => (controller.abort("stop"), 1) });
  assert.is(await rejection(aborting.send(1, { signal: controller.signal })), "stop");
});

test("L19 fractions leave no dust behind", () => {
  const { channel } = costly(100, 1);
  for (let round = 0; round < 10; round++) {
    for (let count = 0; count < 9; count++) assert.is(channel.trySend(0.1), true);
    for (let count = 0; count < 9; count++) channel.tryReceive();
    assert.is(channel.cost, 0);
  }
});

test("L20 capacity 0: nothing is ever buffered, so nothing is ever charged", async () => {
  const { channel } = costly(0, 1);
  const sent = channel.send(99);
  assert.equal(channel.tryReceive(), V(99));
  assert.is(await state(sent), "fulfilled");
  assert.is(channel.cost, 0);
});

test.run();
