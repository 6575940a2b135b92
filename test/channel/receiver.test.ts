// Iteration: catalogue G.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, tick } from "../../src/channel/mod.ts";
import { ReceiverIterator } from "../../src/channel/receiver.ts";
import { D, state, timers, V } from "./support.ts";

const test = suite("channel/receiver");

function filled(values: number[]): Channel<number> {
  const channel = new Channel<number>(values.length);
  for (const value of values) channel.trySend(value);
  return channel;
}

for (const capacity of [0, 1, 7]) {
  test(`85 for await receives everything until close, capacity ${capacity}`, async () => {
    const channel = new Channel<number>(capacity);
    void (async () => {
      for (let value = 0; value < 20; value++) await channel.send(value);
      channel.close();
    })();
    const values: number[] = [];
    for await (const value of channel) values.push(value);
    assert.equal(values, Array.from({ length: 20 }, (_, index) => index));
  });
}

test("86 break leaves the channel open and the rest in it", async () => {
  const channel = filled([1, 2, 3, 4]);
  for await (const value of channel) if (value === 2) break;
  assert.is(channel.closed, false);
  assert.is(channel.size, 2);
  assert.equal(channel.tryReceive(), V(3));
});

test("87 a throw leaves the channel open and the rest in it", async () => {
  const channel = filled([1, 2, 3]);
  try {
    for await (const value of channel) if (value === 2) throw new Error("leave");
  } catch {}
  assert.is(channel.closed, false);
  assert.equal(channel.tryReceive(), V(3));
});

test("88 two loops share the values, and both end", async () => {
  const channel = new Channel<number>();
  const values: number[] = [];
  const loop = async () => {
    for await (const value of channel) values.push(value);
  };
  const loops = [loop(), loop()];
  for (let value = 0; value < 10; value++) await channel.send(value);
  channel.close();
  await Promise.all(loops);
  assert.equal(values.sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("89 return() ends a next() that waits, and no value is eaten", async () => {
  const channel = new Channel<number>();
  const iterator = channel[Symbol.asyncIterator]();
  const next = [iterator.next(), iterator.next()];
  const returned = iterator.return?.();
  assert.is(channel.trySend(1), false);
  assert.is(channel.stats().receivers, 0);
  assert.equal(await Promise.all([...next, returned]), [D, D, D]);
});

test("89a return() after a value came leaves that value to its next()", async () => {
  const channel = new Channel<number>();
  const iterator = channel[Symbol.asyncIterator]();
  const next = [iterator.next(), iterator.next()];
  assert.is(channel.trySend(1), true);
  void iterator.return?.();
  assert.equal(await Promise.all(next), [V(1), D]);
});

test("90 two next() at once get two values in order", async () => {
  const channel = new Channel<number>();
  const iterator = channel[Symbol.asyncIterator]();
  const next = [iterator.next(), iterator.next()];
  channel.trySend(1);
  channel.trySend(2);
  assert.equal(await Promise.all(next), [V(1), V(2)]);
});

test("91 next() after return() gives the end, though there are values", async () => {
  const channel = filled([1, 2]);
  const iterator = channel[Symbol.asyncIterator]();
  assert.equal(await iterator.next(), V(1));
  assert.equal(await iterator.return?.(), D);
  assert.equal(await iterator.next(), D);
  assert.equal(await iterator.return?.(), D);
  assert.equal(channel.tryReceive(), V(2));
});

test("91 an iterator knows that it was returned, for those that are made of it", async () => {
  class Knowing extends ReceiverIterator<number> {
    get isReturned(): boolean {
      return this.returned;
    }
  }
  const iterator = new Knowing(new Channel<number>());
  assert.is(iterator.isReturned, false);
  await iterator.return();
  assert.is(iterator.isReturned, true);
});

test("91a an iterator goes on where another one stopped, and is its own iterable", async () => {
  const channel = filled([1, 2, 3]);
  const first = channel[Symbol.asyncIterator]();
  assert.is(first[Symbol.asyncIterator](), first);
  assert.equal(await first.next(), V(1));
  assert.equal(await channel[Symbol.asyncIterator]().next(), V(2));
  assert.equal(await first.next(), V(3));
});

test("§1.8 a loop over what a channel carries keeps undefined and promises", async () => {
  const channel = new Channel<unknown>(3);
  const promise = Promise.resolve(7);
  for (const value of [undefined, promise, null]) channel.trySend(value);
  channel.close();
  const iterator = channel[Symbol.asyncIterator]();
  assert.equal(await iterator.next(), V(undefined));
  assert.is((await iterator.next()).value, promise);
  assert.equal(await iterator.next(), V(null));
  assert.equal(await iterator.next(), D);
});

test("§1.8 next() and receive() are served in the order in which they came", async () => {
  const channel = new Channel<number>();
  const iterator = channel[Symbol.asyncIterator]();
  const results = [iterator.next(), channel.receive(), iterator.next()];
  for (let value = 1; value <= 3; value++) channel.trySend(value);
  assert.equal(await Promise.all(results), [V(1), V(2), V(3)]);
});

test("§1.8 a timer can be looped over, and return() stops it", async () => {
  const before = timers();
  let count = 0;
  for await (const time of tick(1)) {
    assert.type(time, "number");
    if (++count === 3) break;
  }
  const iterator = tick(60_000)[Symbol.asyncIterator]();
  const next = iterator.next();
  assert.is(await state(next), "pending");
  void iterator.return?.();
  assert.equal(await next, D);
  assert.is(timers(), before);
});

test.run();
