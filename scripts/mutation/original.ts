// Where in the TypeScript a token of the JavaScript stands, by the source map. The compiler only
// takes types away, so the token is there too, in the same line of thought.

import { SourceMap } from "node:module";

/** A place in a TypeScript file. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The whole line, without its indentation. */
  readonly text: string;
  /** Index of the token in `text`. */
  readonly index: number;
}

/** Finds the places of the tokens of one module. */
export class Original {
  readonly #map: SourceMap;
  readonly #script: string;
  readonly #source: string;

  /** @param map The text of the source map of `script`, which was made of `source`. */
  constructor(script: string, map: string, source: string) {
    this.#map = new SourceMap(JSON.parse(map));
    this.#script = script;
    this.#source = source;
  }

  /** Where `token`, which begins at `index` of the script, is in the source. */
  placeOf(token: string, index: number): Place {
    const { line, column } = positionOf(this.#script, index);
    const entry = this.#map.findEntry(line, column);
    if (!("originalLine" in entry)) throw new Error(`Bug: no source for ${token} at ${index}`);
    const start = indexOf(this.#source, entry.originalLine, entry.originalColumn);
    const at = this.#source.indexOf(token, start);
    if (at < 0) throw new Error(`Bug: ${token} at ${index} is not in the source`);
    return placeAt(this.#source, at);
  }
}

function placeAt(source: string, at: number): Place {
  const { line, column } = positionOf(source, at);
  const whole = source.split("\n")[line];
  const text = whole.trim();
  return { line: line + 1, column: column + 1, text, index: column - whole.indexOf(text) };
}

/** Both from 0. */
function positionOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split("\n");
  return { line: before.length - 1, column: before[before.length - 1].length };
}

function indexOf(text: string, line: number, column: number): number {
  const before = text.split("\n").slice(0, line);
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column;
}
