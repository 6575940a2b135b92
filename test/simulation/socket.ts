// One end of a TCP connection in which nothing moves by itself: the simulation says when the kernel
// takes bytes, and how many, when they are read, and when the line breaks. `testing/wire.ts` is for
// tests that want TCP to run on its own; here every byte is a decision that a seed repeats.
//
//   write() --> [ stream ] --room--> [ kernel ] --read(size)--> received() of the other end
//
// What is in the stream is not copied: as in libuv it is the writer's memory until the kernel has
// taken it, so that whoever uses it again too early sends something else.

import type { Transport, TransportEvents } from "../../src/connection/transport.ts";
import { concat } from "../support/bytes.ts";

/** What is between two kernels, one direction of it. */
export class Direction {
  /** All bytes that ever left the sender. */
  readonly sent: Uint8Array[] = [];
  sentSize = 0;
  /** How many of them the receiver has read. */
  readSize = 0;
  /** What is behind the bytes: the end, when it has come. */
  end: "FIN" | "RST" | null = null;
  /** What a broken network makes of a piece; for tests of the tests. */
  tamper: ((bytes: Uint8Array) => Uint8Array) | null = null;
  #unread: Uint8Array = new Uint8Array(0);

  get unreadSize(): number {
    return this.#unread.length;
  }

  /** Copies the bytes. */
  put(bytes: Uint8Array): void {
    const copy = concat(bytes);
    this.sent.push(copy);
    this.sentSize += copy.length;
    this.#unread = concat(this.#unread, this.tamper?.(copy) ?? copy);
  }

  /** The next bytes, at most so many, in memory of their own. */
  take(size: number): Uint8Array {
    const bytes = this.#unread.slice(0, size);
    this.#unread = this.#unread.subarray(bytes.length);
    this.readSize += bytes.length;
    return bytes;
  }

  lose(): void {
    this.#unread = new Uint8Array(0);
  }
}

/** What {@linkcode SimulatedSocket.read} has found. */
export type Moved = "bytes" | "FIN" | "RST" | "refused" | null;

/** One end. */
export class SimulatedSocket implements Transport {
  readonly incoming: Direction;
  readonly outgoing: Direction;
  /** How many bytes more the kernel takes: less than all of them is a short write. */
  room: number = Infinity;
  /** Bytes that may wait in the stream before `write()` says that it is enough, as Node has it. */
  highWaterMark = 0;
  /** Called in each `write()`: the other end of a stream in memory reads there. */
  onWrite: (() => void) | null = null;
  /** The next `write()` finds the line broken. */
  breaksAtWrite = false;
  /** Behind `end()` or `destroy()`, where no byte may go. */
  writesAfterEnd = 0;
  isPaused = false;
  /** Both directions have ended, here. */
  isOver = false;
  #events: TransportEvents | null = null;
  #stream: Uint8Array[] = [];
  #needsDrain = false;
  #hasEnded = false;
  #finReceived = false;

  constructor(incoming: Direction, outgoing: Direction) {
    this.incoming = incoming;
    this.outgoing = outgoing;
  }

  /** Tells `events` what happens. */
  attach(events: TransportEvents): void {
    this.#events = events;
  }

  // For whoever sends.

