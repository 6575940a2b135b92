// Scripts for text: §5.6, §8.1, and which bytes are UTF-8: RFC 3629 §4.

import { bytes } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import type { Script } from "./script.ts";

/** Both ends of each length, and of the gap that the surrogates leave. */
const VALID: readonly (readonly [what: string, utf8: string])[] = [
  ["Greek", "ceba e1bdb9 cf83 cebc ceb5"],
  ["U+0000", "00"],
  ["U+007F", "7f"],
  ["U+0080, the first of 2 bytes", "c280"],
  ["U+07FF, the last of 2 bytes", "dfbf"],
  ["U+0800, the first of 3 bytes", "e0a080"],
  ["U+D7FF, the last before the surrogates", "ed9fbf"],
  ["U+E000, the first behind them", "ee8080"],
  ["U+FFFD, the replacement character", "efbfbd"],
  ["U+FFFF, the last of 3 bytes, a noncharacter", "efbfbf"],
  ["U+10000, the first of 4 bytes", "f0908080"],
  ["U+1FFFE, a noncharacter", "f09fbfbe"],
  ["U+10FFFF, the last of all", "f48fbfbf"],
  ["a byte order mark, which is kept", "efbbbf 41"],
];

/** What comes before the byte that makes it invalid, that byte, and what might follow. */
export const INVALID: readonly (readonly [
  what: string,
  good: string,
  bad: string,
  rest: string,
])[] = [
  ["a continuation byte alone", "", "80", ""],
  ["the last continuation byte alone", "", "bf", ""],
  ["a continuation byte too many", "ceba", "80", "41"],
  ["c0, which no character starts with", "", "c0", "af"],
  ["c1, which no character starts with", "", "c1", "bf"],
  ["f5, which no character starts with", "", "f5", "808080"],
  ["f8, of the forms of 5 bytes", "", "f8", "88808080"],
  ["fc, of the forms of 6 bytes", "", "fc", "8480808080"],
  ["fe", "", "fe", ""],
  ["ff", "4142", "ff", "43"],
  ["an overlong slash in 3 bytes", "e0", "80", "af"],
  ["an overlong U+07FF in 3 bytes", "e0", "9f", "bf"],
  ["an overlong slash in 4 bytes", "f0", "80", "80af"],
  ["an overlong U+FFFF in 4 bytes", "f0", "8f", "bfbf"],
  ["U+D800, the first surrogate", "ed", "a0", "80"],
  ["U+DFFF, the last surrogate", "ed", "bf", "bf"],
  ["a pair of surrogates", "41 ed", "a0", "81 edb080"],
  ["U+110000, above the last character", "f4", "90", "8080"],
  ["a lead of 2 bytes, then ASCII", "c2", "41", ""],
  ["a lead of 3 bytes, then ASCII", "e2 82", "41", ""],
  ["a lead of 4 bytes, then a lead", "f0 9f 98", "c2", "80"],
  ["Greek, then a surrogate", "ceba e1bdb9 cf83 cebc ceb5 ed", "a0", "80 656469746564"],
];

/** Characters that the message ends before the end of. */
const CUT_OFF = ["c2", "df", "e1", "e1bd", "ef bf", "f0", "f0 9f", "f0 9f 98", "41 ceba e1bd"];

const frames = (text: string, size: number): Uint8Array[] => {
  const payload = bytes(text);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += size) parts.push(payload.subarray(at, at + size));
  return parts.map((part, index) => {
    const fin = index === parts.length - 1 ? 0x80 : 0;
    return frame((fin | (index === 0 ? 1 : 0)).toString(16), part, "a5c3f00f");
  });
};

const decode = (text: string): string => Buffer.from(bytes(text)).toString("utf8");

export const UTF8: readonly Script[] = [
  ...VALID.flatMap(([what, text]): Script[] => [
    [`B36 ${what}`, frames(text, 1000), [`text ${decode(text)}`]],
    [`B36 ${what}, in fragments of 1 byte`, frames(text, 1), [`text ${decode(text)}`]],
    [`B36 ${what}, in fragments of 2 bytes`, frames(text, 2), [`text ${decode(text)}`]],
  ]),
  ...INVALID.flatMap(([what, ...parts]): Script[] => [
    [`B36 ${what}`, frames(parts.join(""), 1000), ["close 1007"]],
    [`B36 ${what}, in fragments of 1 byte`, frames(parts.join(""), 1), ["close 1007"]],
  ]),
  ...CUT_OFF.flatMap((text): Script[] => [
    [`B36 the end after ${text}`, frames(text, 1000), ["close 1007"]],
    [`B36 the end after ${text}, in fragments of 1 byte`, frames(text, 1), ["close 1007"]],
  ]),
  [
    "B36 a character does not go on in the next message",
    [frame("81", bytes("ce")), frame("81", bytes("ba"))],
    ["close 1007"],
  ],
  ["B38 what is no UTF-8 is good binary", [frame("82", bytes("eda080"))], ["binary eda080"]],
  [
    "B38 also in fragments",
    [frame("02", bytes("ed")), frame("80", bytes("a080ff"))],
    ["binary eda080ff"],
  ],
];
