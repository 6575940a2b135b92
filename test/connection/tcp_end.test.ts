// How long the peer has for its FIN: a second once ours has left, but what we wrote before it may
// take as long as a closing handshake.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeFrame } from "../support/frame.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/tcp_end");

for (const [what, flushed, timeoutMs] of [
  ["1 s when all has left", true, 1000],
  ["closeTimeoutMs when something has not", false, 5000],
] as const) {
  test(`Lifecycle waits behind its FIN for that of the peer: ${what}`, async () => {
    const line = new Line({ limits: { closeTimeoutMs: 5000 } });
    line.transport.flushed = flushed;
    line.receive(closeFrame(1000));
    await turn();
    assert.is(line.transport.ends, 1);
    line.clock.advanceSync(timeoutMs - 1);
    assert.is(line.transport.destroys, 0);
    line.clock.advanceSync(1);
    assert.is(line.transport.destroys, 1);
  });
}

test.run();
