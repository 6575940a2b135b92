// What the tests of the assembler share: bytes through a decoder and an assembler, into a log.

import { FrameDecoder } from "../../src/frame/mod.ts";
import type { ClosePayload } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import type { MessageSink } from "../../src/message/assembler.ts";
import type { Message } from "../../src/message/message.ts";
import { hex } from "../support/bytes.ts";

/** A sink that logs what is complete, and keeps the messages themselves. */
export class MessageLog implements MessageSink {
  readonly entries: string[] = [];
  readonly messages: Message[] = [];

  message(message: Message): void {
    this.messages.push(message);
    this.entries.push(typeof message === "string" ? `text ${message}` : `binary ${hex(message)}`);
  }

  ping(payload: Uint8Array): void {
    this.entries.push(`ping ${hex(payload)}`);
  }

  pong(payload: Uint8Array): void {
    this.entries.push(`pong ${hex(payload)}`);
  }

  closeReceived({ code, reason }: ClosePayload): void {
    this.entries.push(`close ${code} ${reason}`);
  }
}

/** A server's decoder and assembler, one behind the other. */
export class Receiver {
  readonly log: MessageLog = new MessageLog();
  readonly assembler: MessageAssembler;
  readonly #decoder: FrameDecoder;

  constructor(sizeMax: number = 1024 * 1024) {
    this.assembler = new MessageAssembler(this.log, sizeMax);
    this.#decoder = new FrameDecoder(this.assembler);
  }

  /** Reads copies of the chunks, since a decoder unmasks in place. Returns the log so far. */
  push(...chunks: readonly Uint8Array[]): string[] {
    for (const chunk of chunks) this.#decoder.push(chunk.slice());
    return this.log.entries;
  }

  /** Reads the chunk itself, not a copy. */
  pushInPlace(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }
}
