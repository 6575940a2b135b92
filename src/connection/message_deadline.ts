// A message that has begun must be complete in time: a client that announces 1 MiB and then sends
// a byte a second costs a buffer, and any byte is life to the keepalive. It begins with a whole
// header: before that there is nothing to pay for but the 13 bytes of one that is not whole.
//
// It is the time of the whole message that counts, and not that some bytes come in each interval:
// a peer that sends 100 of them a second would keep such a rule, for the three hours that 1 MiB
// takes. Time in which we do not read is ours, and does not count. A message that comes whole, in
// one read, is never looked at.

import { LimitError } from "../protocol/limit_error.ts";
import { CloseCode } from "../frame/mod.ts";
import type { Clock } from "./clock.ts";
import { fewAtOnce } from "./few_at_once.ts";
import { roundsOf } from "./rounds.ts";
import type { Rounds, Watched } from "./rounds.ts";
import { setImmediate } from "./turn.ts";

/** Watches the messages of one peer, one after the other. */
export class MessageDeadline implements Watched {
  readonly #clock: Clock;
  readonly #rounds: Rounds;
  readonly #onMissed: (error: LimitError) => void;
  #isWatched = false; // whether a message is incomplete behind the chunk in which it began
  #isSuspended = false;
  #since = 0; // when we began to read on with it
  #spentMs = 0; // what it took before that

  /** @param onMissed Told up to an eighth of `timeoutMs` late, never early. */
  constructor(clock: Clock, timeoutMs: number, onMissed: (error: LimitError) => void) {
    this.#clock = clock;
    this.#rounds = roundsOf(clock, timeoutMs);
    this.#onMissed = onMissed;
  }

  /** The chunk is read, and a message in it is incomplete. */
  begin(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#spentMs = 0;
    this.#since = this.#clock.now();
    this.#rounds.add(this);
  }

  /** Hot: the message is complete, or does not matter any more. */
  end(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    this.#rounds.delete(this);
  }

  /** We stop reading. */
  suspend(): void {
    if (this.#isWatched && !this.#isSuspended) this.#spentMs = this.#elapsed(this.#clock.now());
    this.#isSuspended = true;
  }

  /** We read again. */
  resume(): void {
    if (this.#isWatched && this.#isSuspended) this.#since = this.#clock.now();
    this.#isSuspended = false;
  }

  /**
   * Timers run before sockets are read: after our process slept, the rest of the message may lie
   * there unread. So the event loop turns once more before the verdict; and again where it is due
   * for many.
   */
  look(now: number): void {
    if (this.#elapsed(now) < this.#rounds.intervalMs) return;
    setImmediate(() => fewAtOnce(this.#clock, () => this.#judge()));
  }

  /** It may be another message by now. */
  #judge(): void {
    const max = this.#rounds.intervalMs;
    const found = Math.round(this.#elapsed(this.#clock.now()));
    if (!this.#isWatched || found < max) return;
    this.end();
    const text =
      `Cannot accept message: after ${found} ms it is incomplete, ` +
      `must be complete within ${max} (messageTimeoutMs)`;
    const passed = { limit: "messageTimeoutMs", max, found };
    this.#onMissed(new LimitError(text, passed, CloseCode.POLICY_VIOLATION));
  }

  #elapsed(now: number): number {
    return this.#spentMs + (this.#isSuspended ? 0 : now - this.#since);
  }
}
