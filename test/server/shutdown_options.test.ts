// How a server may be told to go: the code and the reason, the time, and closes that are spread.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeFrame } from "../support/frame.ts";
import { utf8, hex } from "../support/bytes.ts";
import { RawClient } from "../support/raw_client.ts";
import { hold, TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/shutdown_options");

test("shutdown({ code, reason }) says so to every connection", async () => {
  await using server = await TestServer.start({ run: hold });
  const client = await server.open();
  const finished = server.shutdown({ code: 1012, reason: "back soon" });
  const { opcode, payload } = await client.readFrame();
  assert.is(opcode, 8);
  assert.is(hex(payload), `03f4${hex(utf8("back soon"))}`);
  client.send(closeFrame(1012));
  await client.fin();
  client.end();
  await withTimeout(finished, "the end");
});

test("shutdown({ spread }) refuses handshakes at once, and closes one by one", async () => {
  await using server = await TestServer.start({ run: hold });
  const clients = await Promise.all(Array.from({ length: 20 }, () => server.open()));
  const times: number[] = [];
  const start = performance.now();
  const finished = server.shutdown({ spread: 400 });
  const refused = await RawClient.connect(server.port).then(() => "connected", String);
  assert.match(refused, "ECONNREFUSED");
  await Promise.all(
    clients.map(async (client) => {
      assert.is(await client.readEvent(), "close 1001");
      times.push(performance.now() - start);
      client.send(closeFrame(1001));
      await client.fin();
      client.end();
    }),
  );
  await withTimeout(finished, "the end");
  times.sort((one, other) => one - other);
  assert.ok(times[19] - times[0] > 200, `closed within ${times[19] - times[0]} ms`);
});

const NO_SHUTDOWN: readonly (readonly [options: object, due: RegExp])[] = [
  [{ code: 1005 }, /code is 1005/],
  [{ code: 1010 }, /code is 1010/],
  [{ reason: "x".repeat(124) }, /reason is 124 bytes/],
  [{ timeout: 0 }, /timeout is 0/],
  [{ timeout: "5" }, /timeout is "5"/],
  [{ spread: -1 }, /spread is -1/],
  [{ spread: Infinity }, /spread is Infinity/],
  [{ spred: 5 }, /found "spred", must be one of code, reason, timeout, spread/],
  [null as never, /Cannot shut down: options are null, must be an object/],
  [{ spread: "5" }, /spread is "5"/],
];

test("shutdown() with options that mean nothing throws, and the server goes on", async () => {
  await using server = await TestServer.start({ run: hold });
  for (const [options, due] of NO_SHUTDOWN) assert.throws(() => server.shutdown(options), due);
  const client = await server.open();
  client.end();
});

test.run();
