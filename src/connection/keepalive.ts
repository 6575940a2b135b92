// Keepalive: a peer that vanished sends no FIN, so silence is answered by a ping (§5.5.2), and
// silence after the ping by the end of the connection. Any byte is a sign of life. Time in which
// we did not read proves nothing and does not count.

import type { Clock } from "./clock.ts";
import { setImmediate } from "./turn.ts";

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
  /** The peer has been silent for `silentMs`, of which it had `allowedMs`. */
  keepaliveExpired(silentMs: number, allowedMs: number): void;
}

const DEFAULT_MS = 20_000;

/**
 * How often in an interval we look whether bytes came. To read the clock for each of them would
 * cost as much as to parse it; so silence counts from the look that saw the last byte, and a ping
 * leaves up to two eighths of the interval late, never early.
 */
const LOOKS_PER_INTERVAL = 8;

/** Watches the silence of one peer. */
export class Keepalive {
  readonly #owner: KeepaliveOwner;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #rounds: Rounds;
  #bytesSeen = 0;
  #silentSince = 0;
  #verdict: unknown = null; // the timer of a ping that is out
  #suspended = false;

  constructor(owner: KeepaliveOwner, clock: Clock, options: KeepaliveOptions) {
    this.#owner = owner;
    this.#clock = clock;
    this.#timeoutMs = checkedMs("timeout", options.timeout);
    this.#rounds = roundsOf(clock, checkedMs("interval", options.interval));
  }

  start(): void {
    this.#silentSince = this.#clock.now();
    this.#rounds.add(this);
  }

  stop(): void {
    this.#rounds.delete(this);
    this.#callOff();
  }

  /**
   * We stop reading: the peer may speak, and we would not hear it. Pings go on, since to write to
   * a peer that has gone is the only way left to learn of it, but no silence counts.
   */
  suspend(): void {
    this.#suspended = true;
    this.#silentSince = this.#clock.now();
    this.#callOff();
  }

  /** We read again: the silence begins anew. */
  resume(): void {
    this.#suspended = false;
    this.#bytesSeen = -1;
  }

  /** Has it been silent for too long? */
  look(now: number): void {
    if (!this.#suspended && this.#hasHeard(now)) return this.#callOff();
    if (this.#verdict !== null || now - this.#silentSince < this.#rounds.intervalMs) return;
    if (this.#suspended) this.#silentSince = now;
    else this.#verdict = this.#clock.setTimeout(() => this.#judge(), this.#timeoutMs);
    this.#owner.sendKeepalivePing();
  }

  #hasHeard(now: number): boolean {
    const { bytesReceived } = this.#owner;
    if (bytesReceived === this.#bytesSeen) return false;
    this.#bytesSeen = bytesReceived;
    this.#silentSince = now;
    return true;
  }

  #callOff(): void {
    if (this.#verdict !== null) this.#clock.clearTimeout(this.#verdict);
    this.#verdict = null;
  }

  /**
   * Timers run before sockets are read: after our process slept, the pong may lie there unread. So
   * the event loop turns once more before the verdict.
   */
  #judge(): void {
    const verdict = this.#verdict;
    setImmediate(() => {
      if (this.#verdict !== verdict) return; // called off meanwhile
      this.#verdict = null;
      const now = this.#clock.now();
      if (this.#hasHeard(now)) return;
      const allowedMs = this.#rounds.intervalMs + this.#timeoutMs;
      this.#owner.keepaliveExpired(now - this.#silentSince, allowedMs);
    });
  }
}

/**
 * Looks at all peers that are watched at one interval, with one timer for all of them: one for each
 * connection was 350 bytes, a twentieth of what an idle connection took. The price is that pings
 * leave in eight bursts an interval, and not one by one.
 */
class Rounds {
  readonly intervalMs: number;
  readonly #clock: Clock;
  readonly #watched = new Set<Keepalive>();
  #timer: unknown = null;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.intervalMs = intervalMs;
  }

  add(keepalive: Keepalive): void {
    this.#watched.add(keepalive);
    if (this.#timer === null) this.#setTimer();
  }

  delete(keepalive: Keepalive): void {
    if (!this.#watched.delete(keepalive) || this.#watched.size > 0) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #setTimer(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#setTimer();
      const now = this.#clock.now();
      for (const keepalive of this.#watched) keepalive.look(now);
    }, this.intervalMs / LOOKS_PER_INTERVAL);
  }
}

/** The rounds of a clock, by their interval; few, since servers use few. */
const roundsByClock = new WeakMap<Clock, Map<number, Rounds>>();

/** Intervals that are kept: a server that draws them at random gets rounds of its own for more. */
const ROUNDS_MAX = 64;

function roundsOf(clock: Clock, intervalMs: number): Rounds {
  let ofClock = roundsByClock.get(clock);
  if (ofClock === undefined) roundsByClock.set(clock, (ofClock = new Map()));
  const known = ofClock.get(intervalMs);
  if (known !== undefined) return known;
  const rounds = new Rounds(clock, intervalMs);
  if (ofClock.size < ROUNDS_MAX) ofClock.set(intervalMs, rounds);
  return rounds;
}

function checkedMs(name: string, value: number = DEFAULT_MS): number {
  if (value > 0) return value;
  throw new RangeError(`Cannot keep alive: ${name} is ${value}, must be a number above 0`);
}
