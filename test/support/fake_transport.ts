// A socket that is not there: it keeps what is written to it, counts what else it is asked for,
// and is full when the test says so.

import type { Transport, TransportEvents } from "../../src/connection/transport.ts";
import { concat, hex } from "./bytes.ts";

/** The way out of a connection under test. */
export class FakeTransport implements Transport {
  /** What each `write()` handed over, copied: the page it came from is used again. */
  readonly writes: Uint8Array[] = [];
  /** What each `write()` handed over, not copied. */
  readonly views: Uint8Array[] = [];
  /** What `write()` answers is the opposite; {@linkcode drain} ends it. */
  full = false;
  /** Becomes full behind so many more writes. */
  fullAfter: number = Infinity;
  flushed = true;
  pauses = 0;
  resumes = 0;
  ends = 0;
  destroys = 0;
  /** Writes that came behind `end()` or `destroy()`, where no byte may go. */
  writesAfterEnd = 0;
  /** Whom to tell. */
  events: TransportEvents | null = null;

  /** Called in each `write()`, before it reads: a stream in memory runs its reader there. */
  onWrite: (() => void) | null = null;

  write(bytes: Uint8Array): boolean {
    this.onWrite?.();
    if (this.ends + this.destroys > 0) this.writesAfterEnd++;
    this.writes.push(new Uint8Array(bytes)); // slice() of a Buffer would not copy
    this.views.push(bytes);
    if (this.fullAfter-- === 0) this.full = true;
    return !this.full;
  }

  pause(): void {
    this.pauses++;
  }

  resume(): void {
    this.resumes++;
  }

  end(): void {
    this.ends++;
  }

  /** `disconnected()` follows in the next tick, as the "close" of a socket does. */
  destroy(): void {
    this.destroys++;
    process.nextTick(() => this.events?.disconnected(undefined));
  }

  /** All that was written has left. */
  drain(): void {
    this.full = false;
    this.events?.drained();
  }

  /** All bytes written so far, in hex. */
  get sent(): string {
    return hex(concat(...this.writes));
  }

  /** The bytes written since the last call, in hex. */
  take(): string {
    const { sent } = this;
    this.writes.length = 0;
    this.views.length = 0;
    return sent;
  }
}
