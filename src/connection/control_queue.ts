// Control frames that wait for the socket: pongs, which are owed, and pings of ours (§5.5.2).

import { Opcode } from "../frame/mod.ts";
import type { FrameWriter } from "./frame_writer.ts";

/** Pongs that may wait for a full socket; then only the newest is kept, as §5.5.3 allows. */
const PONGS_MAX = 16;

/** What is to leave before any message. */
export class ControlQueue {
  readonly #pongs: Uint8Array[] = [];
  readonly #pings: Uint8Array[] = [];

  /** Whether another pong would take the place of one that waits. */
  get isFull(): boolean {
    return this.#pongs.length === PONGS_MAX;
  }

  /** Answers a ping. */
  pong(payload: Uint8Array): void {
    this.#pongs[Math.min(this.#pongs.length, PONGS_MAX - 1)] = payload; // §5.5.3 [B34]
  }

  /** A ping of ours. Its owner bounds how many are under way. */
  ping(payload: Uint8Array): void {
    this.#pings.push(payload);
  }

  /** Writes all of them. */
  writeTo(writer: FrameWriter): void {
    for (const payload of this.#pongs) writer.frame(Opcode.PONG, payload); // §5.5.3 [B33]
    for (const payload of this.#pings) writer.frame(Opcode.PING, payload);
  }
}
