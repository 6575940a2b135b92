// What a fuzzer is: something that draws inputs out of chance, and something that looks at what
// becomes of each. What a target must keep to is in its file.

import type { Random } from "../../src/testing/random.ts";

/** Tells whether an input fails still: for a minimiser. */
export type Fails<Input> = (input: Input) => boolean | Promise<boolean>;

/** What is fuzzed. */
export interface Target<Input> {
  /** How many inputs are under way at a time: 1, unless there is something to wait for. */
  readonly inFlight: number;
  /** What became of the inputs, for people. */
  readonly summary: string;
  /** Makes one input out of chance. It is good until the next one is drawn if `inFlight` is 1. */
  draw(random: Random): Input;
  /** Tries it. Throws {@linkcode Finding}, or anything else, when something is wrong. */
  check(input: Input): void | Promise<void>;
  /** The input as JSON, bytes in hex. */
  write(input: Input): string;
  /** The input that {@linkcode write} has written. */
  read(text: string): Input;
  /** A smaller input that fails still; `input` itself when there is none. */
  minimise(input: Input, fails: Fails<Input>): Input | Promise<Input>;
  /** Before the first input. */
  begin?(): Promise<void>;
  /** Behind the last one: looks at what is left behind, too. */
  end?(): Promise<void>;
}

/** Something is not as it must be. */
export class Finding extends Error {
  override readonly name: string = "Finding";
  readonly expected: string;
  readonly found: string;

  constructor(what: string, expected: unknown, found: unknown) {
    super(what);
    this.expected = String(expected);
    this.found = String(found);
  }
}

/** Throws {@linkcode Finding} unless both are the same. */
export function same(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Finding(what, expected, found);
}
