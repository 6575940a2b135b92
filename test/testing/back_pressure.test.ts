// A peer that does not read is felt: each queue on the way fills to its bound, and then `write()`
// waits. The counts are exact.
//
//   write() --> outbox 64 KiB, 1,000 messages --> stream --> wire, highWaterMark --> inbox

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection } from "../../src/connection/connection.ts";
import { connectionPair, FakeClock, misbehavingPeer } from "../../src/testing/mod.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("testing/back_pressure");

/** Writes until it would wait, letting all come to rest each time. Returns how many it took. */
async function fill(
  connection: Connection,
  settled: () => Promise<void>,
  message: Uint8Array,
): Promise<number> {
  for (let count = 0; ; ) {
    while (connection.tryWrite(message)) count++;
    await settled();
    if (!connection.tryWrite(message)) return count;
    count++;
  }
}

/**
 * 1,000 bytes make a frame of 1,004 unmasked, and are charged 1,160. The outbox takes 56 of them
 * (64,960 of 65,536); what it has handed over fills the wire, and the last batch waits in the
 * stream, which says that it is full.
 */
test("A peer that never reads fills the wire and the outbox, then write() waits", async () => {
  const peer = misbehavingPeer({ neverReads: true, highWaterMark: 10_000 });
  const { connection, wire } = peer;
  const taken = await fill(connection, peer.settled, new Uint8Array(1000));
  assert.is(connection.stats().outbox.messages, 56);
  assert.is(connection.stats().sent.messages, taken - 56);
  assert.is(wire.size("server"), 10_000); // not a byte more is on its way
  let waits = true;
  const writing = connection.write(new Uint8Array(1000)).then(() => (waits = false));
  await peer.settled();
  assert.is(waits, true);
  peer.stop();
  await withTimeout(writing.catch(() => {}), "write() to be refused");
  assert.is((await connection.closed).code, 1006);
});

test("A handler that does not read stops the client: its inbox has 4 messages", async () => {
  const limits = { inboxMessagesMax: 4 };
  const pair = connectionPair({ highWaterMark: 30, server: { limits } });
  const { client, server, wire } = pair;
  for (let number = 0; number < 20; number++) {
    await client.write(new Uint8Array(4).fill(number)); // a frame of 10 bytes: three on the wire
    await pair.settled();
  }
  assert.equal(server.stats().inbox.messages, 4);
  assert.is(server.stats().paused, true);
  assert.is(wire.size("client"), 4 * 10 + 30);
  assert.is(client.stats().sent.messages, 8); // and one in the stream, which so is full
  assert.is(client.stats().outbox.messages, 12);
  for (let number = 0; number < 20; number++) {
    const message = (await server.read()) as Uint8Array;
    assert.is(message[0], number);
  }
  await pair.settled();
  assert.is(server.stats().paused, false);
  assert.is(client.stats().outbox.messages, 0);
});

test("write() goes on when the peer reads again, and nothing is lost", async () => {
  const pair = connectionPair({ highWaterMark: 5000, limits: { inboxMessagesMax: 10 } });
  const { client, server } = pair;
  let written = 0;
  const writing = (async () => {
    for (; written < 2000; written++) await client.write(new Uint8Array(200).fill(written));
  })();
  await pair.settled();
  const most = (64 * 1024) / 200 + (64 * 1024) / (200 + 160); // in one batch, and in the outbox
  assert.ok(written > 100 && written < most, `${written} were written`);
  for (let number = 0; number < 2000; number++) {
    const message = (await server.read()) as Uint8Array;
    assert.is(message[0], number % 256);
  }
  await withTimeout(writing, "all to be written");
  assert.is(written, 2000);
});

test("A peer that takes no byte for 30 s is cut (stallTimeoutMs)", async () => {
  const clock = new FakeClock();
  const peer = misbehavingPeer({ neverReads: true, highWaterMark: 100, clock });
  void peer.connection.write(new Uint8Array(1000));
  await clock.advance(29_999);
  assert.is(peer.connection.tryWrite("it is open"), true);
  await clock.advance(1);
  const { code, cause } = await withTimeout(peer.connection.closed, "the end");
  assert.is(code, 1006);
  assert.match((cause as DOMException).message, /Peer made no room for 30000 ms/);
});

test.run();
