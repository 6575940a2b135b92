// Random operations on channels and on a model of them: sends, receives, selects over several at
// once, in order or at random, loops that are left, signals that abort. After each step both must
// agree, and the invariants hold.

import * as assert from "uvu/assert";
import { Channel, select, trySelect } from "../../src/channel/mod.ts";
import type { Case, Overflow } from "../../src/channel/mod.ts";
import { commit, costOf, described, Model, park, settle } from "./model.ts";
import type { Operation, Place, Result } from "./model.ts";
import { randomFrom, turn } from "./support.ts";

const STEPS = 150;

/** A channel and its model. */
interface Pair {
  readonly channel: Channel<number>;
  readonly model: Model;
  readonly dropped: number[];
}

/** One game: up to three channels, all that was done to them, and what must come of it. */
class Game {
  readonly pairs: readonly Pair[];
  readonly #random: () => number;
  readonly #Channel: typeof Channel;
  readonly #never = new Channel<number>();
  readonly #expected: Operation[] = [];
  readonly #seen: (string | null)[] = [];
  readonly #iterators: { iterator: AsyncIterator<number>; pair: Pair; begun: Operation[] }[] = [];

  constructor(seed: number, channel: typeof Channel) {
    this.#random = randomFrom(seed);
    this.#Channel = channel;
    const count = this.pick([1, 1, 2, 3]);
    this.pairs = Array.from({ length: count }, () => this.#pair());
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)];
  }

  /** What may be done next. */
  readonly acts: Record<string, (value: number) => unknown> = {
    trySend: (value) => {
      const { channel, model } = this.pick(this.pairs);
      assert.is(channel.trySend(value), model.send(value) ?? false);
    },
    tryReceive: () => {
      const { channel, model } = this.pick(this.pairs);
      const received = channel.tryReceive();
      assert.is(received === undefined ? null : described(received), model.receive());
    },
    send: (value) => {
      const { channel, model } = this.pick(this.pairs);
      const begin = (signal: AbortSignal): Promise<void> => channel.send(value, { signal });
      this.#wait(this.#begin("send", begin), [{ channel: model, label: "", value }]);
    },
    receive: () => {
      const { channel, model } = this.pick(this.pairs);
      const begin = (signal: AbortSignal): Promise<Result> => channel.receive({ signal });
      this.#wait(this.#begin("receive", begin), [{ channel: model, label: "", value: null }]);
    },
    next: () => this.#next(),
    "leave a loop": () => this.#leave(),
    "select in order": (value) => this.#select(value, true),
    "select at random": (value) => this.#select(value, false),
    trySelect: (value) => {
      const [cases, places] = this.#cases(value);
      const ready = places.find((place) => place.channel.isReady(place));
      let outcome: string | null = null;
      try {
        const selected = trySelect(cases, { biased: true });
        if (selected !== undefined) outcome = described(selected);
      } catch (error) {
        outcome = (error as Error).name;
      }
      assert.is(outcome, ready === undefined ? null : commit(ready));
    },
    abort: () => {
      const isWaiting = ({ outcome, name }: Operation): boolean => !outcome && name !== "next";
      const operation = this.pick(this.#expected.filter(isWaiting));
      if (operation === undefined) return;
      operation.controller.abort();
      settle(operation, operation.name === "select with stop" ? "stop" : "AbortError");
    },
    close: () => {
      const { channel, model } = this.pick(this.pairs);
      if (this.#random() < 0.1) assert.is(channel.close(), model.close());
    },
  };

  async step(name: string, value: number): Promise<void> {
    await this.acts[name](value);
    for (const pair of this.pairs) check(pair);
    if (this.#random() < 0.2) await turn();
  }

  async end(): Promise<void> {
    for (const { channel, model } of this.pairs) {
      channel.close();
      model.close();
    }
    await turn();
    assert.equal(this.#seen, this.#expected.map(({ outcome }) => outcome));
    assert.is(this.#never.stats().receivers, 0, "a select left a place behind");
  }

  #pair(): Pair {
    const capacity = this.pick([0, 1, 1, 2, 3, 8, Infinity]);
    const overflow: Overflow = capacity === 0
      ? this.pick(["block", "dropNewest"])
      : this.pick(["block", "block", "dropOldest", "dropNewest"]);
    const costMax = this.pick([Infinity, 0, 4, 10]);
    const dropped: number[] = [];
    const channel = new this.#Channel<number>(capacity, {
      overflow,
      onDrop: (value) => void dropped.push(value),
      ...(costMax === Infinity ? {} : { cost: costOf, costMax }),
    });
    return { channel, model: new Model(capacity, costMax, overflow), dropped };
  }

  #begin(name: string, begin: (signal: AbortSignal) => Promise<unknown>): Operation {
    const controller = new AbortController();
    const operation: Operation = { name, controller, outcome: null, places: [] };
    const at = this.#expected.push(operation) - 1;
    this.#seen.push(null);
    begin(controller.signal).then(
      (result) => (this.#seen[at] = described(result as Result)),
      (error: Error) => (this.#seen[at] = error.name),
    );
    return operation;
  }

  /** The first place that is ready goes ahead; if none is, it waits at all. */
  #wait(operation: Operation, places: readonly Place[]): void {
    const ready = places.find((place) => place.channel.isReady(place));
    if (ready === undefined) park(operation, places);
    else operation.outcome = commit(ready);
  }

  /** Up to three sends and receives, at any channels. */
  #cases(value: number): readonly [Record<string, Case>, Place[]] {
    const cases: Record<string, Case> = { never: this.#never };
    const places: Place[] = [];
    for (let count = this.pick([1, 1, 2, 3]); count > 0; count--) {
      const { channel, model } = this.pick(this.pairs);
      const sends = this.#random() < 0.5;
      const label = `${sends ? "send" : "receive"} ${count}`;
      cases[label] = sends ? channel.sending(value) : channel;
      places.push({ channel: model, label: `${label}: `, value: sends ? value : null });
    }
    return [cases, places];
  }

  async #select(value: number, biased: boolean): Promise<void> {
    const [cases, places] = this.#cases(value);
    const hasStop = this.#random() < 0.3; // the signal as a case, and not as the option
    const operation = this.#begin(hasStop ? "select with stop" : "select", (signal) => {
      return hasStop
        ? select({ ...cases, stop: signal }, { biased })
        : select(cases, { signal, biased });
    });
    const ready = places.filter((place) => place.channel.isReady(place));
    if (biased || ready.length < 2) return this.#wait(operation, places);
    await turn(); // any of them may have been drawn: it is seen which
    const seen = this.#seen[this.#expected.indexOf(operation)];
    const isRefusal = ({ channel, value }: Place): boolean => channel.closed && value !== null;
    const drawn = ready.find((place) => {
      return seen === "ChannelClosedError" ? isRefusal(place) : seen?.startsWith(place.label);
    });
    assert.ok(drawn !== undefined, `drew what is not ready: ${seen}`);
    operation.outcome = commit(drawn);
  }

  #next(): void {
    if (this.#iterators.length === 0 || this.#random() < 0.3) {
      const pair = this.pick(this.pairs);
      const iterator = pair.channel[Symbol.asyncIterator]();
      this.#iterators.push({ iterator, pair, begun: [] });
    }
    const { iterator, pair, begun } = this.pick(this.#iterators);
    const operation = this.#begin("next", () => iterator.next());
    begun.push(operation);
    this.#wait(operation, [{ channel: pair.model, label: "", value: null }]);
  }

  /** Every next() that is pending ends, and takes nothing. */
  #leave(): void {
    const at = Math.floor(this.#random() * this.#iterators.length);
    const [left] = this.#iterators.splice(at, 1);
    void left?.iterator.return?.();
    for (const operation of left?.begun ?? []) {
      if (operation.outcome === null) settle(operation, "end");
    }
  }
}

