// Scripts for text: §5.6, §8.1, and which bytes are UTF-8: RFC 3629 §4.

import { CUT_OFF, INVALID, VALID } from "../../src/conformance/text_cases.ts";
import { bytes } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import type { Script } from "./script.ts";

const VALID_WITH_BOM = [...VALID, ["a byte order mark, which is kept", "efbbbf 41"]] as const;

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
  ...VALID_WITH_BOM.flatMap(([what, text]): Script[] => [
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
