// A TypeScript file cut into tokens: coarse, but right about where strings, comments, templates and
// regular expressions begin and end.

/** A piece of a source. All pieces together are the source. */
export interface SourceToken {
  readonly kind: "comment" | "string" | "template" | "regex" | "code";
  readonly text: string;
  /** Where it begins. */
  readonly index: number;
}

// A slash begins a regular expression where no value can end: behind an operator, an opening
// bracket, a keyword that wants a value, or nothing.
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)`,
    String.raw`(?<string>"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')`,
    "(?<template>`(?:\\\\[\\s\\S]|[^`\\\\])*`)",
    String.raw`(?<regex>(?<=(?:^|[=(,:;!&|?{}[+>]|\breturn|\bcase)\s*)` +
      String.raw`\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^\/\\\n\[])+\/[a-z]*)`,
    "(?<code>[^\"'`/]+|[\\s\\S])",
  ].join("|"),
  "g",
);

/** The tokens of `text`. */
export function* sourceTokens(text: string): Generator<SourceToken> {
  for (const { 0: token, groups = {}, index } of text.matchAll(TOKEN)) {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    yield { kind: kind as SourceToken["kind"], text: token, index };
  }
}
