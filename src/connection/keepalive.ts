// Keepalive: a peer that vanished sends no FIN, so silence is answered by a ping (§5.5.2), and
// silence after the ping by the end of the connection. Any byte is a sign of life. Time in which
// we did not read proves nothing and does not count.

import type { Clock } from "./clock.ts";

/** When to ask a silent peer whether it lives. */
export interface KeepaliveOptions {
  /** Milliseconds of silence before a ping. Default: 20,000. */
  readonly interval?: number;
  /** Milliseconds that the peer then has to send anything. Default: 20,000. */
  readonly timeout?: number;
}

/** What a {@linkcode Keepalive} asks of its owner. */
export interface KeepaliveOwner {
  /** Bytes that came so far: more of them are a sign of life. */
  readonly bytesReceived: number;
  sendKeepalivePing(): void;
  keepaliveExpired(silentMs: number): void;
}

const DEFAULT_MS = 20_000;

/**
 * How often in an interval we look whether bytes came. To read the clock for each of them would
 * cost as much as to parse it; so silence is counted in looks, from the one that saw the last
 * byte, and a ping leaves up to an eighth of the interval late, never early. Nor does the time
 * count in which the whole process slept, for then nobody looked.
 */
const LOOKS_PER_INTERVAL = 8;

/** Watches the silence of one peer. */
export class Keepalive {
  readonly #owner: KeepaliveOwner;
  readonly #rounds: Rounds;
  #bytesSeen = 0;
  #silentLooks = 0;
  #isWatching = false;
  #suspended = false;

  constructor(owner: KeepaliveOwner, clock: Clock, options: KeepaliveOptions) {
    this.#owner = owner;
    this.#rounds = roundsOf(
      clock,
      checkedMs("interval", options.interval),
      checkedMs("timeout", options.timeout),
    );
  }

  start(): void {
    this.#isWatching = true;
    this.#silentLooks = this.#rounds.add(this) ? 0 : -1; // the first look comes too early to count
  }

  stop(): void {
    this.#isWatching = false;
    this.#rounds.delete(this);
  }

  /**
   * We stop reading: the peer may speak, and we would not hear it. Pings go on, since to write to
   * a peer that has gone is the only way left to learn of it, but no silence counts.
   */
  suspend(): void {
    this.#suspended = true;
    this.#silentLooks = 0;
  }

  /** We read again: the silence begins anew. */
  resume(): void {
    this.#suspended = false;
    this.#bytesSeen = -1;
  }

  /** Has it been silent for too long? */
  look(): void {
    const { pingAfter, judgeAfter } = this.#rounds;
    if (!this.#suspended && this.#hasHeard()) return;
    this.#silentLooks++;
    if (this.#silentLooks === pingAfter) {
      if (this.#suspended) this.#silentLooks = 0;
      this.#owner.sendKeepalivePing();
    }
    if (this.#silentLooks === judgeAfter) setImmediate(() => this.#judge());
  }

  #hasHeard(): boolean {
    const { bytesReceived } = this.#owner;
    if (bytesReceived === this.#bytesSeen) return false;
    this.#bytesSeen = bytesReceived;
    this.#silentLooks = 0;
    return true;
  }

  /**
   * Timers run before sockets are read: after our process slept, the pong may lie there unread. So
   * the event loop turns once more before the verdict.
   */
  #judge(): void {
    if (!this.#isWatching || this.#suspended || this.#hasHeard()) return;
    this.#owner.keepaliveExpired(this.#silentLooks * this.#rounds.periodMs);
  }
}

/**
 * Looks at all peers that are watched with the same times, with one timer for all of them: one for
 * each connection was 350 bytes, a twentieth of what an idle connection took.
 */
class Rounds {
  readonly periodMs: number;
  /** Silent looks before a ping, and before the end. */
  readonly pingAfter: number;
  readonly judgeAfter: number;
  readonly #clock: Clock;
  readonly #watched = new Set<Keepalive>();
  #timer: unknown = null;

  constructor(clock: Clock, intervalMs: number, timeoutMs: number) {
    this.#clock = clock;
    this.periodMs = Math.min(intervalMs, timeoutMs) / LOOKS_PER_INTERVAL;
    this.pingAfter = Math.ceil(intervalMs / this.periodMs);
    this.judgeAfter = this.pingAfter + Math.ceil(timeoutMs / this.periodMs);
  }

  /** Returns whether the rounds begin now, so that the first look comes a whole period later. */
  add(keepalive: Keepalive): boolean {
    this.#watched.add(keepalive);
    if (this.#timer !== null) return false;
    this.#setTimer();
    return true;
  }

  delete(keepalive: Keepalive): void {
    if (!this.#watched.delete(keepalive) || this.#watched.size > 0) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #setTimer(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#setTimer();
      for (const keepalive of this.#watched) keepalive.look();
    }, this.periodMs);
  }
}

/** The rounds of a clock, by their times; few, since servers use few. */
const roundsByClock = new WeakMap<Clock, Map<string, Rounds>>();

/** Times that are kept. A server that draws them at random gets rounds of its own for the rest. */
const ROUNDS_MAX = 64;

function roundsOf(clock: Clock, intervalMs: number, timeoutMs: number): Rounds {
  let ofClock = roundsByClock.get(clock);
  if (ofClock === undefined) roundsByClock.set(clock, (ofClock = new Map()));
  const times = `${intervalMs} ${timeoutMs}`;
  const known = ofClock.get(times);
  if (known !== undefined) return known;
  const rounds = new Rounds(clock, intervalMs, timeoutMs);
  if (ofClock.size < ROUNDS_MAX) ofClock.set(times, rounds);
  return rounds;
}

function checkedMs(name: string, value: number = DEFAULT_MS): number {
  if (value > 0) return value;
  throw new RangeError(`Cannot keep alive: ${name} is ${value}, must be a number above 0`);
}
