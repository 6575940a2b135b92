// messagesPerSecondMax behind FIN: what the peer sent before it ended TCP comes at the rate, too.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError } from "../../src/protocol/limit_error.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Line, closeHex, turn } from "./support.ts";

const test = suite("connection/frame_limits (FIN)");

/** Ten a second, five at once. */
const LIMITS = { messagesPerSecondMax: 10, messagesBurstMax: 5 };
const COUNT = 100;

const TEXTS = Array.from({ length: COUNT }, (_, index) => frame("81", String(index)));

/** What a handler takes that never waits. */
function readAll(line: Line): string[] {
  const seen: string[] = [];
  line.connection.forEach((message) => void seen.push(String(message))).catch(() => {});
  return seen;
}

/** Ways for FIN to come behind more than the rate lets through, and the end that is due. */
const ENDS: readonly (readonly [
  what: string,
  send: (line: Line) => Promise<void> | void,
  due: readonly [code: number, sent: string],
])[] = [
  ["at once", (line) => (line.receive(...TEXTS), line.fin()), [1006, ""]],
  [
    "300 ms later",
    async (line) => {
      line.receive(...TEXTS);
      await line.clock.advance(300);
      line.fin();
    },
    [1006, ""],
  ],
  [
    "behind a Close",
    (line) => (line.receive(...TEXTS, closeFrame(1000)), line.fin()),
    [1000, closeHex(1000)],
  ],
];

for (const [what, send, [code, sent]] of ENDS) {
  test(`messagesPerSecondMax: FIN ${what} speeds up nothing, and ends it all`, async () => {
    const line = new Line({ limits: LIMITS });
    const seen = readAll(line);
    const begin = line.clock.now();
    await send(line);
    while (seen.length < COUNT) {
      await line.clock.advance(100);
      const ms = line.clock.now() - begin;
      assert.ok(seen.length <= 5 + ms / 100, `${seen.length} after ${ms} ms`);
      assert.ok(ms <= 10_000, `${seen.length} after ${ms} ms`);
    }
    assert.equal(seen, Array.from({ length: COUNT }, (_, index) => String(index)));
    await line.clock.advance(200);
    assert.equal([line.transport.sent, line.transport.ends], [sent, 1]);
    line.disconnect();
    assert.is((await line.connection.closed).code, code);
    assert.is(line.clock.pending, 0);
  });
}

test("messagesPerSecondMax: FIN ends it although closeTimeoutMs brings no message", async () => {
  const line = new Line({ limits: { messagesPerSecondMax: 1, closeTimeoutMs: 100 } });
  const seen = readAll(line);
  line.receive(...TEXTS.slice(0, 4));
  line.fin();
  const counts: number[] = [];
  for (let second = 0; second < 5; second++) {
    counts.push(seen.length);
    await line.clock.advance(1000);
  }
  assert.equal(counts, [1, 2, 3, 4, 4]);
  line.disconnect();
  assert.is(line.clock.pending, 0);
});

test("messagesPerSecondMax: who reads nothing is not waited for behind FIN", async () => {
  const line = new Line({ limits: { ...LIMITS, inboxMessagesMax: 7, closeTimeoutMs: 1000 } });
  line.receive(...TEXTS);
  line.fin();
  await line.clock.advance(1999); // the inbox is full within the first second
  assert.is(line.transport.ends, 0);
  await line.clock.advance(1);
  await turn();
  assert.equal([line.transport.ends, line.connection.stats().inbox.messages], [1, 7]);
  line.disconnect();
  assert.is(line.clock.pending, 0);
});

test("messagesPerSecondMax: one that has begun hides none that was read", async () => {
  const limits = { messagesPerSecondMax: 100, messagesBurstMax: 5, inboxMessagesMax: 3 };
  const line = new Line({ limits: { ...limits, closeTimeoutMs: 1000 } });
  line.receive(...TEXTS.slice(0, 8), frame("01", "a"), frame("00", "b"), frame("80", "c"));
  line.fin();
  const seen: unknown[] = [];
  for (let second = 0; second < 3; second++) {
    for (let message; (message = line.connection.tryRead()) !== undefined; ) seen.push(message);
    await line.clock.advance(1000); // the inbox is full again, and "ab" under assembly
  }
  assert.equal(seen, ["0", "1", "2", "3", "4", "5", "6", "7", "abc"]);
  line.disconnect();
});

/** What ends a connection at once while its rest waits behind FIN. */
const CUTS: readonly (readonly [what: string, cut: (line: Line) => void])[] = [
  ["close()", (line) => void line.connection.close()],
  ["terminate()", (line) => line.connection.terminate()],
];

for (const [what, cut] of CUTS) {
  test(`messagesPerSecondMax: ${what} ends the wait behind FIN, and leaves no timer`, async () => {
    const line = new Line({ limits: LIMITS });
    line.receive(...TEXTS);
    line.fin();
    await turn();
    assert.is(line.connection.stats().paused, true);
    assert.is(line.clock.pending, 2); // for the rate, and for who reads nothing
    cut(line);
    await turn();
    assert.is(line.connection.stats().paused, false);
    line.disconnect();
    assert.is(line.clock.pending, 0);
    await turn();
  });
}

test("messageTimeoutMs: FIN does not end its time while the rate holds the rest up", async () => {
  const line = new Line({ limits: { ...LIMITS, messageTimeoutMs: 2000 } });
  line.receive(frame("01", "a"), ...Array.from({ length: 99 }, () => frame("00", "a")));
  line.fin();
  await line.clock.advance(2600);
  line.disconnect();
  const { cause } = await line.connection.closed;
  assert.is((cause as LimitError).limit, "messageTimeoutMs");
});

test.run();
