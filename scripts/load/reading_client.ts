// A client that reads: on our own codec, so that a thousand of them are cheap. It answers Close,
// and tells of each message how it begins. Pings need no answer, since it sends something else.

import type { Socket } from "node:net";
import type { Dialed } from "../../src/client/dial.ts";
import { encodeClosePayload, encodeFrame, readClosePayload } from "../../src/frame/mod.ts";
import { FrameDecoder, isControl, Opcode } from "../../src/frame/mod.ts";
import type { FrameHeader, FrameSink } from "../../src/frame/mod.ts";
import { now } from "../pull_and_push/clock.ts";
import type { ReadingReport } from "./protocol.ts";

/** So much of a message is looked at. */
const BEGINNING = 125;

/** Any will do: what a load sends is no secret. */
const KEY = 0x37fa213d;

/** Hears what comes to all clients of a process. */
export interface Hearer {
  heard(what: "broadcast" | "echo", ms: number): void;
}

/** One connection. */
export class ReadingClient implements FrameSink {
  readonly #socket: Socket;
  readonly #hearer: Hearer;
  readonly #answersClose: boolean;
  readonly #decoder = new FrameDecoder(this, { role: "client" });
  #opcode = 0; // of the frame that is being read
  #payload = Buffer.alloc(0); // as much of it as is looked at
  #connection = -1;
  #last = -1; // the number of the last message
  #messages = 0;
  #gaps = 0;
  readonly #closes: number[] = [];
  #closeAt = 0;

  constructor({ socket, head }: Dialed, hearer: Hearer, answersClose: boolean) {
    this.#socket = socket;
    this.#hearer = hearer;
    this.#answersClose = answersClose;
    socket.on("data", (chunk: Buffer) => this.#decoder.push(chunk));
    socket.on("end", () => answersClose && socket.end());
    if (head.length > 0) this.#decoder.push(head);
    socket.resume();
  }

  /** Sends a message that the server sends back. */
  echo(): void {
    const payload = `e ${now()} `;
    this.#socket.write(encodeFrame({ opcode: Opcode.TEXT, payload, key: KEY }));
  }

  report(): ReadingReport {
    return {
      connection: this.#connection,
      messages: this.#messages,
      gaps: this.#gaps,
      closes: this.#closes,
      closeAt: this.#closeAt,
    };
  }

  frameStart({ opcode }: FrameHeader): void {
    this.#opcode = opcode;
    this.#payload = Buffer.alloc(0);
  }

  framePayload(bytes: Uint8Array, start: number, end: number): void {
    const missing = BEGINNING - this.#payload.length;
    if (missing <= 0) return;
    const piece = bytes.subarray(start, Math.min(end, start + missing));
    this.#payload = Buffer.concat([this.#payload, piece]);
  }

  frameEnd(): void {
    if (this.#opcode === Opcode.CLOSE) this.#closed();
    else if (!isControl(this.#opcode)) this.#message(this.#payload.toString("latin1"));
  }

  #message(text: string): void {
    const [kind, first, second] = text.split(" ", 3);
    if (kind === "e") return this.#hearer.heard("echo", now() - Number(first));
    if (kind === "b") {
      this.#hearer.heard("broadcast", now() - Number(first));
      if (this.#messages === 0) this.#last = Number(second) - 1; // it may have come late
    } else if (kind === "n") {
      this.#connection = Number(first);
    } else {
      return; // of a server that is not ours
    }
    this.#messages++;
    if (Number(second) !== this.#last + 1) this.#gaps++;
    this.#last = Number(second);
  }

  #closed(): void {
    const { code } = readClosePayload(this.#payload, 0, this.#payload.length);
    this.#closes.push(code);
    if (this.#closes.length > 1) return;
    this.#closeAt = now();
    if (!this.#answersClose) return;
    const payload = encodeClosePayload(code, "");
    this.#socket.write(encodeFrame({ opcode: Opcode.CLOSE, payload, key: KEY }));
  }
}
