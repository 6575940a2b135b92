// What a piece of code prints as errors.

/** Runs `act` and gives what was printed with `console.error` meanwhile. */
export async function printed(act: () => Promise<unknown>): Promise<unknown[]> {
  const original = console.error;
  const lines: unknown[] = [];
  console.error = (...line: unknown[]) => void lines.push(...line);
  try {
    await act();
  } finally {
    console.error = original;
  }
  return lines;
}
