// select is fair and never loses track: the long runs of catalogue E.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after, Channel, select, tick, trySelect } from "../../src/channel/mod.ts";
import { turn } from "./support.ts";

const test = suite("channel/select fair");

for (const [name, choose] of [["select", select], ["trySelect", trySelect]] as const) {
  test(`58 ${name}() gives two ready cases the same chance`, async () => {
    const rounds = 10_000;
    const [a, b] = [new Channel<number>(rounds), new Channel<number>(rounds)];
    for (let round = 0; round < rounds; round++) void [a.trySend(round), b.trySend(round)];
    let chosenA = 0;
    for (let round = 0; round < rounds; round++) {
      if ((await choose({ a, b }))?.case === "a") chosenA++;
    }
    // sqrt(n)/2 is one standard deviation: 4.4 of them go wrong once in 90,000 runs.
    assert.ok(Math.abs(chosenA - rounds / 2) < 4.4 * (Math.sqrt(rounds) / 2), `${chosenA}`);
  });
}

test("59 four kinds of cases, timers among them, each get their share", async () => {
  const rounds = 4000;
  const [full, room] = [new Channel<number>(Infinity), new Channel<number>(Infinity)];
  const counts = { received: 0, sent: 0, after: 0, tick: 0 };
  for (let round = 0; round < rounds; round++) {
    full.trySend(round);
    const ticking = tick(0.001);
    const start = performance.now();
    while (performance.now() - start < 0.002);
    const cases = { received: full, sent: room.sending(round), after: after(0), tick: ticking };
    counts[(await select(cases)).case]++;
  }
  for (const [label, count] of Object.entries(counts)) assert.ok(count >= rounds / 8, label);
});

test("60 two sends on one channel are both chosen", async () => {
  const c = new Channel<number>(100);
  const counts = { z: 0, o: 0 };
  for (let round = 0; round < 100; round++) {
    const selected = await select({ z: c.sending(0), o: c.sending(1) });
    counts[selected.case]++;
    assert.is(c.tryReceive()?.value, selected.case === "z" ? 0 : 1);
  }
  assert.ok(counts.z > 10 && counts.o > 10);
});

test("58a three cases have the same chance: the draw does not favour the last", async () => {
  const rounds = 9000;
  const channels = [0, 1, 2].map(() => new Channel<number>(1));
  const counts = { a: 0, b: 0, c: 0 };
  for (let round = 0; round < rounds; round++) {
    const [a, b, c] = channels;
    for (const channel of channels) channel.trySend(round);
    counts[(await select({ a, b, c })).case]++;
  }
  const deviation = Math.sqrt((rounds * 2) / 9);
  for (const count of Object.values(counts)) {
    assert.ok(Math.abs(count - rounds / 3) < 4.6 * deviation, JSON.stringify(counts));
  }
});

test("69 trySelect() finds the one ready channel of two, while others move values", async () => {
  const [c1, c2] = [new Channel<number>(1), new Channel<number>(1)];
  c1.trySend(1);
  let stopped = false;
  const move = async (from: Channel<number>, to: Channel<number>) => {
    while (!stopped) {
      const moved = from.tryReceive();
      if (moved && !moved.done) assert.ok(to.trySend(moved.value));
      await undefined;
    }
  };
  const movers = [move(c1, c2), move(c2, c1)];
  for (let round = 0; round < 5000; round++) {
    const selected = trySelect({ c1, c2 });
    assert.ok(selected !== undefined && !selected.done, `round ${round}`);
    assert.ok(c1.trySend(selected.value));
    await undefined;
  }
  stopped = true;
  await Promise.all(movers);
});

for (const capacity of [0, 3]) {
  test(`72 select() under stress delivers everything and ends, capacity ${capacity}`, async () => {
    const COUNT = 500;
    const channels = [0, 1, 2, 3].map(() => new Channel<number>(capacity));
    const received = [0, 0, 0, 0];
    const sendOne = async (at: number) => {
      for (let value = 0; value < COUNT; value++) {
        await channels[at].send(value);
        if (value % 97 === 0) await turn();
      }
    };
    const receiveOne = async (at: number) => {
      for (let count = 0; count < COUNT; count++) {
        await channels[at].receive();
        received[at]++;
      }
    };
    const sendAll = async () => {
      const left = [COUNT, COUNT, COUNT, COUNT];
      for (let count = 0; count < 4 * COUNT; count++) {
        const [a, b, c, d] = channels.map((channel, at) => left[at] > 0 && channel.sending(count));
        left["abcd".indexOf((await select({ a, b, c, d })).case)]--;
      }
    };
    const receiveAll = async () => {
      const left = [COUNT, COUNT, COUNT, COUNT];
      for (let count = 0; count < 4 * COUNT; count++) {
        const [a, b, c, d] = channels.map((channel, at) => left[at] > 0 && channel);
        const at = "abcd".indexOf((await select({ a, b, c, d })).case);
        left[at]--;
        received[at]++;
      }
    };
    const tasks = [0, 1, 2, 3].flatMap((at) => [sendOne(at), receiveOne(at)]);
    await Promise.all([...tasks, sendAll(), receiveAll()]);
    assert.equal(received, [2 * COUNT, 2 * COUNT, 2 * COUNT, 2 * COUNT]);
    for (const channel of channels) {
      const { size, senders, receivers } = channel.stats();
      assert.equal([size, senders, receivers], [0, 0, 0]);
    }
  });
}

test.run();
