import { suite } from "uvu";
import * as assert from "uvu/assert";
import { painter, wantsColour } from "../../src/command/colour.ts";
import { visible, visibleLines } from "../../src/command/visible.ts";

const test = suite("command/colour");

const TERMINAL = { isTTY: true };
const PIPE = {};

const CASES: readonly (readonly [
  what: string,
  values: { readonly color?: boolean; readonly "no-color"?: boolean },
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string>>,
  isColoured: boolean,
])[] = [
  ["a terminal", {}, TERMINAL, {}, true],
  ["a pipe", {}, PIPE, {}, false],
  ["a terminal that cannot", {}, TERMINAL, { TERM: "dumb" }, false],
  ["a terminal, with NO_COLOR", {}, TERMINAL, { NO_COLOR: "1" }, false],
  ["a terminal, with an empty NO_COLOR", {}, TERMINAL, { NO_COLOR: "" }, true],
  ["a pipe, with FORCE_COLOR", {}, PIPE, { FORCE_COLOR: "1" }, true],
  ["a pipe, with FORCE_COLOR=0", {}, PIPE, { FORCE_COLOR: "0" }, false],
  ["a pipe, with both", {}, PIPE, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ["a pipe, with --color", { color: true }, PIPE, { NO_COLOR: "1" }, true],
  ["a terminal, with --no-color", { "no-color": true }, TERMINAL, { FORCE_COLOR: "1" }, false],
];

for (const [what, values, stream, env, isColoured] of CASES) {
  test(`wantsColour() is ${isColoured} for ${what}`, () => {
    assert.is(wantsColour(values, stream, env), isColoured);
  });
}

test("painter() paints, or leaves the text as it is", () => {
  assert.is(painter(true)("wrong", "no"), "\x1b[31mno\x1b[0m");
  assert.is(painter(false)("wrong", "no"), "no");
});

const UNSEEN: readonly (readonly [what: string, text: string, due: string])[] = [
  ["a sequence of a terminal", "\x1b[2Jx", "\\u{1b}[2Jx"],
  ["C1", "\x9b2J", "\\u{9b}2J"],
  ["what turns text around", "\u202eabc\u2066", "\\u{202e}abc\\u{2066}"],
  ["what has no width", "a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"],
  ["half a pair", "a\ud800b", "a\\u{d800}b"],
  ["the end of a line", "a\r\nb", "a\\r\\nb"],
  ["nothing of these", "Grüße, 👋\tπ", "Grüße, 👋\tπ"],
];

for (const [what, text, due] of UNSEEN) {
  test(`visible() shows ${what}`, () => {
    assert.is(visible(text), due);
  });
}

test("visibleLines() lets a line end, and nothing else", () => {
  assert.equal(visibleLines("a\nb\r\n\x1bc\rd"), ["a", "b", "\\u{1b}c\\rd"]);
});

test.run();
