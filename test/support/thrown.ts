// An exception as a value.

/** What `action` throws. Throws if it does not throw. */
export function thrown(action: () => unknown): unknown {
  let value: unknown;
  try {
    value = action();
  } catch (error) {
    return error;
  }
  throw new Error(`Expected an exception, found ${String(value)}`);
}
