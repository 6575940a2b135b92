// The strict reader must be strict, or the tests that lean on it prove nothing.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, hex } from "./bytes.ts";
import { frame, frameHeader } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";

const test = suite("support/frame_reader");

/** Frames in their order, the last of which no server may send. */
const VIOLATIONS: readonly (readonly [what: string, ...wires: string[]])[] = [
  ["a mask", "81 85 37fa213d 7f9f4d5158"],
  ["RSV1", "c1 00"],
  ["RSV2", "a1 00"],
  ["RSV3", "91 00"],
  ["opcode 3", "83 00"],
  ["opcode 11", "8b 00"],
  ["125 bytes in 16 bits", `81 7e 007d ${"61".repeat(125)}`],
  ["65535 bytes in 64 bits", "82 7f 000000000000ffff"],
  ["a ping with FIN 0", "09 00"],
  ["a ping of 126 bytes", "89 7e 007e"],
  ["a continuation of nothing", "80 00"],
  ["a continuation of a whole message", "81 00", "80 00"],
  ["a text in a text", "01 00", "81 00"],
  ["bad text", "81 01 ff"],
  ["text that is cut off in a character", "01 01 ce", "80 00"],
  ["a Close of 1 byte", "88 01 03"],
  ["a Close with 1005", "88 02 03ed"],
  ["a Close with 1006", "88 02 03ee"],
  ["a Close with 2000", "88 02 07d0"],
  ["a Close with 5000", "88 02 1388"],
  ["a Close with a bad reason", "88 03 03e8 ff"],
  ["text after the Close", "88 00", "81 00"],
  ["a ping after the Close", "88 00", "89 00"],
  ["a second Close", "88 00", "88 00"],
];

for (const [what, ...wires] of VIOLATIONS) {
  test(`FrameReader throws at ${what}`, () => {
    const reader = new FrameReader();
    for (const wire of wires.slice(0, -1)) reader.read(bytes(wire));
    assert.throws(() => reader.read(bytes(wires[wires.length - 1])), /breaks the protocol|encoded/);
  });
}

const VALID: readonly (readonly [what: string, ...wires: string[]])[] = [
  ["the Hello of §5.7", "81 05 48656c6c6f"],
  ["the fragmented Hello of §5.7", "01 03 48656c", "80 02 6c6f"],
  ["a ping between fragments", "01 00", "89 01 00", "80 00"],
  ["a character cut in two", "01 01 ce", "80 01 ba"],
  ["126 bytes in 16 bits", `82 7e 007e ${"00".repeat(126)}`],
  ["65536 bytes in 64 bits", `82 7f 0000000000010000 ${"00".repeat(65536)}`],
  ["a Close with 4999", "88 02 1387"],
  ["a pong after the Close", "88 00", "8a 00"],
];

for (const [what, ...wires] of VALID) {
  test(`FrameReader reads ${what}`, () => {
    const reader = new FrameReader();
    for (const wire of wires) assert.is(reader.read(bytes(wire))?.size, bytes(wire).length);
  });
}

test("FrameReader takes RSV1 where compression was agreed on, on first frames only", () => {
  for (const [first, isFine] of [
    ["c1", true],
    ["c2", true],
    ["41", true],
    ["c0", false],
    ["c9", false],
    ["ca", false],
    ["c8", false],
    ["e1", false],
    ["d1", false],
  ] as const) {
    const reader = new FrameReader();
    reader.mayCompress = true;
    if (first === "c0") reader.read(bytes("41 00"));
    const read = (): unknown => reader.read(bytes(`${first} 01 ff`))?.isCompressed;
    if (isFine) assert.is(read(), true, first);
    else assert.throws(read, /RSV is set/, first);
  }
});

test("FrameReader asks for more at every cut of a frame", () => {
  const wire = bytes(`81 7e 007e ${"61".repeat(126)}`);
  for (let cut = 0; cut < wire.length; cut++) {
    assert.is(new FrameReader().read(wire.subarray(0, cut)), null, `cut at ${cut}`);
  }
});

test("frame() masks as §5.7 does", () => {
  assert.is(hex(frame("81", "Hello", "37fa213d")), "818537fa213d7f9f4d5158");
});

/** Both sides of each form of the length. */
const HEADERS: readonly (readonly [length: number, header: string])[] = [
  [0, "828000000000"],
  [125, "82fd00000000"],
  [126, "82fe007e00000000"],
  [65535, "82feffff00000000"],
  [65536, "82ff000000000001000000000000"],
  [2 ** 53 - 1, "82ff001fffffffffffff00000000"],
];

for (const [length, header] of HEADERS) {
  test(`frameHeader() announces ${length} bytes in the shortest form`, () => {
    assert.is(hex(frameHeader("82", length)), header);
  });
}

test.run();
