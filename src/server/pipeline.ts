// Answers go out in the order of their requests: RFC 9112 §9.3.2. Node sees to that for requests;
// what else may come behind one on the same connection (an upgrade, CONNECT, garbage) has to wait
// until the answers before it are out, or a client takes our word on it for one of them.

import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The last answer that a socket owes, and what comes behind it. */
interface Answer {
  readonly outgoing: ServerResponse;
  next: (() => void) | null;
}

/** What each socket of a server owes. */
export class Pipeline {
  readonly #owedMax: number;
  readonly #owed = new WeakMap<Duplex, number>();
  readonly #answers = new WeakMap<Duplex, Answer>();
  /** Sockets on which something waits: of these Node may have let go, and does not end them. */
  readonly #waiting = new Set<Duplex>();

  /** @param owedMax Answers that a socket may owe. */
  constructor(owedMax: number) {
    this.#owedMax = owedMax;
  }

  /**
   * A request came. Returns whether it may be answered: not when there are too many before it,
   * whose answers a client may never read.
   */
  push(socket: Duplex, outgoing: ServerResponse): boolean {
    const owed = (this.#owed.get(socket) ?? 0) + 1;
    if (owed > this.#owedMax) return false;
    this.#owed.set(socket, owed);
    const answer: Answer = { outgoing, next: null };
    this.#answers.set(socket, answer);
    outgoing.once("close", () => {
      this.#owed.set(socket, this.#owed.get(socket)! - 1);
      if (this.#answers.get(socket) === answer) this.#answers.delete(socket);
      answer.next?.();
    });
    return true;
  }

  /** The last answer that `socket` owes. */
  last(socket: Duplex): ServerResponse | undefined {
    return this.#answers.get(socket)?.outgoing;
  }

  /** Does `act` when `socket` owes nothing: at once, or behind the last answer. Once a socket. */
  behind(socket: Duplex, act: () => void): void {
    const answer = this.#answers.get(socket);
    if (answer === undefined) return act();
    if (answer.next !== null) return;
    socket.on("error", () => {}); // Node may have let go of it
    this.#waiting.add(socket);
    socket.once("close", () => this.#waiting.delete(socket));
    answer.next = () => {
      this.#waiting.delete(socket);
      act();
    };
  }

  /** Cuts what waits. */
  destroy(): void {
    for (const socket of this.#waiting) socket.destroy();
  }
}