  write(bytes: Uint8Array): boolean {
    if (this.#hasEnded || this.isOver) {
      if (this.#hasEnded) this.writesAfterEnd++; // else the other end did it, unknown here
      return false;
    }
    if (this.breaksAtWrite) {
      this.breakWith("EPIPE");
      return false;
    }
    if (bytes.length > 0) this.#stream.push(bytes);
    this.#fill();
    this.onWrite?.();
    const waiting = this.#waiting;
    if (waiting > this.highWaterMark) this.#needsDrain = true;
    return waiting <= this.highWaterMark;
  }

  get flushed(): boolean {
    return this.#stream.length === 0;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    if (this.#hasEnded || this.isOver) return;
    this.#hasEnded = true;
    this.#endWhenFlushed();
  }

  /** FIN; RST when bytes are unread here. */
  destroy(): void {
    if (this.isOver) return;
    this.#hasEnded = true;
    this.outgoing.end ??= this.incoming.unreadSize > 0 ? "RST" : "FIN";
    this.#end(undefined);
  }

  // For the simulation.

  /** The kernel takes so many bytes more. */
  open(room: number): void {
    this.room = room;
    if (this.isOver) return;
    this.#fill();
    if (this.#stream.length > 0) return;
    if (this.#needsDrain) {
      this.#needsDrain = false;
      this.#events?.drained();
    }
    this.#endWhenFlushed();
  }

  /** `drained()` although nobody has to be told: Node emits "drain" by a rule of its own. */
  drainFalsely(): void {
    if (!this.isOver && this.#stream.length === 0) this.#events?.drained();
  }

  /** One read of at most so many bytes; behind the last one, the end. Returns what came. */
  read(size: number): Moved {
    const { incoming } = this;
    if (this.isOver) return this.#refuse();
    if (this.isPaused || this.#events === null) return null;
    if (incoming.unreadSize > 0) {
      const chunk = incoming.take(size);
      this.#events.received(chunk);
      chunk.fill(0xff); // whoever has kept it, although it must not, shall see it
      return "bytes";
    }
    if (incoming.end === "RST") return this.noticeReset();
    if (incoming.end === null || this.#finReceived) return null;
    this.#finReceived = true;
    this.#events.ended();
    this.#checkEnds();
    return "FIN";
  }

  /** RST, if it has come: noticed at once, also where nothing is read; what is unread is lost. */
  noticeReset(): Moved {
    if (this.isOver || this.incoming.end !== "RST") return null;
    this.incoming.lose();
    this.breakWith("ECONNRESET");
    return "RST";
  }

  /** Ends both directions as a process that dies. */
  reset(): void {
    if (this.isOver) return;
    this.outgoing.end = "RST";
    this.#end(undefined);
  }

  /** The operating system has found the line broken. */
  breakWith(code: string): void {
    if (this.isOver) return;
    this.outgoing.end = "RST";
    this.#end(Object.assign(new Error(code), { code }));
  }

  /** Bytes for a socket that is closed are answered by RST. */
  #refuse(): Moved {
    const { incoming, outgoing } = this;
    if (incoming.unreadSize === 0) return null;
    incoming.lose();
    outgoing.end = "RST";
    return "refused";
  }

  get #waiting(): number {
    return this.#stream.reduce((sum, { length }) => sum + length, 0);
  }

  /** The kernel takes what it has room for. */
  #fill(): void {
    while (this.#stream.length > 0 && this.room > 0) {
      const [first] = this.#stream;
      const taken = first.subarray(0, this.room);
      this.room -= taken.length;
      this.outgoing.put(taken);
      if (taken.length === first.length) this.#stream.shift();
      else this.#stream[0] = first.subarray(taken.length);
    }
  }

  #endWhenFlushed(): void {
    if (!this.#hasEnded || this.#stream.length > 0 || this.outgoing.end !== null) return;
    this.outgoing.end = "FIN";
    process.nextTick(() => {
      if (this.isOver) return;
      this.#events?.endSent();
      this.#checkEnds();
    });
  }

  #checkEnds(): void {
    if (this.#finReceived && this.outgoing.end === "FIN" && !this.isOver) this.#end(undefined);
  }

  #end(cause: unknown): void {
    this.isOver = true;
    this.#stream = [];
    process.nextTick(() => this.#events?.disconnected(cause));
  }
}

/** Two sockets that are connected to each other. */
export function connectedSockets(): readonly [SimulatedSocket, SimulatedSocket] {
  const there = new Direction();
  const back = new Direction();
  return [new SimulatedSocket(back, there), new SimulatedSocket(there, back)];
}
