// A clock whose hands the test turns: twenty seconds of silence take no time, and a time-out is
// due at its millisecond, not about then.

import type { Clock } from "../connection/clock.ts";
import { settled } from "./settled.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** Options of a {@linkcode FakeClock}. */
export interface FakeClockOptions {
  /** Whether it takes delays as Node does: whole milliseconds, one at least. Default: false. */
  readonly truncates?: boolean;
}

/**
 * Stands still until {@linkcode FakeClock.advance}. It runs the time-outs, the keepalive and the
 * latency of what it was given to, and nothing else: `setTimeout()` goes on as before.
 *
 * ```ts run
 * import { connectionPair, FakeClock } from "sluice/testing";
 *
 * const clock = new FakeClock();
 * const { client, server } = connectionPair({ clock, latency: 30 });
 * const latency = client.ping();
 * await clock.advance(60);
 * console.log(await latency); // 60
 * ```
 */
export class FakeClock implements Clock {
  readonly #truncates: boolean;
  #now = 1000; // not 0, which could pass for "never"
  #alarms: Alarm[] = [];
  #isAdvancing = false;
  /** How many alarms were ever set. */
  alarmsSet = 0;

  constructor({ truncates = false }: FakeClockOptions = {}) {
    this.#truncates = truncates;
  }

  /** Alarms that are set and have neither gone off nor been called off. */
  get pending(): number {
    return this.#alarms.length;
  }

  /** Milliseconds. It begins at 1000. */
  now(): number {
    return this.#now;
  }

  /** As `Clock` has it. */
  setTimeout(callback: () => void, delayMs: number): unknown {
    this.alarmsSet++;
    const delay = this.#truncates ? Math.max(1, Math.trunc(delayMs)) : delayMs;
    const alarm = { at: this.#now + delay, callback };
    this.#alarms.push(alarm);
    return alarm;
  }

  /** As `Clock` has it. */
  clearTimeout(timer: unknown): void {
    this.#alarms = this.#alarms.filter((alarm) => alarm !== timer);
  }

  /**
   * Lets `ms` milliseconds pass, and every alarm go off at its time, in the order of the times; of
   * several at once in the order in which they were set. Before the first, between two and behind
   * the last, everything that needs no time comes to rest: handlers go on, bytes arrive, answers
   * leave. So `advance(0)` only lets it come to rest. Await it.
   *
   * @throws {RangeError} When `ms` is no time.
   */
  async advance(ms: number): Promise<void> {
    if (this.#isAdvancing) {
      throw new Error("Cannot advance: the last advance() is under way, and must be awaited");
    }
    const end = this.#end(ms);
    this.#isAdvancing = true;
    try {
      await settled(this);
      while (this.#goOff(end)) await settled(this);
      this.#now = end;
    } finally {
      this.#isAdvancing = false;
    }
  }

  /** The same at once: nothing but the alarms themselves runs. For code without promises. */
  advanceSync(ms: number): void {
    const end = this.#end(ms);
    while (this.#goOff(end));
    this.#now = end;
  }

  #end(ms: number): number {
    if (ms >= 0) return this.#now + ms;
    throw new RangeError(`Cannot advance: found ${ms} ms, must be a number >= 0`);
  }

  /** Lets the first alarm that is due until `end` go off. Returns whether there was one. */
  #goOff(end: number): boolean {
    let first: Alarm | null = null;
    for (const alarm of this.#alarms) {
      if (alarm.at <= end && (first === null || alarm.at < first.at)) first = alarm;
    }
    if (first === null) return false;
    this.clearTimeout(first);
    this.#now = Math.max(this.#now, first.at); // one that was set for the past goes off late
    first.callback();
    return true;
  }
}
