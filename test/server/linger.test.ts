// The end of a socket that was refused: its peer has a second, and nothing is left of that.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { once } from "node:events";
import { Duplex, PassThrough } from "node:stream";
import { endGently } from "../../src/server/linger.ts";
import { timers } from "../channel/support.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/linger");

test("endGently() leaves no timer behind a socket whose peer ends", async () => {
  const before = timers();
  const socket = new PassThrough(); // whose input ends with its output
  const closed = once(socket, "close");
  endGently(socket);
  assert.is(timers(), before + 1);
  await closed;
  assert.is(timers(), before);
});

test("endGently() destroys a socket whose peer goes on, after a second", async () => {
  const start = performance.now();
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, written) => written() });
  endGently(socket);
  socket.push("more");
  await withTimeout(once(socket, "close"), "the end");
  assert.ok(performance.now() - start >= 999);
});

test.run();
