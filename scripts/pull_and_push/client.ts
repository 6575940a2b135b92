// What all clients have in common: they know a version of the value, and when they got it.

import { now } from "./clock.ts";
import type { Meter } from "./meter.ts";
import type { Learned } from "./protocol.ts";

/** A client, in any of the ways. */
export abstract class Client {
  readonly port: number;
  readonly meter: Meter;
  /** What it learned since this was last emptied. */
  learned: Learned[] = [];
  #known = -1;

  constructor(port: number, meter: Meter) {
    this.port = port;
    this.meter = meter;
  }

  /** Fulfils when the client knows the value as it is now. One that is told is told from now on. */
  abstract open(): Promise<void>;

  /** Takes a value, and says whether it was new. */
  protected learn(text: string): boolean {
    const { version } = JSON.parse(text) as { readonly version: number };
    if (version === this.#known) return false;
    this.#known = version;
    this.learned.push([version, now()]);
    return true;
  }
}
