// Timers: catalogue I. Where the time itself is not the point, it is a clock of the test.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after, Channel, never, select, tick, trySelect } from "../../src/channel/mod.ts";
import { runScript, sleep, state, thrown, timers, turn, V } from "./support.ts";

const test = suite("channel/timer");

/** Runs `action` under a clock that only `advance` moves. */
async function withClock(action: (clock: Clock) => Promise<void>): Promise<void> {
  const { setTimeout, clearTimeout } = globalThis;
  const { now } = performance;
  const clock = new Clock();
  globalThis.setTimeout = clock.setTimeout as typeof setTimeout;
  globalThis.clearTimeout = clock.clearTimeout as typeof clearTimeout;
  performance.now = () => clock.time;
  try {
    await action(clock);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    performance.now = now;
  }
}

class Clock {
  time = 1000;
  /** By how many ms timers fire before their time. */
  early = 0;
  readonly delays: number[] = [];
  readonly #pending: Map<object, { at: number; callback: () => void }> = new Map();

  get pending(): number {
    return this.#pending.size;
  }

  readonly setTimeout = (callback: () => void, ms: number): object => {
    const handle = {};
    this.delays.push(ms);
    this.#pending.set(handle, { at: this.time + ms - this.early, callback });
    return handle;
  };

  readonly clearTimeout = (handle: object): void => void this.#pending.delete(handle);

  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.#pending].sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined || due[1].at > end) break;
      this.time = Math.max(this.time, due[1].at);
      this.#pending.delete(due[0]);
      due[1].callback();
      await turn();
    }
    this.time = end;
    await turn();
  }
}

test("100 after() yields once, then never", () =>
  withClock(async (clock) => {
    const timer = after(50);
    const first = timer.receive();
    const second = timer.receive();
    await clock.advance(49);
    assert.is(await state(first), "pending");
    await clock.advance(1);
    assert.equal(await first, { value: 1050, done: false });
    await clock.advance(1000);
    assert.is(await state(second), "pending");
    assert.is(await state(timer.receive()), "pending");
    assert.is(timer.tryReceive(), undefined);
    assert.is(clock.pending, 0);
  }));

test("100a after() in real time", async () => {
  const start = performance.now();
  const { value } = await after(5).receive();
  assert.ok(performance.now() - start >= 3.9); // libuv may be 1 ms early
  assert.ok((value ?? 0) <= performance.now());
});

for (const ms of [0, -1, -Infinity]) {
  test(`101 after(${ms}) is ready at once, without a turn of the event loop`, async () => {
    const before = timers();
    assert.is(after(ms).tryReceive()?.done, false);
    assert.is(trySelect({ late: after(ms) })?.case, "late");
    let settled = false;
    const timer = after(ms);
    void timer.receive().then(() => (settled = true));
    assert.is(timer.tryReceive(), undefined);
    await undefined;
    assert.is(settled, true);
    assert.is(await state(timer.receive()), "pending");
    assert.is(timers(), before);
  });
}

test("102 tick() gives who was late one tick, not a burst, and keeps the beat", () =>
  withClock(async (clock) => {
    const timer = tick(5);
    await clock.advance(32);
    assert.equal(timer.tryReceive(), { value: 1032, done: false });
    assert.is(timer.tryReceive(), undefined);
    await clock.advance(2);
    assert.is(timer.tryReceive(), undefined);
    await clock.advance(1);
    assert.equal(timer.tryReceive(), { value: 1035, done: false });
    assert.is(clock.delays.length, 0);
  }));

test("102a tick() in real time", async () => {
  const timer = tick(5);
  const start = performance.now();
  while (performance.now() - start < 12);
  assert.is(timer.tryReceive()?.done, false);
  const { value } = await timer.receive();
  assert.ok((value ?? 0) >= start + 13);
});

test("103 10,000 selects that a timer lost leave no timer behind", async () => {
  const { status, stdout } = await runScript(`
    import { after, Channel, select, tick } from CHANNEL;
    const channel = new Channel(1);
    for (let round = 0; round < 10_000; round++) {
      const selected = select({ channel, late: after(60_000), beat: tick(60_000) });
      channel.trySend(round);
      await selected;
    }
    console.log(process.getActiveResourcesInfo().includes("Timeout"));
  `);
  assert.equal([status, stdout.trim()], [0, "false"]); // and it ended without being told to
});

