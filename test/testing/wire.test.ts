// The wire itself, without a connection: what TCP promises.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { settled } from "../../src/testing/settled.ts";
import { bytes, hex } from "../support/bytes.ts";
import { ends } from "./support.ts";

const test = suite("testing/wire");

test("A wire brings what was written in one turn in one read, in the next turn", async () => {
  const { clock, near, farTold } = ends();
  assert.is(near.write(bytes("0102")), true);
  assert.is(near.write(bytes("03")), true);
  assert.is(near.flushed, true);
  assert.equal(farTold.take(), []);
  await settled(clock);
  assert.equal(farTold.take(), ["010203"]);
});

test("A wire copies what is written, and overwrites what was read", async () => {
  const { clock, near, farTold } = ends();
  const page = bytes("0102");
  near.write(page);
  page.fill(0);
  await settled(clock);
  assert.equal(farTold.take(), ["0102"]);
  assert.is(hex(farTold.kept[0]), "ffff");
});

test("A wire brings 64 KiB in one read at most", async () => {
  const { clock, near, farTold } = ends({ highWaterMark: Infinity });
  near.write(new Uint8Array(150_000));
  await settled(clock);
  assert.equal(farTold.kept.map(({ length }) => length), [65_536, 65_536, 18_928]);
});

test("A wire takes the latency to the millisecond, and keeps the order", async () => {
  const { clock, near, farTold } = ends({ latency: 30 });
  near.write(bytes("01"));
  await clock.advance(10);
  near.write(bytes("02"));
  await clock.advance(19);
  assert.equal(farTold.take(), []);
  await clock.advance(1);
  assert.equal(farTold.take(), ["01"]);
  await clock.advance(9);
  assert.equal(farTold.take(), []);
  await clock.advance(1);
  assert.equal(farTold.take(), ["02"]);
  assert.is(clock.pending, 0);
});

test("A wire lets nothing overtake, whatever latency the function says", async () => {
  const latencies = [50, 10, 60];
  const { clock, near, farTold } = ends({ latency: () => latencies.shift() ?? 0 });
  for (const byte of ["01", "02", "03"]) near.write(bytes(byte));
  await clock.advance(49);
  assert.equal(farTold.take(), []);
  await clock.advance(1);
  assert.equal(farTold.take(), ["0102"]);
  await clock.advance(10);
  assert.equal(farTold.take(), ["03"]);
});

test("A wire refuses a latency that is no time", () => {
  const { near } = ends({ latency: () => Number.NaN });
  assert.throws(() => near.write(bytes("01")), /latency is NaN, must be a number of ms >= 0/);
});

test("A wire is full behind highWaterMark bytes, and drains when all have room", async () => {
  const { clock, near, far, nearTold, farTold, log } = ends({ highWaterMark: 4 });
  far.pause();
  assert.is(near.write(bytes("010203")), true);
  assert.is(near.write(bytes("040506")), false);
  assert.is(near.write(bytes("0708")), false);
  assert.is(near.flushed, false);
  await settled(clock);
  assert.equal(farTold.take(), []);
  assert.is(hex(log.sent("client")), "01020304"); // what has no room is not on its way
  far.resume();
  await settled(clock);
  assert.equal(farTold.take(), ["01020304", "05060708"]);
  assert.equal(nearTold.take(), ["drained"]);
  assert.is(near.flushed, true);
});

test("A wire that is paused gives nothing, neither bytes nor FIN", async () => {
  const { clock, near, far, farTold } = ends();
  far.pause();
  near.write(bytes("01"));
  near.end();
  await settled(clock);
  assert.equal(farTold.take(), []);
  far.resume();
  far.pause(); // and again, before anything came
  await settled(clock);
  assert.equal(farTold.take(), []);
  far.resume();
  await settled(clock);
  assert.equal(farTold.take(), ["01", "ended"]);
});

