// What a TypeScript file imports, read without a compiler. The text is cut into tokens; then an
// import is a string behind `from`, `import` or `import(`, and nothing that only looks like one.

import { sourceTokens } from "./source_tokens.ts";

/** An import: of a statement, `export ... from`, `import()`, or a type. */
export interface SourceImport {
  /** `null` when it is no literal. */
  readonly specifier: string | null;
  /** Whether it is `import type` or `export type`, which is gone when the program runs. */
  readonly isType: boolean;
  /** The line it is on, from 1. */
  readonly line: number;
}

/** What is known of a source. */
export interface Source {
  readonly imports: readonly SourceImport[];
  /** The line of the first thing that is no `export ... from`; `null` when there is none. */
  readonly otherCode: number | null;
}

/** More than any import statement has before its specifier. */
const STATEMENT_SIZE = 2000;

const BEFORE_SPECIFIER = /(?:^|[^.\w$#])(?:from|import|import\s*\()\s*$/;
const BEFORE_TYPE_SPECIFIER =
  /(?:^|[^.\w$#])(?:import|export)\s+type\s+(?:[\w$]+|\*(?:\s+as\s+[\w$]+)?|\{[^{}]*\})\s+from\s*$/;
const EXPRESSION = /(?<![.\w$#])import\s*\(\s*(?![\s"])/g;
const RE_EXPORT = /export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^{}]*\})\s+from\s+""\s*;?/g;

/** Reads `text`. */
export function readSource(text: string): Source {
  const imports: SourceImport[] = [];
  let code = ""; // the source with its comments blank and its strings empty; lines stay lines
  for (const { kind, text: token } of sourceTokens(text)) {
    if (kind === "comment") {
      code += newlines(token) || " ";
    } else if (kind === "string") {
      const before = code.slice(-STATEMENT_SIZE);
      if (BEFORE_SPECIFIER.test(before)) {
        const isType = BEFORE_TYPE_SPECIFIER.test(before);
        imports.push({ specifier: token.slice(1, -1), isType, line: lineOf(code) });
      }
      code += `""`;
    } else {
      code += kind === "code" ? token : `0${newlines(token)}`;
    }
  }
  for (const { index } of code.matchAll(EXPRESSION)) {
    imports.push({ specifier: null, isType: false, line: lineOf(code.slice(0, index)) });
  }
  const other = code.replace(RE_EXPORT, newlines);
  const at = other.search(/\S/);
  return { imports, otherCode: at < 0 ? null : lineOf(other.slice(0, at)) };
}

function newlines(text: string): string {
  return text.replace(/[^\n]/g, "");
}

function lineOf(code: string): number {
  return code.split("\n").length;
}
