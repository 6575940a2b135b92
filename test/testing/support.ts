// A wire with somebody at each end who writes down what he is told.

import type { TransportEvents } from "../../src/connection/transport.ts";
import { FakeClock } from "../../src/testing/mod.ts";
import { wire } from "../../src/testing/wire.ts";
import type { WireEnd, WireOptions } from "../../src/testing/wire.ts";
import { WireLog } from "../../src/testing/wire_log.ts";
import { hex } from "../support/bytes.ts";

/** Writes down what it is told. */
export class Witness implements TransportEvents {
  readonly told: string[] = [];
  readonly kept: Uint8Array[] = [];

  received(chunk: Uint8Array): void {
    this.told.push(hex(chunk));
    this.kept.push(chunk);
  }

  drained(): void {
    this.told.push("drained");
  }

  endSent(): void {
    this.told.push("endSent");
  }

  ended(): void {
    this.told.push("ended");
  }

  disconnected(cause: unknown): void {
    this.told.push(cause === undefined ? "disconnected" : `disconnected: ${String(cause)}`);
  }

  /** What it was told since the last call. */
  take(): string[] {
    return this.told.splice(0);
  }
}

/** A wire, and what its ends were told. */
export interface Ends {
  readonly clock: FakeClock;
  readonly near: WireEnd;
  readonly far: WireEnd;
  readonly nearTold: Witness;
  readonly farTold: Witness;
  readonly log: WireLog;
}

/** The near end is the client's. */
export function ends(options: WireOptions = {}): Ends {
  const clock = new FakeClock();
  const log = new WireLog();
  const [near, far] = wire(options, clock, log);
  const [nearTold, farTold] = [new Witness(), new Witness()];
  near.attach(nearTold);
  far.attach(farTold);
  return { clock, near, far, nearTold, farTold, log };
}
