// A token bucket: how often something may happen on average, and how often at once. Tokens drip in
// at a rate, and what does not fit is lost; each event takes one out.
//
//   perSecond --> [ at most burst ] --> one for each event

/** Tokens for one kind of event. It begins full. */
export class TokenBucket {
  readonly perSecond: number;
  readonly burst: number;
  #tokens: number;
  #at: number; // when it was refilled last
  #fullAt: number; // when it was full last

  /** @param now Milliseconds, of whatever clock is meant from here on. */
  constructor(perSecond: number, burst: number, now: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.#tokens = burst;
    this.#at = this.#fullAt = now;
  }

  /** Puts in what is due by `now`. */
  refill(now: number): void {
    const tokens = this.#tokens + ((now - this.#at) * this.perSecond) / 1000;
    this.#at = now;
    this.#tokens = Math.min(tokens, this.burst);
    if (tokens >= this.burst) this.#fullAt = now;
  }

  /** Hot: takes one, also where there is none: then it is owed. */
  take(): void {
    this.#tokens--;
  }

  /** Hot: whether there is none. */
  get isEmpty(): boolean {
    return this.#tokens < 1;
  }

  /** Milliseconds from the last refill until it holds `tokens`, a burst at most. */
  msUntil(tokens: number): number {
    return Math.max(0, ((tokens - this.#tokens) * 1000) / this.perSecond);
  }

  /** Events since it was full, and within how many milliseconds they have come. */
  get busy(): { readonly events: number; readonly ms: number } {
    const ms = this.#at - this.#fullAt;
    const dripped = (ms * this.perSecond) / 1000;
    return { events: Math.round(this.burst + dripped - this.#tokens), ms: Math.round(ms) };
  }
}
