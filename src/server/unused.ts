// Connections on which no request has come. Node counts none of them as idle, and knows nothing of
// those that still agree on TLS; so that they do not hold up a shutdown, they are kept here. And
// Node's time for a head begins anew with its first byte, and behind TLS: who sends that byte late
// would have twice the time, or three times. Here it begins once.

import type { Socket } from "node:net";
import { systemClock } from "../connection/clock.ts";
import { fewAtOnce } from "../connection/few_at_once.ts";
import { isTls } from "./tls.ts";

/** One of them, and what is to be done when it closes. */
interface Unused {
  readonly socket: Socket;
  readonly since: number;
  readonly forget: () => void;
}

/** Between two looks for those that are late: they may be many, and one timer is enough. */
const CHECK_INTERVAL_MS = 100;

/** The connections of one server that have sent no request yet. */
export class UnusedConnections {
  readonly #sockets = new Map<Socket | string, Unused>();
  /** Sockets below TLS of which nobody can tell whether they are used. */
  readonly #unnamed = new Set<Socket>();
  readonly #isTls: boolean;
  readonly #timeoutMs: number;
  readonly #onLate: (socket: Socket) => void;
  #timer: unknown = null;

  /** @param onLate Called for one on which no request has come in time; it is kept no more. */
  constructor(isTls: boolean, timeoutMs: number, onLate: (socket: Socket) => void) {
    this.#isTls = isTls;
    this.#timeoutMs = timeoutMs;
    this.#onLate = onLate;
  }

  /** A connection is there; or its TLS is, and then that takes the place of the bare socket. */
  add(socket: Socket): void {
    const key = this.#keyOf(socket);
    if (key === null) return this.#addUnnamed(socket);
    const forget = (): void => {
      if (this.#sockets.get(key)?.socket === socket) this.#remove(key);
    };
    const since = this.#sockets.get(key)?.since ?? systemClock.now();
    this.#sockets.set(key, { socket, since, forget });
    socket.once("close", forget);
    this.#checkIn(this.#timeoutMs);
  }

  /** Its first request has come. */
  delete(socket: Socket): void {
    const key = this.#keyOf(socket);
    if (key === null) return;
    const unused = this.#sockets.get(key);
    this.#remove(key);
    unused?.socket.off("close", unused.forget);
  }

  destroy(): void {
    for (const { socket } of this.#sockets.values()) socket.destroy();
  }

  /** Ends those, too, that may be used: when everything ends. */
  cut(): void {
    this.destroy();
    for (const socket of this.#unnamed) socket.destroy();
  }

  #addUnnamed(socket: Socket): void {
    if (isTls(socket)) return; // it ends with the one below it
    this.#unnamed.add(socket);
    socket.once("close", () => this.#unnamed.delete(socket));
  }

  #remove(key: Socket | string): void {
    this.#sockets.delete(key);
    if (this.#sockets.size > 0 || this.#timer === null) return;
    systemClock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** They are in the order in which they came. */
  #check(): void {
    this.#timer = null;
    for (const [key, unused] of this.#sockets) {
      const restMs = unused.since + this.#timeoutMs - systemClock.now();
      if (restMs > 0) return this.#checkIn(Math.max(restMs, CHECK_INTERVAL_MS));
      fewAtOnce(systemClock, () => this.#late(key, unused));
    }
  }

  #late(key: Socket | string, unused: Unused): void {
    if (this.#sockets.get(key) !== unused) return; // something has come before its turn did
    this.delete(unused.socket);
    this.#onLate(unused.socket);
  }

  #checkIn(delayMs: number): void {
    this.#timer ??= systemClock.setTimeout(() => this.#check(), delayMs);
  }

  /**
   * Node does not say on which socket a TLS socket stands, but both have the same peer. On a Unix
   * socket peers have no address: there an unfinished TLS handshake ends by Node's own time-out, or
   * with everything else.
   */
  #keyOf(socket: Socket): Socket | string | null {
    if (!this.#isTls) return socket;
    const { remoteAddress, remotePort } = socket;
    return remoteAddress === undefined ? null : `${remoteAddress} ${remotePort}`;
  }
}
