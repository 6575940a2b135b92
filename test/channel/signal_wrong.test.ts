// What is no AbortSignal is refused before anybody waits, whether or not one would have to.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { after, Channel, select } from "../../src/channel/mod.ts";
import { rejection, runScript, V } from "./support.ts";

const test = suite("channel/signal_wrong");

const WRONG: readonly (readonly [what: string, found: unknown, kind: string])[] = [
  ["its controller", new AbortController(), "AbortController"],
  ["an empty object", {}, "Object"],
  ["an object without a reason", { aborted: false, addEventListener() {} }, "Object"],
  ["a function", () => {}, "Function"],
  ["a string", "signal", "String"],
  ["a number", 5, "Number"],
  ["false", false, "Boolean"],
];

for (const [what, found, kind] of WRONG) {
  const signal = found as AbortSignal;

  /** Asserts that `operation` rejects, and says why. */
  async function refused(operation: Promise<unknown>): Promise<void> {
    const error = await rejection(operation);
    assert.instance(error, TypeError);
    const { message } = error as TypeError;
    assert.is(message, `Cannot wait: signal is ${kind}, must be an AbortSignal`);
  }

  test(`${what} in place of a signal: nobody waits`, async () => {
    const channel = new Channel<number>();
    await refused(channel.receive({ signal }));
    await refused(channel.send(1, { signal }));
    await refused(select({ channel, sent: new Channel<number>().sending(2) }, { signal }));
    await refused(after(60_000).receive({ signal }));
    const { senders, receivers } = channel.stats();
    assert.equal([senders, receivers], [0, 0]);
    const received = channel.receive();
    assert.is(channel.trySend(3), true);
    assert.equal(await received, V(3));
  });

  test(`${what} in place of a signal: nothing is taken or sent`, async () => {
    const channel = new Channel<number>(2);
    channel.trySend(1);
    await refused(channel.receive({ signal }));
    await refused(channel.send(2, { signal }));
    await refused(select({ channel }, { signal }));
    await refused(after(0).receive({ signal }));
    assert.is(channel.size, 1);
  });
}

test("a wrong signal: a send that nobody awaits does not end the process", async () => {
  const { status, stderr, stdout } = await runScript(`
    import { Channel } from CHANNEL;
    void new Channel().send(1, { signal: new AbortController() });
    setTimeout(() => console.log("on"), 1);
  `);
  assert.equal([status, stderr, stdout], [0, "", "on\n"]);
});

test("an aborted signal: a receive that nobody awaits does, as any promise", async () => {
  const { status, stderr } = await runScript(`
    import { Channel } from CHANNEL;
    void new Channel().receive({ signal: AbortSignal.abort(new Error("given up")) });
    setTimeout(() => console.log("on"), 1);
  `);
  assert.is(status, 1);
  assert.match(stderr, /given up/);
});

test.run();
