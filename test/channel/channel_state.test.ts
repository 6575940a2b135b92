// Construction and state: catalogue A and the size part of D.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inspect } from "node:util";
import { Channel, type ChannelOptions } from "../../src/channel/mod.ts";
import { D, isNamed, state, thrown, turn, V } from "./support.ts";

const test = suite("channel/channel state");

test("1 Channel has capacity 0, is empty and open by default", () => {
  const channel = new Channel<number>();
  assert.is(channel.capacity, 0);
  assert.is(channel.size, 0);
  assert.is(channel.cost, 0);
  assert.is(channel.closed, false);
  assert.is(channel.cause, undefined);
});

test("2 Channel counts what it holds", () => {
  const channel = new Channel<number>(10);
  for (let value = 0; value < 3; value++) assert.is(channel.trySend(value), true);
  assert.is(channel.size, 3);
  assert.is(channel.capacity, 10);
});

const CAPACITIES: unknown[] = [-1, 1.5, NaN, -Infinity, "3", "", null, true, {}];

for (const capacity of CAPACITIES) {
  test(`3 Channel refuses a capacity of ${inspect(capacity)}`, () => {
    const error = thrown(() => new Channel(capacity as number));
    assert.ok(error instanceof RangeError);
    assert.match(error.message, /^Cannot create channel: found capacity .*, must be an integer/);
  });
}

test("4 Channel without bound takes 100,000 values and gives them back in order", () => {
  const channel = new Channel<number>(Infinity);
  for (let value = 0; value < 100_000; value++) assert.ok(channel.trySend(value));
  assert.is(channel.size, 100_000);
  for (let value = 0; value < 100_000; value++) assert.is(channel.tryReceive()?.value, value);
  assert.is(channel.tryReceive(), undefined);
});

test("5 Channel allocates nothing for its capacity in advance", () => {
  const before = process.memoryUsage().heapUsed;
  const channel = new Channel<number>(2 ** 30);
  assert.ok(process.memoryUsage().heapUsed - before < 2 ** 20);
  assert.ok(channel.trySend(1));
  assert.equal(channel.tryReceive(), V(1));
});

for (const capacity of [1, 2, 3, 5, 7, 9, 17, 100]) {
  test(`6 Channel of capacity ${capacity} takes exactly that many`, () => {
    const channel = new Channel<number>(capacity);
    let taken = 0;
    while (channel.trySend(taken)) taken++;
    assert.is(taken, capacity);
    channel.tryReceive();
    assert.is(channel.trySend(taken), true);
    assert.is(channel.trySend(taken), false);
  });
}

test("7 size of an unbuffered channel is 0 with 5 senders waiting", () => {
  const channel = new Channel<number>();
  for (let value = 0; value < 5; value++) void channel.send(value);
  assert.is(channel.size, 0);
  assert.is(channel.stats().senders, 5);
});

const OPTIONS: [what: string, options: unknown, name: string, message: RegExp][] = [
  ["an unknown overflow", { overflow: "explode" }, "TypeError", /found overflow explode, must be/],
  ["an onDrop that is no function", { onDrop: 1 }, "TypeError", /found onDrop number, must be/],
  ["a cost that is no function", { cost: 1 }, "TypeError", /found cost number, must be/],
  ["costMax without cost", { costMax: 1 }, "TypeError", /found costMax without cost, must/],
  ["a negative costMax", { cost: () => 1, costMax: -1 }, "RangeError", /found costMax -1, must/],
  ["costMax NaN", { cost: () => 1, costMax: NaN }, "RangeError", /found costMax NaN, must/],
];

for (const [what, options, name, message] of OPTIONS) {
  test(`3a Channel refuses ${what}`, () => {
    const error = thrown(() => new Channel(1, options as ChannelOptions<number>));
    assert.ok(isNamed(error, name));
    assert.match((error as Error).message, message);
  });
}

test("3b Channel takes options that are undefined for those not given", () => {
  const none = { overflow: undefined, onDrop: undefined, cost: undefined, costMax: undefined };
  const channel = new Channel<number>(1, none);
  assert.is(channel.trySend(1), true);
  assert.is(channel.trySend(2), false);
});

test("42 tryReceive() tells a value, the end, and nothing yet apart", () => {
  const channel = new Channel<undefined>(1);
  assert.is(channel.tryReceive(), undefined);
  channel.trySend(undefined);
  assert.equal(channel.tryReceive(), V(undefined));
  channel.close();
  assert.equal(channel.tryReceive(), D);
});

test("44 tryReceive() ?? await receive() gets every value and ends at close", async () => {
  const channel = new Channel<number>(4);
  const sent = (async () => {
    for (let value = 0; value < 1000; value++) {
      channel.trySend(value) || (await channel.send(value));
      if (value % 100 === 0) await turn();
    }
    channel.close();
  })();
  const values: number[] = [];
  for (;;) {
    const { value, done } = channel.tryReceive() ?? (await channel.receive());
    if (done) break;
    values.push(value);
  }
  await sent;
  assert.equal(values, Array.from({ length: 1000 }, (_, index) => index));
});

test("45 10,000 pairs of trySend and tryReceive leave nothing behind", () => {
  const channel = new Channel<number>(3);
  for (let value = 0; value < 10_000; value++) {
    assert.ok(channel.trySend(value));
    assert.is(channel.tryReceive()?.value, value);
  }
  const { size, senders, receivers } = channel.stats();
  assert.equal([size, senders, receivers], [0, 0, 0]);
});

test("110 stats() and inspect() tell the state and do not change it", async () => {
  const channel = new Channel<number>(2, { cost: (value) => value });
  for (let value = 1; value <= 4; value++) void channel.send(value);
  const pending = new Channel<number>();
  const received = pending.receive();
  const expected = { size: 2, capacity: 2, cost: 3, senders: 2, receivers: 0, closed: false };
  for (let round = 0; round < 3; round++) {
    assert.equal(channel.stats(), expected);
    assert.is(pending.stats().receivers, 1);
    assert.match(inspect(channel), /^Channel \{\s+size: 2,\s+capacity: 2,.* senders: 2/s);
    assert.match(inspect({ deep: { channel } }), /channel: Channel \{\s+size: 2/);
  }
  assert.is(await state(received), "pending");
  assert.equal(channel.tryReceive(), V(1));
});

test("§1.11 a check and the send that relies on it are atomic", () => {
  const channel = new Channel<number>(2);
  let sent = 0;
  while (!channel.closed && channel.size < channel.capacity) {
    assert.is(channel.trySend(sent), true);
    sent++;
  }
  assert.is(sent, 2);
});

test.run();
