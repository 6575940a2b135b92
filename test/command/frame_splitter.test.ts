// Bytes cut into frames, wherever the reads of a socket cut them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameSplitter, KEPT_SIZE_MAX } from "../../src/command/frame_splitter.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";

const test = suite("command/frame_splitter");

/** Each length form, masked and not; a length that takes too many bytes; none at all. */
const FRAMES: readonly Uint8Array[] = [
  bytes("8100"),
  bytes("818537fa213d7f9f4d5158"),
  bytes("8a80 01020304"),
  frame("82", new Uint8Array(125)),
  frame("82", new Uint8Array(126), "01020304"),
  concat(bytes("827e0100"), new Uint8Array(256)),
  concat(bytes("817f 0000000000000005"), bytes("48656c6c6f")),
  bytes("880203e8"),
];

/** What of all the frames is kept, once each is complete. */
function splitAt(wire: Uint8Array, cuts: readonly number[]): string[] {
  const splitter = new FrameSplitter();
  const found: string[] = [];
  const ends = [...cuts, wire.length];
  ends.forEach((end, index) => {
    for (const { number, kept } of splitter.push(wire.subarray(ends[index - 1] ?? 0, end))) {
      found[number] = hex(kept);
    }
  });
  return found;
}

test("FrameSplitter finds the same frames at every cut", () => {
  const wire = concat(...FRAMES);
  const due = FRAMES.map(hex);
  for (let cut = 0; cut <= wire.length; cut++) {
    assert.equal(splitAt(wire, [cut]), due, `cut at ${cut}`);
  }
  const everywhere = Array.from({ length: wire.length }, (_, at) => at);
  assert.equal(splitAt(wire, everywhere), due);
});

test("FrameSplitter tells a frame before all of it has come, and again when more has", () => {
  const splitter = new FrameSplitter();
  const [begun] = splitter.push(bytes("81"));
  assert.is(begun.size, 1);
  assert.is(begun.isComplete, false);
  const [same, next] = splitter.push(bytes("0148 89"));
  assert.is(same, begun);
  assert.is(begun.isComplete, true);
  assert.is(hex(begun.kept), "810148");
  assert.is(next.number, 1);
  assert.is(next.isComplete, false);
});

test("FrameSplitter keeps the first bytes of a long frame, and counts the rest", () => {
  const splitter = new FrameSplitter();
  const size = 10 + 4 + 3 * 65536;
  const long = frame("82", new Uint8Array(3 * 65536).fill(7), "01020304");
  let last;
  for (let at = 0; at < long.length; at += 65536) {
    [last] = splitter.push(long.subarray(at, at + 65536));
  }
  assert.is(last?.size, size);
  assert.is(last?.isComplete, true);
  assert.is(hex(last?.kept ?? long), hex(long.subarray(0, KEPT_SIZE_MAX)));
  assert.is(splitter.push(bytes("8100"))[0].number, 1);
});

test("FrameSplitter waits in a frame whose length nobody can have", () => {
  const splitter = new FrameSplitter();
  splitter.push(bytes("827f ffffffffffffffff"));
  const [one] = splitter.push(new Uint8Array(1000));
  assert.is(one.number, 0);
  assert.is(one.size, 1010);
  assert.is(one.isComplete, false);
});

test.run();
