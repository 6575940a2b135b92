// Whatever TCP does to the bytes, they mean the same: §6.2. Scripts of other tables in segments of
// one byte.

import { bytes } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { closeFrame, fragments, frame } from "./client_frame.ts";
import { describe } from "./server_event.ts";
import { closed, echoed, failed } from "./script.ts";
import type { EchoRow, FailureRow } from "./script.ts";

const GREEK = bytes("ceba e1bdb9 cf83 cebc ceb5");
const LONG = new Uint8Array(126).fill(0x2a);

const ECHOES: readonly EchoRow[] = [
  ["B43 a masked text, byte by byte", ["81 85 37fa213d 7f9f4d5158"], ["text Hello"]],
  [
    "B43 a length in 16 bits, byte by byte",
    [frame("82", LONG, 0x0badcafe)],
    [describe("binary", LONG)],
  ],
  ["B43 Greek in fragments, byte by byte", fragments("81", GREEK, 3), [describe("text", GREEK)]],
  ["B43 empty frames, byte by byte", [frame("01"), frame("00"), frame("80")], ["text "]],
  ["B43 two messages, byte by byte", [frame("81", "a"), frame("82", "b")], ["text a", "binary 62"]],
  [
    "B43 a ping between fragments, byte by byte",
    [frame("01", "Hel"), frame("89", "1"), frame("80", "lo")],
    ["pong 31", "text Hello"],
  ],
];

const FAILURES: readonly FailureRow[] = [
  ["B43 an unmasked frame, byte by byte", ["81 05 48656c6c6f"]],
  ["B43 a reserved bit, byte by byte", [frame("c1", "Hello")]],
  ["B43 a reserved opcode, byte by byte", [frame("83", "Hello")]],
  ["B43 a continuation of nothing, byte by byte", [frame("80", "a")]],
];

export const SEGMENTATION: readonly CaseSketch[] = [
  ...echoed(ECHOES, { isChopped: true }),
  ...failed([1002], FAILURES, { isChopped: true }),
  ...failed([1007], [["B43 bad text, byte by byte", [frame("81", bytes("ceedbfbf"))]]], {
    isChopped: true,
  }),
  ...closed([["B43 a Close, byte by byte", [closeFrame(1000, "bye")], 1000]], { isChopped: true }),
];
