// The frames of one direction, for observers: read from the wire, header by header, and so at no
// cost for the decoder and the encoder. A payload is passed over, wherever TCP cut it.

import type { Channel } from "node:diagnostics_channel";
import { HEADER_SIZE_MAX } from "../frame/header.ts";
import { createHeader, Opcode, readHeader } from "../frame/mod.ts";
import type { FrameHeader } from "../frame/mod.ts";
import type { Connection } from "./connection.ts";
import type { FramePassed } from "./diagnostics.ts";

const header: FrameHeader = createHeader();

/** RFC 7692 §6. */
const RSV1 = 0b100;

/** Publishes a {@linkcode FramePassed} for each frame of one direction. */
export class FrameEvents {
  readonly #channel: Channel;
  readonly #connection: Connection;
  readonly #cut = new Uint8Array(HEADER_SIZE_MAX); // a header whose end is still to come
  #cutSize = 0;
  #payloadLeft = 0;
  #isOver = false; // behind a Close, and where nobody can tell where the next frame begins

  constructor(channel: Channel, connection: Connection) {
    this.#channel = channel;
    this.#connection = connection;
  }

  /** The next bytes of the direction. They are neither changed nor kept. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#isOver) {
      const passed = Math.min(this.#payloadLeft, bytes.length - at);
      this.#payloadLeft -= passed;
      at += passed;
      if (at < bytes.length) at = this.#readHeader(bytes, at);
    }
  }

  /** Returns the index behind the header, or behind what is there of it. */
  #readHeader(bytes: Uint8Array, start: number): number {
    for (let at = start; at < bytes.length; ) {
      this.#cut[this.#cutSize++] = bytes[at++];
      if (!this.#isWhole()) continue;
      this.#cutSize = 0;
      return at;
    }
    return bytes.length;
  }

  #isWhole(): boolean {
    try {
      if (readHeader(this.#cut, 0, this.#cutSize, header) === 0) return false;
    } catch {
      this.#isOver = true; // a length that breaks a rule: who checks the frame says which
      return true;
    }
    const { opcode, fin, rsv, length } = header;
    this.#payloadLeft = length;
    this.#isOver = opcode === Opcode.CLOSE; // §5.5.1 [B26]: no frame comes behind it
    const connection = this.#connection;
    const rsv1 = (rsv & RSV1) !== 0;
    const passed: FramePassed = { connection, opcode, fin, rsv1, length };
    this.#channel.publish(passed);
    return true;
  }
}
