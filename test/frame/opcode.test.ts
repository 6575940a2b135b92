// All sixteen opcodes: §5.2, §5.5.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isControl, isReserved, Opcode } from "../../src/frame/opcode.ts";

const test = suite("frame/opcode");

const OPCODES: readonly (readonly [opcode: number, kind: "data" | "control", name: string])[] = [
  [0x0, "data", "CONTINUATION"],
  [0x1, "data", "TEXT"],
  [0x2, "data", "BINARY"],
  [0x3, "data", "reserved"],
  [0x4, "data", "reserved"],
  [0x5, "data", "reserved"],
  [0x6, "data", "reserved"],
  [0x7, "data", "reserved"],
  [0x8, "control", "CLOSE"],
  [0x9, "control", "PING"],
  [0xa, "control", "PONG"],
  [0xb, "control", "reserved"],
  [0xc, "control", "reserved"],
  [0xd, "control", "reserved"],
  [0xe, "control", "reserved"],
  [0xf, "control", "reserved"],
];

for (const [opcode, kind, name] of OPCODES) {
  const digit = `0x${opcode.toString(16).toUpperCase()}`;
  test(`isControl() and isReserved() know ${digit}: ${kind}, ${name}`, () => {
    assert.is(isControl(opcode), kind === "control");
    assert.is(isReserved(opcode), name === "reserved");
  });
}

test("Opcode names the six that are defined, and no other", () => {
  const defined = OPCODES.filter(([, , name]) => name !== "reserved");
  assert.equal(Opcode, Object.fromEntries(defined.map(([opcode, , name]) => [name, opcode])));
});

test.run();
