// What a script is told on its command line. Whatever it does not know ends the process as a
// misuse: one line that says what was found and what it must be, and exit code 2. A script that
// took no notice of a misspelt name would have run nothing, and found nothing wrong.

import { parseArgs } from "node:util";

/** As `parseArgs()` of Node. */
export const commandLine = ((config) => {
  try {
    return parseArgs(config);
  } catch (error) {
    return misuse((error as Error).message);
  }
}) as typeof parseArgs;

/** The number in `text`, from 1: a seed has more digits than a count. */
export function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  return misuse(`--${name} is "${text}", must be a whole number from 1`);
}

/** The number in `text`, which may be a fraction. */
export function positiveNumber(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  return misuse(`--${name} is "${text}", must be a number above 0`);
}

/** `names`, which must all be among `known`. */
export function knownNames(names: readonly string[], known: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!known.includes(name)) misuse(`found "${name}", must be one of ${known.join(", ")}`);
  }
  return names;
}

/** Ends the process. */
export function misuse(why: string): never {
  console.error(`Cannot run: ${why}`);
  process.exit(2);
}
