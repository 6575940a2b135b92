// One direction of TCP, in memory. What is written waits in the stream until the kernel has room,
// which it has while less than `highWaterMark` bytes are on their way or not read yet. There they
// keep their order and wait for the latency, and then each turn of the event loop is one read.
//
//   write() --> [ stream ] --> [ kernel ] --latency--> received()
//    false while            highWaterMark      64 KiB at most, and never
//    something waits                           across a cut
//
// Behind the bytes goes FIN; or RST, which takes with it what its receiver has not read.

import { Buffer } from "node:buffer";
import type { Clock } from "../connection/clock.ts";
import { setImmediate } from "../connection/turn.ts";
import { Ring } from "../channel/ring.ts";
import type { Cuts } from "./chunking.ts";
import { moved } from "./settled.ts";

/** As libuv has it. */
const READ_SIZE_MAX = 64 * 1024;

/** What a {@linkcode Pipe} tells the one who writes. */
export interface PipeSource {
  drained(): void;
  /** FIN is with the kernel. */
  endSent(): void;
}

/** What a {@linkcode Pipe} tells the one who reads. */
export interface PipeSink {
  /** Whether it reads now. A reset is told all the same. */
  readonly isReading: boolean;
  received(bytes: Uint8Array): void;
  ended(): void;
  wasReset(): void;
}

/** How a {@linkcode Pipe} behaves. */
export interface PipeOptions {
  readonly clock: Clock;
  /** How long the next bytes are on their way, in milliseconds. */
  readonly latency: () => number;
  readonly cuts: Cuts;
  readonly highWaterMark: number;
  /** Shown every byte that gets on its way. */
  readonly log: (bytes: Uint8Array) => void;
}

interface Item {
  readonly kind: "bytes" | "FIN" | "RST";
  readonly bytes: Uint8Array;
  /** How much of the bytes is read. */
  start: number;
  readonly dueAt: number;
}

const NO_BYTES = new Uint8Array(0);

/** One direction. */
export class Pipe {
  readonly #options: PipeOptions;
  readonly #source: PipeSource;
  readonly #sink: PipeSink;
  readonly #stream = new Ring<Uint8Array>();
  #rest: Uint8Array = NO_BYTES; // of what was taken out of the stream, that for which no room was
  readonly #kernel = new Ring<Item>();
  #next: Item | null = null; // taken out of the kernel, not read to its end
  #inKernel = 0; // bytes
  #isFull = false; // write() has returned false
  #isEnded = false; // nothing may be written any more
  #finDue = false;
  #isReset = false;
  #isScheduled = false;
  #alarm: unknown = null;
  #lastDueAt = 0;

  constructor(options: PipeOptions, source: PipeSource, sink: PipeSink) {
    this.#options = options;
    this.#source = source;
    this.#sink = sink;
  }

  /** Whether all that was written is with the kernel. */
  get flushed(): boolean {
    return this.#stream.size === 0 && this.#rest.length === 0;
  }

  /** Whether bytes have arrived that are not read. */
  get hasUnread(): boolean {
    const next = this.#peek();
    return next?.kind === "bytes" && next.dueAt <= this.#options.clock.now();
  }

