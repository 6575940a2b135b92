// Where the name of a test is written: in `test("B05 ...")` itself, or in the table that it is made
// from. Only the running program knows the whole name, only the source knows the line; a literal
// with an id in it joins the two, when it is a part of the name.
//
//   ["B05 opcode 3", "83"],                       a line of a table
//   test(`${what} fails`, ...)                    makes the name "B05 opcode 3 fails" of it
//   `B05 opcode ${opcode} with payload`           is in "B05 opcode 7 with payload"

import { sourceTokens } from "../source_tokens.ts";

/** A literal with ids in it. */
export interface TestTitle {
  readonly ids: readonly string[];
  /** What it looks like within a name. */
  readonly pattern: RegExp;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** An expression in a template: the name has anything there. */
const HOLE = /\$\{[^{}]*\}/;

/** The titles in the source of a test, or of a table for one. */
export function readTitles(text: string): TestTitle[] {
  const titles: TestTitle[] = [];
  for (const { kind, text: token, index } of sourceTokens(text)) {
    if (kind !== "string" && kind !== "template") continue;
    const title = token.slice(1, -1);
    const parts = kind === "string" ? [title] : title.split(HOLE);
    const ids = idsIn(parts.join(" "));
    if (ids.length === 0) continue;
    const pattern = new RegExp(parts.map((part) => quoted(unescaped(part))).join("[^]*"));
    const line = text.slice(0, index).split("\n").length;
    titles.push({ ids, pattern, text: title, line });
  }
  return titles;
}

/** The ids in the name of a test, wherever they are. */
export function idsIn(name: string): string[] {
  return [...new Set(name.match(/(?<![\w+])[A-Z]\d\d(?!\w)/g) ?? [])];
}

/** Whether a literal can only be meant for the name of a test. */
export function isMeantForName({ text }: TestTitle): boolean {
  return /^[A-Z]\d\d /.test(text);
}

/** What the characters of a literal stand for. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0" };

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
