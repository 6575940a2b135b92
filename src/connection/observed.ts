// What observers see of one connection, and what is counted of it for those who ask later: see
// `diagnostics` for the names and for when there is something to see.

import type { Closure } from "../protocol/endpoint.ts";
import type { LimitError } from "../protocol/limit_error.ts";
import type { Connection } from "./connection.ts";
import { Counts } from "./counts.ts";
import { backpressure, connectionClose, frameReceived } from "./diagnostics.ts";
import { wireFin, wireReceived } from "./diagnostics.ts";
import { FrameEvents } from "./frame_events.ts";
import { countLimitHit } from "./limit_hit.ts";
import type { ConnectionLimitHit } from "./limit_hit.ts";

/** One connection as others see it. */
export class Observed {
  /** What the user holds of it, and observers are told of. */
  connection: Connection | null = null;
  /** How often each limit was hit; `null`: none was. */
  limitHits: Counts | null = null;
  /** Whether the socket takes nothing more until it has drained. */
  isStalled = false;
  #frames: FrameEvents | null = null; // if somebody listened when it opened

  /** Bytes are about to flow. */
  opened(): void {
    if (!frameReceived.hasSubscribers || this.connection === null) return;
    this.#frames = new FrameEvents(frameReceived, this.connection);
  }

  /** Hot: bytes came. */
  received(bytes: Uint8Array): void {
    if (wireReceived.hasSubscribers) wireReceived.publish({ connection: this.connection, bytes });
  }

  /** Hot: they are read, and not thrown away. */
  read(bytes: Uint8Array): void {
    if (this.#frames !== null) this.#frames.push(bytes);
  }

  /** One side has ended TCP. */
  fin(from: "local" | "remote"): void {
    if (wireFin.hasSubscribers) wireFin.publish({ connection: this.connection, from });
  }

  /** The socket is not read for a while, or is again. */
  paused(active: boolean): void {
    if (!backpressure.hasSubscribers) return;
    backpressure.publish({ connection: this.connection, direction: "in", active });
  }

  /** The socket takes nothing more for a while, or does again. */
  stalled(active: boolean): void {
    if (this.isStalled === active) return;
    this.isStalled = active;
    if (!backpressure.hasSubscribers) return;
    backpressure.publish({ connection: this.connection, direction: "out", active });
  }

  /** A limit was hit. */
  limitHit(hit: ConnectionLimitHit): void {
    const connection = this.connection as Connection; // before it is made nothing can be too much
    const { remoteAddr } = connection;
    this.limitHits ??= new Counts();
    countLimitHit(this.limitHits, { ...hit, connection, remoteAddr, status: null });
  }

  /** It is over. */
  closed(closure: Closure): void {
    if (!connectionClose.hasSubscribers) return;
    connectionClose.publish({ connection: this.connection, closure });
  }
}

/** What an observer is told of a limit that a peer has passed. */
export function hitOf({ limit, max, found }: LimitError, closeCode: number): ConnectionLimitHit {
  return { name: limit, limit: max, found, closeCode };
}
