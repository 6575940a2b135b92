// A control frame, gathered: §5.5. It may come between the fragments of a message, TCP may cut it,
// and it is handed over at once.

import { headerSize, Opcode, ProtocolError, readClosePayload } from "../frame/mod.ts";
import type { ClosePayload, FrameHeader } from "../frame/mod.ts";
import { copyBytes } from "./owned.ts";

/** Where control frames go. The receiver owns the payloads, 0 to 125 bytes. */
export interface ControlSink {
  /** A ping. */
  ping(payload: Uint8Array): void;
  /** A pong. */
  pong(payload: Uint8Array): void;
  /** A Close frame. */
  closeReceived(payload: ClosePayload): void;
}

/** One that has begun. */
export class ControlFrame {
  readonly #opcode: number;
  readonly #headerSize: number;
  readonly #payload: Uint8Array;
  #size = 0;

  /** @param header Its length is 125 at most: the decoder has seen to it. */
  constructor({ opcode, length, masked }: FrameHeader) {
    this.#opcode = opcode;
    this.#headerSize = headerSize(length, masked);
    this.#payload = new Uint8Array(length);
  }

  /** Bytes that it holds. */
  get retained(): number {
    return this.#payload.buffer.byteLength;
  }

  /** Takes a part of its payload. */
  append(bytes: Uint8Array, start: number, end: number): void {
    copyBytes(this.#payload, this.#size, bytes, start, end);
    this.#size += end - start;
  }

  /** It is complete. */
  handTo(sink: ControlSink): void {
    if (this.#opcode === Opcode.PING) sink.ping(this.#payload);
    else if (this.#opcode === Opcode.PONG) sink.pong(this.#payload);
    else sink.closeReceived(this.#readClose());
  }

  /** The byte at fault may have come in an earlier chunk, so it is counted from the frame. */
  #readClose(): ClosePayload {
    const { length } = this.#payload;
    try {
      return readClosePayload(this.#payload, 0, length);
    } catch (error) {
      const broken = error as ProtocolError; // it throws nothing else
      const { offset } = broken;
      broken.offset = offset < length ? ~(this.#headerSize + offset) : -1; // -1: no single byte
      throw broken;
    }
  }
}
