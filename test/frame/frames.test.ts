// Frames as objects: every example of §5.7, and what else decodeFrames() promises.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeFrames } from "../../src/frame/frames.ts";
import type { DecodedFrame } from "../../src/frame/frames.ts";
import type { Role } from "../../src/frame/rules.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { violation } from "./support.ts";

const test = suite("frame/frames");

function describe({ fin, rsv, opcode, masked, key, length, payload }: DecodedFrame): string {
  assert.is(length, payload.length);
  const mask = masked ? ` key ${(key >>> 0).toString(16)}` : "";
  return `${fin ? "fin" : "more"} rsv ${rsv} opcode ${opcode}${mask} ${hex(payload)}`.trimEnd();
}

const HELLO = "48656c6c6f";

const EXAMPLES: readonly (readonly [what: string, role: Role, wire: string, frames: string[]])[] = [
  ["an unmasked text", "client", `81 05 ${HELLO}`, [`fin rsv 0 opcode 1 ${HELLO}`]],
  [
    "a masked text",
    "server",
    "81 85 37fa213d 7f9f4d5158",
    [`fin rsv 0 opcode 1 key 37fa213d ${HELLO}`],
  ],
  [
    "a text in two fragments",
    "client",
    "01 03 48656c 80 02 6c6f",
    ["more rsv 0 opcode 1 48656c", "fin rsv 0 opcode 0 6c6f"],
  ],
  ["a ping", "client", `89 05 ${HELLO}`, [`fin rsv 0 opcode 9 ${HELLO}`]],
  [
    "a masked pong",
    "server",
    "8a 85 37fa213d 7f9f4d5158",
    [`fin rsv 0 opcode 10 key 37fa213d ${HELLO}`],
  ],
  ["nothing", "server", "", []],
  ["an empty frame", "client", "82 00", ["fin rsv 0 opcode 2"]],
];

for (const [what, role, wire, frames] of EXAMPLES) {
  test(`decodeFrames() reads ${what}: ${wire}`, () => {
    assert.equal(decodeFrames(bytes(wire), { role }).map(describe), frames);
  });
}

for (const [size, header] of [
  [256, "82 7e 0100"],
  [65536, "82 7f 0000000000010000"],
] as const) {
  test(`decodeFrames() reads ${size} bytes in one frame, as in §5.7`, () => {
    const payload = Uint8Array.from({ length: size }, (_, index) => index & 0xff);
    const [found, ...rest] = decodeFrames(concat(bytes(header), payload), { role: "client" });
    assert.is(rest.length, 0);
    assert.is(found.length, size);
    assert.ok(hex(found.payload) === hex(payload));
  });
}

test("decodeFrames() leaves out a frame that is cut at the end, and leaves the bytes alone", () => {
  const wire = concat(frame("81", "one", "37fa213d"), frame("82", "two", "01020304"));
  const first = 9;
  for (let cut = 0; cut <= wire.length; cut++) {
    const input = wire.slice(0, cut);
    const expected = [utf8("one"), utf8("two")]
      .filter((_, index) => cut >= first * (index + 1))
      .map(hex);
    assert.equal(decodeFrames(input).map(({ payload }) => hex(payload)), expected, `${cut}`);
    assert.is(hex(input), hex(wire.slice(0, cut)), `${cut}`);
  }
});

test("decodeFrames() gives each frame a payload of its own, and a header of its own", () => {
  const frames = decodeFrames(concat(frame("02", "a"), frame("80", "b"), frame("89")));
  assert.equal(frames.map(({ opcode, payload }) => `${opcode} ${hex(payload)}`), [
    "2 61",
    "0 62",
    "9 ",
  ]);
  for (const { payload } of frames) {
    assert.is(payload.constructor, Uint8Array);
    assert.is(payload.buffer.byteLength, payload.length);
  }
});

test("decodeFrames() takes the RSV bits it is told to", () => {
  const [found] = decodeFrames(bytes("c1 00"), { role: "client", rsvAllowed: 4 });
  assert.is(found.rsv, 4);
});

for (const [what, role, wire, expected] of [
  ["an unmasked frame behind a good one", "server", "818000000000 8100", "§5.1 at 7"],
  ["a reserved opcode behind a good one", "client", "8100 8300", "§5.2 at 2"],
  ["RSV1", "client", "c100", "§5.2 at 0"],
  ["a ping without FIN", "client", "0900", "§5.5 at 0"],
] as const) {
  test(`decodeFrames() refuses ${what}, with the byte`, () => {
    const found = violation(() => decodeFrames(bytes(wire), { role }));
    assert.is(found, `1002 RFC 6455 ${expected}`);
  });
}

test.run();
