// What was thrown may be anything: a proxy that throws at each look, an error whose message does.
// Whoever handles it looks through these, or the second exception would find nobody to catch it.

/** Whether `value` is an instance of `type`. One that throws at the question is none. */
export function isA<T>(value: unknown, type: abstract new (...rest: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** Prints an error with `console.error`, or that there was one which cannot be shown. */
export function print(error: unknown): void {
  for (const shown of [error, "Something was thrown that throws when it is shown"]) {
    try {
      return console.error(shown);
    } catch {
      continue;
    }
  }
}
