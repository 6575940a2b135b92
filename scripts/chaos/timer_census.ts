// How many timers run. `process.getActiveResourcesInfo()` does not tell of those that keep no
// process alive, which all of Sluice's are; so they are counted where they are made.

/** Timers that run at this moment. */
export class TimerCensus {
  readonly #running = new Set<NodeJS.Timeout>();

  /** Counts from now on what this process asks for by `setTimeout` and `setInterval`. */
  constructor() {
    const running = this.#running;
    const { setTimeout, setInterval, clearTimeout } = globalThis;
    const counted = (
      callback: (...args: unknown[]) => void,
      delayMs?: number,
      ...args: unknown[]
    ): NodeJS.Timeout => {
      const timer = setTimeout(() => {
        running.delete(timer);
        callback(...args);
      }, delayMs);
      running.add(timer);
      return timer;
    };
    const countedInterval = (...args: Parameters<typeof setInterval>): NodeJS.Timeout => {
      const timer = setInterval(...args);
      running.add(timer);
      return timer;
    };
    const clear = (timer: NodeJS.Timeout): void => {
      running.delete(timer);
      clearTimeout(timer);
    };
    const replaced = { setInterval: countedInterval, clearTimeout: clear, clearInterval: clear };
    Object.assign(globalThis, { ...replaced, setTimeout: counted });
  }

  get running(): number {
    return this.#running.size;
  }
}
