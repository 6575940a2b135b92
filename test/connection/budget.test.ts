// The budget of all connections: above it who holds something is not read, and who holds the most
// is shed.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Budget } from "../../src/connection/budget.ts";
import type { BudgetMember, Share } from "../../src/connection/budget.ts";
import { LimitError } from "../../src/protocol/limit_error.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { turn } from "./support.ts";

const test = suite("connection/budget");

/** Somebody who holds what the test says, and notes what he is told. */
class Member implements BudgetMember {
  heldSize = 0;
  waitingSize = 0;
  paused = false;
  error: LimitError | null = null;
  readonly share: Share;

  constructor(budget: Budget) {
    this.share = budget.join(this);
  }

  hold(size: number): void {
    this.heldSize = size;
    this.share.changed();
  }

  pauseInput(): void {
    this.paused = true;
  }

  resumeInput(): void {
    this.paused = false;
  }

  shed(error: LimitError): void {
    this.error = error;
    this.hold(0);
  }
}

/** A budget of 1,000, its clock, and so many members. */
function members(count: number): {
  readonly budget: Budget;
  readonly clock: FakeClock;
  readonly all: readonly Member[];
} {
  const clock = new FakeClock();
  const budget = new Budget(1000, clock);
  return { budget, clock, all: Array.from({ length: count }, () => new Member(budget)) };
}

function paused(all: readonly Member[]): boolean[] {
  return all.map((member) => member.paused);
}

test("Budget pauses nobody up to its size; above it who holds something as it changes", () => {
  const { budget, all } = members(4);
  all[0].hold(600);
  all[1].hold(400);
  assert.equal([budget.total, ...paused(all)], [1000, false, false, false, false]);
  all[2].hold(1);
  assert.equal([budget.total, ...paused(all)], [1001, false, false, true, false]);
  all[0].hold(601);
  assert.equal(paused(all), [true, false, true, false]);
});

test("Budget reads on with who holds nothing but what waits to be decoded", () => {
  const { all } = members(2);
  all[0].hold(1001);
  all[1].waitingSize = 40;
  for (const [size, isPaused] of [[50, true], [40, false], [41, true], [40, false]] as const) {
    all[1].hold(size);
    assert.is(all[1].paused, isPaused, `${size} held`);
  }
});

test("Budget reads on with who holds nothing any more, although the others are above it", () => {
  const { all } = members(2);
  all[0].hold(1001);
  for (let round = 0; round < 3; round++) {
    all[1].hold(50);
    assert.equal(paused(all), [true, true]);
    all[1].hold(0);
    assert.equal(paused(all), [true, false]);
  }
});

test("Budget reads on with all when an eighth is free, and sets no timer then", () => {
  const { all, clock } = members(3);
  all[0].hold(500);
  all[1].hold(501);
  all[2].hold(1);
  assert.is(clock.pending, 1);
  all[0].hold(374);
  assert.equal(paused(all), [true, true, true]);
  all[0].hold(373); // 875 in all
  assert.equal(paused(all), [false, false, false]);
  assert.is(clock.pending, 0);
});

test("Budget sheds who holds the most when a second has not helped, then the next", async () => {
  const { budget, all, clock } = members(4);
  [100, 300, 400, 201].forEach((size, index) => all[index].hold(size));
  await clock.advance(999);
  assert.equal(all.map(({ error }) => error), [null, null, null, null]);
  await clock.advance(1);
  assert.equal(all.map(({ error }) => error?.found ?? 0), [0, 0, 1001, 0]);
  assert.equal([budget.total, ...paused(all)], [601, false, false, false, false]);
  all[0].hold(801); // 1,302 in all
  await turn();
  assert.equal(all.map(({ error }) => error?.found ?? 0), [1302, 0, 1001, 0]);
  all[1].hold(450);
  all[3].hold(551); // 1,001 in all
  await clock.advance(1000);
  assert.equal(all.map(({ error }) => error?.found ?? 0), [1302, 0, 1001, 1001]);
  assert.is(budget.total, 450);
});

test("Budget sheds several when one is not enough", async () => {
  const { budget, all, clock } = members(10);
  for (const member of all) member.hold(101);
  await clock.advance(1000);
  assert.is(all.filter(({ error }) => error !== null).length, 2);
  assert.is(budget.total, 808);
});

test("Budget sheds nobody when the readers have caught up within the second", async () => {
  const { all, clock } = members(2);
  all[0].hold(600);
  all[1].hold(600);
  await clock.advance(500);
  all[0].hold(400);
  await clock.advance(500);
  assert.equal(all.map(({ error }) => error), [null, null]);
  assert.equal([...paused(all), clock.pending], [false, false, 0]);
});

test("Budget does not wait above five quarters, which no pause would stop", async () => {
  const { all } = members(2);
  all[0].hold(650);
  all[1].hold(600); // 1,250
  await turn();
  assert.equal(all.map(({ error }) => error), [null, null]);
  all[0].hold(651);
  assert.is(all[0].error, null); // what was written may leave at the end of the turn
  await turn();
  assert.equal(all.map(({ error }) => error?.closeCode), [1013, undefined]);
});

for (const left of [0, 1250]) {
  test(`Budget: of 2,000, ${left} are left at the end of the turn: no reason to shed`, async () => {
    const { all } = members(1);
    all[0].hold(2000);
    all[0].hold(left);
    await turn();
    assert.equal([all[0].error, all[0].paused], [null, left > 0]);
  });
}

test("Budget forgets who leaves: once, and whatever he says later", () => {
  const { budget, all, clock } = members(2);
  all[0].hold(900);
  all[1].hold(300);
  all[0].share.leave();
  all[0].share.leave();
  all[0].hold(5000);
  assert.equal([budget.total, all[1].paused, clock.pending], [300, false, 0]);
  all[1].share.leave();
  assert.is(budget.total, 0);
});

test("Budget asks who retires what he holds, and counts it until that is nothing", () => {
  const { budget, all } = members(3);
  for (const member of all) member.hold(300);
  [0, 100].forEach((size, index) => {
    all[index].heldSize = size; // nobody has said so
    all[index].share.retire();
  });
  assert.is(budget.total, 0 + 100 + 300);
  all[1].hold(0);
  all[1].hold(500); // he has left
  assert.is(budget.total, 300);
});

test("Budget sheds a few in each turn of the event loop, and no more than it must", async () => {
  const { budget, all } = members(200);
  for (const member of all) member.hold(10);
  const counts: number[] = [];
  for (let round = 0; round < 4; round++) {
    await turn();
    counts.push(all.filter(({ error }) => error !== null).length);
  }
  assert.equal(counts, [64, 113, 113, 113]);
  assert.is(budget.total, 870);
  assert.ok(all.every(({ paused, error }) => error !== null || !paused));
});

test("Budget sheds nobody whose turn comes when others have let go of enough", async () => {
  const { budget, all } = members(200);
  for (const member of all) member.hold(10);
  await turn();
  const isShed = all.map(({ error }) => error !== null);
  for (const member of all) if (member.error === null) member.hold(6);
  await turn();
  assert.equal(all.map(({ error }) => error !== null), isShed);
  assert.equal([isShed.filter(Boolean).length, budget.total], [64, 136 * 6]);
});

test.run();
