// uvu has `throws` for functions and nothing for promises.

import { withTimeout } from "./with_timeout.ts";

/** The error that `promise` rejects with, for the test to look at; throws when it fulfils. */
export async function rejects(promise: Promise<unknown>, what = "a rejection"): Promise<Error> {
  let value: unknown;
  try {
    value = await withTimeout(promise, what);
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`Expected ${what} with an Error, found ${String(error)}`);
  }
  throw new Error(`Expected ${what}, found the value ${String(value)}`);
}