test("A wire may be paused in the middle of what has arrived", async () => {
  const { clock, near, far, farTold } = ends({ chunking: 1 });
  farTold.received = (chunk) => {
    farTold.told.push(hex(chunk));
    if (chunk[0] === 2) far.pause();
  };
  near.write(bytes("010203"));
  await settled(clock);
  assert.equal(farTold.take(), ["01", "02"]);
  far.resume();
  await settled(clock);
  assert.equal(farTold.take(), ["03"]);
});

test("A wire is half-closed by FIN: the other direction goes on", async () => {
  const { clock, near, far, nearTold, farTold } = ends();
  near.write(bytes("01"));
  near.end();
  near.end(); // is one
  await settled(clock);
  assert.equal(farTold.take(), ["01", "ended"]);
  assert.equal(nearTold.take(), ["endSent"]);
  far.write(bytes("02"));
  await settled(clock);
  assert.equal(nearTold.take(), ["02"]);
  far.end();
  await settled(clock);
  assert.equal(nearTold.take(), ["ended", "disconnected"]);
  assert.equal(farTold.take(), ["endSent", "disconnected"]);
});

test("A wire sends FIN behind what still waits for room", async () => {
  const { clock, near, far, nearTold, farTold } = ends({ highWaterMark: 1 });
  far.pause();
  near.write(bytes("0102"));
  near.end();
  await settled(clock);
  assert.equal(nearTold.take(), []);
  far.resume();
  await settled(clock);
  assert.equal(farTold.take(), ["01", "02", "ended"]);
  assert.equal(nearTold.take(), ["drained", "endSent"]);
});

test("A wire that is destroyed loses what has no room, and sends FIN behind the rest", async () => {
  const { clock, near, far, nearTold, farTold } = ends({ highWaterMark: 1 });
  far.pause();
  near.write(bytes("0102"));
  near.destroy();
  near.destroy(); // is one
  near.write(bytes("03"));
  await settled(clock);
  assert.equal(nearTold.take(), ["disconnected"]);
  far.resume();
  await settled(clock);
  assert.equal(farTold.take(), ["01", "ended"]);
});

test("A wire that is destroyed behind its FIN sends no other", async () => {
  const { clock, near, farTold } = ends({ highWaterMark: 1 });
  near.end();
  await settled(clock);
  near.destroy();
  await settled(clock);
  assert.equal(farTold.take(), ["ended"]);
});

test("A wire that is destroyed while its FIN waits for room sends FIN all the same", async () => {
  const { clock, near, far, farTold } = ends({ highWaterMark: 1 });
  far.pause();
  near.write(bytes("0102"));
  near.end();
  near.destroy();
  await settled(clock);
  far.resume();
  await settled(clock);
  assert.equal(farTold.take(), ["01", "ended"]);
});

test("A wire that is destroyed with bytes unread is reset: nothing but that is told", async () => {
  const { clock, near, far, nearTold, farTold } = ends();
  near.pause();
  far.write(bytes("01"));
  await settled(clock);
  near.write(bytes("02"));
  far.pause();
  near.destroy();
  await settled(clock);
  assert.equal(nearTold.take(), ["disconnected"]);
  assert.equal(farTold.take(), ["disconnected: Error: read ECONNRESET"]); // 02 is lost with it
});

test("A wire is reset behind what was sent, when its reader reads", async () => {
  const { clock, near, far, nearTold, farTold } = ends({ chunking: 1 });
  near.write(bytes("0102"));
  near.reset();
  far.write(bytes("03"));
  await settled(clock);
  assert.equal(farTold.take(), ["01", "02", "disconnected: Error: read ECONNRESET"]);
  assert.equal(nearTold.take(), ["disconnected"]);
  assert.is(far.write(bytes("04")), false);
});

test("A wire resets who writes to an end that is gone, one latency later", async () => {
  const { clock, near, far, farTold } = ends({ latency: 10 });
  near.destroy();
  far.write(bytes("01"));
  await clock.advance(10);
  assert.equal(farTold.take(), ["ended"]);
  await clock.advance(9);
  assert.equal(farTold.take(), []);
  await clock.advance(1);
  assert.equal(farTold.take(), ["disconnected: Error: read ECONNRESET"]);
  assert.is(clock.pending, 0);
});

test.run();
