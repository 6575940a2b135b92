// While we do not read no silence counts; when we read again the peer has its full time.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PauseReason } from "../../src/connection/pause_reason.ts";
import { frame } from "../support/frame.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/keepalive (paused)");

test("Keepalive begins anew with the silence when we read again, though no byte came", async () => {
  const line = new Line({ keepalive: {} });
  line.receive(frame("8a"));
  line.clock.advanceSync(3000); // by now the byte has been seen
  line.lifecycle.pauseInput(PauseReason.BUDGET);
  line.clock.advanceSync(37_000);
  await turn();
  assert.is(line.transport.take(), "8900"); // at 25 s, and the next would be due at 45 s
  line.lifecycle.resumeInput(PauseReason.BUDGET);
  line.clock.advanceSync(22_499); // the next look, at 42.5 s, sees that we read again
  await turn();
  assert.is(line.transport.take(), "");
  line.clock.advanceSync(1);
  await turn();
  assert.is(line.transport.take(), "8900");
});

test.run();
