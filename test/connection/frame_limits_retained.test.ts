// What an endpoint holds is told through the frame limits, which hold nothing of their own.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameLimits } from "../../src/connection/frame_limits.ts";
import { connectionLimits } from "../../src/connection/limits.ts";
import type { FrameSink } from "../../src/frame/mod.ts";
import { Endpoint } from "../../src/protocol/endpoint.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { frame } from "../support/frame.ts";
import { SinkLog } from "../protocol/support.ts";
import { Line } from "./support.ts";

const test = suite("connection/frame_limits (retained)");

const LIMITS = connectionLimits({ messagesPerSecondMax: 10, messageSizeMax: 1000 });

test("FrameLimits.retained is what is held behind it: half a message, then nothing", () => {
  const limits = new FrameLimits(new Line().lifecycle, new FakeClock(), LIMITS);
  assert.is(limits.retained, 0);
  const before = (sink: FrameSink): FrameSink => limits.before(sink);
  const endpoint = new Endpoint(new SinkLog(), "server", LIMITS.messageSizeMax, { before });
  endpoint.receive(frame("01", "Hel"));
  assert.equal([limits.retained, endpoint.retained], [1000, 1000]);
  endpoint.receive(frame("80", "lo"));
  assert.equal([limits.retained, endpoint.retained], [0, 0]);
});

test.run();
