// Scripts for the closing handshake as the client starts it, and for close codes: §5.5.1, §7.

import { bytes } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import type { Script } from "./script.ts";

const FAIL = ["close 1002"];

const HANDSHAKES: readonly Script[] = [
  ["B25 a Close without payload", [frame("88")], ["close"]],
  ["B25 a Close with 1000", [closeFrame(1000)], ["close 1000"]],
  ["B25 a Close with a reason", [closeFrame(4001, "x")], ["close 4001"]],
  ["B25 a Close with a masked reason", ["88 84 37fa213d 34124954"], ["close 1000"]],
  ["B25 a reason of 123 bytes", [closeFrame(1000, "r".repeat(123))], ["close 1000"]],
  ["B25 a reason of Greek", [closeFrame(1000, "κόσμε")], ["close 1000"]],
  [
    "B27 a message, then a Close",
    [frame("81", "bye"), closeFrame(1000)],
    ["text bye", "close 1000"],
  ],
  [
    "B27 three messages, then a Close",
    [frame("81", "1"), frame("81", "2"), frame("82", "3"), closeFrame(3000)],
    ["text 1", "text 2", "binary 33", "close 3000"],
  ],
  ["B30 a ping after the Close", [closeFrame(1000), frame("89", "x")], ["close 1000"]],
  ["B30 text after the Close", [closeFrame(1000), frame("81", "x")], ["close 1000"]],
  ["B30 a second Close", [closeFrame(1000), closeFrame(1001)], ["close 1000"]],
  ["B30 a violation after the Close", [closeFrame(1000), "83 00 ff"], ["close 1000"]],
  [
    "B30 the rest of a message after the Close",
    [frame("01", "Hel"), closeFrame(1000), frame("80", "lo")],
    ["close 1000"],
  ],
  [
    "B31 no pong after the Close",
    [frame("89"), closeFrame(1000), frame("89")],
    ["pong ", "close 1000"],
  ],
];

const MALFORMED: readonly Script[] = [
  ["B22 a Close of 1 byte", [frame("88", bytes("03"))], FAIL],
  ["B22 a Close of half a private code", [frame("88", bytes("10"))], FAIL],
  ["B21 a reason of 124 bytes", [closeFrame(1000, "r".repeat(124))], FAIL],
  ["B23 a reason cut in a character", [frame("88", bytes("03e8 ceba e1bd"))], ["close 1007"]],
  ["B23 a reason with a surrogate", [frame("88", bytes("03e8 eda080"))], ["close 1007"]],
  ["B23 a reason of ff", [frame("88", bytes("03e8 ff"))], ["close 1007"]],
  ["B52 a code of 0 with a reason", [closeFrame(0, "zero")], FAIL],
];

const codes = (id: string, list: readonly number[], answer?: string): Script[] =>
  list.map((code) => [`${id} close code ${code}`, [closeFrame(code)], [answer ?? `close ${code}`]]);

/** §7.4.1, and the codes that IANA has registered since. A client may send 1010. */
const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
const PRIVATE = [3000, 3999, 4000, 4999];
const RESERVED = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999];
const UNDEFINED = [5000, 9999, 65535];

export const CLOSING: readonly Script[] = [
  ...HANDSHAKES,
  ...MALFORMED,
  ...codes("B53", [...VALID, ...PRIVATE]),
  ...codes("B52", RESERVED, "close 1002"),
  ...codes("B54", UNDEFINED, "close 1002"),
];
