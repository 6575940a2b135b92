// What a connection counts for in a budget, to the byte at any moment, and how it is shed.
//
// Over 250 lines: what counts and when it ceases to is one account.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Budget } from "../../src/connection/budget.ts";
import { LimitError } from "../../src/protocol/limit_error.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { Random } from "../../src/testing/random.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { closeHex, Line, turn } from "./support.ts";

const test = suite("connection/budget (connection)");

const MIB = 1024 * 1024;
const ITEM_COST = 160;

const REASON = "Cannot go on: all connections hold too much, this one the most (buffersSizeMax)";

/** A line that counts against `budget`. */
function lineIn(budget: Budget, ...rest: ConstructorParameters<typeof Line>): Line {
  const line = new Line(...rest);
  line.lifecycle.shareIn(budget);
  return line;
}

/** What a line says that its inbox and its outbox hold, and what the budget knows. */
function sizes(line: Line, budget: Budget): readonly number[] {
  const { inbox, outbox } = line.connection.stats();
  return [inbox.size, outbox.size, budget.total];
}

test("Budget counts what waits to be read, and what is under assembly", () => {
  const budget = new Budget(MIB, new FakeClock());
  const line = lineIn(budget);
  line.receive(frame("82", new Uint8Array(1000)));
  assert.equal(sizes(line, budget), [1160, 0, 1160]);
  line.receive(frameHeader("82", 5000), new Uint8Array(1));
  assert.equal(sizes(line, budget), [1160, 0, 1160 + 5000]);
  line.receive(new Uint8Array(4999));
  assert.equal(sizes(line, budget), [1160 + 5160, 0, 1160 + 5160]);
  line.connection.tryRead();
  assert.equal(sizes(line, budget), [5160, 0, 5160]);
  line.connection.tryRead();
  assert.equal(sizes(line, budget), [0, 0, 0]);
});

test("Budget counts what waits to be sent: socket, outbox, calls", async () => {
  const budget = new Budget(100 * MIB, new FakeClock());
  const line = lineIn(budget);
  line.transport.full = true;
  assert.is(line.connection.tryWrite(new Uint8Array(MIB)), true);
  const large = MIB + ITEM_COST;
  assert.ok(budget.total >= large && budget.total <= large + 64 * 1024, `${budget.total}`);
  const inSocket = budget.total;
  for (let count = 0; count < 3; count++) void line.connection.write(new Uint8Array(40_000));
  assert.is(budget.total, inSocket + 3 * 40_160);
  let slices = 0;
  for (; line.connection.stats().sent.messages < 4; slices++) {
    line.lifecycle.drained(); // and it is full again
    assert.is(budget.total, line.lifecycle.heldSize);
    await turn();
    assert.is(budget.total, line.lifecycle.heldSize);
  }
  assert.ok(slices > 16, `${slices} slices`);
  for (let drains = 0; drains < 4; drains++) {
    line.transport.drain();
    await turn();
  }
  assert.equal(sizes(line, budget), [0, 0, 0]);
  assert.is(line.connection.stats().sent.messages, 4);
});

test("Budget counts no call of write() that was given up", async () => {
  const budget = new Budget(MIB, new FakeClock());
  const line = lineIn(budget);
  line.transport.full = true;
  line.connection.tryWrite("x");
  await turn();
  const before = budget.total;
  line.connection.tryWrite(new Uint8Array(60_000));
  const giveUp = new AbortController();
  void line.connection.write(new Uint8Array(10_000), { signal: giveUp.signal });
  assert.is(budget.total, before + 60_160 + 10_160);
  giveUp.abort();
  await turn();
  assert.is(budget.total, before + 60_160);
});

test("Budget counts half a message no longer when no other half can come", () => {
  const budget = new Budget(MIB, new FakeClock());
  const line = lineIn(budget);
  line.receive(frame("02", new Uint8Array(1000)));
  assert.is(budget.total > 1000, true);
  line.receive(frame("83"));
  assert.is(budget.total, 0);
});

test("Budget counts what the decoder has put aside, while the rate holds it up", () => {
  const budget = new Budget(MIB, new FakeClock());
  const line = lineIn(budget, { limits: { messagesPerSecondMax: 1 } });
  line.receive(frame("82"), frame("82", new Uint8Array(994)));
  assert.is(budget.total, ITEM_COST + 1002);
});

