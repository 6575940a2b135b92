// A connection of TCP without a socket: two pipes, crosswise, and at each end a transport. It does
// what a kernel does, as far as a WebSocket can tell:
//
//   end()        FIN behind what was written; the other direction goes on: half-closed
//   destroy()    what still waits is lost. FIN behind the rest; RST instead when bytes are unread
//                here, and RST for bytes that come later (how to avoid it: §7.1.1)
//   reset()      RST behind what was sent, which no well-behaved end does
//
// When FIN has gone and come, or RST has come, an end is over.

import { systemClock } from "../connection/clock.ts";
import type { Clock } from "../connection/clock.ts";
import type { Transport, TransportEvents } from "../connection/transport.ts";
import { checkSize, Cuts } from "./chunking.ts";
import type { Chunking } from "./chunking.ts";
import { Pipe } from "./pipe.ts";
import type { PipeOptions, PipeSink, PipeSource } from "./pipe.ts";
import type { End, WireLog } from "./wire_log.ts";

/** How a wire behaves, both directions alike. */
export interface WireOptions {
  /**
   * Milliseconds that bytes are on their way; a function is asked for each write, and overtaken is
   * nothing. Default: 0, they arrive in the next turn of the event loop.
   */
  readonly latency?: number | (() => number);
  /**
   * How TCP cuts the stream, whatever was written together: a cut behind each so many bytes, or
   * behind these sizes one after the other, and none behind the last. Each direction goes through
   * them from the start, so they must be there more than once: a list, not a generator. These cuts
   * are sure; there are others where the sender took a rest. Default: no cuts but those of a read,
   * 64 KiB.
   */
  readonly chunking?: Chunking;
  /**
   * Bytes of one direction that may be on their way or unread before its sender feels it.
   * Default: 64 KiB.
   */
  readonly highWaterMark?: number;
}

const HIGH_WATER_MARK = 64 * 1024;

/** The longest delay of Node's setTimeout(), 25 days; it takes a longer one for 1 ms. */
const DELAY_MAX = 2 ** 31 - 1;

/** The longest time-out that keeps the process alive: as long as a closing handshake may take. */
const AWAITED_MS = 10_000;

/** For so long its time-outs do: a keepalive of 20 s has given its verdict by then. */
const LIFE_MS = 60_000;

/** One end of a wire, a transport for whoever {@linkcode WireEnd.attach}es. */
export class WireEnd implements Transport, PipeSource, PipeSink {
  #events: TransportEvents | null = null;
  // Both pipes need both ends, so they come later: before anything is written.
  #in!: Pipe;
  #out!: Pipe;
  #isPaused = false;
  #finSent = false;
  #finReceived = false;
  #isOver = false;

  /** @internal */
  connect(incoming: Pipe, outgoing: Pipe): void {
    this.#in = incoming;
    this.#out = outgoing;
  }

  /** Tells `events` what happens; until then what comes waits. */
  attach(events: TransportEvents): void {
    this.#events = events;
    this.#in.schedule();
  }

  // For whoever sends.

  write(bytes: Uint8Array): boolean {
    return this.#out.write(bytes);
  }

  get flushed(): boolean {
    return this.#out.flushed;
  }

  pause(): void {
    this.#isPaused = true;
    this.#in.schedule(); // calls off
  }

  resume(): void {
    this.#isPaused = false;
    this.#in.schedule();
  }

  end(): void {
    this.#out.end();
  }

  destroy(): void {
    if (this.#isOver) return;
    if (this.#in.hasUnread) this.#out.reset();
    else this.#out.cut();
    this.#end(undefined);
    this.#in.schedule(); // what has been paused comes, and is refused
  }

  /** Ends both directions as a process that dies: the peer gets what was sent, then RST. */
  reset(): void {
    if (this.#isOver) return;
    this.#out.reset();
    this.#end(undefined);
  }

  // Told by the pipes.

  get isReading(): boolean {
    return this.#isOver || (this.#events !== null && !this.#isPaused);
  }

  received(bytes: Uint8Array): void {
    if (this.#isOver) this.#out.reset();
    else this.#events?.received(bytes);
  }

  ended(): void {
    if (this.#isOver) return;
    this.#finReceived = true;
    this.#events?.ended();
    this.#checkEnds();
  }

  wasReset(): void {
    if (this.#isOver) return;
    const error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    this.#out.abandon();
    this.#end(error);
  }

  drained(): void {
    this.#events?.drained();
  }

  endSent(): void {
    this.#finSent = true;
    process.nextTick(() => {
      if (!this.#isOver) this.#events?.endSent();
      this.#checkEnds();
    });
  }

  #checkEnds(): void {
    if (this.#finSent && this.#finReceived && !this.#isOver) this.#end(undefined);
  }

  #end(cause: unknown): void {
    this.#isOver = true;
    process.nextTick(() => this.#events?.disconnected(cause));
  }
}

/** Two ends of one wire: the client's and the server's. The log keeps what gets on its way. */
export function wire(
  options: WireOptions,
  clock: Clock,
  log: WireLog,
): readonly [client: WireEnd, server: WireEnd] {
  const { latency = 0, chunking = [], highWaterMark = HIGH_WATER_MARK } = options;
  checkSize("highWaterMark", highWaterMark);
  if (typeof latency === "number") checkLatency(latency);
  const pipe = (from: End, source: WireEnd, sink: WireEnd): Pipe => {
    const options: PipeOptions = {
      clock,
      latency: typeof latency === "number" ? () => latency : () => checkLatency(latency()),
      cuts: new Cuts(chunking),
      highWaterMark,
      log: (bytes) => log.add(from, bytes),
    };
    return new Pipe(options, source, sink);
  };
  const [client, server] = [new WireEnd(), new WireEnd()];
  const [there, back] = [pipe("client", client, server), pipe("server", server, client)];
  client.connect(back, there);
  server.connect(there, back);
  return [client, server];
}

/** The time of the machine, for a wire: bytes that are on their way keep the process alive. */
export function wireClock(): Clock {
  return {
    now: () => performance.now(),
    setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, DELAY_MAX)),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  };
}

/**
 * The time of the machine, for a connection at the end of a wire. An open socket keeps the process
 * alive until a time-out cuts it, but there is no socket here; so the time-outs do that a test may
 * wait for. It ends none the less where a test has left a connection behind: with a peer that
 * reads nothing (30 s), or with a keepalive, which has no end.
 */
export function endClock(): Clock {
  const bornAt = performance.now();
  return {
    ...wireClock(),
    setTimeout: (callback, delayMs) => {
      const isAwaited = delayMs <= AWAITED_MS && performance.now() - bornAt < LIFE_MS;
      return (isAwaited ? wireClock() : systemClock).setTimeout(callback, delayMs);
    },
  };
}

function checkLatency(ms: number): number {
  if (ms >= 0) return ms;
  throw new RangeError(`Cannot connect: latency is ${ms}, must be a number of ms >= 0`);
}
