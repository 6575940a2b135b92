// Which line a tag means, and which it may not stand on.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readTags } from "../../../scripts/clauses/source_tags.ts";

const test = suite("scripts/clauses/source_tags");

/** Tags as `X01 §5.2 line symbol`. */
function tagsOf(text: string): string[] {
  return readTags(text).map((tag) => `${tag.id} ${tag.section} ${tag.line} ${tag.symbol}`);
}

const FOUND: readonly (readonly [what: string, text: string, due: readonly string[]])[] = [
  ["a comment behind code", "const a = 1; // §5.2 [X01]: why", ["X01 §5.2 1 a"]],
  ["a comment above code", "// §5.2 [X01]\nconst a = 1;", ["X01 §5.2 2 a"]],
  ["a comment of several lines", "// one\n// §5.2 [X01]\n// two\nlet a = 1;", ["X01 §5.2 4 a"]],
  ["a doc comment", "/**\n * As in §5.2 [X01].\n */\nexport class A {}", ["X01 §5.2 4 A"]],
  ["several ids", "let a = 1; // §5.2 [X01, X02]", ["X01 §5.2 1 a", "X02 §5.2 1 a"]],
  ["several sections", "let a; // §1 [X01], RFC 7692 §7.1 [X02]", [
    "X01 §1 1 a",
    "X02 RFC 7692 §7.1 1 a",
  ]],
  ["an RFC as a whole", "let a = 1; // RFC 9931 [X01]", ["X01 RFC 9931 1 a"]],
  ["a URL before it", 'let a = "http://h"; // §5.2 [X01]', ["X01 §5.2 1 a"]],
  ["what looks alike", "// §5.2, [a, b], [=8-15], bytes[0]\nlet a = b[X];", []],
];

for (const [what, text, due] of FOUND) {
  test(`readTags() reads ${what}`, () => assert.equal(tagsOf(text), due));
}

const SYMBOLS: readonly (readonly [symbol: string, text: string])[] = [
  ["check", "export function check(): void {\n  const a = 1; // §1 [X01]"],
  ["later", "function check() {}\n\nexport async function later() {\n  if (a) { // §1 [X01]"],
  ["NAMES", 'const NAMES = [\n  "a", // §1 [X01]'],
  ["A.read", "export class A {\n  #a = 1;\n\n  read(): void {\n    return; // §1 [X01]"],
  ["A.#read", "export class A {\n  #read<T>(a: T): T {\n    return a; // §1 [X01]"],
  ["A.done", "class A {\n  get done(): boolean { // §1 [X01]"],
  ["A.constructor", "class A {\n  constructor() {\n    a(); // §1 [X01]"],
  ["A.name", "export interface A {\n  /** §1 [X01] */\n  readonly name: string;"],
  ["TABLE", "const TABLE: Table = {\n  open: {\n    Close: 1, // §1 [X01]"],
];

for (const [symbol, text] of SYMBOLS) {
  test(`readTags() names the symbol ${symbol}`, () => {
    assert.equal(readTags(text).map((tag) => tag.symbol), [symbol]);
  });
}

const BAD: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["a tag in a string", 'a("no (§5.2 [X01])");', /^1: tag must be in a comment$/],
  ["a tag in a string before a comment", 'a("§5.2 [X01]"); // b', /^1: tag must be in a comment$/],
  ["a tag without a section", "\nlet a; // [X01]", /^2: \[X01\] has no section before it, as in/],
  ["a tag behind another one", "let a; // §1 [X01] [X02]", /^1: \[X02\] has no section before it/],
  ["a tag above an empty line", "// §1 [X01]\n\nlet a;", /^1: tag has no code below its comment$/],
  ["a tag at the end", "let a;\n// §1 [X01]", /^2: tag has no code below its comment$/],
];

for (const [what, text, message] of BAD) {
  test(`readTags() refuses ${what}`, () => assert.throws(() => readTags(text), message));
}

test.run();
