// Answers go out in the order of their requests: RFC 9112 §9.3.2. So they are made in that order,
// too, each when the one before it is out: a hundred requests fit into one packet, and a hundred
// bodies for a client that reads none would be held until he goes. What else may come behind a
// request on the same connection (an upgrade, CONNECT, garbage) waits in the same line.
//
//   GET /1   being answered, or on its way out
//   GET /2   waits        } pipelinedRequestsMax, the first of them included
//   GET /3   waits        }
//   upgrade  waits, and nothing comes behind it

import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { setImmediate } from "../connection/turn.ts";

/** What one socket owes: there is none when it owes nothing. */
interface Line {
  /** Answers that are not out. */
  owed: number;
  /** The last of them. */
  last: ServerResponse;
  /** What is to be done, one when the answer before it is out. */
  readonly waiting: (() => void)[];
  /** Whether the last that waits is no request. */
  hasEnd: boolean;
}

/** What each socket of a server owes. */
export class Pipeline {
  readonly #owedMax: number;
  readonly #lines = new WeakMap<Duplex, Line>();
  /** Sockets whose line has an end: of these Node may have let go, and does not end them. */
  readonly #ending = new Set<Duplex>();

  /** @param owedMax Answers that a socket may owe. */
  constructor(owedMax: number) {
    this.#owedMax = owedMax;
  }

  /**
   * A request came, which `answer` answers: at once, or when the answers before it are out; never
   * when one of them has ended the connection. Returns whether it may be answered: not when there
   * are too many before it, whose answers a client may never read.
   */
  push(socket: Duplex, outgoing: ServerResponse, answer: () => void): boolean {
    const line = this.#lines.get(socket) ?? { owed: 0, last: outgoing, waiting: [], hasEnd: false };
    if (line.owed === this.#owedMax) return false;
    const isFirst = !this.#lines.has(socket);
    line.owed++;
    line.last = outgoing;
    outgoing.once("close", () => this.#closed(socket, line));
    if (!isFirst) {
      line.waiting.push(answer);
    } else if (socket.writable) {
      this.#lines.set(socket, line);
      answer();
    }
    return true;
  }

  /** The last answer that `socket` owes. */
  last(socket: Duplex): ServerResponse | undefined {
    return this.#lines.get(socket)?.last;
  }

  /** Does `act` when `socket` owes nothing: at once, or behind the last answer. Once a socket. */
  behind(socket: Duplex, act: () => void): void {
    const line = this.#lines.get(socket);
    if (line === undefined) return act();
    if (line.hasEnd) return;
    line.hasEnd = true;
    socket.on("error", () => {}); // Node may have let go of it
    this.#ending.add(socket);
    socket.once("close", () => this.#ending.delete(socket));
    line.waiting.push(() => {
      this.#lines.delete(socket);
      this.#ending.delete(socket);
      act();
    });
  }

  /** Cuts the lines that have an end. */
  destroy(): void {
    for (const socket of this.#ending) socket.destroy();
  }

  /** In a turn of its own, or one client with a hundred requests would keep all others waiting. */
  #closed(socket: Duplex, line: Line): void {
    line.owed--;
    if (line.waiting.length > 0) setImmediate(() => this.#next(socket, line));
    else this.#lines.delete(socket);
  }

  #next(socket: Duplex, line: Line): void {
    if (socket.writable) return line.waiting.shift()?.();
    line.waiting.length = 0; // the last answer has ended the connection, or the client has gone
    this.#lines.delete(socket);
  }
}
