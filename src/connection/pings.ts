// Pings that wait for their pong: §5.5.2, §5.5.3. Each carries a number that no other does, and a
// peer may answer only the latest of several, so a pong answers all pings up to its own.

import { Buffer } from "node:buffer";
import type { Clock } from "./clock.ts";
import type { LimitWatcher } from "./limit_hit.ts";
import { quiet } from "./quiet.ts";

/** Pings that may be under way at once. */
const PINGS_MAX = 16;

interface Waiting {
  readonly number: number;
  readonly sentAt: number;
  readonly resolve: (latencyMs: number) => void;
  readonly reject: (error: Error) => void;
}

/** The pings of one connection that are under way. */
export class Pings {
  readonly #clock: Clock;
  readonly #watcher: LimitWatcher | null;
  #waiting: Waiting[] = [];
  #count = 0;

  constructor(clock: Clock, watcher: LimitWatcher | null = null) {
    this.#clock = clock;
    this.#watcher = watcher;
  }

  /** Sends a ping through `send`. Fulfils with the milliseconds until its pong. */
  ping(send: (payload: Uint8Array) => void): Promise<number> {
    if (this.#waiting.length === PINGS_MAX) {
      const found = PINGS_MAX + 1;
      this.#watcher?.limitHit({ name: "pings", limit: PINGS_MAX, found, closeCode: null });
      const text = `Cannot ping: ${PINGS_MAX} pings wait for their pong, which is the limit`;
      return quiet(Promise.reject(new RangeError(text)));
    }
    const number = ++this.#count;
    const payload = new Uint8Array(4);
    Buffer.from(payload.buffer).writeUInt32BE(number >>> 0);
    const latency = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ number, sentAt: this.#clock.now(), resolve, reject });
    });
    send(payload);
    return quiet(latency);
  }

  /** A pong came; one that nobody waits for is no error: §5.5.3 [B35]. */
  pong(payload: Uint8Array): void {
    if (payload.length !== 4) return;
    const number = Buffer.from(payload.buffer, payload.byteOffset, 4).readUInt32BE();
    const index = this.#waiting.findIndex((waiting) => waiting.number >>> 0 === number);
    const now = this.#clock.now();
    for (const { sentAt, resolve } of this.#waiting.splice(0, index + 1)) resolve(now - sentAt);
  }

  /** No pong will come any more. */
  fail(error: () => Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error());
  }
}
