// Text: §5.6, §8.1, and which bytes are UTF-8: RFC 3629 §4.

import { bytes } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { fragments, frame } from "./client_frame.ts";
import { expectFailure } from "./expect_failure.ts";
import { isUnasked } from "./expect_events.ts";
import type { Trial } from "./trial.ts";
import { echoed, failed, sketch } from "./script.ts";
import type { EchoRow, FailureRow } from "./script.ts";

/** Both ends of each length, and of the gap that the surrogates leave. */
export const VALID: readonly (readonly [what: string, utf8: string])[] = [
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
export const CUT_OFF: readonly string[] = [
  ...["c2", "df", "e1", "e1bd", "ef bf", "f0", "f0 9f", "f0 9f 98", "41 ceba e1bd"],
];

const decode = (text: string): string => Buffer.from(bytes(text)).toString("utf8");

const GOOD: readonly EchoRow[] = VALID.flatMap(([what, text]): EchoRow[] => [
  [`B36 ${what}`, [frame("81", bytes(text))], [`text ${decode(text)}`]],
  [
    `B36 ${what}, in fragments of 1 byte`,
    fragments("81", bytes(text), 1),
    [`text ${decode(text)}`],
  ],
]);

const BOM: readonly EchoRow[] = [
  ["B39 a byte order mark", [frame("81", bytes("efbbbf 41"))], [`text ${decode("efbbbf 41")}`]],
  ["B39 a byte order mark alone", [frame("81", bytes("efbbbf"))], [`text ${decode("efbbbf")}`]],
  ["B39 CR, LF and NUL", [frame("81", "a\r\nb\rc\0d\n")], ["text a\r\nb\rc\0d\n"]],
];

const BAD: readonly FailureRow[] = [
  ...INVALID.flatMap(([what, ...parts]): FailureRow[] => [
    [`B36 ${what}`, [frame("81", bytes(parts.join("")))]],
    [`B36 ${what}, in fragments of 1 byte`, fragments("81", bytes(parts.join("")), 1)],
  ]),
  ...CUT_OFF.flatMap((text): FailureRow[] => [
    [`B36 the end after ${text}`, [frame("81", bytes(text))]],
    [`B36 the end after ${text}, in fragments of 1 byte`, fragments("81", bytes(text), 1)],
  ]),
  [
    "B36 a character does not go on in the next message",
    [frame("81", bytes("ce")), frame("81", bytes("ba"))],
  ],
];

/** Bad bytes in a message that does not end: strict peers do not wait for the end. */
function failsFast(good: string, bad: string): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const { client } = await trial.open();
    client.send(frame("01", bytes(good)), frame("00", bytes(bad)));
    for (;;) {
      const event = await client.next(trial.facts.quietMs * 2);
      if (event === null) break;
      if (typeof event === "string") {
        return trial.report("B49", "warning", `Bad text ends with ${event}, without a Close frame`);
      }
      if (event.type === "close") return;
      if (!isUnasked(trial, client, event)) break;
    }
    trial.warn("The server waits for the end of the message before it refuses the bad byte in it");
    client.send(frame("80"));
    await expectFailure(trial, client, { codes: [1007] });
  };
}

export const TEXT: readonly CaseSketch[] = [
  ...echoed(GOOD),
  ...echoed(BOM),
  ...failed([1007], BAD),
  sketch("B37 a surrogate in a message that does not end", failsFast("ceba ed", "a080")),
  sketch("B37 ff in a message that does not end", failsFast("41", "ff")),
];
