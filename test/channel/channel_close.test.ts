// Close: catalogue C.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, ChannelClosedError, select } from "../../src/channel/mod.ts";
import { D, rejection, runScript, state, turn, V } from "./support.ts";

const test = suite("channel/channel close");

test("29 close() gives the end to all who wait to receive, in order", async () => {
  const channel = new Channel<number>(3);
  const log: number[] = [];
  const received = Array.from({ length: 5 }, (_, index) =>
    channel.receive().then((result) => {
      log.push(index);
      return result;
    }),
  );
  channel.close();
  assert.equal(await Promise.all(received), [D, D, D, D, D]);
  assert.equal(log, [0, 1, 2, 3, 4]);
});

test("30 a closed channel gives what it holds, then the end for ever", async () => {
  const channel = new Channel<number>(3);
  channel.trySend(1);
  channel.trySend(2);
  channel.close();
  assert.equal(await channel.receive(), V(1));
  assert.equal(channel.tryReceive(), V(2));
  for (let round = 0; round < 3; round++) {
    assert.equal(await channel.receive(), D);
    assert.equal(channel.tryReceive(), D);
  }
});

test("31 a closed channel takes no value", async () => {
  const channel = new Channel<number>(3);
  channel.close();
  const error = await rejection(channel.send(1));
  assert.ok(error instanceof ChannelClosedError);
  assert.is(error.name, "ChannelClosedError");
  assert.is(error.message, "Cannot send: found a closed channel, must be open");
  assert.is("cause" in error, false);
  assert.is(channel.trySend(2), false);
  assert.equal(channel.tryReceive(), D);
});

for (const capacity of [0, 2]) {
  test(`32 close() rejects all who wait to send, capacity ${capacity}`, async () => {
    const channel = new Channel<number>(capacity);
    for (let value = 0; value < capacity; value++) channel.trySend(value);
    const sent = [channel.send(10), channel.send(11), channel.send(12)];
    channel.close();
    for (const promise of sent) assert.ok((await rejection(promise)) instanceof ChannelClosedError);
    assert.is(channel.size, capacity);
    for (let value = 0; value < capacity; value++) assert.equal(channel.tryReceive(), V(value));
    assert.equal(channel.tryReceive(), D);
  });
}

test("33 a send that nobody awaits never is an unhandled rejection", async () => {
  const { status, stdout, stderr } = await runScript(`
    import { Channel } from CHANNEL;
    const channel = new Channel();
    const controller = new AbortController();
    void channel.send(1);
    void channel.send(2, { signal: controller.signal });
    const awaited = channel.send(3);
    controller.abort();
    channel.close();
    void channel.send(4);
    void channel.send(5, { signal: controller.signal });
    setTimeout(() => awaited.catch((error) => console.log(error.name)), 5);
  `);
  assert.equal([status, stderr, stdout.trim()], [0, "", "ChannelClosedError"]);
});

test("34 the second close() returns false and changes nothing", async () => {
  const channel = new Channel<number>();
  let settled = 0;
  void channel.receive().then(() => settled++);
  assert.is(channel.close(), true);
  assert.is(channel.close(), false);
  await turn();
  assert.is(channel.close(), false);
  await turn();
  assert.is(settled, 1);
});

test("35 close() may be called from continuations, onDrop and abort listeners", async () => {
  const drops: number[] = [];
  const channel: Channel<number> = new Channel<number>(1, {
    overflow: "dropOldest",
    onDrop: (value) => {
      drops.push(value);
      channel.close();
      assert.is(channel.trySend(99), false);
    },
  });
  const controller = new AbortController();
  const other = new Channel<number>();
  controller.signal.addEventListener("abort", () => {
    other.close();
    assert.is(other.close(), false);
  });
  const closing = other.receive().then(() => other.close());
  const waiting = [other.receive(), other.receive(), other.receive()];
  const aborted = rejection(other.receive({ signal: controller.signal }));
  channel.trySend(1);
  assert.is(channel.trySend(2), true);
  assert.equal(drops, [1]);
  assert.equal([channel.tryReceive(), channel.tryReceive()], [V(2), D]);
  controller.abort("stop");
  assert.is(await closing, false);
  assert.equal(await Promise.all(waiting), [D, D, D]);
  assert.is(await aborted, "stop"); // though the listener above closed the channel before ours ran
});

test("35a close() from a continuation of close() skips nobody", async () => {
  const channel = new Channel<number>();
  let ended = 0;
  for (let index = 0; index < 5; index++) {
    void channel.receive().then(() => {
      ended++;
      channel.close();
    });
  }
  channel.close();
  await turn();
  assert.is(ended, 5);
});

test("36 the first cause wins and is everywhere", async () => {
  const channel = new Channel<number>();
  const [first, second] = [new Error("first"), new Error("second")];
  const parked = channel.send(1);
  assert.is(channel.close(first), true);
  assert.is(channel.close(second), false);
  assert.is(channel.cause, first);
  assert.is(((await rejection(parked)) as Error).cause, first);
  assert.is(((await rejection(channel.send(2))) as Error).cause, first);
  const selected = select({ sent: channel.sending(3) });
  assert.is(((await rejection(selected)) as Error).cause, first);
});

test("37 a value handed over before close() in the same tick is received", async () => {
  const channel = new Channel<number>();
  const received = channel.receive();
  const selected = select({ channel });
  channel.trySend(1);
  channel.trySend(2);
  channel.close();
  assert.equal(await received, V(1));
  assert.equal(await selected, { case: "channel", ...V(2) });
});

test("38 tryReceive() after close() gives the value that is left, never nothing", () => {
  for (let round = 0; round < 100; round++) {
    const channel = new Channel<number>(1);
    channel.trySend(round);
    channel.close();
    assert.equal(channel.tryReceive(), V(round));
    assert.equal(channel.tryReceive(), D);
  }
});

test("39 receive() at the end of a channel waits nowhere", async () => {
  const channel = new Channel<number>();
  channel.close();
  const received = channel.receive({ signal: new AbortController().signal });
  assert.is(channel.stats().receivers, 0);
  assert.equal(await received, D);
});

test("40 trySend() on a channel that is full and closed changes nothing", () => {
  const channel = new Channel<number>(2);
  channel.trySend(1);
  channel.trySend(2);
  channel.close();
  assert.is(channel.trySend(3), false);
  assert.is(channel.size, 2);
});

test("41 `using` closes at the end of the scope, also after a throw or a close", () => {
  const seen: Channel<number>[] = [];
  {
    using channel = new Channel<number>();
    seen.push(channel);
    assert.is(channel.closed, false);
  }
  try {
    using channel = new Channel<number>();
    seen.push(channel);
    throw new Error("leave");
  } catch {}
  {
    using channel = new Channel<number>();
    seen.push(channel);
    channel.close("by hand");
  }
  assert.equal(seen.map(({ closed }) => closed), [true, true, true]);
  assert.is(seen[2].cause, "by hand");
});

test("I4 after close() nobody waits", async () => {
  const channel = new Channel<number>();
  void channel.send(1);
  void channel.send(2);
  channel.close();
  const empty = new Channel<number>();
  void empty.receive();
  empty.close();
  for (const { senders, receivers } of [channel.stats(), empty.stats()]) {
    assert.equal([senders, receivers], [0, 0]);
  }
  assert.is(await state(empty.receive()), "fulfilled");
});

test.run();
