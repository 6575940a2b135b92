// controlFramesPerSecondMax: a flood of pings or pongs fails the connection, 1008.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError } from "../../src/protocol/limit_error.ts";
import { concat, hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { closeHex, Line, turn } from "./support.ts";

const test = suite("connection/frame_limits (control)");

const MAX = 10;

function limited(): Line {
  return new Line({ limits: { controlFramesPerSecondMax: MAX } });
}

function many(first: string, count: number): Uint8Array {
  return concat(...Array.from({ length: count }, () => frame(first)));
}

/** The Close that says how many came, and in how much time. */
function refusal(found: number, ms: number): string {
  const text = `Cannot accept control frame: number ${found} in ${ms} ms, must be <= ${MAX}/s`;
  return closeHex(1008, `${text} (controlFramesPerSecondMax)`);
}

for (const [what, first, answer] of [
  ["pings (A38)", "89", "8a00"],
  ["pongs that nobody asked for (A40)", "8a", ""],
] as const) {
  test(`controlFramesPerSecondMax: ${what}: ten pass, the eleventh is 1008`, async () => {
    const line = limited();
    line.receive(many(first, MAX));
    await turn();
    assert.is(line.transport.take(), answer.repeat(MAX));
    line.receive(many(first, 100_000));
    await turn();
    assert.is(line.transport.take(), refusal(11, 0));
    assert.is(line.transport.ends, 1);
    line.disconnect();
    const { code, initiator, sent, cause } = await line.connection.closed;
    assert.equal([code, initiator, sent?.code], [1006, "remote", 1008]);
    assert.ok(cause instanceof LimitError);
    assert.equal([cause.limit, cause.max, cause.found], ["controlFramesPerSecondMax", 10, 11]);
    assert.is(line.clock.pending, 0);
  });
}

test("controlFramesPerSecondMax: who keeps to it goes on for ever", async () => {
  const line = limited();
  for (let round = 0; round < 100; round++) {
    line.receive(many("89", 4), many("8a", 1));
    line.clock.advanceSync(500);
  }
  await turn();
  assert.is(line.transport.ends, 0);
});

test("controlFramesPerSecondMax: fourteen a second pass for a while, and are found", async () => {
  const line = limited();
  let count = 0;
  for (; line.transport.ends === 0; count++) {
    assert.ok(count < 200, "it is found");
    line.receive(frame("89"));
    await turn();
    await turn();
    line.clock.advanceSync(1000 / 14);
  }
  assert.is(count, 33); // 10 at once, and 10 a second for the 2.3 seconds since
  assert.ok(line.transport.sent.endsWith(refusal(33, 2286)));
});

test("controlFramesPerSecondMax counts no Close, no message and no fragment", async () => {
  const line = limited();
  line.receive(many("89", MAX), many("82", 100), frame("02"), many("00", 100), frame("80"));
  line.receive(closeFrame(1000));
  for (let turns = 0; turns < 3; turns++) await turn();
  assert.is(line.connection.stats().received.messages, 101);
  assert.ok(line.transport.sent.endsWith(closeHex(1000)));
});

test("controlFramesPerSecondMax counts those within a message; what came is read", async () => {
  const line = limited();
  line.receive(frame("81", "before"), frame("01", "a"), many("89", 11), frame("80", "b"));
  assert.is(await line.connection.read(), "before");
  let error: unknown;
  await line.connection.read().catch((found: unknown) => (error = found));
  assert.is((error as Error).name, "ConnectionClosedError");
  assert.ok((error as Error).cause instanceof LimitError);
});

test("controlFramesPerSecondMax: the reason fits into a Close, whatever the numbers", () => {
  const line = new Line({ limits: { controlFramesPerSecondMax: 2 ** 53 - 1 } });
  line.receive(many("8a", 1000));
  assert.is(line.transport.ends, 0);
  const found = "Cannot accept control frame: number 9999999999999 in 999999999999 ms, ";
  const rest = "must be <= 9999999999/s (controlFramesPerSecondMax)";
  assert.ok(hex(Buffer.from(found + rest)).length / 2 <= 123);
});

test.run();
