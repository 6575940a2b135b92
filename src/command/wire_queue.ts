// Events on their way to a page. Bounded: when the page does not keep up the oldest frames are
// dropped and counted, for the observer must neither slow the observed nor fill the memory.

import type { WireFrame } from "./frame_splitter.ts";
import type { WireEvent } from "./wire_event.ts";

const EVENTS_MAX = 2000;
const SIZE_MAX = 1024 * 1024;

/** What one message to the page holds at most. */
const BATCH_EVENTS_MAX = 200;

/** What waits is charged besides its bytes. */
const EVENT_SIZE = 200;

interface Waiting {
  readonly size: number;
  /** What it says is made when it leaves. */
  readonly event: () => WireEvent;
  readonly frame: WireFrame | null;
}

/** A queue from all that is observed to one page. */
export class WireQueue {
  #waiting: Waiting[] = [];
  #size = 0;
  #dropped = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Adds an event that holds `size` bytes of memory. */
  push(event: () => WireEvent, size = 0): void {
    this.#add({ size: EVENT_SIZE + size, event, frame: null });
  }

  /** The same of a frame. One that waits already is told as it is when it leaves. */
  pushFrame(frame: WireFrame, event: () => WireEvent): void {
    if (frame.isQueued) return;
    frame.isQueued = true;
    this.#add({ size: EVENT_SIZE + 3 * frame.kept.length, event, frame });
  }

  /** The oldest events, which leave. */
  take(): WireEvent[] {
    const taken = this.#waiting.splice(0, BATCH_EVENTS_MAX);
    const events = taken.map((waiting) => {
      this.#left(waiting);
      return waiting.event();
    });
    if (this.#dropped > 0) events.unshift({ event: "gap", count: this.#dropped });
    this.#dropped = 0;
    return events;
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#size += waiting.size;
    if (this.#waiting.length > EVENTS_MAX || this.#size > SIZE_MAX) this.#drop();
  }

  /** A tenth at once: to move the rest up for each of them would take the time of all. */
  #drop(): void {
    const count = Math.ceil(this.#waiting.length / 10);
    let dropped = 0;
    this.#waiting = this.#waiting.filter((waiting) => {
      if (waiting.frame === null || dropped === count) return true;
      dropped++;
      this.#left(waiting);
      return false;
    });
    // Without handshakes and closings no frame can be understood: they go only when all else has.
    if (dropped === 0) for (const waiting of this.#waiting.splice(0, count)) this.#left(waiting);
    this.#dropped += dropped || count;
  }

  #left({ size, frame }: Waiting): void {
    this.#size -= size;
    if (frame !== null) frame.isQueued = false;
  }
}
