// Random operations on a channel and on a model of it that a child could check: plain arrays, and
// loops that look at everything. After each step both must agree, and the invariants hold.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select, type Overflow } from "../../src/channel/mod.ts";
import { randomFrom, turn } from "./support.ts";

const test = suite("channel/model");

interface Operation {
  readonly name: string;
  readonly value: number;
  readonly controller: AbortController;
  /** What became of it: null while it waits. */
  outcome: string | null;
}

/** What a channel is meant to be. */
class Model {
  buffer: number[] = [];
  senders: Operation[] = [];
  receivers: Operation[] = [];
  dropped: number[] = [];
  closed = false;
  readonly capacity: number;
  readonly costMax: number;
  readonly overflow: Overflow;

  constructor(capacity: number, costMax: number, overflow: Overflow) {
    this.capacity = capacity;
    this.costMax = costMax;
    this.overflow = overflow;
  }

  get cost(): number {
    return this.buffer.reduce((sum, value) => sum + costOf(value), 0);
  }

  fits(value: number): boolean {
    const { length } = this.buffer;
    return length < this.capacity && (length === 0 || this.cost + costOf(value) <= this.costMax);
  }

  /** True if it was sent, false if closed, null if it would wait. */
  send(value: number): boolean | null {
    if (this.closed) return false;
    if (this.receivers.length > 0) this.receivers.shift()!.outcome = `got ${value}`;
    else if (this.senders.length === 0 && this.fits(value)) this.buffer.push(value);
    else if (this.overflow === "block") return null;
    else if (this.overflow === "dropNewest") this.dropped.push(value);
    else {
      while (!this.fits(value)) this.dropped.push(this.buffer.shift()!);
      this.buffer.push(value);
    }
    return true;
  }

  /** What was received, or null if it would wait. */
  receive(): string | null {
    if (this.buffer.length > 0) {
      const value = this.buffer.shift();
      this.letIn();
      return `got ${value}`;
    }
    const sender = this.senders.shift();
    if (sender === undefined) return this.closed ? "end" : null;
    sender.outcome = "sent";
    return `got ${sender.value}`;
  }

  letIn(): void {
    while (this.senders.length > 0 && this.fits(this.senders[0].value)) {
      this.senders[0].outcome = "sent";
      this.buffer.push(this.senders.shift()!.value);
    }
  }

  close(): boolean {
    if (this.closed) return false;
    this.closed = true;
    for (const receiver of this.receivers) receiver.outcome = "end";
    for (const sender of this.senders) sender.outcome = "ChannelClosedError";
    this.receivers = [];
    this.senders = [];
    return true;
  }

  abort(operation: Operation): void {
    operation.outcome = "AbortError";
    this.senders = this.senders.filter((other) => other !== operation);
    this.receivers = this.receivers.filter((other) => other !== operation);
    this.letIn();
  }
}

function costOf(value: number): number {
  return value % 5;
}

function describe(result: { value?: unknown; done?: boolean } | void): string {
  if (result === undefined) return "sent";
  return result.done ? "end" : `got ${String(result.value)}`;
}

const never = new Channel<number>();

async function play(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const capacity = pick([0, 1, 1, 2, 3, 8, Infinity]);
  const overflow = capacity === 0 ? pick(["block", "dropNewest"] as const)
    : pick(["block", "block", "dropOldest", "dropNewest"] as const);
  const costMax = pick([Infinity, 0, 4, 10]);
  const dropped: number[] = [];
  const channel = new Channel<number>(capacity, {
    overflow,
    onDrop: (value) => void dropped.push(value),
    ...(costMax === Infinity ? {} : { cost: costOf, costMax }),
  });
  const model = new Model(capacity, costMax, overflow);
  const expected: Operation[] = [];
  const seen: (string | null)[] = [];
  const log: string[] = [];

  const start = (name: string, value: number, begin: (signal: AbortSignal) => Promise<unknown>) => {
    const controller = new AbortController();
    const operation: Operation = { name, value, controller, outcome: null };
    const at = expected.push(operation) - 1;
    seen.push(null);
    begin(controller.signal).then(
      (result) => (seen[at] = describe(result as { value?: unknown })),
      (error: Error) => (seen[at] = error.name),
    );
    return operation;
  };

  const actions: Record<string, (value: number) => unknown> = {
    trySend: (value) => assert.is(channel.trySend(value), model.send(value) ?? false),
    tryReceive: () => {
      const received = channel.tryReceive();
      assert.is(received === undefined ? null : describe(received), model.receive());
    },
    send: (value) => {
      const operation = start("send", value, (signal) => channel.send(value, { signal }));
      const sent = model.send(value);
      if (sent === null) model.senders.push(operation);
      else operation.outcome = sent ? "sent" : "ChannelClosedError";
    },
    selectSend: (value) => {
      const operation = start("send", value, (signal) =>
        select({ never, sent: channel.sending(value) }, { signal }).then(() => undefined),
      );
      const sent = model.send(value);
      if (sent === null) model.senders.push(operation);
      else operation.outcome = sent ? "sent" : "ChannelClosedError";
    },
    receive: () => {
      const operation = start("receive", 0, (signal) => channel.receive({ signal }));
      if ((operation.outcome = model.receive()) === null) model.receivers.push(operation);
    },
    selectReceive: () => {
      const operation = start("receive", 0, (signal) => select({ never, channel }, { signal }));
      if ((operation.outcome = model.receive()) === null) model.receivers.push(operation);
    },
    next: () => {
      const operation = start("next", 0, () => channel[Symbol.asyncIterator]().next());
      if ((operation.outcome = model.receive()) === null) model.receivers.push(operation);
    },
    abort: () => {
      const operation = pick(expected.filter(({ outcome, name }) => !outcome && name !== "next"));
      operation?.controller.abort();
      if (operation) model.abort(operation);
    },
    close: () => random() < 0.1 && assert.is(channel.close(), model.close()),
  };

  for (let step = 0; step < 150; step++) {
    const action = pick(Object.keys(actions));
    const where = `seed ${seed}, step ${step}, ${action}, capacity ${capacity}, ${overflow}`;
    log.push(action);
    actions[action](step);
    const { size, cost, senders, receivers, closed } = channel.stats();
    const found = { size, senders, receivers, closed, dropped };
    const { buffer } = model;
    assert.equal(found, {
      size: buffer.length,
      senders: model.senders.length,
      receivers: model.receivers.length,
      closed: model.closed,
      dropped: model.dropped,
    }, where);
    assert.is(cost, costMax === Infinity ? 0 : model.cost, where);
    assert.ok(senders === 0 || receivers === 0, `I1: ${where}`);
    assert.ok(size === 0 || receivers === 0, `I2: ${where}`);
    assert.ok(senders === 0 || !model.fits(model.senders[0].value), `I3: ${where}`);
    assert.ok(!closed || senders + receivers === 0, `I4: ${where}`);
    assert.ok(size <= capacity, `I5: ${where}`);
    if (random() < 0.2) await turn();
  }
  channel.close();
  model.close();
  await turn();
  assert.equal(seen, expected.map(({ outcome }) => outcome), `seed ${seed}: ${log.join(" ")}`);
  assert.is(never.stats().receivers, 0, `seed ${seed}: a select left a place behind`);
}

const first = Number(process.env["CHANNEL_SEED"] ?? Math.floor(Math.random() * 1e9));
const GAMES = 300;

test(`I1 to I5 hold in ${GAMES} random games, from CHANNEL_SEED=${first} on`, async () => {
  for (let seed = first; seed < first + GAMES; seed++) await play(seed);
});

test.run();
