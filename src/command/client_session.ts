// The client's end of an open connection, for a person or a script: what they send is masked with a
// fresh key for each frame (§5.3), what comes is read by the rules, and the server is given time to
// end TCP first (§7.1.1).
//
//   send()  --> mask --> socket        waits while the socket is full
//   socket  --> endpoint --> events    pause() stops it, so that TCP slows the server

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Dialed } from "../client/dial.ts";
import { systemClock } from "../connection/clock.ts";
import { Deadline, timedOut } from "../connection/deadline.ts";
import { ConnectionClosedError } from "../connection/error.ts";
import { Pings } from "../connection/pings.ts";
import { encodeFrame, Opcode, ProtocolError } from "../frame/mod.ts";
import { Deflater } from "../message/deflate.ts";
import { Inflater } from "../message/inflate.ts";
import type { Message } from "../message/message.ts";
import { Endpoint } from "../protocol/endpoint.ts";
import type { Closure, EndpointSink } from "../protocol/endpoint.ts";

/** What a session tells. */
export interface SessionEvents {
  message(message: Message): void;
  /** The bytes of a frame that is sent, masked; for whoever wants to see it. */
  sent?(frame: Uint8Array): void;
  /** Bytes as they came. They may be changed after the call. */
  received?(bytes: Uint8Array): void;
}

/** A larger message fails the connection: 1009. */
const MESSAGE_SIZE_MAX = 64 * 1024 * 1024;

/** The server ends TCP behind the closing handshake, or we do: §7.1.1. */
const LINGER_MS = 2000;

const RSV1 = 0b100;
const LEVEL = 6;

/** A connection that {@linkcode dial} has opened, from its first byte to its last. */
export class ClientSession implements EndpointSink {
  /** How it ended. */
  readonly closed: Promise<Closure>;
  readonly #socket: Socket;
  readonly #events: SessionEvents;
  readonly #endpoint: Endpoint;
  readonly #deflater: Deflater | null;
  readonly #pings = new Pings(systemClock);
  readonly #deadline = new Deadline(systemClock);
  readonly #closeTimeoutMs: number;
  #isPaused = false;
  #pong: Uint8Array | null = null; // the newest that waits for room: §5.5.3
  #cause: unknown = undefined;

  /** It tells nothing before {@linkcode start}. */
  constructor(dialed: Dialed, events: SessionEvents, closeTimeoutMs: number) {
    const { socket, deflate } = dialed;
    this.#socket = socket;
    this.#events = events;
    this.#closeTimeoutMs = closeTimeoutMs;
    const inflater = deflate === null ? null : new Inflater(sideOf(deflate, "server"));
    this.#endpoint = new Endpoint(this, "client", MESSAGE_SIZE_MAX, { inflater });
    this.#deflater =
      deflate === null
        ? null
        : new Deflater({ ...sideOf(deflate, "client"), level: LEVEL, threshold: 0 });
    this.closed = new Promise((resolve) => {
      socket.once("close", () => resolve(this.#disconnected()));
    });
    socket.on("error", (error) => (this.#cause ??= error));
    socket.on("end", () => socket.end());
    socket.on("drain", () => this.#drained());
    socket.on("data", (chunk: Uint8Array) => this.#receive(chunk));
  }

  /** Begins to read, with what came behind the answer. */
  start(head: Uint8Array): void {
    if (head.length > 0) this.#receive(head);
    if (!this.#isPaused) this.#socket.resume();
  }

  /** Whether nobody has begun to close. */
  get isOpen(): boolean {
    return this.#endpoint.state === "open";
  }

  /** Sends a message while {@linkcode isOpen}. Fulfils when there is room, or all is over. */
  send(message: Message): Promise<void> {
    const opcode = typeof message === "string" ? Opcode.TEXT : Opcode.BINARY;
    const payload = typeof message === "string" ? Buffer.from(message) : message;
    const compressed = this.#deflater?.deflate(payload) ?? null;
    const isCompressed = compressed !== null;
    const hasRoom = this.#write(opcode, compressed ?? payload, isCompressed ? RSV1 : 0);
    return hasRoom ? Promise.resolve() : this.#room();
  }

  /** The milliseconds until the pong: §5.5.2. Rejects when none will come. */
  latency(): Promise<number> {
    return this.#pings.ping((payload) => this.#write(Opcode.PING, payload));
  }

  /** Begins the closing handshake. Throws what `encodeClosePayload` throws. */
  close(code: number, reason = ""): void {
    if (!this.isOpen) return;
    this.#endpoint.close(code, reason);
    this.#deadline.set(this.#closeTimeoutMs, () => {
      this.terminate(timedOut(`no Close came within ${this.#closeTimeoutMs} ms`));
    });
    this.resume(); // or its Close would not be read
  }

  /** Cuts the connection. */
  terminate(cause: unknown): void {
    this.#cause ??= cause;
    this.#socket.destroy();
  }

  /** Reads no more for now. */
  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#readOn();
    if (!this.#isPaused) this.#socket.resume();
  }

  isFull(): boolean {
    return this.#isPaused;
  }

  message(message: Message): void {
    this.#events.message(message);
  }

  /** §5.5.2: answered at once, or with the room that there is next. */
  ping(payload: Uint8Array): void {
    if (this.#socket.writableNeedDrain) this.#pong = payload;
    else this.#write(Opcode.PONG, payload);
  }

  pong(payload: Uint8Array): void {
    this.#pings.pong(payload);
  }

  inputEnded(): void {}

  sendClose(payload: Uint8Array): void {
    this.#write(Opcode.CLOSE, payload);
  }

  /** Both Close frames are out, or the server broke a rule: then nobody has to wait, §7.1.7. */
  endTcp(): void {
    if (this.#endpoint.closure(undefined).cause instanceof ProtocolError) this.#socket.end();
    this.#socket.resume(); // or its FIN would not be seen
    this.#deadline.set(LINGER_MS, () => this.#socket.destroy());
  }

  #receive(chunk: Uint8Array): void {
    this.#events.received?.(chunk);
    this.#endpoint.receive(chunk);
    this.#readOn();
  }

  /** An endpoint stops for others to have their turn, too; here are none. */
  #readOn(): void {
    while (this.#endpoint.stopped && !this.#isPaused) this.#endpoint.goOn();
  }

  #write(opcode: number, payload: Uint8Array, rsv = 0): boolean {
    const key = randomBytes(4).readInt32BE();
    const frame = encodeFrame({ opcode, payload, rsv, key });
    this.#events.sent?.(frame);
    return this.#socket.write(frame);
  }

  #room(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      socket.on("drain", done);
      socket.on("close", done);
    });
  }

  #drained(): void {
    const payload = this.#pong;
    this.#pong = null;
    if (payload !== null && this.isOpen) this.#write(Opcode.PONG, payload);
  }

  #disconnected(): Closure {
    this.#deadline.meet();
    const isLocal = this.#cause !== undefined && this.#socket.errored === null;
    this.#endpoint.disconnected(isLocal ? "local" : "remote");
    const closure = this.#endpoint.closure(this.#cause);
    this.#pings.fail(() => new ConnectionClosedError("ping", closure));
    return closure;
  }
}

/** What was agreed on for what one side sends. */
function sideOf(
  { contextTakeover, windowBits }: NonNullable<Dialed["deflate"]>,
  side: "server" | "client",
): { readonly contextTakeover: boolean; readonly windowBits: number } {
  return { contextTakeover: contextTakeover[side], windowBits: windowBits[side] };
}
