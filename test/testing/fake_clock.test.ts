// Time that is turned by hand.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connectionPair, FakeClock } from "../../src/testing/mod.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("testing/fake_clock");

test("FakeClock lets alarms go off in the order of their times, then of their setting", () => {
  const clock = new FakeClock();
  const start = clock.now();
  const rung: string[] = [];
  const note = (name: string) => () => rung.push(`${name} at ${clock.now() - start}`);
  clock.setTimeout(note("c"), 20);
  clock.setTimeout(note("a"), 10);
  clock.setTimeout(note("b"), 10);
  const calledOff = clock.setTimeout(note("never"), 15);
  clock.setTimeout(note("d"), 20.5);
  clock.clearTimeout(calledOff);
  assert.is(clock.pending, 4);
  clock.advanceSync(20);
  assert.equal(rung, ["a at 10", "b at 10", "c at 20"]);
  assert.is(clock.now() - start, 20);
  assert.is(clock.pending, 1);
  assert.is(clock.alarmsSet, 5);
});

test("FakeClock lets an alarm go off that an alarm has set, in the same advance", async () => {
  for (const isSync of [true, false]) {
    const clock = new FakeClock();
    const rung: number[] = [];
    const again = (): void => {
      rung.push(clock.now() - 1000);
      clock.setTimeout(again, 10);
    };
    clock.setTimeout(again, 10);
    if (isSync) clock.advanceSync(35);
    else await clock.advance(35);
    assert.equal(rung, [10, 20, 30]);
    assert.is(clock.now(), 1035);
  }
});

test("FakeClock.advance() waits between alarms for promises and the event loop", async () => {
  const clock = new FakeClock();
  const rung: number[] = [];
  const later = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    rung.push(clock.now() - 1000);
    if (rung.length < 3) clock.setTimeout(() => void later(), 10);
  };
  clock.setTimeout(() => void later(), 10);
  await clock.advance(30);
  assert.equal(rung, [10, 20, 30]);
});

test("FakeClock.advance() waits for wires that take many turns: byte after byte", async () => {
  const clock = new FakeClock();
  const { client, server } = connectionPair({ clock, chunking: 1 });
  void client.write("x".repeat(5000));
  await clock.advance(0);
  assert.is((server.tryRead() as string).length, 5000);
});

test("FakeClock.advance() gives up on two who never rest, and lets time pass", async () => {
  const clock = new FakeClock();
  const { client, server } = connectionPair({ clock });
  const echo = async (from: typeof client): Promise<void> => {
    for await (const message of from) await from.write(message);
  };
  const echoes = [echo(client), echo(server)];
  await client.write("for ever");
  await clock.advance(1);
  assert.is(clock.now(), 1001);
  client.terminate();
  server.terminate();
  await Promise.all(echoes.map((end) => rejects(end)));
});

test("FakeClock refuses a second advance() before the first is over", async () => {
  const clock = new FakeClock();
  const first = clock.advance(10);
  assert.match((await rejects(clock.advance(10))).message, /is under way, and must be awaited/);
  await first;
  await clock.advance(10);
  assert.is(clock.now(), 1020);
});

for (const ms of [-1, Number.NaN]) {
  test(`FakeClock refuses to go on by ${ms} ms`, async () => {
    const clock = new FakeClock();
    assert.throws(() => clock.advanceSync(ms), /must be a number >= 0/);
    assert.match((await rejects(clock.advance(ms))).message, /must be a number >= 0/);
    await clock.advance(1); // and nothing is stuck
  });
}

test("FakeClock goes on behind an alarm that threw", async () => {
  const clock = new FakeClock();
  clock.setTimeout(() => {
    throw new Error("of the alarm");
  }, 5);
  assert.is((await rejects(clock.advance(10))).message, "of the alarm");
  assert.is(clock.now(), 1005);
  await clock.advance(10);
  assert.is(clock.now(), 1015);
});

test("FakeClock takes delays as Node does, if it is asked to", () => {
  const clock = new FakeClock({ truncates: true });
  const rung: number[] = [];
  for (const ms of [0, 0.4, 2.9]) clock.setTimeout(() => rung.push(clock.now() - 1000), ms);
  clock.advanceSync(3);
  assert.equal(rung, [1, 1, 2]);
});

/** Both ends watch each other, or one of them; 30 ms away, or none. */
for (const latency of [0, 30]) {
  test(`A pair that is ${latency} ms apart keeps itself alive for an hour of silence`, async () => {
    const clock = new FakeClock();
    const options = { clock, latency, server: { keepalive: {} } };
    const { client, server, wire } = connectionPair(options);
    await clock.advance(3_600_000);
    assert.ok(wire.size("server") >= (2 * 3600) / 25, `${wire.size("server")} bytes of pings`);
    await client.write("still here");
    await clock.advance(latency);
    assert.is(server.tryRead(), "still here");
  });
}

test("A pair whose client is too far away is cut by the keepalive, 20 s later", async () => {
  const clock = new FakeClock();
  const { server } = connectionPair({ clock, latency: 10_001, server: { keepalive: {} } });
  await clock.advance(39_999);
  assert.is(server.tryWrite("it is open"), true);
  await clock.advance(1);
  const { code, cause } = await withTimeout(server.closed, "the end");
  assert.is(code, 1006);
  assert.is((cause as DOMException).message, "Peer was silent for 40000 ms, pinged (keepalive)");
});

test.run();