test("Budget: what waits to be decoded goes on when what came before it is read", async () => {
  const budget = new Budget(100_000, new FakeClock());
  const other = lineIn(budget);
  other.receive(frame("82", new Uint8Array(99_000)));
  const line = lineIn(budget);
  line.receive(...Array.from({ length: 3000 }, () => frame("82")));
  let read = 0;
  for (let turns = 0; turns < 10; turns++) {
    assert.is(line.connection.stats().paused, turns < 3);
    while (line.connection.tryRead() !== undefined) read++;
    await turn();
  }
  assert.is(read, 3000);
  assert.equal([other.connection.stats().inbox.messages, line.lifecycle.heldSize], [1, 0]);
});

test("Budget: a connection that nobody reads is closed with 1013, and lets go of all", async () => {
  const clock = new FakeClock();
  const budget = new Budget(10_000, clock);
  const [hog, healthy] = [lineIn(budget, { clock }), lineIn(budget, { clock })];
  hog.receive(frame("82", new Uint8Array(10_000)));
  assert.equal([hog.transport.pauses, hog.connection.stats().paused], [1, true]);
  for (let round = 0; round < 10; round++) {
    healthy.receive(frame("81", "ping"));
    assert.is(healthy.connection.tryRead(), "ping");
    await clock.advance(99);
  }
  assert.is(healthy.connection.stats().paused, false);
  await clock.advance(10);
  assert.is(hog.transport.sent, closeHex(1013, REASON));
  assert.equal([hog.transport.ends, hog.connection.stats().inbox.messages], [1, 0]);
  assert.equal([healthy.transport.sent, budget.total], ["", 0]);
  hog.disconnect();
  const { code, initiator, sent, cause } = await hog.connection.closed;
  assert.equal([code, initiator, sent?.code], [1006, "local", 1013]);
  assert.ok(cause instanceof LimitError);
  assert.equal([cause.limit, cause.found, cause.max], ["buffersSizeMax", 10_160, 10_000]);
  assert.is(clock.pending, 0);
});

test("Budget: a client that takes nothing is cut, its writers are told", async () => {
  const clock = new FakeClock();
  const budget = new Budget(100_000, clock);
  const line = lineIn(budget, { clock });
  line.transport.full = true;
  line.connection.tryWrite("x");
  await turn();
  const waiting = [60_000, 60_000, 60_000].map((size) => {
    return line.connection.write(new Uint8Array(size)).catch((error: Error) => error.name);
  });
  assert.is(line.transport.destroys, 0);
  await turn();
  assert.is(line.transport.destroys, 1);
  assert.equal((await Promise.all(waiting)).slice(1), Array(2).fill("ConnectionClosedError"));
  const { initiator, cause } = await line.connection.closed;
  assert.equal([initiator, cause instanceof LimitError], ["local", true]);
  assert.equal([...sizes(line, budget), clock.pending], [0, 0, 0, 0]);
});

test("Budget: one that is closing is shed as well", async () => {
  for (const begin of [
    (line: Line) => void line.connection.close(),
    (line: Line) => line.receive(frame("88")),
  ]) {
    const clock = new FakeClock();
    const budget = new Budget(10_000, clock);
    const line = lineIn(budget, { clock });
    line.receive(frame("82", new Uint8Array(5000)));
    line.transport.full = true;
    line.connection.tryWrite("x".repeat(2600)); // charged as the other
    await turn();
    begin(line);
    const other = lineIn(budget, { clock });
    other.receive(frame("82", new Uint8Array(4000)));
    await clock.advance(1100);
    assert.equal([budget.total, other.transport.sent], [4160, ""]);
    assert.is(line.transport.destroys, 1);
  }
});

test("Budget pauses no connection that is closing: the peer's Close is yet to come", async () => {
  const budget = new Budget(1000, new FakeClock());
  const line = lineIn(budget);
  void line.connection.close();
  line.receive(frame("82", new Uint8Array(1000)));
  assert.equal([budget.total, line.transport.pauses], [1160, 0]);
  line.receive(closeFrame(1000));
  line.fin();
  line.disconnect();
  assert.is((await line.connection.closed).code, 1000);
});

