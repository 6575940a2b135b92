// Limits of frames in time, over a real socket: what the client sees, to the byte.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ConnectionLimits } from "../../src/mod.ts";
import { LimitError } from "../../src/mod.ts";
import { concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { hold, TestServer } from "../support/server.ts";

const test = suite("server/frame_limits");

function started(limits: Partial<ConnectionLimits>, isHeld = false): Promise<TestServer> {
  return TestServer.start({ upgrade: { limits }, ...(isHeld && { run: hold }) });
}

test("messagesPerSecondMax: all of a flood is echoed, in its order and no faster", async () => {
  const [perSecond, burst, count] = [200, 20, 120];
  await using server = await started({ messagesPerSecondMax: perSecond, messagesBurstMax: burst });
  const client = await server.open();
  const began = performance.now();
  client.send(...Array.from({ length: count }, (_, index) => frame("81", String(index))));
  for (let index = 0; index < count; index++) {
    assert.is(await client.readEvent(), `text ${index}`);
    const most = burst + ((performance.now() - began) * perSecond) / 1000;
    assert.ok(server.messages.length <= most + 1, `${server.messages.length} of ${most}`);
  }
  client.send(closeFrame(1000));
  assert.is(await client.readEvent(), "close 1000");
  await client.fin();
});

test("messagesPerSecondMax: a client that floods is paused, others are served", async () => {
  await using server = await started({ messagesPerSecondMax: 5 });
  const [flooding, polite] = [await server.open(), await server.open()];
  const flood = concat(...Array.from({ length: 100_000 }, () => frame("82")));
  for (let count = 0; count < 10; count++) flooding.send(flood); // 6 MB: more than buffers hold
  for (let count = 0; count < 5; count++) {
    polite.send(frame("81", "Hello"));
    assert.is(await polite.readEvent(), "text Hello");
  }
  const [{ received, paused }] = server.connections.map((connection) => connection.stats());
  assert.ok(received.messages <= 20, `${received.messages} messages`);
  assert.is(paused, true);
  assert.ok(flooding.socket.writableLength > 0, "the flood waits at the client");
});

/** Floods of control frames. */
const FLOODS: readonly (readonly [what: string, first: string, answers: number])[] = [
  ["pings (A38)", "89", 50],
  ["pongs that nobody asked for (A40)", "8a", 0],
];

for (const [what, first, answers] of FLOODS) {
  test(`controlFramesPerSecondMax: ${what}: 1008, with the limit and what was found`, async () => {
    await using server = await started({ controlFramesPerSecondMax: 50 });
    const client = await server.open();
    client.send(...Array.from({ length: 10_000 }, () => frame(first)));
    for (let count = 0; count < answers; count++) assert.is(await client.readEvent(), "pong ");
    const { opcode, payload } = await client.readFrame();
    const text =
      "Cannot accept control frame: number 51 in 0 ms, " +
      "must be <= 50/s (controlFramesPerSecondMax)";
    assert.equal([opcode, ...payload], [8, ...closeFrame(1008, text).subarray(6)]);
    await client.fin();
    client.end();
    const { initiator, cause } = await server.connection.closed;
    assert.equal([initiator, cause instanceof LimitError], ["remote", true]);
  });
}

test("messageTimeoutMs: a byte now and then is no message: 1008 (A32)", async () => {
  await using server = await started({ messageTimeoutMs: 200 }, true);
  const client = await server.open();
  const began = performance.now();
  client.send(frameHeader("82", 1024 * 1024));
  const drip = setInterval(() => client.send(utf8("a")), 20);
  try {
    const { opcode, payload } = await client.readFrame();
    assert.ok(performance.now() - began >= 200);
    assert.equal([opcode, payload[0] * 256 + payload[1]], [8, 1008]);
    assert.match(
      Buffer.from(payload.subarray(2)).toString(),
      /^Cannot accept message: after 2\d\d ms it is incomplete, must be complete within 200 \(mess/,
    );
  } finally {
    clearInterval(drip);
  }
  client.end();
  assert.is(((await server.connection.closed).cause as LimitError).limit, "messageTimeoutMs");
});

test("messageTimeoutMs: who takes its time between messages is left alone", async () => {
  await using server = await started({ messageTimeoutMs: 100 });
  const client = await server.open();
  for (let count = 0; count < 3; count++) {
    client.send(frame("01", "Hel"), frame("89"));
    assert.is(await client.readEvent(), "pong ");
    client.send(frame("80", "lo"));
    assert.is(await client.readEvent(), "text Hello");
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
});

test.run();
