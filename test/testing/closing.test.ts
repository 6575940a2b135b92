// The end of a pair, in every order: the closing handshake (§7.1), FIN without it, RST in the
// middle of a frame.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection } from "../../src/connection/connection.ts";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { connectionPair, FakeClock } from "../../src/testing/mod.ts";
import type { ConnectionPair } from "../../src/testing/mod.ts";
import { hex } from "../support/bytes.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("testing/closing");

/** Who closes, and how the wire looks; the keys are those of seed 0. */
const ORDERS: readonly (readonly [
  what: string,
  act: (pair: ConnectionPair) => void,
  initiators: readonly [client: string, server: string],
  codes: readonly [client: number, server: number],
])[] = [
  ["the client", ({ client }) => void client.close(4001), ["local", "remote"], [4001, 4001]],
  ["the server", ({ server }) => void server.close(4002), ["remote", "local"], [4002, 4002]],
  [
    "both at once",
    ({ client, server }) => {
      void client.close(4001);
      void server.close(4002);
    },
    ["local", "local"],
    [4002, 4001],
  ],
];

for (const [what, act, initiators, codes] of ORDERS) {
  for (const latency of [0, 20]) {
    test(`A pair ends cleanly, one Close each: ${what} closes, ${latency} ms away`, async () => {
      const clock = new FakeClock();
      const pair = connectionPair({ clock, latency });
      act(pair);
      await clock.advance(4 * latency);
      const ends = [pair.client, pair.server];
      const closures = await withTimeout(Promise.all(ends.map(({ closed }) => closed)), "the end");
      assert.equal(closures.map(({ wasClean }) => wasClean), [true, true]);
      assert.equal(closures.map(({ initiator }) => initiator), initiators);
      assert.equal(closures.map(({ code }) => code), codes);
      assert.is(pair.wire.size("client"), 8);
      assert.is(pair.wire.size("server"), 4);
      assert.is(clock.pending, 0);
    });
  }
}

test("A pair sends what is queued in front of its Close: §5.5.1", async () => {
  const { client, server } = connectionPair();
  for (let number = 0; number < 300; number++) void client.write(String(number));
  const closed = client.close();
  const texts: unknown[] = [];
  for await (const message of server) texts.push(message);
  assert.equal(texts, Array.from({ length: 300 }, (_, number) => String(number)));
  assert.is((await withTimeout(closed, "the end")).wasClean, true);
});

test("A pair answers a Close behind what the handler still says", async () => {
  const { client, server } = connectionPair();
  const echo = (async () => {
    for await (const message of server) await server.write(message);
  })();
  for (let number = 0; number < 300; number++) void client.write(String(number));
  const closed = client.close();
  let count = 0;
  for await (const message of client) assert.is(message, String(count++));
  await withTimeout(Promise.all([closed, echo]), "the end");
  assert.is(count, 300);
});

/** Cuts one end. What the other is told, and what it was. */
const CUTS: readonly (readonly [what: string, end: "client" | "server", hasUnread: boolean])[] = [
  ["FIN, when nothing is unread", "client", false],
  ["FIN, when nothing is unread", "server", false],
  ["RST, when bytes are unread", "client", true],
  ["RST, when bytes are unread", "server", true],
];

for (const [what, end, hasUnread] of CUTS) {
  test(`A pair whose ${end} is terminated ends with 1006 for both: ${what}`, async () => {
    const limits = { inboxMessagesMax: 1 };
    const pair = connectionPair({ limits, chunking: 1 });
    const cut = pair[end];
    const other: Connection = end === "client" ? pair.server : pair.client;
    if (hasUnread) for (let count = 0; count < 3; count++) await other.write("unread");
    await pair.settled();
    cut.terminate();
    const [own, others] = await withTimeout(Promise.all([cut.closed, other.closed]), "the end");
    assert.equal([own.code, own.initiator], [1006, "local"]);
    assert.equal([others.code, others.initiator], [1006, "remote"]);
    const cause = others.cause as NodeJS.ErrnoException;
    if (hasUnread) assert.is(cause.code, "ECONNRESET");
    else assert.match(cause.message, /Peer ended TCP without a Close frame \(§7\.1\.5\)/);
    assert.instance(await rejects(other.write("late")), ConnectionClosedError);
  });
}

test("A pair resets who writes to an end that is gone", async () => {
  const clock = new FakeClock();
  const { client, server, wire } = connectionPair({ clock, latency: 10 });
  client.terminate();
  await server.write("it does not know yet");
  await clock.advance(10);
  assert.is(wire.size("server"), 22);
  await clock.advance(10);
  assert.is((await withTimeout(server.closed, "the end")).code, 1006);
  await clock.advance(10); // the reset that nobody needs any more
  assert.is(clock.pending, 0);
});

test("A pair cuts TCP when the peer does not close within the time-out: 10 s", async () => {
  const clock = new FakeClock();
  const pair = connectionPair({ clock, latency: 20_000 });
  const closed = pair.client.close();
  await clock.advance(9_999);
  assert.is(pair.client.stats().received.bytes, 0);
  await clock.advance(1);
  const { code, wasClean, cause } = await withTimeout(closed, "the end");
  assert.equal([code, wasClean], [1006, false]);
  assert.is((cause as DOMException).name, "TimeoutError");
  assert.is(hex(pair.wire.sent("client").subarray(0, 2)), "8882");
});

test.run();
