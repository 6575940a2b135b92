// Where a compiled module can be made wrong by one token. Comments, strings, templates and regular
// expressions are left alone: what an error says is not what the protocol does.

import { sourceTokens } from "../source_tokens.ts";

/** A token, and the wrong one to put in its place. */
export interface Fault {
  /** Where the token begins. */
  readonly index: number;
  readonly found: string;
  /** "" takes it away. */
  readonly planted: string;
}

/** The limit that is off by one, the test that is turned round, the bit that is lost. */
const PLANTED: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "??": "&&",
  "!": "",
  "~": "",
  "+": "-",
  "-": "+",
  "*": "/",
  "**": "*",
  "/": "*",
  "%": "*",
  "&": "|",
  "|": "&",
  "^": "|",
  "<<": ">>",
  ">>": "<<",
  ">>>": ">>",
  "++": "--",
  "--": "++",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "&=": "|=",
  "|=": "&=",
  "^=": "|=",
  "<<=": ">>=",
  ">>=": "<<=",
  "??=": "=",
  "true": "false",
  "false": "true",
  "break": "",
  "continue": "",
  "await": "",
  "throw": "void",
};

const TOKEN = new RegExp(
  [
    String.raw`(?<word>#?[A-Za-z_$][\w$]*)`,
    String.raw`(?<number>0[xX][\da-fA-F]+|0b[01]+|\d[\d_]*(?:\.\d+)?n?)`,
    String.raw`(?<sign>=>|\.\.\.|\?\.|>>>=|<<=|>>=|\*\*=|&&=|\|\|=|\?\?=|[-+*/%&|^]=|[!=]==?|` +
      String.raw`>>>|<<|>>|<=|>=|&&|\|\||\?\?|\*\*|\+\+|--|[^\s\w])`,
  ].join("|"),
  "g",
);

/** What stands behind `return` where it would not do as a statement of its own. */
const NO_STATEMENT = /^\s*(?:\{|function\b|class\b|async\b)|^[^;]*;\s*else\b/;

/** More than a `return` without braces has. */
const STATEMENT_SIZE = 500;

/** What ends a value, so that `*` behind it multiplies and makes no generator. */
const ENDS_VALUE = /^(?!(?:yield|function|async|static)$)[\w$)\]#]+$/;

/** All faults of the JavaScript in `text`, in its order. */
export function* faultsIn(text: string): Generator<Fault> {
  let before = "";
  for (const piece of sourceTokens(text)) {
    if (piece.kind !== "code") continue;
    for (const { 0: found, index, groups = {} } of piece.text.matchAll(TOKEN)) {
      const at = piece.index + index;
      const planted = groups["number"] ? successor(found) : plantedFor(found, before, text, at);
      if (planted !== undefined) yield { index: at, found, planted };
      before = found;
    }
  }
}

function plantedFor(found: string, before: string, text: string, at: number): string | undefined {
  const isMethod = /^\w/.test(found) && text[at + found.length] === "("; // of an iterator, say
  if (isMethod || before === "." || before === "?.") return undefined;
  if (found === "*" && !ENDS_VALUE.test(before)) return undefined;
  if (found !== "return") return Object.hasOwn(PLANTED, found) ? PLANTED[found] : undefined;
  const rest = text.slice(at + found.length, at + found.length + STATEMENT_SIZE);
  if (rest.startsWith(";")) return "";
  return NO_STATEMENT.test(rest) ? "return void" : "return;"; // what follows is never reached
}

/** The number plus one, to the same base. */
function successor(number: string): string {
  if (number.endsWith("n")) return `${BigInt(number.slice(0, -1)) + 1n}n`;
  const next = Number(number.replaceAll("_", "")) + 1;
  if (/^0x/i.test(number)) return `0x${next.toString(16)}`;
  return number.startsWith("0b") ? `0b${next.toString(2)}` : String(next);
}
