// select and trySelect: catalogue E, what they choose and what they leave behind.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after, Channel, ChannelClosedError, never } from "../../src/channel/mod.ts";
import { select, tick, trySelect, type Case } from "../../src/channel/mod.ts";
import { D, isCollected, rejection, state, thrown, turn, V } from "./support.ts";

const test = suite("channel/select");

/** How many wait to send to and to receive from `channel`. */
function waiting(channel: Channel<never> | Channel<number> | Channel<object>): [number, number] {
  const { senders, receivers } = channel.stats();
  return [senders, receivers];
}

test("46 select() does the only case that is ready", async () => {
  const [a, b, c] = [new Channel<number>(1), new Channel<number>(1), new Channel<number>()];
  b.trySend(7);
  assert.equal(await select({ a, b, c }), { case: "b", ...V(7) });
  assert.equal(await select({ b, sent: a.sending(8), c }), { case: "sent", ...V(undefined) });
  assert.equal(trySelect({ a, b, c }), { case: "a", ...V(8) });
});

test("47 select() waits for the first of all events", async () => {
  const [a, b, full] = [new Channel<number>(), new Channel<number>(), new Channel<number>(1)];
  full.trySend(0);
  const cases = () => ({ a, b, sent: full.sending(1), never });
  for (const [event, expected] of [
    [() => a.trySend(1), { case: "a", ...V(1) }],
    [() => b.trySend(2), { case: "b", ...V(2) }],
    [() => full.tryReceive(), { case: "sent", ...V(undefined) }],
    [() => b.close(), { case: "b", ...D }],
  ] as const) {
    const selected = select(cases());
    assert.is(await state(selected), "pending");
    event();
    assert.equal(await selected, expected);
  }
});

test("48 select() waits from the moment of the call, not a microtask later", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const selected = select({ a, b });
  assert.is(b.trySend(1), true);
  assert.equal(await selected, { case: "b", ...V(1) });
});

test("49 select() leaves all other queues in the step in which it is served", () => {
  const [a, b, full] = [new Channel<number>(), new Channel<number>(), new Channel<number>(1)];
  full.trySend(0);
  void select({ a, b, sent: full.sending(1), tick: tick(60_000) });
  assert.equal([waiting(a), waiting(b), waiting(full)], [[0, 1], [0, 1], [1, 0]]);
  a.trySend(1);
  assert.equal([waiting(a), waiting(b), waiting(full)], [[0, 0], [0, 0], [0, 0]]);
  assert.equal([full.tryReceive(), full.tryReceive()], [V(0), undefined]);
});

test("53 select() that sends and receives on one channel does not meet itself", async () => {
  const c = new Channel<number>();
  const selected = select({ s: c.sending(1), r: c });
  assert.is(await state(selected), "pending");
  assert.equal(waiting(c), [1, 1]);
  assert.equal(c.tryReceive(), V(1));
  assert.equal(await selected, { case: "s", ...V(undefined) });
  assert.equal(waiting(c), [0, 0]);
});

test("53a the same select() receives what another task sends", async () => {
  const c = new Channel<number>();
  const selected = select({ s: c.sending(1), r: c });
  assert.is(c.trySend(2), true);
  assert.equal(await selected, { case: "r", ...V(2) });
  assert.equal(waiting(c), [0, 0]);
});

test("53b two such select() meet each other", async () => {
  const c = new Channel<number>();
  const first = select({ s: c.sending(1), r: c });
  const second = select({ s: c.sending(2), r: c });
  const [a, b] = await Promise.all([first, second]);
  assert.equal([a.case, b.case].sort(), ["r", "s"]);
  assert.is(a.case === "r" ? a.value : b.value, a.case === "r" ? 2 : 1);
  assert.equal(waiting(c), [0, 0]);
});

test("53c close() ends such a select() once", async () => {
  const c = new Channel<number>();
  const selected = select({ s: c.sending(1), r: c });
  c.close();
  assert.equal(await selected, { case: "r", ...D });
  assert.equal(waiting(c), [0, 0]);
});

test("55 select() that sends and receives on a buffered channel sends, then receives", async () => {
  const c = new Channel<number>(1);
  assert.equal(await select({ s: c.sending(1), r: c }), { case: "s", ...V(undefined) });
  assert.equal(await select({ s: c.sending(2), r: c }), { case: "r", ...V(1) });
});

test("57 the value of a send that was not chosen is neither sent nor retained", async () => {
  const [a, full] = [new Channel<number>(), new Channel<object>(1)];
  full.trySend({});
  let value: object | null = { big: true };
  const reference = new WeakRef(value);
  const selected = select({ a, sent: full.sending(value) });
  value = null;
  a.trySend(1);
  assert.is((await selected).case, "a");
  assert.is((full.tryReceive()?.value as { big?: boolean }).big, undefined);
  assert.is(full.tryReceive(), undefined);
  assert.ok(await isCollected(reference));
});

test("61 biased: the first ready case in source order, 100 times of 100", async () => {
  const [a, b, c] = [new Channel<number>(), new Channel<number>(200), new Channel<number>(200)];
  for (let round = 0; round < 200; round++) void [b.trySend(round), c.trySend(round)];
  for (let round = 0; round < 100; round++) {
    assert.is((await select({ a, b, c }, { biased: true })).case, "b");
    assert.is(trySelect({ a, c, b }, { biased: true })?.case, "c");
  }
});

