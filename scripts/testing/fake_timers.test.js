// Fake timers of vitest turn what `tick()` waits for, and the handshakes of a pair go on meanwhile.
// Plain JavaScript, since only vitest runs it: `main.ts` puts it where "sluice" can be found.
import assert from "node:assert/strict";
import { connectionPair, FakeClock } from "sluice/testing";
import { tick } from "sluice/channel";
import { afterEach, beforeEach, test, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a heartbeat of tick() comes as the fake timers are turned, and close() needs no turn", async () => {
  const { client, server } = connectionPair();
  const heartbeat = async () => {
    for await (const _ of tick(1000)) await server.write("heartbeat");
  };
  const beating = assert.rejects(heartbeat(), { name: "ConnectionClosedError" });
  for (let count = 0; count < 3; count++) {
    const reading = client.read();
    await vi.advanceTimersByTimeAsync(1000);
    assert.equal(await reading, "heartbeat");
  }
  assert.equal((await client.close()).wasClean, true);
  await vi.advanceTimersByTimeAsync(1000);
  await beating;
});

test("a FakeClock is another clock, and may be turned beside them", async () => {
  const clock = new FakeClock();
  const { client } = connectionPair({ clock, latency: 10 });
  const latency = client.ping();
  await clock.advance(20);
  assert.equal(await latency, 20);
});
