// Send and receive: catalogue B, what meets what and in which order.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select, type Received } from "../../src/channel/mod.ts";
import { isCollected, state, V } from "./support.ts";

const test = suite("channel/channel send receive");

for (const capacity of [0, 1, 5]) {
  test(`9 receive() on an empty channel of capacity ${capacity} waits`, async () => {
    const channel = new Channel<number>(capacity);
    assert.is(channel.tryReceive(), undefined);
    assert.is(await state(channel.receive()), "pending");
    assert.is(channel.tryReceive(), undefined);
  });
}

for (const capacity of [0, 1, 5]) {
  test(`10 send() on a full channel of capacity ${capacity} waits for one receive`, async () => {
    const channel = new Channel<number>(capacity);
    for (let value = 0; value < capacity; value++) channel.trySend(value);
    const sent = channel.send(capacity);
    assert.is(await state(sent), "pending");
    assert.is(channel.trySend(99), false);
    assert.equal(await channel.receive(), V(0));
    assert.is(await state(sent), "fulfilled");
    assert.is(await sent, undefined);
  });
}

test("11 trySend() on an unbuffered channel needs a receiver that waits", async () => {
  const channel = new Channel<number>();
  assert.is(channel.trySend(1), false);
  const received = channel.receive();
  assert.is(channel.trySend(2), true);
  assert.is(channel.trySend(3), false);
  assert.equal(await received, V(2));
});

test("12 tryReceive() on an unbuffered channel takes from a sender that waits", async () => {
  const channel = new Channel<number>();
  const sent = channel.send(1);
  assert.equal(channel.tryReceive(), V(1));
  assert.is(await state(sent), "fulfilled");
  assert.is(channel.tryReceive(), undefined);
});

for (let capacity = 0; capacity <= 20; capacity++) {
  test(`13 what one task sends arrives in order, capacity ${capacity}`, async () => {
    const channel = new Channel<number>(capacity);
    const sent = (async () => {
      for (let value = 0; value < 100; value++) await channel.send(value);
    })();
    for (let value = 0; value < 100; value++) assert.equal(await channel.receive(), V(value));
    await sent;
  });
}

for (const capacity of [0, 1, 10]) {
  test(`14 4 senders and 4 receivers lose and double nothing, capacity ${capacity}`, async () => {
    const channel = new Channel<number>(capacity);
    const seen = new Array<number>(1000).fill(0);
    const send = async () => {
      for (let value = 0; value < 1000; value++) await channel.send(value);
    };
    const receive = async () => {
      for await (const value of channel) seen[value]++;
    };
    const receivers = [receive(), receive(), receive(), receive()];
    await Promise.all([send(), send(), send(), send()]);
    channel.close();
    await Promise.all(receivers);
    assert.ok(seen.every((count) => count === 4));
  });
}

test("15 receivers are served in the order in which they came", async () => {
  const channel = new Channel<string>();
  const received = [channel.receive(), channel.receive(), channel.receive()];
  for (const value of ["a", "b", "c"]) assert.is(channel.trySend(value), true);
  assert.equal(await Promise.all(received), [V("a"), V("b"), V("c")]);
});

test("16 senders are served in the order in which they came", async () => {
  const channel = new Channel<string>();
  for (const value of ["a", "b", "c"]) void channel.send(value);
  const received = [await channel.receive(), await channel.receive(), await channel.receive()];
  assert.equal(received, [V("a"), V("b"), V("c")]);
});

test("17 Channel keeps FIFO: no trySend() overtakes a sender that waits", async () => {
  const channel = new Channel<string>(1);
  for (const value of ["a", "b", "c"]) void channel.send(value);
  assert.equal(channel.tryReceive(), V("a"));
  assert.is(channel.size, 1);
  assert.is(channel.trySend("z"), false);
  assert.equal(channel.tryReceive(), V("b"));
  assert.is(channel.trySend("z"), false);
  assert.equal(channel.tryReceive(), V("c"));
  assert.is(channel.trySend("z"), true);
});

