// When things run: catalogue B (24 to 28), J (109), and the order of continuations in §1.2.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select } from "../../src/channel/mod.ts";
import { D, randomFrom, turn, V } from "./support.ts";

const test = suite("channel/channel order");

test("24 no code of a receiver or sender runs inside an operation", async () => {
  const channel = new Channel<number>();
  let ran = "";
  void channel.receive().then(() => (ran += "r"));
  channel.trySend(1);
  assert.is(ran, "");
  await turn();
  void channel.receive().then(() => (ran += "s"));
  void channel.send(2);
  assert.is(ran, "r");
  await turn();
  void channel.send(3).then(() => (ran += "t"));
  channel.tryReceive();
  assert.is(ran, "rs");
  await turn();
  void channel.receive().then(() => (ran += "u"));
  channel.close();
  assert.is(ran, "rst");
  await turn();
  assert.is(ran, "rstu");
});

test("26 23 workers that pause at random receive 27,000 values once each", async () => {
  const seed = Date.now() & 0xffff;
  const random = randomFrom(seed);
  const channel = new Channel<number>(8);
  let count = 0;
  let sum = 0;
  const work = async () => {
    for await (const value of channel) {
      count++;
      sum += value;
      if (random() < 0.001) await turn();
      else if (random() < 0.2) await undefined;
    }
  };
  const workers = Array.from({ length: 23 }, work);
  for (let value = 1; value <= 27_000; value++) await channel.send(value);
  channel.close();
  await Promise.all(workers);
  assert.equal([count, sum], [27_000, (27_000 * 27_001) / 2], `seed ${seed}`);
});

test("28 a daisy chain of 10,000 tasks passes a value on", async () => {
  const link = async (from: Channel<number>, to: Channel<number>) => {
    const { value } = await from.receive();
    await to.send((value ?? 0) + 1);
  };
  const first = new Channel<number>();
  let last = first;
  for (let at = 0; at < 10_000; at++) {
    const next = new Channel<number>();
    void link(last, next);
    last = next;
  }
  void first.send(0);
  assert.equal(await last.receive(), V(10_000));
});

test("28a a sieve of one task per prime finds the primes below 100", async () => {
  const filter = async (from: Channel<number>, to: Channel<number>, prime: number) => {
    for await (const value of from) if (value % prime !== 0) await to.send(value);
    to.close();
  };
  const numbers = new Channel<number>();
  void (async () => {
    for (let value = 2; value < 100; value++) await numbers.send(value);
    numbers.close();
  })();
  const primes: number[] = [];
  for (let source = numbers; ; ) {
    const { value: prime, done } = await source.receive();
    if (done) break;
    primes.push(prime);
    const rest = new Channel<number>();
    void filter(source, rest, prime);
    source = rest;
  }
  assert.is(primes.length, 25);
  assert.equal([primes[0], primes[24]], [2, 97]);
});

test("109 50,000 operations that need not wait do not grow the stack", async () => {
  const channel = new Channel<number>(1);
  let sum = 0;
  for (let value = 0; value < 50_000; value++) {
    await channel.send(value);
    sum += (await channel.receive()).value ?? 0;
  }
  assert.is(sum, (50_000 * 49_999) / 2);
});

test("109a 50,000 senders that wait are let in one by one, and rejected all at once", async () => {
  const channel = new Channel<number>(1, { cost: () => 1, costMax: 1 });
  for (let value = 0; value < 50_000; value++) void channel.send(value);
  for (let value = 0; value < 25_000; value++) assert.is(channel.tryReceive()?.value, value);
  assert.is(channel.close(), true);
  assert.equal(channel.tryReceive(), V(25_000));
  assert.equal(channel.tryReceive(), D);
});

test("§1.2 continuations run in the order of registration, whatever the operation", async () => {
  const channel = new Channel<number>();
  const log: string[] = [];
  void channel.receive().then(() => log.push("receive"));
  void select({ channel }).then(() => log.push("select"));
  void channel[Symbol.asyncIterator]().next().then(() => log.push("next"));
  const { signal } = new AbortController();
  void channel.receive({ signal }).then(() => log.push("signal"));
  for (let value = 0; value < 4; value++) channel.trySend(value);
  await turn();
  assert.equal(log, ["receive", "select", "next", "signal"]);
});

test("§1.2 every continuation is one microtask away", async () => {
  const channel = new Channel<number>();
  const log: string[] = [];
  void channel.receive().then(() => log.push("receive"));
  void select({ channel }).then(() => log.push("select"));
  channel.trySend(1);
  channel.trySend(2);
  queueMicrotask(() => log.push("microtask"));
  await turn();
  assert.equal(log, ["receive", "select", "microtask"]);
});

test("§1.2 the side that waited first resumes first", async () => {
  const log: string[] = [];
  const channel = new Channel<number>();
  void channel.send(1).then(() => log.push("sender"));
  void channel.receive().then(() => log.push("receiver"));
  await turn();
  void channel.receive().then(() => log.push("receiver"));
  void channel.send(2).then(() => log.push("sender"));
  await turn();
  assert.equal(log, ["sender", "receiver", "receiver", "sender"]);
});

test("§1.2 the k-th receive comes before the end of the (k + capacity)-th send", async () => {
  const channel = new Channel<number>(2);
  const log: string[] = [];
  const sends = (async () => {
    for (let value = 1; value <= 4; value++) {
      await channel.send(value);
      log.push(`sent ${value}`);
    }
  })();
  await turn();
  assert.equal(log, ["sent 1", "sent 2"]);
  log.push("receive 1");
  channel.tryReceive();
  await turn();
  log.push("receive 2");
  channel.tryReceive();
  await sends;
  assert.equal(log.slice(2), ["receive 1", "sent 3", "receive 2", "sent 4"]);
});

test("§1.2 close() comes before the receive that reports the end", async () => {
  const channel = new Channel<number>();
  const log: string[] = [];
  void channel.receive().then(({ done }) => log.push(`done ${done}`));
  await turn();
  log.push("close");
  channel.close();
  await turn();
  assert.equal(log, ["close", "done true"]);
});

test.run();
