// uvu has no timeout: a promise that never settles would hang the whole run, or end it in silence.

/** How long a test waits for one thing. Far more than it takes, far less than patience. */
export const TIMEOUT_MS = 5000;

/** As `promise`, but rejects when it is still pending after `timeoutMs`; `what` says what it is. */
export async function withTimeout<T>(
  promise: Promise<T>,
  what: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Expected ${what}, found nothing for ${timeoutMs} ms`));
    }, timeoutMs);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

/** Waits until `holds()`, which it asks in each turn of the event loop; `what` says what it is. */
export async function until(
  holds: () => boolean,
  what: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Expected ${what}, not so for ${timeoutMs} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until `count()` has stayed the same for a while: another process does not say it rests. */
export async function atRest(count: () => number): Promise<void> {
  for (let before = NaN; before !== count(); ) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
