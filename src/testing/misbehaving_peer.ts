// A client that does what clients do when they are old, broken, far away or hostile; at the other
// end of its wire is the connection that a handler would get. Where nothing else is asked for it
// behaves: it answers pings (§5.5.2) and Close (§5.5.1), and ends TCP behind the server (§7.1.1).

import { Buffer } from "node:buffer";
import { systemClock } from "../connection/clock.ts";
import type { Clock } from "../connection/clock.ts";
import type { Connection } from "../connection/connection.ts";
import type { TransportEvents } from "../connection/transport.ts";
import { encodeClosePayload, encodeFrame, FrameDecoder, isControl, Opcode } from "../frame/mod.ts";
import type { FrameHeader, FrameSink } from "../frame/mod.ts";
import type { Message } from "../message/message.ts";
import { keysFrom, openEnd } from "./end.ts";
import type { EndOptions, HandlerOptions, SharedOptions } from "./end.ts";
import { settled } from "./settled.ts";
import { wire, wireClock } from "./wire.ts";
import type { WireEnd, WireOptions } from "./wire.ts";
import { WireLog } from "./wire_log.ts";

/** What a peer sends, and what is wrong with it: all of it may be combined. */
export interface MisbehavingPeerOptions
  extends WireOptions, SharedOptions, EndOptions, HandlerOptions {
  /** What it sends first, each message in one masked frame. */
  readonly messages?: readonly Message[];
  /** What it sends behind them, as it is: of `encodeFrame()`, of `mutate()`, or no frames. */
  readonly bytes?: Uint8Array;
  /** It sends a Close frame with 1000 behind all that. */
  readonly closes?: boolean;

  /** It reads nothing, not even Close: what is sent to it piles up. */
  readonly neverReads?: boolean;
  /** It reads, and answers neither pings nor Close. */
  readonly neverAnswers?: boolean;
  /** It resets the connection when it has sent so many bytes, or all if there are fewer. */
  readonly resetsAt?: number;
  /** It pings, behind all that, until the connection ends or `stop()`. */
  readonly pingsForever?: boolean;
  /** It sends FIN behind all that, without a Close frame, and goes on reading. */
  readonly halfCloses?: boolean;
  /** Each byte comes by itself. */
  readonly byteByByte?: boolean;
  /** Milliseconds between two pings, default 1, and between two bytes, default 0. */
  readonly intervalMs?: number;
}

/** What {@linkcode misbehavingPeer} makes. */
export interface MisbehavingPeer extends Disposable {
  /** The server's end: give it to the handler that is to be tested. */
  readonly connection: Connection;
  /** The bytes that went over the wire; the peer is its client. */
  readonly wire: WireLog;
  /** Sends these bytes, as they are. */
  send(bytes: Uint8Array): void;
  /** Fulfils when nothing moves any more while time stands still, as that of a pair. */
  settled(): Promise<void>;
  /** Resets the connection, if it has not ended, and sends nothing more. */
  stop(): void;
  /** `using peer = misbehavingPeer()`: as `stop()`. */
  [Symbol.dispose](): void;
}

/**
 * A client that misbehaves, and the connection that a handler would get of it.
 *
 * ```ts run
 * import { misbehavingPeer } from "sluice/testing";
 *
 * const peer = misbehavingPeer({ messages: ["Hello", "World"], resetsAt: 20 });
 * console.log(await peer.connection.read()); // Hello: its frame has 11 bytes
 * const { code, cause } = await peer.connection.closed;
 * console.log(code, cause); // 1006, and ECONNRESET in the middle of the next
 * ```
 *
 * @throws {TypeError | RangeError} When an option means nothing.
 */
export function misbehavingPeer(options: MisbehavingPeerOptions = {}): MisbehavingPeer {
  const { clock = wireClock(), halfCloses, pingsForever, resetsAt = 0, intervalMs = 0 } = options;
  if (halfCloses && pingsForever) {
    throw new TypeError("Cannot misbehave: with halfCloses it has no way to ping (pingsForever)");
  }
  for (const [name, value] of Object.entries({ resetsAt, intervalMs })) {
    if (value >= 0) continue;
    throw new RangeError(`Cannot misbehave: ${name} is ${value}, must be a number >= 0`);
  }
  const log = new WireLog();
  const wireOptions = options.byteByByte ? { ...options, chunking: 1 } : options;
  const [peerEnd, serverEnd] = wire(wireOptions, clock, log);
  const connection = openEnd("server", serverEnd, options);
  const peer = new Peer(options, peerEnd, clock);
  return {
    connection,
    wire: log,
    send: (bytes) => void peerEnd.write(bytes),
    settled: () => settled(clock),
    stop: () => peer.stop(),
    [Symbol.dispose]: () => peer.stop(),
  };
}

