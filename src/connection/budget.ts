// One budget for what many connections hold: each of them may be within its own bounds, and ten
// thousand of them beyond the memory of the process.
//
//   total > sizeMax        a socket is read only while its connection holds nothing
//   ... for a second,      the connection that holds the most is shed, then the next, until an
//   or a quarter above     eighth is free
//   total <= 7/8 sizeMax   everybody is read again
//
// Each connection says when what it holds may have changed, and what it held before is known: so
// the total is exact at any moment, and nobody has to be asked for it. A timer that adds up what
// all hold would be blind in between, and a flood needs a hundredth of a second.
//
// Who reads what arrives holds nothing most of the time, and is served while others are not. The
// bound: a socket that is not paused brings one read, which pauses it; what Node itself reads ahead
// of a paused socket, 128 KiB at most, is not seen here. What a program writes is not slowed by a
// pause, hence the quarter.
//
// Invariant: total is the sum of what the shares hold, and 0 when there is none.

import { CloseCode } from "../frame/mod.ts";
import { LimitError } from "../protocol/limit_error.ts";
import type { Clock } from "./clock.ts";
import { Deadline } from "./deadline.ts";
import { fewAtOnce } from "./few_at_once.ts";
import { PauseReason } from "./pause_reason.ts";
import { setImmediate } from "./turn.ts";

/** Who has a share in a {@linkcode Budget}. */
export interface BudgetMember {
  /** What it holds now, as charged. */
  readonly heldSize: number;
  /** What of that has come, and waits to be decoded until its input is resumed. */
  readonly waitingSize: number;
  pauseInput(reason: number): void;
  resumeInput(reason: number): void;
  /** Lets go of all that it holds, and closes with what `error` says. */
  shed(error: LimitError): void;
}

/** How long readers have to catch up while nothing more is read. */
const PATIENCE_MS = 1000;

/** What all members hold, and its bound. */
export class Budget {
  readonly #sizeMax: number;
  readonly #clock: Clock;
  readonly #shares = new Set<Share>();
  readonly #paused = new Set<Share>();
  readonly #patience: Deadline;
  #total = 0;
  #isOver = false;
  #isReliefDue = false;

  constructor(sizeMax: number, clock: Clock) {
    this.#sizeMax = sizeMax;
    this.#clock = clock;
    this.#patience = new Deadline(clock);
  }

  /** What all of them hold. */
  get total(): number {
    return this.#total;
  }

  /** `member` counts from now on, until its share leaves. */
  join(member: BudgetMember): Share {
    const share = new Share(this, member);
    this.#shares.add(share);
    share.changed();
    return share;
  }

  /** `share` holds `grown` more than before. */
  changed(share: Share, grown: number): void {
    this.#total += grown;
    if (!this.#isOver) {
      if (this.#total <= this.#sizeMax) return;
      this.#isOver = true;
      this.#patience.set(PATIENCE_MS, () => this.#relieve());
    } else if (this.#total <= this.#enough) {
      return this.#relax();
    }
    this.#pauseOrResume(share);
    if (this.#total > (this.#sizeMax * 5) / 4) this.#relieveSoon();
  }

  /** `share` does not count any more. */
  leave(share: Share): void {
    this.#shares.delete(share);
    this.#paused.delete(share);
    this.#total -= share.held;
    if (this.#isOver && this.#total <= this.#enough) this.#relax();
  }

  get #enough(): number {
    return (this.#sizeMax * 7) / 8;
  }

  /** Who holds nothing but what waits goes on: nobody else can take that from it. */
  #pauseOrResume(share: Share): void {
    const { member } = share;
    if (share.held > member.waitingSize) {
      this.#paused.add(share);
      member.pauseInput(PauseReason.BUDGET);
    } else if (this.#paused.delete(share)) {
      member.resumeInput(PauseReason.BUDGET);
    }
  }

  /** When the turn is over: what is written in it may leave at its end. */
  #relieveSoon(): void {
    if (this.#isReliefDue) return;
    this.#isReliefDue = true;
    setImmediate(() => {
      this.#isReliefDue = false;
      if (this.#total > (this.#sizeMax * 5) / 4) this.#relieve();
    });
  }

  /** Sheds who holds the most. At the end of the patience the readers may have caught up. */
  #relieve(): void {
    if (this.#total <= this.#sizeMax) return this.#relax();
    this.#patience.set(PATIENCE_MS, () => this.#relieve());
    const dearest = [...this.#shares].sort((one, other) => other.held - one.held);
    let left = this.#total;
    for (const share of dearest) {
      if (left <= this.#enough) break;
      left -= share.held;
      fewAtOnce(this.#clock, () => this.#shed(share));
    }
  }

  /** By now others may have let go of enough. */
  #shed(share: Share): void {
    if (this.#total <= this.#enough || !this.#shares.has(share)) return;
    const error = tooMuch(this.#sizeMax, this.#total);
    share.leave();
    share.member.shed(error);
  }

  /** Everybody is read again. */
  #relax(): void {
    this.#isOver = false;
    this.#patience.meet();
    const paused = [...this.#paused];
    this.#paused.clear();
    for (const { member } of paused) member.resumeInput(PauseReason.BUDGET);
  }
}

/** What one member holds of a budget. */
export class Share {
  readonly member: BudgetMember;
  readonly #budget: Budget;
  #hasLeft = false;
  #isRetired = false;
  /** What it was known to hold last; for others to read. */
  held = 0;

  constructor(budget: Budget, member: BudgetMember) {
    this.#budget = budget;
    this.member = member;
  }

  /** Hot: what the member holds may have changed. */
  changed(): void {
    if (this.#hasLeft) return;
    const held = this.member.heldSize;
    const grown = held - this.held;
    if (grown === 0) return;
    this.held = held;
    this.#budget.changed(this, grown);
    if (this.#isRetired && held === 0) this.leave();
  }

  /** The member has ended: it counts for as long as it holds something that nobody has read. */
  retire(): void {
    this.#isRetired = true;
    this.changed();
    if (this.held === 0) this.leave();
  }

  /** The member does not count any more. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#budget.leave(this);
  }
}

/** The numbers are for our log: what others hold is no business of the peer's. */
function tooMuch(max: number, found: number): LimitError {
  const text = "Cannot go on: all connections hold too much, this one the most (buffersSizeMax)";
  return new LimitError(text, { limit: "buffersSizeMax", max, found }, CloseCode.TRY_AGAIN_LATER);
}
