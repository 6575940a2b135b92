// Which literals of a test are part of a name. The ids here are of no clause.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { idsIn, isMeantForName, readTitles } from "../../../scripts/clauses/test_titles.ts";

const test = suite("scripts/clauses/test_titles");

/** A source, the name of a test that it makes, and whether its literal is found in that name. */
const NAMES: readonly (readonly [source: string, name: string, isFound: boolean])[] = [
  ['["X01 a ping"]', "X01 a ping: accepted", true],
  ['["X01 a ping"]', "X01 a pong: accepted", false],
  ["test('a ping (X01)')", "a ping (X01)", true],
  ["`X01 opcode ${opcode} fails`", "X01 opcode 7 fails", true],
  ["`X01 opcode ${opcode.toString(16)} fails`", "X01 opcode f fails: why", true],
  ["`X01 opcode ${opcode} fails`", "X01 opcode 7 is fine", false],
  ["`${what} (X01)`", "whatever (X01)", true],
  ["`X01 ${a}\\n${b}`", "X01 1\n2", true],
  ['"X01 \\"quoted\\", (1+1)"', 'X01 "quoted", (1+1)', true],
  ['`${codes("X01", [1])} X02`', "1 X02", true],
];

for (const [source, name, isFound] of NAMES) {
  test(`readTitles() of ${source}: ${isFound ? "in" : "not in"} ${JSON.stringify(name)}`, () => {
    const [{ pattern }] = readTitles(source);
    assert.is(pattern.test(name), isFound);
  });
}

test("readTitles() tells ids and lines, and passes over comments and what has no id", () => {
  const source = '// "X01"\n/* `X02` */ a("no id", /X03/);\n[\n  "X04 A05 b",\n  `X06 ${"c"}`];';
  assert.equal(
    readTitles(source).map(({ ids, line }) => `${ids.join()} ${line}`),
    ["X04,A05 4", "X06 5"],
  );
});

const IDS: readonly (readonly [name: string, ids: readonly string[]])[] = [
  ["X01 X02 a ping", ["X01", "X02"]],
  ["a ping (X01, X02), X01", ["X01", "X02"]],
  ["U+0041, X1, X011, xX01, 0xE01", []],
];

for (const [name, ids] of IDS) {
  test(`idsIn() finds ${ids.join() || "none"} in ${name}`, () => assert.equal(idsIn(name), ids));
}

test("isMeantForName() tells the beginning of a name from a message", () => {
  const found = readTitles('"X01 a ping"; "X01: no fragment"; "X01"; "see X01"');
  assert.equal(found.map(isMeantForName), [true, false, false, false]);
});

test.run();
