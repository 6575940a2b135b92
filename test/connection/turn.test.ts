// A test runner may fake time, and `setImmediate` with it: a connection must go on.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connectionPair } from "../../src/testing/mod.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("connection/turn");

test("Connection needs no setImmediate but the one that was there when it was loaded", async () => {
  const { setImmediate } = globalThis;
  globalThis.setImmediate = (() => 0) as unknown as typeof setImmediate; // time stands still
  try {
    const { client, server } = connectionPair({ compression: { threshold: 0 } });
    const echo = server.forEach((message) => server.write(message));
    for (let count = 0; count < 2000; count++) await client.write(`message ${count}`);
    for (let count = 0; count < 2000; count++) {
      assert.is(await withTimeout(client.read(), "an echo"), `message ${count}`);
    }
    assert.is((await withTimeout(client.close(), "the end")).wasClean, true);
    await echo;
  } finally {
    globalThis.setImmediate = setImmediate;
  }
});

test.run();