for (const capacity of [0, 1, 4]) {
  test(`19 of ${capacity + 1} sends to a capacity of ${capacity} the last waits`, async () => {
    const channel = new Channel<number>(capacity);
    const sent = Array.from({ length: capacity + 1 }, (_, value) => channel.send(value));
    const states = await Promise.all(sent.map(state));
    assert.equal(states, [...new Array(capacity).fill("fulfilled"), "pending"]);
    await channel.receive();
    assert.is(await state(sent[capacity]), "fulfilled");
  });
}

const FALSY = [undefined, null, NaN, 0, "", false, -0];

for (const capacity of [0, 1]) {
  test(`20 Channel carries every falsy value as it is, capacity ${capacity}`, async () => {
    const channel = new Channel<unknown>(capacity);
    for (const value of FALSY) {
      void channel.send(value);
      const tried = channel.tryReceive();
      assert.is(tried?.done, false);
      assert.ok(Object.is(tried?.value, value));
      const received = channel.receive();
      assert.ok(channel.trySend(value));
      assert.is((await received).done, false);
      assert.ok(Object.is((await received).value, value));
      const selected = select({ channel });
      assert.ok(channel.trySend(value));
      assert.ok(Object.is((await selected).value, value));
    }
  });
}

for (const capacity of [0, 1]) {
  test(`21 Channel does not open promises and thenables, capacity ${capacity}`, async () => {
    let asked = 0;
    const thenable = {
      get then() {
        asked++;
        return undefined;
      },
    };
    const rejected = Promise.reject(new Error("inside"));
    rejected.catch(() => {});
    for (const value of [Promise.resolve(7), rejected, thenable]) {
      const channel = new Channel<object>(capacity);
      const parked = channel.receive();
      channel.trySend(value);
      assert.is((await parked).value, value);
      void channel.send(value);
      assert.is((await channel.receive()).value, value);
      void channel.send(value);
      assert.is((await select({ channel })).value, value);
      const selected = select({ channel });
      channel.trySend(value);
      assert.is((await selected).value, value);
      const next = channel[Symbol.asyncIterator]().next();
      channel.trySend(value);
      assert.is((await next).value, value);
    }
    assert.is(asked, 0);
  });
}

test("22 a channel travels through a channel", async () => {
  const requests = new Channel<Channel<string>>();
  const replies = new Channel<string>();
  const reply = replies.receive();
  void requests.send(replies);
  const request = await requests.receive();
  assert.is(request.value, replies);
  assert.is(request.value?.trySend("hello"), true);
  assert.equal(await reply, V("hello"));
});

const WAYS: [string, (channel: Channel<object>, value: object) => Promise<unknown>][] = [
  ["the buffer", async (channel, value) => (channel.trySend(value), channel.tryReceive())],
  [
    "a sender that waits",
    async (channel, value) => {
      void [channel.trySend({}), channel.trySend({}), channel.send(value)];
      return (channel.tryReceive(), channel.tryReceive(), channel.receive());
    },
  ],
  [
    "a receiver with a signal",
    async (channel, value) => {
      const received = channel.receive({ signal: SIGNAL });
      channel.trySend(value);
      return received;
    },
  ],
  [
    "a select",
    async (channel, value) => {
      const selected = select({ channel, other: OTHER, signal: SIGNAL });
      channel.trySend(value);
      return selected;
    },
  ],
  [
    "an iterator",
    async (channel, value) => {
      const next = channel[Symbol.asyncIterator]().next();
      channel.trySend(value);
      return next;
    },
  ],
];

const SIGNAL = new AbortController().signal;
const OTHER = new Channel<object>();

for (const [way, pass] of WAYS) {
  test(`23 a value that went through ${way} is not retained`, async () => {
    const channel = new Channel<object>(2);
    let value: object | null = { big: true };
    const reference = new WeakRef(value);
    assert.ok(((await pass(channel, value)) as Received<object>).value === value);
    value = null;
    assert.ok(await isCollected(reference));
    assert.is(channel.size + OTHER.size, 0);
  });
}

test.run();
