// The page that all connections share: used again as soon as it may be, and never before.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Page } from "../../src/connection/page.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { FrameReader } from "../support/frame_reader.ts";
import { binaryHex, Line, textHex, turn } from "./support.ts";

const test = suite("connection/page");

const PAGE_SIZE = 64 * 1024 + 16;
const BINARY = 2;

const NAMES: Readonly<Record<number, string>> = { 1: "text", 8: "close", 10: "pong" };

/** The frames in `wire`, read as strictly as a client does: "text Hello", "binary 5". */
function framesOf(wire: Uint8Array): string[] {
  const reader = new FrameReader();
  const found: string[] = [];
  for (let at = 0; at < wire.length; ) {
    const frame = reader.read(wire.subarray(at));
    if (frame === null) throw new Error(`The frame at ${at} is cut`);
    const { opcode, payload, size } = frame;
    const text = opcode === 8 ? (payload[0] << 8) + payload[1] : Buffer.from(payload);
    found.push(opcode === 2 ? `binary ${payload.length}` : `${NAMES[opcode]} ${text}`);
    at += size;
  }
  return found;
}

/** A batch of one frame with that payload. */
function batch(page: Page, payload: Uint8Array): Uint8Array {
  assert.is(page.hasRoom(payload.length + 10), true);
  page.binary(BINARY, payload);
  return page.take();
}

test("Page holds the frames of a batch, one behind the other", () => {
  const page = new Page();
  assert.is(page.isEmpty, true);
  page.text("Hello");
  page.binary(9, bytes("01 02"));
  page.raw(bytes("82 00"));
  assert.is(page.isEmpty, false);
  assert.is(hex(page.take()), "810548656c6c6f" + "89020102" + "8200");
  assert.is(page.isEmpty, true);
});

test("Page uses the place of a batch again, and its view, when its bytes have left", () => {
  const page = new Page();
  const first = batch(page, bytes("01"));
  page.giveBack(first);
  const second = batch(page, bytes("02"));
  page.giveBack(second);
  assert.is(second, first); // the same view of the same bytes
  const third = batch(page, bytes("03 04"));
  assert.is(third.buffer, first.buffer);
  assert.is(third.byteOffset, first.byteOffset);
  assert.is(hex(third), "82020304");
});

test("Page goes on behind a batch whose bytes have not left", () => {
  const page = new Page();
  const first = batch(page, bytes("01"));
  const second = batch(page, bytes("02"));
  page.giveBack(second);
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
  }
  assert.equal(batches.map(hex), expected);
  assert.ok(new Set(batches.map((one) => one.buffer)).size >= 5);
});

test("Page gives no place back that has another batch behind it, or is of the page before", () => {
  const page = new Page();
  const first = batch(page, bytes("01"));
  const second = batch(page, bytes("02"));
  page.giveBack(first);
  assert.is(batch(page, bytes("03")).byteOffset, second.byteOffset + second.length);
  assert.is(hex(second), "820102");
  const last = batch(page, new Uint8Array(900));
  while (batch(page, new Uint8Array(900)).buffer === last.buffer);
  page.giveBack(last);
  page.raw(bytes("aa"));
  page.giveBack(last);
  assert.is(hex(page.take()), "aa");
});

test("a write that calls back in its middle mixes up neither frames nor connections", async () => {
  const [mine, theirs] = [new Line(), new Line()];
  const large = new Uint8Array(200_000).fill(7);
  let calls = 0;
  mine.transport.onWrite = () => {
    if (++calls > 6) return;
    mine.receive(frame("89", `ping ${calls}`));
    theirs.receive(frame("89", `ping ${calls}`));
    void mine.connection.write(`said in write ${calls}`);
    void theirs.connection.write(`said in write ${calls}`);
  };
  void mine.connection.write("first");
  await turn();
  void mine.connection.write(large);
  await turn();
  void mine.connection.close();
  await turn();
  const [found, other] = [mine, theirs].map((line) => framesOf(concat(...line.transport.writes)));
  const said = (start: string, frames: readonly string[]): string[] =>
    frames.filter((one) => one.startsWith(start));
  const numbers = [1, 2, 3, 4, 5, 6];
  for (const frames of [found, other]) {
    assert.equal(said("pong", frames), numbers.map((one) => `pong ping ${one}`));
    assert.equal(said("text said", frames), numbers.map((one) => `text said in write ${one}`));
  }
  assert.is(found[0], "text first");
  assert.is(found.filter((one) => one === `binary ${large.length}`).length, 1);
  assert.is(found.length, 15);
  assert.is(other.length, 12);
  assert.is(found[14], "close 1000");
});

test("Page has room for its size when it is empty, never for more beside a batch", () => {
  const page = new Page();
  assert.is(page.hasRoom(PAGE_SIZE), true);
  page.raw(new Uint8Array(10));
  assert.is(page.hasRoom(PAGE_SIZE - 10), true);
  assert.is(page.hasRoom(PAGE_SIZE - 9), false);
  page.take();
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
    if (flushed) page.giveBack(view);
    else kept.push([view, binaryHex(payload)]);
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