test("61a biased: labels that look like integers come first, as in every object", async () => {
  const [a, b] = [new Channel<number>(1), new Channel<number>(1)];
  void [a.trySend(1), b.trySend(2)];
  assert.equal(await select({ a, 7: b }, { biased: true }), { case: "7", ...V(2) });
});

test("62 a case that is undefined, null or false is left out", async () => {
  const a = new Channel<number>(1);
  const none: Channel<number> | undefined = undefined;
  const cases = { none, nil: null, off: false as const };
  assert.is(await state(select(cases)), "pending");
  assert.is(trySelect(cases), undefined);
  a.trySend(1);
  assert.equal(await select({ ...cases, a }), { case: "a", ...V(1) });
  const selected = select({ ...cases, a });
  a.trySend(2);
  assert.equal(await selected, { case: "a", ...V(2) });
});

test("63 select() without cases waits until its signal is aborted", async () => {
  assert.is(await state(select({})), "pending");
  assert.is(trySelect({}), undefined);
  const controller = new AbortController();
  const selected = select({}, { signal: controller.signal });
  controller.abort("enough");
  assert.is(await rejection(selected), "enough");
});

test("64 a closed channel is ready: what it holds first, then the end", async () => {
  const [a, b] = [new Channel<number>(1), new Channel<number>()];
  a.trySend(1);
  a.close();
  assert.equal(await select({ a, b }), { case: "a", ...V(1) });
  assert.equal(await select({ a, b }), { case: "a", ...D });
  assert.equal(trySelect({ a, b }), { case: "a", ...D });
});

test("65 a send to a closed channel fails the select, also beside a case that waits", async () => {
  const [closed, b] = [new Channel<number>(1), new Channel<number>()];
  closed.close("why");
  const error = await rejection(select({ sent: closed.sending(1), b }));
  assert.ok(error instanceof ChannelClosedError);
  assert.is(error.cause, "why");
  assert.ok(thrown(() => trySelect({ sent: closed.sending(1), b })) instanceof ChannelClosedError);
  assert.equal([waiting(closed), waiting(b)], [[0, 0], [0, 0]]);
});

test("65a a select() that waits to send is rejected when the channel closes", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const selected = select({ sent: a.sending(1), b });
  a.close();
  assert.ok((await rejection(selected)) instanceof ChannelClosedError);
  assert.equal([waiting(a), waiting(b)], [[0, 0], [0, 0]]);
});

test("66 trySelect() with nothing ready waits nowhere", () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const { signal } = new AbortController();
  assert.is(trySelect({ a, s: b.sending(1), late: after(1000), signal, never }), undefined);
  assert.equal([waiting(a), waiting(b)], [[0, 0], [0, 0]]);
});

test("70 values to send are evaluated once, in source order, also for losers", async () => {
  const c = new Channel<number>(3);
  const log: number[] = [];
  const next = (value: number) => (log.push(value), value);
  const cases = { a: c.sending(next(1)), b: c.sending(next(2)), c: c.sending(next(3)) };
  const selected = await select(cases);
  assert.equal(log, [1, 2, 3]);
  const [sent] = [c.tryReceive()?.value];
  assert.is(sent, { a: 1, b: 2, c: 3 }[selected.case]);
  assert.is(c.tryReceive(), undefined);
});

test("73 an AbortSignal as a case gives its reason, and the others are left", async () => {
  const a = new Channel<number>();
  const controller = new AbortController();
  const selected = select({ a, stop: controller.signal });
  assert.equal(waiting(a), [0, 1]);
  controller.abort("enough");
  assert.equal(waiting(a), [0, 0]);
  const expected = { case: "stop", value: "enough", done: true };
  assert.equal(await selected, expected);
  assert.equal(await select({ a, stop: controller.signal }), expected);
  assert.equal(trySelect({ a, stop: controller.signal }), expected);
});

test("73a one signal may be two cases and the option of the same select", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const both = select({ one: signal, two: signal });
  const all = select({ one: signal }, { signal });
  controller.abort("enough");
  assert.is((await both).value, "enough");
  assert.is(await rejection(all), "enough");
  assert.is(await rejection(select({ one: signal }, { signal })), "enough");
});

const WRONG: [what: string, value: unknown][] = [
  ["a number", 1],
  ["a string", "a"],
  ["a function", () => {}],
  ["an object", {}],
  ["a promise", Promise.resolve()],
];

for (const [what, value] of WRONG) {
  test(`§1.5 select() refuses ${what} as a case, and waits nowhere`, async () => {
    const a = new Channel<number>();
    const error = await rejection(select({ a, wrong: value as Case }));
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /^Cannot select case wrong: found .*, must be a receiver/);
    assert.ok(thrown(() => trySelect({ a, wrong: value as Case })) instanceof TypeError);
    assert.equal(waiting(a), [0, 0]);
  });
}

test("§1.5 a send case may be used again", async () => {
  const c = new Channel<number>(2);
  const sending = c.sending(1);
  await select({ sending });
  await turn();
  await select({ sending });
  assert.equal([c.tryReceive(), c.tryReceive()], [V(1), V(1)]);
});

test.run();
