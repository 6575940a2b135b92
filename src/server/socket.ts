// A socket as a transport: the only place where bytes of a WebSocket meet Node's streams.
//
// The listeners are functions of this module that find their transport by a symbol on the socket,
// so that ten thousand idle connections do not hold fifty thousand closures.

import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Transport, TransportEvents } from "../connection/transport.ts";
import { release, RELEASED_FROM } from "../message/release.ts";
import { isTls } from "./tls.ts";

const TRANSPORT = Symbol("sluice.transport");

const NOTHING = new Uint8Array(0);

/**
 * What a stream that is paused is filled with. Node reads on up to its mark, 16 KiB or 64 KiB, and
 * keeps an object for each read, though it be of one byte: that came to 12 MiB. So filled it stops.
 */
const FILLING = Buffer.alloc(64 * 1024);

type UpgradedSocket = Duplex & { [TRANSPORT]: SocketTransport };

/** The transport of a connection whose handshake is done. */
export class SocketTransport implements Transport {
  readonly #socket: UpgradedSocket;
  /**
   * Whether bytes that have left the stream are with the kernel. libuv hands them over as they
   * are; TLS may go on reading them to encrypt.
   */
  readonly #isPlain: boolean;
  readonly readsLater: boolean;
  /** What is told what happens. */
  readonly events: TransportEvents;
  /** Whether nobody heard of its chunks before we did, who might have kept one. */
  #isOurs = false;
  /** How much of {@linkcode FILLING} is in front of what is to be read. */
  #filled = 0;
  /** The last error, to be told when the socket has closed. */
  error: unknown = undefined;

  constructor(socket: Duplex, events: TransportEvents) {
    this.#socket = Object.assign(socket, { [TRANSPORT]: this as SocketTransport });
    this.#isPlain = socket instanceof Socket && !isTls(socket);
    this.readsLater = !this.#isPlain;
    this.events = events;
  }

  get flushed(): boolean {
    return this.#isPlain && this.#socket.writableLength === 0;
  }

  /** Begins to read. `head` is what Node read behind the request: the first bytes (§4.2.2). */
  start(head: Uint8Array): void {
    const socket = this.#socket;
    if (socket instanceof Socket) {
      socket.setTimeout(0);
      socket.setNoDelay(true);
    }
    socket.on("end", onEnd);
    socket.on("drain", onDrain);
    socket.on("finish", onFinish);
    socket.on("error", onError);
    socket.on("close", onClose);
    if (socket.isPaused()) this.resume(); // by its owner, while he decided; what `head` does counts
    if (head.length > 0) this.events.received(head);
    if (socket.readableEnded) this.events.ended(); // before anybody listened
    this.#isOurs = this.#isPlain && socket.listenerCount("data") === 0;
    socket.on("data", onData); // last: it starts the flow
  }

  /**
   * Hot: bytes arrived, in memory that Node has allocated for them and that nobody else knows of,
   * unless he listens, too.
   */
  received(chunk: Uint8Array): void {
    if (this.#filled > 0 && chunk.buffer === FILLING.buffer) return void (this.#filled = 0);
    this.events.received(chunk);
    if (chunk.length < RELEASED_FROM || !this.#isOurs) return;
    if (this.#socket.listenerCount("data") === 1) release(chunk);
  }

  /**
   * Hot. It is full when the kernel has not taken all, whatever Node's mark says, for below it an
   * object would wait for each byte. TLS takes everything later: there one write may be under way.
   */
  write(bytes: Uint8Array): boolean {
    try {
      return this.#isTaken(this.#socket.write(bytes), bytes.length);
    } catch (error) {
      this.#broken(error);
      return false;
    }
  }

  /** One call of the system, as far as Node's stream has that: TCP and TLS do. */
  writev(pieces: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    let isBelowMark = true;
    let size = 0;
    try {
      socket.cork();
      for (const piece of pieces) {
        isBelowMark = socket.write(piece);
        size += piece.length;
      }
      socket.uncork();
      return this.#isTaken(isBelowMark, size);
    } catch (error) {
      this.#broken(error);
      return false;
    }
  }

  #isTaken(isBelowMark: boolean, size: number): boolean {
    const socket = this.#socket;
    const waiting = socket.writableLength - (this.#isPlain ? 0 : size);
    if (waiting <= 0) return true;
    if (isBelowMark) socket.write(NOTHING, () => this.events.drained()); // no "drain" will come
    return false;
  }

  pause(): void {
    this.#do("pause");
    const socket = this.#socket;
    const isOver = socket.destroyed || socket.readableEnded;
    if (this.#filled > 0 || isOver || socket.listenerCount("data") !== 1) return;
    this.#filled = Math.min(socket.readableHighWaterMark, FILLING.length);
    socket.unshift(FILLING.subarray(0, this.#filled));
  }

  resume(): void {
    if (this.#filled > 0) this.#socket.read(this.#filled); // it comes as a chunk, and is dropped
    this.#do("resume");
  }

  end(): void {
    this.#do("end");
  }

  destroy(): void {
    this.#do("destroy");
  }

  #do(act: "pause" | "resume" | "end" | "destroy"): void {
    try {
      this.#socket[act]();
    } catch (error) {
      this.#broken(error);
    }
  }

  /** A stream of somebody's may throw, where a socket does not: it ends the connection alone. */
  #broken(error: unknown): void {
    this.error ??= error;
    try {
      this.#socket.destroy();
    } catch {
      this.events.disconnected(error); // no "close" will come
    }
  }
}

function onData(this: UpgradedSocket, chunk: Uint8Array): void {
  this[TRANSPORT].received(chunk);
}

function onEnd(this: UpgradedSocket): void {
  this[TRANSPORT].events.ended();
}

function onDrain(this: UpgradedSocket): void {
  this[TRANSPORT].events.drained();
}

function onFinish(this: UpgradedSocket): void {
  this[TRANSPORT].events.endSent();
}

function onError(this: UpgradedSocket, error: unknown): void {
  this[TRANSPORT].error = error;
}

function onClose(this: UpgradedSocket): void {
  const { events, error } = this[TRANSPORT];
  events.disconnected(error);
}
