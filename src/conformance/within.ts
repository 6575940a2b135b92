// A limit for what never falls silent: a server that sends a little again and again passes every
// limit for one silence.

import type { RunSettings } from "./trial.ts";

/** A case takes at most so many times the limit for one silence. */
const PATIENCE = 10;

/** As `work`, but rejects with the error that `late` makes when the time is over. */
export async function within<T>(
  work: Promise<T>,
  { timeoutMs }: RunSettings,
  late: (limit: string) => Error,
): Promise<T> {
  const limitMs = timeoutMs * PATIENCE;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(`${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
