// The first look at an object of options: a name that nobody knows is an option that does not hold.

import { describe } from "./describe.ts";

/**
 * Throws `TypeError` when `options` is no object, or has a name that is none of `known`.
 *
 * @param act What cannot be done then, as in "compress".
 */
export function checkNames(act: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Cannot ${act}: options are ${describe(options)}, must be an object`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const found = describe(name);
    throw new TypeError(`Cannot ${act}: found ${found}, must be one of ${known.join(", ")}`);
  }
}
