// What the clients of one process count together: questions, and what goes over their sockets. Each
// byte that one side of a socket writes the other side reads, so the server need not count.

import type { Socket } from "node:net";
import type { ClientsReport } from "./protocol.ts";

/** Counts of one process. */
export type Counts = Omit<ClientsReport, "learned">;

/** Counts from the start of the process on; a window is the difference of two. */
export class Meter {
  readonly #open = new Set<Socket>();
  #requests = 0;
  #wasted = 0;
  #connections = 0;
  #bytesSent = 0; // those of sockets that are closed
  #bytesReceived = 0;

  /** A question was answered. */
  answered(isNew: boolean): void {
    this.#requests++;
    if (!isNew) this.#wasted++;
  }

  /** This socket is in use, again or for the first time. */
  uses(socket: Socket): void {
    if (this.#open.has(socket)) return;
    this.#open.add(socket);
    this.#connections++;
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#bytesSent += socket.bytesWritten;
      this.#bytesReceived += socket.bytesRead;
    });
  }

  counts(): Counts {
    let bytesSent = this.#bytesSent;
    let bytesReceived = this.#bytesReceived;
    for (const socket of this.#open) {
      bytesSent += socket.bytesWritten;
      bytesReceived += socket.bytesRead;
    }
    const [requests, wasted, connections] = [this.#requests, this.#wasted, this.#connections];
    return { requests, wasted, connections, bytesSent, bytesReceived };
  }
}

/** What was counted between two moments. */
export function difference(before: Counts, after: Counts): Counts {
  return {
    requests: after.requests - before.requests,
    wasted: after.wasted - before.wasted,
    connections: after.connections - before.connections,
    bytesSent: after.bytesSent - before.bytesSent,
    bytesReceived: after.bytesReceived - before.bytesReceived,
  };
}
