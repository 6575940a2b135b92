// The rules for the first two bytes of a header, for all values of both: §5.1, §5.2, §5.5.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtocolError } from "../../src/frame/error.ts";
import { checkFirstByte, checkSecondByte } from "../../src/frame/rules.ts";
import { thrownAs, violation } from "./support.ts";

const test = suite("frame/rules");

const DEFINED = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];

/** The section that a first byte breaks, or "": a list of what may be instead of bits. */
function firstNaive(byte: number, rsvAllowed: number): string {
  const bits = byte.toString(2).padStart(8, "0");
  const allowed = rsvAllowed.toString(2).padStart(3, "0");
  if ([1, 2, 3].some((at) => bits[at] === "1" && allowed[at - 1] === "0")) return "§5.2";
  if (!DEFINED.includes(byte % 16)) return "§5.2";
  return byte % 16 >= 8 && bits[0] === "0" ? "§5.5" : "";
}

function secondNaive(byte: number, first: number, mustMask: boolean): string {
  if (Math.floor(byte / 128) !== (mustMask ? 1 : 0)) return "§5.1";
  return first % 16 >= 8 && byte % 128 > 125 ? "§5.5" : "";
}

function check(action: () => void, section: string, what: string): void {
  if (section === "") action();
  else assert.is(violation(action), `1002 RFC 6455 ${section} at 77`, what);
}

test("checkFirstByte() is right about every byte, whatever RSV bits are allowed", () => {
  for (let rsvAllowed = 0; rsvAllowed < 8; rsvAllowed++) {
    for (let byte = 0; byte < 256; byte++) {
      const what = `byte ${byte.toString(16)}, allowed ${rsvAllowed}`;
      check(() => checkFirstByte(byte, rsvAllowed, 77), firstNaive(byte, rsvAllowed), what);
    }
  }
});

test("checkSecondByte() is right about every byte behind every first byte, for both roles", () => {
  for (const mustMask of [true, false]) {
    for (let first = 0; first < 256; first++) {
      for (let byte = 0; byte < 256; byte++) {
        const what = `bytes ${first.toString(16)} ${byte.toString(16)}, masked ${mustMask}`;
        const section = secondNaive(byte, first, mustMask);
        check(() => checkSecondByte(byte, first, mustMask, 77), section, what);
      }
    }
  }
});

const MESSAGES: readonly (readonly [act: () => void, message: string])[] = [
  [() => checkFirstByte(0xc1, 0, 0), "RSV bits are 100, must be 000 (§5.2)"],
  [() => checkFirstByte(0xf1, 4, 0), "RSV bits are 111, must be 100 (§5.2)"],
  [() => checkFirstByte(0x83, 0, 0), "opcode is 0x3, which is reserved (§5.2)"],
  [() => checkFirstByte(0x8b, 0, 0), "opcode is 0xB, which is reserved (§5.2)"],
  [() => checkFirstByte(0x09, 0, 0), "FIN is not set on a control frame (§5.5)"],
  [() => checkSecondByte(0x05, 0x81, true, 0), "client did not mask it (§5.1)"],
  [() => checkSecondByte(0x85, 0x81, false, 0), "server masked it (§5.1)"],
  [() => checkSecondByte(0xfe, 0x89, true, 0), "control frame is longer than 125 bytes (§5.5)"],
];

for (const [act, message] of MESSAGES) {
  test(`checkFirstByte() and checkSecondByte() say what is wrong: ${message}`, () => {
    assert.is(thrownAs(ProtocolError, act).message, `Cannot accept frame: ${message}`);
  });
}

test.run();
