// Connections on which no request has come. Node counts none of them as idle, and knows nothing of
// those that still agree on TLS; so that they do not hold up a shutdown, they are kept here.

import type { Socket } from "node:net";

/** One of them, and what is to be done when it closes. */
interface Unused {
  readonly socket: Socket;
  readonly forget: () => void;
}

/** The connections of one server that have sent no request yet. */
export class UnusedConnections {
  readonly #sockets = new Map<Socket | string, Unused>();
  readonly #isTls: boolean;

  constructor(isTls: boolean) {
    this.#isTls = isTls;
  }

  /** A connection is there; or its TLS is, and then that takes the place of the bare socket. */
  add(socket: Socket): void {
    const key = this.#keyOf(socket);
    if (key === null) return;
    const forget = (): void => {
      if (this.#sockets.get(key)?.socket === socket) this.#sockets.delete(key);
    };
    this.#sockets.set(key, { socket, forget });
    socket.once("close", forget);
  }

  /** Its first request has come. */
  delete(socket: Socket): void {
    const key = this.#keyOf(socket);
    if (key === null) return;
    const unused = this.#sockets.get(key);
    this.#sockets.delete(key);
    unused?.socket.off("close", unused.forget);
  }

  destroy(): void {
    for (const { socket } of this.#sockets.values()) socket.destroy();
  }

  /**
   * Node does not say on which socket a TLS socket stands, but both have the same peer. On a Unix
   * socket peers have no address: there an unfinished TLS handshake ends by its own time-out.
   */
  #keyOf(socket: Socket): Socket | string | null {
    if (!this.#isTls) return socket;
    const { remoteAddress, remotePort } = socket;
    return remoteAddress === undefined ? null : `${remoteAddress} ${remotePort}`;
  }
}
