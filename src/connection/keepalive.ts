// Keepalive: a peer that vanished sends no FIN, so silence is answered by a ping (§5.5.2), and
// silence after the ping by the end of the connection. Any byte is a sign of life. Time in which
// we did not read proves nothing and does not count.

import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";
import type { Clock } from "./clock.ts";
import { fewAtOnce } from "./few_at_once.ts";
import { roundsOf } from "./rounds.ts";
import type { Rounds, Watched } from "./rounds.ts";
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

const NAMES: readonly string[] = ["interval", "timeout"];

/**
 * Watches the silence of one peer. To read the clock for each byte would cost as much as to parse
 * it; so silence counts from the look that saw the last one, and a ping leaves up to two eighths of
 * the interval late, never early.
 */
export class Keepalive implements Watched {
  readonly #owner: KeepaliveOwner;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #rounds: Rounds;
  #bytesSeen = 0;
  #silentSince = 0;
  #verdict: unknown = null; // the timer of a ping that is out
  #suspended = false;

  /**
   * @throws {TypeError} When `options` is no object, or has an unknown name.
   * @throws {RangeError} When a time is no number above 0.
   */
  constructor(owner: KeepaliveOwner, clock: Clock, options: KeepaliveOptions) {
    checkNames("keep alive", options, NAMES);
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
   * the event loop turns once more before the verdict; and again where many are silent together.
   */
  #judge(): void {
    const verdict = this.#verdict;
    setImmediate(() => fewAtOnce(this.#clock, () => this.#decide(verdict)));
  }

  #decide(verdict: unknown): void {
    if (this.#verdict !== verdict) return; // called off meanwhile
    this.#verdict = null;
    const now = this.#clock.now();
    if (this.#hasHeard(now)) return;
    const allowedMs = this.#rounds.intervalMs + this.#timeoutMs;
    this.#owner.keepaliveExpired(now - this.#silentSince, allowedMs);
  }
}

function checkedMs(name: string, value: number = DEFAULT_MS): number {
  if (typeof value === "number" && value > 0) return value;
  const found = describe(value);
  throw new RangeError(`Cannot keep alive: ${name} is ${found}, must be a number above 0`);
}
