// What the layer check sees of a file. One case missed here is a floor that nobody guards.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSource } from "../../scripts/source_imports.ts";

const test = suite("scripts/source_imports");

const IMPORTS: readonly (readonly [what: string, text: string, due: readonly string[]])[] = [
  ["a plain import", `import { a } from "./a.ts";`, ["./a.ts"]],
  ["single quotes", `import a from './a.ts'`, ["./a.ts"]],
  ["an import of everything", `import * as a from "./a.ts";`, ["./a.ts"]],
  ["an import for its effect", `import "./a.ts";`, ["./a.ts"]],
  ["a type import", `import type { A } from "./a.ts";`, ["type ./a.ts"]],
  ["an import with one type", `import { type A, b } from "./a.ts";`, ["./a.ts"]],
  ["a re-export", `export { a } from "./a.ts";`, ["./a.ts"]],
  ["a re-export of everything", `export * from "./a.ts";`, ["./a.ts"]],
  ["a re-export of types", `export type * from "./a.ts";`, ["type ./a.ts"]],
  ["many lines", `import {\n  a, // one\n  b,\n} from\n  "./a.ts";`, ["./a.ts"]],
  ["a comment between", `import { a } /* from "./no.ts" */ from "./a.ts";`, ["./a.ts"]],
  ["two on a line", `import "./a.ts";import{b}from"./b.ts";`, ["./a.ts", "./b.ts"]],
  ["import()", `const a = await import("./a.ts");`, ["./a.ts"]],
  ["import() over lines", `await import(\n  /* why */ "./a.ts"\n);`, ["./a.ts"]],
  ["import() as a type", `let a: import("./a.ts").A;`, ["./a.ts"]],
  ["import() of a variable", `await import(name);`, ["null"]],
  ["import() of a template", "await import(`./${name}.ts`);", ["null"]],
  ["a line comment", `// import "./no.ts";`, []],
  ["a block comment", `/*\nimport "./no.ts";\n*/`, []],
  ["a string", `const a = 'import "./no.ts"';`, []],
  ["a template", 'const a = `\nimport "./no.ts";\n`;', []],
  ["a regular expression with a quote", `const a = /["'/*]/; import "./a.ts";`, ["./a.ts"]],
  ["a regular expression that is returned", `return /"/; import "./a.ts"`, ["./a.ts"]],
  ["a division", `const a = b / c; import "./a.ts"; d / e;`, ["./a.ts"]],
  ["a URL", `const a = "https://example.com"; import "./a.ts";`, ["./a.ts"]],
  ["an escaped quote", String.raw`const a = "\""; import "./a.ts";`, ["./a.ts"]],
  ["what only looks so", `a.import("./no.ts"); Array.from("no"); reimport("no");`, []],
];

for (const [what, text, due] of IMPORTS) {
  test(`readSource() finds what ${what} imports`, () => {
    const found = readSource(text).imports.map(({ specifier, isType }) => {
      return `${isType ? "type " : ""}${specifier}`;
    });
    assert.equal(found, due);
  });
}

test("readSource() counts lines from 1, whatever stands before", () => {
  const text = '/*\n\n*/\nconst a = `\n`;\nimport "./a.ts";\n\nawait import(a);';
  assert.equal(readSource(text).imports.map(({ line }) => line), [6, 8]);
});

const DOORS: readonly (readonly [what: string, text: string, line: number | null])[] = [
  ["only comments", "// hello\n/** you */\n", null],
  ["re-exports", `export { a } from "./a.ts";\nexport type { B } from "./b.ts";\n`, null],
  ["re-exports of everything", `export * from "./a.ts"\nexport * as b from "./b.ts";`, null],
  ["a constant", `export { a } from "./a.ts";\n\nexport const b = 1;`, 3],
  ["an import", `import "./a.ts";`, 1],
  ["an export of its own", `export { a };`, 1],
];

for (const [what, text, line] of DOORS) {
  test(`readSource() tells re-exports from ${what}`, () => {
    assert.is(readSource(text).otherCode, line);
  });
}

test.run();
