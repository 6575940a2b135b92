// What a full channel does with one more value: catalogue H.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select, type Overflow, type Received } from "../../src/channel/mod.ts";
import { D, rejection, runScript, state, thrown, V } from "./support.ts";

const test = suite("channel/overflow");

/** A channel that drops, and the list of what it dropped. */
function dropping(capacity: number, overflow: Overflow): [Channel<number>, number[]] {
  const dropped: number[] = [];
  const onDrop = (value: number) => void dropped.push(value);
  return [new Channel<number>(capacity, { overflow, onDrop }), dropped];
}

function drain(channel: Channel<number>): unknown[] {
  const values: unknown[] = [];
  let received: Received<number> | undefined;
  while ((received = channel.tryReceive()) && !received.done) values.push(received.value);
  return values;
}

test("92 dropOldest keeps the newest values", () => {
  const [channel, dropped] = dropping(2, "dropOldest");
  for (const value of [1, 2, 3, 4]) assert.is(channel.trySend(value), true);
  assert.equal(channel.tryReceive(), V(3));
  for (const value of [5, 6]) channel.trySend(value);
  assert.equal(drain(channel), [5, 6]);
  assert.equal(dropped, [1, 2, 4]);
});

test("93 dropNewest keeps the oldest values", () => {
  const [channel, dropped] = dropping(2, "dropNewest");
  for (const value of [1, 2, 3, 4]) assert.is(channel.trySend(value), true);
  assert.equal(channel.tryReceive(), V(1));
  for (const value of [5, 6]) channel.trySend(value);
  assert.equal(drain(channel), [2, 5]);
  assert.equal(dropped, [3, 4, 6]);
});

test("94 a channel that keeps the latest value", async () => {
  const [channel] = dropping(1, "dropOldest");
  for (const value of [1, 2, 3]) channel.trySend(value);
  assert.equal(channel.tryReceive(), V(3));
  const received = channel.receive();
  channel.trySend(4);
  channel.trySend(5);
  channel.trySend(6);
  assert.equal(await received, V(4));
  channel.close();
  assert.equal([channel.tryReceive(), channel.tryReceive()], [V(6), D]);
});

for (const overflow of ["dropOldest", "dropNewest"] as const) {
  test(`95 ${overflow}: each value is either received or dropped, once`, () => {
    const [channel, dropped] = dropping(3, overflow);
    const received: unknown[] = [];
    for (let value = 0; value < 100; value++) {
      channel.trySend(value);
      if (value % 7 === 0) received.push(channel.tryReceive()?.value);
    }
    channel.close();
    received.push(...drain(channel));
    const all = [...received, ...dropped].sort((a, b) => Number(a) - Number(b));
    assert.equal(all, Array.from({ length: 100 }, (_, index) => index));
  });
}

test("95a a value that goes to a receiver who waits is not dropped", async () => {
  for (const overflow of ["dropOldest", "dropNewest"] as const) {
    const [channel, dropped] = dropping(1, overflow);
    const received = [channel.receive(), channel.receive()];
    for (const value of [1, 2, 3]) channel.trySend(value);
    assert.equal(await Promise.all(received), [V(1), V(2)]);
    assert.equal(dropped, []);
  }
});

test("96 capacity 0: dropNewest delivers only to who waits, dropOldest is refused", async () => {
  const [channel, dropped] = dropping(0, "dropNewest");
  assert.is(channel.trySend(1), true);
  assert.equal(dropped, [1]);
  const received = channel.receive();
  assert.is(channel.trySend(2), true);
  assert.equal(await received, V(2));
  assert.equal(dropped, [1]);
  const error = thrown(() => new Channel(0, { overflow: "dropOldest" }));
  assert.ok(error instanceof RangeError);
  assert.match(error.message, /found capacity 0, must be >= 1/);
});

for (const overflow of ["dropOldest", "dropNewest"] as const) {
  test(`97 ${overflow}: send() never waits, nor does select()`, async () => {
    const [channel] = dropping(1, overflow);
    for (let value = 0; value < 5; value++) {
      assert.is(await state(channel.send(value)), "fulfilled");
      assert.is((await select({ sent: channel.sending(value) })).case, "sent");
    }
    assert.is(channel.stats().senders, 0);
    assert.is(channel.size, 1);
  });

  test(`98 ${overflow}: a closed channel leaves the value to the caller`, async () => {
    const [channel, dropped] = dropping(1, overflow);
    channel.trySend(1);
    channel.close();
    assert.is(channel.trySend(2), false);
    await rejection(channel.send(3));
    assert.equal(dropped, []);
    assert.equal(drain(channel), [1]);
  });
}

test("§1.9 block: onDrop is never called, also not for senders that are rejected", async () => {
  const [channel, dropped] = dropping(1, "block");
  channel.trySend(1);
  assert.is(channel.trySend(2), false);
  const sent = channel.send(3);
  channel.close();
  await rejection(sent);
  assert.equal(dropped, []);
});

test("§1.11 onDrop sees the state after the send, and may use the channel", () => {
  const log: string[] = [];
  const channel: Channel<number> = new Channel<number>(2, {
    overflow: "dropOldest",
    onDrop: (value) => {
      log.push(`${value} of ${channel.size}`);
      if (value === 1) channel.trySend(10);
      if (value === 3) log.push(`took ${channel.tryReceive()?.value}`);
    },
  });
  for (const value of [1, 2, 3, 4]) channel.trySend(value);
  // 3 drops 1; the onDrop of 1 sends 10, which drops 2; then 4 drops 3, whose onDrop takes 10.
  assert.equal(log, ["1 of 2", "2 of 2", "3 of 2", "took 10"]);
  assert.equal(drain(channel), [4]);
});

test("§1.9 what onDrop throws is an uncaught exception, and the send succeeds", async () => {
  const { status, stdout } = await runScript(`
    import { Channel } from CHANNEL;
    const onDrop = (value) => { throw new Error("dropped " + value); };
    const channel = new Channel(1, { overflow: "dropOldest", onDrop });
    process.on("uncaughtException", (error) => console.log(error.message));
    console.log(channel.trySend(1), channel.trySend(2), channel.tryReceive().value);
  `);
  assert.equal([status, stdout], [0, "true true 2\ndropped 1\n"]);
});

test.run();
