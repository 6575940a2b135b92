// User code that runs where one forgets that it can: getters, `then`, listeners. Section 1.11.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after, Channel, select, trySelect } from "../../src/channel/mod.ts";
import { D, rejection, state, V } from "./support.ts";

const test = suite("channel/reentrancy");

/**
 * Runs `action` while each plain object has a `then`, whose getter calls `intrude` the first
 * `times` that a promise is resolved with one: the only way into an operation as it settles.
 */
function withThen(times: number, intrude: () => void, action: () => void): void {
  let left = times;
  Object.defineProperty(Object.prototype, "then", {
    configurable: true,
    get() {
      if (left-- > 0) intrude();
      return undefined;
    },
  });
  try {
    action();
  } finally {
    delete (Object.prototype as { then?: unknown }).then;
  }
  assert.ok(left < times, "then was never read");
}

test("§1.11 trySend() while a trySend() settles its receiver", async () => {
  const channel = new Channel<number>(1);
  const received = [channel.receive(), channel.receive()];
  withThen(1, () => assert.ok(channel.trySend(2)), () => assert.ok(channel.trySend(1)));
  assert.equal(await Promise.all(received), [V(1), V(2)]);
  assert.is(channel.size, 0);
});

test("§1.11 close() and trySend() while close() settles a receiver", async () => {
  const channel = new Channel<number>();
  const received = [channel.receive(), channel.receive(), channel.receive()];
  const intrude = () => {
    assert.is(channel.close(), false);
    assert.is(channel.trySend(1), false);
    assert.equal(channel.tryReceive(), D);
  };
  withThen(3, intrude, () => assert.is(channel.close(), true));
  assert.equal(await Promise.all(received), [D, D, D]);
});

test("§1.11 tryReceive() while a tryReceive() lets a select in", async () => {
  const channel = new Channel<number>(1);
  channel.trySend(1);
  const selected = select({ sent: channel.sending(2) });
  const sent = channel.send(3);
  const taken: unknown[] = [];
  withThen(
    1,
    () => taken.push(channel.tryReceive()?.value),
    () => taken.push(channel.tryReceive()?.value),
  );
  assert.equal(taken, [2, 1]); // the outer one had taken its value before
  assert.is((await selected).case, "sent");
  assert.is(await state(sent), "fulfilled");
  assert.equal([channel.tryReceive(), channel.tryReceive()], [V(3), undefined]);
});

test("§1.11 abort() while the waiter is being served comes too late", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const received = channel.receive({ signal: controller.signal });
  withThen(1, () => controller.abort(), () => assert.ok(channel.trySend(1)));
  assert.equal(await received, V(1));
});

test("§1.11 a getter among the cases of select() runs before anything is looked at", async () => {
  const [a, b] = [new Channel<number>(1), new Channel<number>(1)];
  a.trySend(1);
  let reads = 0;
  const selected = select({
    a,
    get b() {
      reads++;
      a.tryReceive();
      return b;
    },
  });
  assert.is(await state(selected), "pending");
  assert.is(a.trySend(2), true);
  assert.equal(await selected, { case: "a", ...V(2) });
  assert.is(reads, 1);
});

test("§1.11 a getter among the cases of trySelect() cannot make it lose or invent a value", () => {
  const [a, full] = [new Channel<number>(1), new Channel<number>(1)];
  a.trySend(1);
  const selected = trySelect({
    a,
    get b() {
      a.tryReceive();
      return undefined;
    },
  });
  assert.is(selected, undefined);
  const sent = trySelect({
    sent: full.sending(1),
    get b() {
      full.trySend(9);
      return undefined;
    },
  });
  assert.is(sent, undefined);
  assert.equal([full.tryReceive(), full.tryReceive()], [V(9), undefined]);
});

test("§1.11 a signal option that is a getter is read before anything is looked at", async () => {
  const channel = new Channel<number>(1);
  channel.trySend(1);
  const options = () => ({
    get signal() {
      channel.tryReceive();
      return undefined;
    },
  });
  assert.is(await state(channel.receive(options())), "pending");
  assert.is(channel.trySend(2), true);
  assert.is(channel.trySend(3), true);
  assert.is(await state(channel.send(4, options())), "fulfilled");
  assert.equal([channel.tryReceive(), channel.tryReceive()], [V(4), undefined]);
});

test("§1.11 an abort listener that sends to who waits on the same signal", async () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const { signal } = controller;
  const first = channel.receive({ signal }); // its listener comes before the next one
  let tried = true;
  signal.addEventListener("abort", () => (tried = channel.trySend(1)));
  controller.abort("stop");
  assert.is(tried, false);
  assert.is(await rejection(first), "stop");
});

test("§1.11 tasks that send again from their continuations starve nobody", async () => {
  const channel = new Channel<number>();
  const seen: number[] = [];
  const echo = async (step: number) => {
    for (let round = 0; round < 5; round++) await channel.send(step + round);
  };
  const tasks = [echo(0), echo(100), echo(200)];
  for (let count = 0; count < 15; count++) seen.push((await channel.receive()).value ?? -1);
  await Promise.all(tasks);
  const rounds = seen.map((value) => value % 100);
  assert.equal(rounds, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
});

test("§1.7 a race of receives loses a value, a select does not: the anti-pattern", async () => {
  const channel = new Channel<number>();
  await Promise.race([channel.receive(), after(0).receive()]);
  assert.is(channel.trySend(1), true); // swallowed by the receive that lost
  assert.is((await select({ channel, late: after(0) })).case, "late");
  assert.is(channel.trySend(2), false); // still with its sender
});

test.run();
