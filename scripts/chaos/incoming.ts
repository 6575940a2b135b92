// What comes from a server, as a client reads it: the head of the answer, then frames, of which it
// makes messages, inflated where they are compressed. It throws at whatever no server may send.

import { constants, inflateRawSync } from "node:zlib";
import { FrameDecoder, isControl, Opcode } from "../../src/frame/mod.ts";
import type { FrameHeader, FrameSink } from "../../src/frame/mod.ts";
import { checkResponseHead } from "./opening.ts";

/** Whom it tells. */
export interface IncomingOwner {
  /** The handshake is answered as it must be. */
  opened(): void;
  message(opcode: number, payload: Buffer): void;
  control(opcode: number, payload: Buffer): void;
}

const RSV1 = 4;
const TAIL = Buffer.from("0000ffff", "hex");

/** The bytes of one connection. */
export class Incoming implements FrameSink {
  readonly #owner: IncomingOwner;
  readonly #compresses: boolean;
  readonly #decoder: FrameDecoder = new FrameDecoder(this, { role: "client", rsvAllowed: RSV1 });
  #head: Buffer | null = Buffer.alloc(0);
  #payload: Buffer[] = [];
  #opcode = 0;
  #isCompressed = false;

  /** @param compresses Whether compression was offered. */
  constructor(owner: IncomingOwner, compresses: boolean) {
    this.#owner = owner;
    this.#compresses = compresses;
  }

  /** Whether the head has come. */
  get hasHead(): boolean {
    return this.#head === null;
  }

  push(chunk: Buffer): void {
    this.#decoder.push(this.#head === null ? chunk : this.#readHead(this.#head, chunk));
  }

  frameStart({ opcode, fin, rsv }: FrameHeader): void {
    this.#opcode = opcode;
    this.#isCompressed = rsv === RSV1;
    if (!fin || opcode === Opcode.CONTINUATION) throw new Error("the server sends a fragment");
    if (rsv !== 0 && !this.#compresses) throw new Error("RSV1 is set without compression");
  }

  framePayload(bytes: Uint8Array, start: number, end: number): void {
    this.#payload.push(Buffer.from(bytes.subarray(start, end)));
  }

  frameEnd(): void {
    const payload = Buffer.concat(this.#payload);
    this.#payload = [];
    if (isControl(this.#opcode)) this.#owner.control(this.#opcode, payload);
    else this.#owner.message(this.#opcode, this.#isCompressed ? inflated(payload) : payload);
  }

  /** Returns what has come behind the head. */
  #readHead(before: Buffer, chunk: Buffer): Buffer {
    const bytes = Buffer.concat([before, chunk]);
    const end = bytes.indexOf("\r\n\r\n") + 4;
    this.#head = end < 4 ? bytes : null;
    if (end < 4) return Buffer.alloc(0);
    checkResponseHead(bytes.toString("latin1", 0, end), this.#compresses);
    this.#owner.opened();
    return bytes.subarray(end);
  }
}

function inflated(payload: Buffer): Buffer {
  const flushed = Buffer.concat([payload, TAIL]); // RFC 7692 §7.2.2
  return inflateRawSync(flushed, { finishFlush: constants.Z_SYNC_FLUSH });
}