test("105 one after(50) in five selects ends 50 ms after its creation", () =>
  withClock(async (clock) => {
    const [channel, late] = [new Channel<number>(), after(50)];
    for (let round = 1; round <= 4; round++) {
      const selected = select({ channel, late });
      await clock.advance(10);
      channel.trySend(round);
      assert.is((await selected).case, "channel");
      assert.is(clock.pending, 0);
    }
    const selected = select({ channel, late });
    await clock.advance(9);
    assert.is(await state(selected), "pending");
    await clock.advance(1);
    assert.equal(await selected, { case: "late", value: 1050, done: false });
    assert.equal(clock.delays, [50, 40, 30, 20, 10]);
  }));

test("106 two who wait for one tick() get one tick each, in order", () =>
  withClock(async (clock) => {
    const timer = tick(5);
    const [first, second] = [timer.receive(), timer.receive()];
    await clock.advance(5);
    assert.equal([await first, await state(second)], [{ value: 1005, done: false }, "pending"]);
    await clock.advance(5);
    assert.equal(await second, { value: 1010, done: false });
    assert.is(clock.pending, 0);
  }));

test("§1.6 a value that is due belongs to who waits, also while the event loop is late", () =>
  withClock(async (clock) => {
    for (const make of [after, tick]) {
      const timer = make(5);
      const [first, second] = [timer.receive(), timer.receive()];
      clock.time += 8;
      assert.is(timer.tryReceive(), undefined);
      assert.is(trySelect({ timer }), undefined);
      await clock.advance(0);
      assert.equal([await first, await state(second)], [V(clock.time), "pending"]);
    }
  }));

test("§1.6 tick() that fires early by a bit neither repeats nor loses a beat", () =>
  withClock(async (clock) => {
    clock.early = 0.75;
    const timer = tick(5);
    const times: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const received = timer.receive();
      await clock.advance(5);
      times.push((await received).value);
    }
    assert.equal(times, [1004.25, 1009.25, 1014.25]);
  }));

test("§1.6 a time beyond the longest delay of setTimeout() is waited for in slices", () =>
  withClock(async (clock) => {
    const received = after(2 ** 32).receive();
    await clock.advance(2 ** 32 - 1);
    assert.is(await state(received), "pending");
    await clock.advance(1);
    assert.is((await received).value, 1000 + 2 ** 32);
    assert.equal(clock.delays, [2 ** 31 - 1, 2 ** 31 - 1, 2]);
  }));

test("§1.6 a timer runs only while somebody waits", () =>
  withClock(async (clock) => {
    const timer = tick(10);
    const controller = new AbortController();
    const [first, second] = [timer.receive(), timer.receive({ signal: controller.signal })];
    assert.is(clock.pending, 1);
    controller.abort();
    await second.catch(() => {});
    assert.is(clock.pending, 1);
    await clock.advance(10);
    await first;
    assert.is(clock.pending, 0);
  }));

test("§1.6 never, after(Infinity) and tick(Infinity) wait without a timer", async () => {
  const before = timers();
  for (const timer of [never, after(Infinity), tick(Infinity)]) {
    assert.is(timer.tryReceive(), undefined);
    assert.is(await state(timer.receive()), "pending");
    const channel = new Channel<number>();
    const selected = select({ timer, channel });
    channel.trySend(1);
    assert.is((await selected).case, "channel");
  }
  assert.is(timers(), before);
});

test("§1.6 a timer keeps the process alive while somebody waits for it", async () => {
  const { status, stdout } = await runScript(`import { after } from CHANNEL;
    await after(5).receive();
    console.log("late");
  `);
  assert.equal([status, stdout.trim()], [0, "late"]);
});

test("§1.6 after() and tick() refuse what is no time", () => {
  for (const make of [() => after(NaN), () => tick(NaN), () => tick(0), () => tick(-1)]) {
    assert.ok(thrown(make) instanceof RangeError);
  }
});

test("§1.6 waits of a few ms work with the timers of the host", async () => {
  const channel = new Channel<number>();
  void sleep(1).then(() => channel.trySend(1));
  const first = await select({ channel, late: after(10_000) });
  const second = await select({ channel, late: after(2) });
  assert.equal([first.case, second.case], ["channel", "late"]);
});

test.run();
