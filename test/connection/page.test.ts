// The page that all connections share: used again as soon as it may be, and never before.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Page } from "../../src/connection/page.ts";
import { bytes, hex } from "../support/bytes.ts";
import { binaryHex, Line, textHex, turn } from "./support.ts";

const test = suite("connection/page");

const PAGE_SIZE = 64 * 1024;
const BINARY = 2;

/** A batch of one frame with that payload. */
function batch(page: Page, payload: Uint8Array): Uint8Array {
  assert.is(page.hasRoom(payload.length + 10), true);
  page.binary(BINARY, payload);
  return page.batch();
}

test("Page holds the frames of a batch, one behind the other", () => {
  const page = new Page();
  assert.is(page.isEmpty, true);
  page.text("Hello");
  page.binary(9, bytes("01 02"));
  page.raw(bytes("82 00"));
  assert.is(page.isEmpty, false);
  assert.is(hex(page.batch()), "810548656c6c6f" + "89020102" + "8200");
  page.next(true);
  assert.is(page.isEmpty, true);
});

test("Page uses the place of a batch again, and its view, when its bytes have left", () => {
  const page = new Page();
  const first = batch(page, bytes("01"));
  page.next(true);
  const second = batch(page, bytes("02"));
  page.next(true);
  assert.is(second, first); // the same view of the same bytes
  const third = batch(page, bytes("03 04"));
  assert.is(third.buffer, first.buffer);
  assert.is(third.byteOffset, first.byteOffset);
  assert.is(hex(third), "82020304");
});

test("Page goes on behind a batch whose bytes have not left", () => {
  const page = new Page();
  const first = batch(page, bytes("01"));
  page.next(false);
  const second = batch(page, bytes("02"));
  page.next(true);
  const third = batch(page, bytes("03"));
  assert.is(second.byteOffset, first.byteOffset + first.length);
  assert.is(third.byteOffset, second.byteOffset);
  assert.is(hex(first), "820101");
});

test("Page moves on to new memory when the old is full of batches with a socket", () => {
  const page = new Page();
  const batches: Uint8Array[] = [];
  const expected: string[] = [];
  for (let count = 0; count < 300; count++) {
    const payload = new Uint8Array(1000).fill(count);
    batches.push(batch(page, payload));
    expected.push(binaryHex(payload));
    page.next(false);
  }
  assert.equal(batches.map(hex), expected);
  assert.ok(new Set(batches.map((one) => one.buffer)).size >= 5);
});

test("Page has room for its size when it is empty, never for more beside a batch", () => {
  const page = new Page();
  assert.is(page.hasRoom(PAGE_SIZE), true);
  page.raw(new Uint8Array(10));
  assert.is(page.hasRoom(PAGE_SIZE - 10), true);
  assert.is(page.hasRoom(PAGE_SIZE - 9), false);
  page.next(false);
  assert.is(page.hasRoom(PAGE_SIZE), true);
});

/** Sizes of batches around those whose views are kept. */
const SIZES = [0, 1, 123, 124, 507, 508, 509, 600];

test("Page never changes a batch that is still with a socket, whatever comes and goes", () => {
  const page = new Page();
  const kept: [view: Uint8Array, expected: string][] = [];
  for (let step = 0; step < 5000; step++) {
    const payload = new Uint8Array(SIZES[(step * 5) % SIZES.length]).fill(step);
    const view = batch(page, payload);
    assert.is(hex(view), binaryHex(payload), `step ${step}`);
    const flushed = step % 3 !== 0;
    if (!flushed) kept.push([view, binaryHex(payload)]);
    page.next(flushed);
  }
  for (const [view, expected] of kept) assert.is(hex(view), expected);
});

test("FrameWriter hands over bytes that no other connection changes while they wait", async () => {
  const lines = Array.from({ length: 20 }, () => new Line());
  for (const line of lines) line.transport.flushed = false;
  const expected = lines.map(() => "");
  for (let round = 0; round < 50; round++) {
    for (const [index, { connection }] of lines.entries()) {
      void connection.write(`${round} of ${index}`);
      expected[index] += textHex(`${round} of ${index}`);
    }
    await turn();
  }
  const views = lines.map(({ transport }) => transport.views.map(hex).join(""));
  assert.equal(views, expected);
});

test.run();
