// The faults that `npm run mutation` plants: in code and nowhere else, and where the source has
// them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseExplained } from "../../scripts/mutation/explained.ts";
import { faultsIn } from "../../scripts/mutation/faults.ts";
import { mutantsOf } from "../../scripts/mutation/mutant.ts";
import { fileURLToPath } from "node:url";
import { thrownAs } from "../frame/support.ts";

const test = suite("scripts/mutation");

/** What becomes of `text`, one fault at a time. */
function faulty(text: string): string[] {
  return [...faultsIn(text)].map(({ index, found, planted }) => {
    return text.slice(0, index) + planted + text.slice(index + found.length);
  });
}

const FAULTS: readonly (readonly [what: string, text: string, due: readonly string[]])[] = [
  ["a limit", "a < b", ["a <= b"]],
  ["a limit that counts", "a >= b", ["a > b"]],
  ["an equality", "a !== b", ["a === b"]],
  ["a condition", "a && b", ["a || b"]],
  ["a negation", "!a", ["a"]],
  ["a shift", "a >>> b", ["a >> b"]],
  ["a count", "a++", ["a--"]],
  ["a number", "a(9)", ["a(10)"]],
  ["a number in hex", "a(0xff)", ["a(0x100)"]],
  ["a number in bits", "a(0b100)", ["a(0b101)"]],
  ["a number in groups", "a(65_536)", ["a(65537)"]],
  ["a big number", "a(8n)", ["a(9n)"]],
  ["a fraction", "a(0.5)", ["a(1.5)"]],
  ["a product", "a * b", ["a / b"]],
  ["a return", "return a;", ["return; a;"]],
  ["a return of nothing", "return;", [";"]],
  ["a return of an object", "return { a };", ["return void { a };"]],
  ["a return with an else", "if (a)\n  return b;\nelse\n  c;", [
    "if (a)\n  return void b;\nelse\n  c;",
  ]],
  ["a throw", "throw a;", ["void a;"]],
  ["several", "a = b + 1;", ["a = b - 1;", "a = b + 2;"]],
  ["an arrow", "() => a", []],
  ["a rest", "f(...a)", []],
  ["an optional chain", "a?.b", []],
  ["a generator", "function* a() { yield* b; } class C { *d() {} }", []],
  ["a name with a digit", "utf8(#a1)", []],
  ["a property with the name of a keyword", "a.return(); a?.throw();", []],
  ["a method with the name of a keyword", "class C { return() {} async throw() {} }", []],
  ["a comment", "// a < 1\n/* b && c */", []],
  ["a string", `f("a < 1", 'b')`, []],
  ["a template", "f(`a < ${1}`)", []],
  ["a regular expression", "f(/a<1+/)", []],
];

for (const [what, text, due] of FAULTS) {
  test(`faultsIn() plants ${due.length === 0 ? "nothing" : "a fault"} in ${what}: ${text}`, () => {
    assert.equal(faulty(text), due);
  });
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

test("mutantsOf() says where in the TypeScript each fault is, once", () => {
  const mutants = ["frame", "message", "protocol", "channel"].flatMap((folder) =>
    mutantsOf(ROOT, folder),
  );
  assert.ok(mutants.length > 2000, `${mutants.length}`);
  assert.is(new Set(mutants.map(({ id }) => id)).size, mutants.length);
  const control = "src/frame/opcode.ts: return (opcode & 0b1000) «!== → ===» 0;";
  const mutant = mutants.find(({ id }) => id === control);
  assert.equal([mutant?.folder, mutant?.name], ["frame", "opcode"]);
  assert.match(mutant?.script ?? "", "return (opcode & 0b1000) === 0;");
});

test("parseExplained() wants a reason for each, once", () => {
  const explained = parseExplained("# Because\n# of this.\na: b\nc: d\n\n# Other.\ne: f\n");
  assert.equal([...explained], [
    ["a: b", "Because of this."],
    ["c: d", "Because of this."],
    ["e: f", "Other."],
  ]);
  assert.match(thrownAs(SyntaxError, () => parseExplained("a: b\n")).message, "no reason for a: b");
  const twice = "# Because.\na: b\n\n# Other.\na: b\n";
  assert.match(thrownAs(SyntaxError, () => parseExplained(twice)).message, "twice: a: b");
});

test.run();
