// Scripts for fragmented messages: §5.4.

import { bytes } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import type { Script } from "./script.ts";

const FAIL = ["close 1002"];

const WHOLE: readonly Script[] = [
  ["B12 two fragments", [frame("01", "Hel"), frame("80", "lo")], ["text Hello"]],
  ["B12 three fragments", [frame("01", "H"), frame("00", "el"), frame("80", "lo")], ["text Hello"]],
  [
    "B11 each fragment has its own key",
    [frame("01", "Hel", "37fa213d"), frame("00", "l", "0102ff00"), frame("80", "o", "ffffffff")],
    ["text Hello"],
  ],
  [
    "B15 fragments keep their order",
    [frame("02", bytes("00")), ..."123456789".split("").map((n) => frame("00", n)), frame("80")],
    ["binary 00313233343536373839"],
  ],
  [
    "B18 fragments have the type of the first one",
    [frame("02", bytes("ff")), frame("00", bytes("fe")), frame("80", bytes("fd"))],
    ["binary fffefd"],
  ],
  ["B20 three empty fragments", [frame("01"), frame("00"), frame("80")], ["text "]],
  ["B20 three empty fragments of binary", [frame("02"), frame("00"), frame("80")], ["binary "]],
  [
    "B20 only the middle one has bytes",
    [frame("01"), frame("00", "mid"), frame("80")],
    ["text mid"],
  ],
  [
    "B44 one message behind the other",
    [frame("01", "a"), frame("80", "b"), frame("81", "c"), frame("01", "d"), frame("80")],
    ["text ab", "text c", "text d"],
  ],
];

const WITH_CONTROL: readonly Script[] = [
  [
    "B13 a ping between fragments is answered first",
    [frame("01", "Hel"), frame("89", "1"), frame("80", "lo")],
    ["pong 31", "text Hello"],
  ],
  [
    "B13 two pings and a pong between fragments",
    [
      frame("01", "Hel"),
      frame("89", "1"),
      frame("00"),
      frame("8a", "2"),
      frame("89"),
      frame("80", "lo"),
    ],
    ["pong 31", "pong ", "text Hello"],
  ],
  [
    "B13 a Close between fragments ends the message too",
    [frame("01", "Hel"), frame("88", bytes("03e8")), frame("80", "lo")],
    ["close 1000"],
  ],
];

const FRAGMENTED_CONTROL: readonly Script[] = [
  ["B14 a ping with FIN 0", [frame("09")], FAIL],
  ["B14 a pong with FIN 0", [frame("0a", "x")], FAIL],
  ["B14 a Close with FIN 0", [frame("08", bytes("03e8"))], FAIL],
  ["B14 a ping in two fragments", [frame("09", "a"), frame("80", "b")], FAIL],
  ["B14 a ping with FIN 0 inside", [frame("01", "Hel"), frame("09"), frame("80", "lo")], FAIL],
];

const OUT_OF_ORDER: readonly Script[] = [
  ["B16 text in text", [frame("01", "a"), frame("01", "b")], FAIL],
  ["B16 binary in text", [frame("01", "a"), frame("02", "b")], FAIL],
  ["B16 a whole text in text", [frame("01", "a"), frame("81", "b")], FAIL],
  ["B16 a whole binary in text", [frame("01", "a"), frame("00", "b"), frame("82", "c")], FAIL],
  ["B16 text in binary", [frame("02", "a"), frame("81", "b")], FAIL],
  ["B16 an empty text in an empty text", [frame("01"), frame("81")], FAIL],
  ["B17 a last continuation of nothing", [frame("80", "a")], FAIL],
  ["B17 a continuation of nothing", [frame("00", "a")], FAIL],
  ["B17 an empty continuation of nothing", [frame("00")], FAIL],
  ["B17 a continuation of a whole message", [frame("81", "a"), frame("80")], ["text a", ...FAIL]],
  [
    "B17 a continuation of a message that ended",
    [frame("01", "a"), frame("80", "b"), frame("00", "c"), frame("81", "d")],
    ["text ab", ...FAIL],
  ],
];

export const FRAGMENTATION: readonly Script[] = [
  ...WHOLE,
  ...WITH_CONTROL,
  ...FRAGMENTED_CONTROL,
  ...OUT_OF_ORDER,
];