/** Both agree, and the invariants of `channel/channel.ts` hold. */
function check({ channel, model, dropped }: Pair): void {
  const { size, cost, senders, receivers, closed } = channel.stats();
  assert.equal({ size, senders, receivers, closed, dropped }, {
    size: model.buffer.length,
    senders: model.senders.length,
    receivers: model.receivers.length,
    closed: model.closed,
    dropped: model.dropped,
  });
  assert.is(cost, model.costMax === Infinity ? 0 : model.cost);
  const isSelf = model.senders.some(({ operation: sender }) => {
    return model.receivers.some(({ operation }) => operation === sender);
  });
  assert.ok(senders === 0 || receivers === 0 || isSelf, "I1"); // a select does not meet itself
  assert.ok(size === 0 || receivers === 0, "I2");
  assert.ok(senders === 0 || !model.fits(model.senders[0].value!), "I3");
  assert.ok(!closed || senders + receivers === 0, "I4");
  assert.ok(size <= model.capacity, "I5");
}

/** Plays the game of a seed. Throws when a channel is not what its model says it has to be. */
export async function play(seed: number, channel: typeof Channel = Channel): Promise<void> {
  const game = new Game(seed, channel);
  const log: string[] = [];
  try {
    for (let step = 0; step < STEPS; step++) {
      log.push(game.pick(Object.keys(game.acts)));
      await game.step(log[step], step);
    }
    await game.end();
  } catch (error) {
    const { message } = error as Error;
    const last = log.slice(-40).join(", ");
    throw new Error(`CHANNEL_SEED=${seed}: ${message}\nup to: ${last}`, { cause: error });
  }
}