/** At its end of the wire. */
class Peer implements TransportEvents, FrameSink {
  readonly #options: MisbehavingPeerOptions;
  readonly #end: WireEnd;
  readonly #clock: Clock;
  readonly #drawKey: () => number;
  readonly #decoder = new FrameDecoder(this, { role: "client", rsvAllowed: 0b111 });
  #opcode = 0; // of the frame that is being read
  #payload: Uint8Array[] = []; // of it, when it is a control frame
  #hasClosed: boolean; // a Close frame is sent
  #resetsWhenDrained = false;
  #timer: unknown = null;
  #isOver = false;

  constructor(options: MisbehavingPeerOptions, end: WireEnd, clock: Clock) {
    const { closes = false, seed = 0, neverReads = false } = options;
    this.#options = options;
    this.#end = end;
    this.#clock = clock;
    this.#drawKey = keysFrom(seed);
    this.#hasClosed = closes;
    if (neverReads) end.pause();
    end.attach(this);
    this.#sendFrom(this.#script(), 0);
  }

  stop(): void {
    this.#end.reset();
    this.disconnected();
  }

  /** All that it has been told to send. */
  #script(): Uint8Array {
    const { messages = [], bytes = new Uint8Array(0), closes, resetsAt } = this.#options;
    const frames = messages.map((message) => {
      const opcode = typeof message === "string" ? Opcode.TEXT : Opcode.BINARY;
      return this.#frame(opcode, message);
    });
    const close = closes ? [this.#frame(Opcode.CLOSE, encodeClosePayload(1000, ""))] : [];
    return Buffer.concat([...frames, bytes, ...close]).subarray(0, resetsAt);
  }

  #frame(opcode: number, payload: string | Uint8Array): Uint8Array {
    return encodeFrame({ opcode, payload, key: this.#drawKey() });
  }

  /** At once, or a byte for each interval. */
  #sendFrom(script: Uint8Array, at: number): void {
    const { byteByByte, intervalMs = 0 } = this.#options;
    const end = byteByByte && intervalMs > 0 ? at + 1 : script.length;
    this.#end.write(script.subarray(at, end));
    const goOn = (): void => this.#sendFrom(script, end);
    if (end < script.length) this.#later(this.#clock, intervalMs, goOn);
    else this.#goOn();
  }

  /** Behind all that it has been told to send. */
  #goOn(): void {
    const { resetsAt, halfCloses, pingsForever } = this.#options;
    if (resetsAt !== undefined) this.#resetWhenSent();
    else if (halfCloses) this.#end.end();
    else if (pingsForever) this.#ping();
  }

  /** A reset takes with it what waits for room on the wire, and none of that may be missing. */
  #resetWhenSent(): void {
    if (this.#end.flushed) this.stop();
    else this.#resetsWhenDrained = true;
  }

  /** On a clock that keeps no process alive, for it has no end of its own. */
  #ping(): void {
    const { clock = systemClock, intervalMs = 0 } = this.#options;
    this.#end.write(this.#frame(Opcode.PING, ""));
    this.#later(clock, intervalMs || 1, () => this.#ping());
  }

  #later(clock: Clock, ms: number, callback: () => void): void {
    if (!this.#isOver) this.#timer = clock.setTimeout(callback, ms);
  }

  // Told by the wire.

  received(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  drained(): void {
    if (this.#resetsWhenDrained) this.stop();
  }

  endSent(): void {}

  ended(): void {
    this.#end.end();
  }

  disconnected(): void {
    this.#isOver = true;
    this.#clock.clearTimeout(this.#timer);
  }

  // Told by the decoder.

  frameStart({ opcode }: FrameHeader): void {
    this.#opcode = opcode;
    this.#payload = [];
  }

  framePayload(bytes: Uint8Array, start: number, end: number): void {
    if (isControl(this.#opcode)) this.#payload.push(new Uint8Array(bytes.subarray(start, end)));
  }

  frameEnd(): void {
    if (this.#options.neverAnswers) return;
    const payload = Buffer.concat(this.#payload);
    if (this.#opcode === Opcode.PING) this.#end.write(this.#frame(Opcode.PONG, payload));
    if (this.#opcode !== Opcode.CLOSE || this.#hasClosed) return;
    this.#hasClosed = true;
    this.#end.write(this.#frame(Opcode.CLOSE, payload));
  }
}
