// What the tests of this folder share: a pair that leaves nothing behind, and a wire with somebody
// at each end who writes down what he is told.

import type { TransportEvents } from "../../src/connection/transport.ts";
import { connectionPair, FakeClock } from "../../src/testing/mod.ts";
import type { ConnectionPair, PairOptions } from "../../src/testing/mod.ts";
import { wire } from "../../src/testing/wire.ts";
import type { WireEnd, WireOptions } from "../../src/testing/wire.ts";
import { WireLog } from "../../src/testing/wire_log.ts";
import { hex } from "../support/bytes.ts";
import { withTimeout } from "../support/with_timeout.ts";

/** Runs `play` with a pair, and leaves nothing behind. */
export async function withPair(
  options: PairOptions,
  play: (pair: ConnectionPair) => Promise<void>,
): Promise<void> {
  const pair = connectionPair(options);
  await withTimeout(play(pair), "the play to end");
  await withTimeout(pair[Symbol.asyncDispose](), "the pair to end");
}

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
