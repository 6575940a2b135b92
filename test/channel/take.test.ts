// take(): tryReceive() without the object around it, for whoever reads a message at a time.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { take } from "../../src/channel/channel.ts";
import { Channel } from "../../src/channel/mod.ts";
import { state } from "./support.ts";

const test = suite("channel/take");

test("take() takes what is buffered, in order, and nothing from an empty channel", () => {
  const channel = new Channel<string>(2);
  assert.is(take(channel), undefined);
  assert.is(channel.size, 0);
  channel.trySend("a");
  channel.trySend("b");
  assert.is(take(channel), "a");
  assert.is(channel.size, 1);
  assert.is(take(channel), "b");
  assert.is(take(channel), undefined);
  assert.is(channel.size, 0);
  assert.is(channel.trySend("c"), true);
  assert.is(take(channel), "c");
});

test("take() lets in who waits to send", async () => {
  const channel = new Channel<string>(1);
  channel.trySend("a");
  const sent = channel.send("b");
  assert.is(take(channel), "a");
  assert.equal([channel.size, channel.stats().senders], [1, 0]);
  assert.is(await state(sent), "fulfilled");
  assert.is(take(channel), "b");
});

test("take() takes from who waits to send where nothing is buffered", async () => {
  const channel = new Channel<string>(0);
  const sent = channel.send("a");
  assert.is(take(channel), "a");
  assert.is(await state(sent), "fulfilled");
});

test("take() takes what a closed channel still holds, then nothing", () => {
  const channel = new Channel<string>(1);
  channel.trySend("a");
  channel.close();
  assert.is(take(channel), "a");
  assert.is(take(channel), undefined);
});

test.run();
