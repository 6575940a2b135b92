// The options of compression: defaults, and what they refuse.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compressionSettings } from "../../src/message/compression.ts";
import type { CompressionOptions } from "../../src/message/compression.ts";
import { thrownAs } from "../frame/support.ts";

const test = suite("message/compression");

/** "server client": whether each takes its context over, and its window. */
function print(options?: CompressionOptions): string {
  const { contextTakeover, windowBits, level, threshold } = compressionSettings(options);
  const side = (name: "server" | "client"): string =>
    `${contextTakeover[name] ? "takeover" : "anew"} ${windowBits[name]}`;
  return `${side("server")}, ${side("client")}, level ${level}, from ${threshold}`;
}

const GOOD: readonly (readonly [options: CompressionOptions, expected: string])[] = [
  [{}, "anew 13, anew 15, level 6, from 1024"],
  [{ contextTakeover: true }, "takeover 12, takeover 12, level 6, from 1024"],
  [{ contextTakeover: false }, "anew 13, anew 15, level 6, from 1024"],
  [{ contextTakeover: { server: true } }, "takeover 12, anew 15, level 6, from 1024"],
  [{ contextTakeover: { client: true } }, "anew 13, takeover 12, level 6, from 1024"],
  [{ contextTakeover: true, windowBits: 15 }, "takeover 15, takeover 15, level 6, from 1024"],
  [{ windowBits: 9 }, "anew 9, anew 9, level 6, from 1024"],
  [{ windowBits: { server: 10, client: 11 } }, "anew 10, anew 11, level 6, from 1024"],
  [{ windowBits: { client: 11 } }, "anew 13, anew 11, level 6, from 1024"],
  [{ level: 0, threshold: 0 }, "anew 13, anew 15, level 0, from 0"],
  [{ level: 9, threshold: Infinity }, "anew 13, anew 15, level 9, from Infinity"],
];

for (const [options, expected] of GOOD) {
  test(`compressionSettings() makes ${expected} of ${JSON.stringify(options)}`, () => {
    assert.is(print(options), expected);
  });
}

test("compressionSettings() takes nothing, and undefined, for the default", () => {
  assert.is(print(), print({}));
  const nothing = { level: undefined, threshold: undefined, windowBits: undefined };
  assert.is(print(nothing as unknown as CompressionOptions), print({}));
});

const LEVEL = "must be an integer from 0 to 9";
const BITS = "must be an integer from 9 to 15";
const NAMES = "must be one of contextTakeover, windowBits, level, threshold";

const BAD: readonly (readonly [options: unknown, error: "TypeError" | "RangeError", string])[] = [
  [{ level: 12 }, "RangeError", `level is 12, ${LEVEL}`],
  [{ level: -1 }, "RangeError", `level is -1, ${LEVEL}`],
  [{ level: 1.5 }, "RangeError", `level is 1.5, ${LEVEL}`],
  [{ level: NaN }, "RangeError", `level is NaN, ${LEVEL}`],
  [{ level: "6" }, "RangeError", `level is "6", ${LEVEL}`],
  [{ windowBits: 8 }, "RangeError", `windowBits is 8, ${BITS}`],
  [{ windowBits: 16 }, "RangeError", `windowBits is 16, ${BITS}`],
  [{ windowBits: null }, "RangeError", `windowBits is null, ${BITS}`],
  [{ windowBits: { server: 0 } }, "RangeError", `windowBits is 0, ${BITS}`],
  [{ windowBits: { client: 7 } }, "RangeError", `windowBits is 7, ${BITS}`],
  [{ threshold: -1 }, "RangeError", "threshold is -1, must be an integer of at least 0"],
  [{ threshold: 0.5 }, "RangeError", "threshold is 0.5, must be an integer of at least 0"],
  [{ contextTakeover: 1 }, "TypeError", "contextTakeover is 1, must be true or false"],
  [
    { contextTakeover: { client: "no" } },
    "TypeError",
    'contextTakeover is "no", must be true or false',
  ],
  [{ levle: 1 }, "TypeError", `found "levle", ${NAMES}`],
  [{ memLevel: 8 }, "TypeError", `found "memLevel", ${NAMES}`],
  [{ windowBits: { sever: 9 } }, "TypeError", 'found "sever", must be one of server, client'],
  [true, "TypeError", "options are true, must be an object"],
  [null, "TypeError", "options are null, must be an object"],
];

for (const [options, name, expected] of BAD) {
  test(`compressionSettings() throws ${name} for ${JSON.stringify(options)}`, () => {
    const type = name === "TypeError" ? TypeError : RangeError;
    const error = thrownAs(type, () => compressionSettings(options as CompressionOptions));
    assert.is(error.message, `Cannot compress: ${expected}`);
  });
}

test.run();
