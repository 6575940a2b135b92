// A control frame, gathered: §5.5. It may come between the fragments of a message, TCP may cut it,
// and it is handed over at once.

import { Opcode, ProtocolError, readClosePayload } from "../frame/mod.ts";
import type { ClosePayload } from "../frame/mod.ts";
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
  readonly #payload: Uint8Array;
  #size = 0;

  /** @param length What the header announced, which the decoder has found to be 125 at most. */
  constructor(opcode: number, length: number) {
    this.#opcode = opcode;
    this.#payload = new Uint8Array(length);
  }

  /** Bytes that it holds. */
  get retained(): number {
    return this.#payload.length;
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
    else sink.closeReceived(readClose(this.#payload));
  }
}

/** Its offsets count from the payload; the decoder knows where the frame began. */
function readClose(payload: Uint8Array): ClosePayload {
  try {
    return readClosePayload(payload, 0, payload.length);
  } catch (error) {
    if (error instanceof ProtocolError) error.offset = -1;
    throw error;
  }
}