test("Budget does not count a connection that has ended before it could", () => {
  const budget = new Budget(1000, new FakeClock());
  const line = new Line();
  line.receive(frame("82", new Uint8Array(5000)));
  line.disconnect();
  line.lifecycle.shareIn(budget);
  assert.is(line.connection.stats().inbox.size, 5160);
  assert.is(budget.total, 0);
});

test("Budget: one whose closing handshake is done is cut, with what nobody read", async () => {
  const budget = new Budget(10_000, new FakeClock());
  const [line, other] = [lineIn(budget), lineIn(budget)];
  line.receive(frame("82", new Uint8Array(7000)), frame("88"));
  await turn();
  assert.equal([line.transport.sent, line.transport.ends], ["8800", 1]);
  other.receive(frame("82", new Uint8Array(6000)));
  await turn();
  assert.equal([line.transport.destroys, other.transport.ends], [1, 0]);
  assert.is(budget.total, 6160);
});

for (const seed of [1, 2, 3, 4]) {
  test(`Budget is exact for thousands of messages, and 0 in the end, seed ${seed}`, async () => {
    const random = new Random(seed);
    const clock = new FakeClock();
    const budget = new Budget(seed % 2 === 0 ? 20 * MIB : 200_000, clock);
    const lines = Array.from({ length: 12 }, () => lineIn(budget, { clock }));
    for (const { lifecycle } of lines) lifecycle.handlerBegins();
    for (let step = 0; step < 4000; step++) {
      const line = lines[random.below(lines.length)];
      act(line, random);
      if (step % 16 === 0) await turn();
      if (step % 1000 === 0) await clock.advance(300);
      const held = lines.reduce((sum, { lifecycle }) => sum + lifecycle.heldSize, 0);
      // Who was shed lets go of the last of it a moment later, and does not count any more.
      if (seed % 2 === 0) assert.is(budget.total, held, `step ${step}`);
      else assert.ok(budget.total <= held, `step ${step}: ${budget.total} of ${held}`);
    }
    for (const line of lines) line.connection.terminate();
    await turn();
    for (const { connection } of lines) while (connection.tryRead() !== undefined);
    assert.is(budget.total, 0);
    await clock.advance(60_000);
    assert.is(clock.pending, 0);
  });
}

/** Something that a program, a client or a network may do at any moment. */
function act(line: Line, random: Random): void {
  const { connection, transport } = line;
  const size = random.below(3) === 0 ? random.below(100_000) : random.below(200);
  switch (random.below(12)) {
    case 0:
    case 1:
      return line.receive(frame(random.below(2) === 0 ? "82" : "89", new Uint8Array(size % 126)));
    case 2:
      return line.receive(frame("82", new Uint8Array(size)));
    case 3:
      return line.receive(frame("02", new Uint8Array(size)), frame("80", "end"));
    case 4:
    case 5:
    case 6:
      return void connection.tryRead();
    case 7:
      return void connection.tryWrite(new Uint8Array(size));
    case 8:
      return void connection.write("x".repeat(size));
    case 9:
      return void (transport.full = random.below(2) === 0);
    case 10:
      return transport.drain();
    default:
      if (random.below(300) === 0) connection.terminate();
  }
}

test("Budget counts the unread of a connection that has ended, until it is read", async () => {
  for (const end of ["disconnect", "fin"] as const) {
    const budget = new Budget(MIB, new FakeClock());
    const line = lineIn(budget);
    line.lifecycle.handlerBegins();
    line.receive(frame("82", new Uint8Array(1000)), frame("82", new Uint8Array(10)));
    line[end]();
    line.disconnect();
    assert.is(budget.total, 1160 + 170);
    await line.connection.read();
    assert.is(budget.total, 170);
    await line.connection.read();
    assert.is(budget.total, 0);
  }
});

test("Budget lets go of the unread when the handler has returned, or there is none", () => {
  const budget = new Budget(MIB, new FakeClock());
  for (const isHandled of [true, false]) {
    const line = lineIn(budget);
    if (isHandled) line.lifecycle.handlerBegins();
    line.receive(frame("82", new Uint8Array(1000)));
    line.disconnect();
    assert.is(budget.total, isHandled ? 1160 : 0);
    line.lifecycle.handlerReturned();
    assert.is(budget.total, 0);
  }
});

test.run();
