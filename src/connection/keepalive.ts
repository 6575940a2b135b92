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
 * cost as much as to parse it; so silence is counted from the look that saw the last one, and a
 * ping leaves up to an eighth of the interval late, never early.
 */
const LOOKS_PER_INTERVAL = 8;

/** Watches the silence of one peer, with one timer. */
export class Keepalive {
  readonly #owner: KeepaliveOwner;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #timer: unknown = null;
  #bytesSeen = 0;
  #silentSince = 0;
  #pingedAt = -1; // -1: no ping is out
  #suspended = false;

  constructor(owner: KeepaliveOwner, clock: Clock, options: KeepaliveOptions) {
    this.#owner = owner;
    this.#clock = clock;
    this.#intervalMs = checkedMs("interval", options.interval);
    this.#timeoutMs = checkedMs("timeout", options.timeout);
  }

  start(): void {
    this.#silentSince = this.#clock.now();
    this.#look(this.#intervalMs);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /**
   * We stop reading: the peer may speak, and we would not hear it. Pings go on, since to write to
   * a peer that has gone is the only way left to learn of it, but no silence counts.
   */
  suspend(): void {
    this.#suspended = true;
    this.#silentSince = this.#clock.now();
  }

  /** We read again: the silence begins anew. */
  resume(): void {
    this.#suspended = false;
    this.#bytesSeen = -1;
  }

  get #hasHeard(): boolean {
    return this.#owner.bytesReceived !== this.#bytesSeen;
  }

  /** Looks again soon, and at the latest when `leftMs` have passed. */
  #look(leftMs: number): void {
    const delayMs = Math.min(leftMs, this.#intervalMs / LOOKS_PER_INTERVAL);
    this.#timer = this.#clock.setTimeout(() => this.#wake(), delayMs);
  }

  #wake(): void {
    const now = this.#clock.now();
    if (this.#suspended) {
      if (now - this.#silentSince >= this.#intervalMs) {
        this.#silentSince = now;
        this.#owner.sendKeepalivePing();
      }
      return this.#look(this.#silentSince + this.#intervalMs - now);
    }
    if (this.#hasHeard) {
      this.#bytesSeen = this.#owner.bytesReceived;
      this.#silentSince = now;
      this.#pingedAt = -1;
    }
    const isPinged = this.#pingedAt >= 0;
    const due = isPinged ? this.#pingedAt + this.#timeoutMs : this.#silentSince + this.#intervalMs;
    if (now < due) return this.#look(due - now);
    if (isPinged) return this.#judge();
    this.#pingedAt = now;
    this.#owner.sendKeepalivePing();
    this.#look(this.#timeoutMs);
  }

  /**
   * Timers run before sockets are read: after our process slept, the pong may lie there unread. So
   * the event loop turns once more before the verdict.
   */
  #judge(): void {
    setImmediate(() => {
      if (this.#timer === null) return;
      if (this.#hasHeard || this.#suspended) return this.#wake();
      this.#owner.keepaliveExpired(this.#clock.now() - this.#silentSince);
    });
  }
}

function checkedMs(name: string, value: number = DEFAULT_MS): number {
  if (value > 0) return value;
  throw new RangeError(`Cannot keep alive: ${name} is ${value}, must be a number above 0`);
}