  /** Copies the bytes. Returns false when some of them have to wait: `drained()` follows. */
  write(bytes: Uint8Array): boolean {
    if (this.#isEnded) return false;
    if (bytes.length > 0) this.#stream.push(new Uint8Array(bytes));
    this.#fill();
    this.#isFull = !this.flushed;
    return !this.#isFull;
  }

  /** FIN, behind all that was written. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = this.#finDue = true;
    this.#fill();
  }

  /** What waits in the stream is lost. FIN, behind what is with the kernel. */
  cut(): void {
    if (!this.#isEnded || this.#finDue) this.#put("FIN", NO_BYTES);
    this.#loseStream();
  }

  /** The same with RST. */
  reset(): void {
    this.#loseStream();
    if (this.#isReset) return;
    this.#isReset = true;
    this.#put("RST", NO_BYTES);
  }

  /** All is lost, and nobody is told. */
  abandon(): void {
    this.#loseStream();
    this.#loseKernel();
    this.#callOff();
  }

  /** Hands over what is due, when its reader reads. Call it when that may have changed. */
  schedule(): void {
    const next = this.#peek();
    if (next === null || this.#isScheduled) return;
    this.#callOff();
    if (!this.#sink.isReading && !this.#isReset) return;
    const { clock } = this.#options;
    const waitMs = (this.#sink.isReading ? next.dueAt : this.#lastDueAt) - clock.now();
    if (waitMs > 0) {
      this.#alarm = clock.setTimeout(() => {
        this.#alarm = null;
        this.#handOver();
      }, waitMs);
      return;
    }
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#handOver();
    });
  }

  /** Moves into the kernel what it has room for. */
  #fill(): void {
    const { highWaterMark, log } = this.#options;
    while (!this.flushed && this.#inKernel < highWaterMark) {
      const bytes = this.#rest.length > 0 ? this.#rest : this.#stream.shift();
      const taken = bytes.subarray(0, highWaterMark - this.#inKernel);
      this.#rest = bytes.subarray(taken.length);
      this.#inKernel += taken.length;
      log(taken);
      this.#put("bytes", taken);
    }
    if (!this.flushed) return;
    if (this.#isFull) {
      this.#isFull = false;
      this.#source.drained();
    }
    if (!this.#finDue || !this.flushed) return;
    this.#finDue = false;
    this.#put("FIN", NO_BYTES);
    this.#source.endSent();
  }

  #put(kind: Item["kind"], bytes: Uint8Array): void {
    const { clock, latency } = this.#options;
    this.#lastDueAt = Math.max(this.#lastDueAt, clock.now() + latency());
    this.#kernel.push({ kind, bytes, start: 0, dueAt: this.#lastDueAt });
    moved(clock);
    this.schedule();
  }

  /** One read. A reset is noticed also where nothing is read. */
  #handOver(): void {
    const { clock } = this.#options;
    const next = this.#peek();
    const now = clock.now();
    if (next === null) return;
    if (this.#sink.isReading && next.dueAt <= now) {
      moved(clock);
      if (next.kind === "bytes") this.#handOverBytes(now);
      else this.#next = null;
      if (next.kind === "FIN") this.#sink.ended();
      if (next.kind === "RST") this.#sink.wasReset();
    } else if (this.#isReset && !this.#sink.isReading && this.#lastDueAt <= now) {
      moved(clock);
      this.#loseKernel();
      this.#sink.wasReset();
    }
    this.schedule();
  }

  #handOverBytes(now: number): void {
    const { cuts } = this.#options;
    const parts: Uint8Array[] = [];
    let size = 0;
    while (size < READ_SIZE_MAX) {
      const item = this.#peek();
      if (item === null || item.kind !== "bytes" || item.dueAt > now) break;
      if (cuts.left === 0) {
        if (size > 0) break;
        cuts.next();
      }
      const { bytes, start } = item;
      const end = Math.min(bytes.length, start + Math.min(READ_SIZE_MAX - size, cuts.left));
      parts.push(bytes.subarray(start, end));
      item.start = end;
      size += end - start;
      cuts.passed(end - start);
      if (end === bytes.length) this.#next = null;
    }
    const chunk = Buffer.concat(parts, size);
    this.#inKernel -= size;
    this.#sink.received(chunk);
    chunk.fill(0xff); // whoever has kept it, although it must not, shall see it
    this.#fill();
  }

  #peek(): Item | null {
    if (this.#next === null && this.#kernel.size > 0) this.#next = this.#kernel.shift();
    return this.#next;
  }

  #loseStream(): void {
    this.#isEnded = true;
    this.#finDue = this.#isFull = false;
    this.#rest = NO_BYTES;
    while (this.#stream.size > 0) this.#stream.shift();
  }

  #loseKernel(): void {
    this.#next = null;
    this.#inKernel = 0;
    while (this.#kernel.size > 0) this.#kernel.shift();
  }

  #callOff(): void {
    if (this.#alarm !== null) this.#options.clock.clearTimeout(this.#alarm);
    this.#alarm = null;
  }
}
