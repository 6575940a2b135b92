// A clock whose hands the test turns.

import type { Clock } from "../../src/connection/clock.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** Stands still until {@linkcode FakeClock.advance}. */
export class FakeClock implements Clock {
  readonly #truncates: boolean;
  #now = 1000; // not 0, which could pass for "never"
  #alarms: Alarm[] = [];
  /** How many alarms were ever set. */
  alarmsSet = 0;

  /** @param truncates Whether it takes delays as Node does: whole milliseconds, one at least. */
  constructor(truncates = false) {
    this.#truncates = truncates;
  }

  /** Alarms that are set and have neither gone off nor been called off. */
  get pending(): number {
    return this.#alarms.length;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    this.alarmsSet++;
    const delay = this.#truncates ? Math.max(1, Math.trunc(delayMs)) : delayMs;
    const alarm = { at: this.#now + delay, callback };
    this.#alarms.push(alarm);
    return alarm;
  }

  clearTimeout(timer: unknown): void {
    this.#alarms = this.#alarms.filter((alarm) => alarm !== timer);
  }

  /** Lets `ms` milliseconds pass, and every alarm go off at its time, in the order of the times. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) {
      this.#now = alarm.at;
      this.clearTimeout(alarm);
      alarm.callback();
    }
    this.#now = end;
  }

  /** The first alarm due until `end`; of several at once the one that was set first. */
  #next(end: number): Alarm | undefined {
    const due = this.#alarms.filter(({ at }) => at <= end);
    return due.sort((one, other) => one.at - other.at)[0];
  }
}
