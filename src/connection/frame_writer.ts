// Frames into the socket: small ones are copied into the page, so that a batch is one write; a
// large payload goes by reference, in slices. Between the slices of a frame nothing else may go
// (§5.4), and nothing does: there are slices left only while the socket is full.

import { Buffer } from "node:buffer";
import { frameSizeMax } from "../frame/encoder.ts";
import { headerSize, Opcode, writeHeader } from "../frame/mod.ts";
import type { Message } from "../message/message.ts";
import { Page } from "./page.ts";
import type { Transport } from "./transport.ts";

/** A frame that may be larger is not copied into the page. */
const COPY_SIZE_MAX = 16 * 1024;

/** Small enough that a peer which reads slowly is seen to read: see `stallTimeoutMs`. */
const SLICE_SIZE = 64 * 1024;

const page = new Page();

/** Hot: whether a message goes by itself, and not into the page with others. */
export function isTooLargeForPage(message: Message): boolean {
  return frameSizeMax(message) > COPY_SIZE_MAX;
}

/** Writes the frames of one connection. What it is given last leaves with {@linkcode flush}. */
export class FrameWriter {
  #transport: Transport | null = null;
  #full = true; // until there is a socket
  #large: Uint8Array | null = null; // payload that is being written in slices
  #largeAt = 0;

  /** Whether the socket takes nothing more until it has drained. */
  get isFull(): boolean {
    return this.#full;
  }

  /** Hot: whether another message may be written: the socket takes it, and the page has room. */
  isReady(): boolean {
    if (!page.hasRoom(COPY_SIZE_MAX)) this.flush();
    return !this.#full;
  }

  /** Writes to `transport` from now on; `null`: there is nowhere to write to any more. */
  attach(transport: Transport | null): void {
    this.#transport = transport;
    this.#full = transport === null;
    if (transport === null) this.#large = null;
  }

  /** The socket has taken all that it was given: goes on with the frame that was begun. */
  drained(): void {
    if (this.#transport === null) return;
    this.#full = false;
    this.#writeSlices();
  }

  /** Hot: writes a message as one frame. Where `isAlone`, no other goes into the same batch. */
  message(message: Message, isAlone: boolean): void {
    if (isTooLargeForPage(message)) {
      this.#writeLarge(message);
    } else if (typeof message === "string") {
      this.#makeRoom(frameSizeMax(message));
      if (isAlone) page.text(message);
      else page.textInRow(message);
    } else {
      this.frame(Opcode.BINARY, message);
    }
  }

  /**
   * Writes a message out of memory that stays the caller's. It goes through the page, piece after
   * piece, so that only what the socket does not take at once is copied to be kept.
   */
  borrowed(message: Uint8Array): void {
    this.#writeHeader(Opcode.BINARY, message.length);
    let at = 0;
    while (at < message.length && this.isReady()) {
      const end = Math.min(at + page.room, message.length);
      page.raw(message.subarray(at, end));
      this.flush();
      at = end;
    }
    if (at === message.length || this.#transport === null) return;
    this.#large = new Uint8Array(message.subarray(at));
    this.#largeAt = 0;
  }

  /** Hot: writes a frame of any kind, its payload at most 16 KiB. */
  frame(opcode: number, payload: Uint8Array): void {
    this.#makeRoom(frameSizeMax(payload));
    page.binary(opcode, payload);
  }

  /** Hot: hands over what is still in the page. */
  flush(): void {
    if (page.isEmpty) return;
    const batch = page.take();
    this.#write(batch);
    if (this.#transport?.flushed) page.giveBack(batch);
  }

  /** Ends our direction behind all that was written. */
  end(): void {
    this.#transport?.end();
  }

  #writeLarge(message: Message): void {
    const isText = typeof message === "string";
    const payload = isText ? Buffer.from(message) : message;
    this.#writeHeader(isText ? Opcode.TEXT : Opcode.BINARY, payload.length);
    this.flush();
    this.#large = payload;
    this.#largeAt = 0;
    this.#writeSlices();
  }

  #writeHeader(opcode: number, length: number): void {
    const header = new Uint8Array(headerSize(length, false));
    writeHeader(header, 0, { fin: true, rsv: 0, opcode, masked: false, key: 0, length });
    this.#makeRoom(header.length);
    page.raw(header);
  }

  #writeSlices(): void {
    while (this.#large !== null && !this.#full) {
      const start = this.#largeAt;
      this.#largeAt = Math.min(start + SLICE_SIZE, this.#large.length);
      const slice = this.#large.subarray(start, this.#largeAt);
      if (this.#largeAt === this.#large.length) this.#large = null;
      this.#write(slice);
    }
  }

  #makeRoom(size: number): void {
    if (page.hasRoom(size)) return;
    this.flush();
    page.hasRoom(size);
  }

  #write(bytes: Uint8Array): void {
    if (!this.#transport?.write(bytes)) this.#full = true;
  }
}
