// Whoever holds a connection and does with it what an API allows: several writes and reads at once,
// signals that abort, loops that are left, a handler that ends or throws, promises that nobody
// looks at. It notes what was promised to it, so that the verdict can ask whether it was kept.

import type { Connection } from "../../src/connection/connection.ts";
import { charge } from "../../src/message/message.ts";
import type { Message } from "../../src/message/message.ts";
import { TextBytes } from "../../src/message/text_bytes.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import type { Random } from "../../src/testing/random.ts";
import { utf8 } from "../support/bytes.ts";
import { Planned, Promises } from "./promises.ts";
import { labelOfMessage, Reader, short } from "./reader.ts";
import type { ReaderOptions } from "./reader.ts";

/** A message that was given to `write()`. "unknown": nobody looks at the promise. */
export interface Written {
  readonly label: string;
  state: "waits" | "taken" | "refused" | "unknown";
}

/** Something that may happen next, and how often compared with others; it says what it has done. */
export type Act = readonly [name: string, weight: number, act: (random: Random) => string | null];

/** How an {@linkcode Actor} goes about it. */
export interface ActorOptions extends Omit<ReaderOptions, "answer"> {
  /** Whether it awaits every write; else some rejections are nobody's. */
  readonly looksAtAll: boolean;
}

/** One end of ours. */
export class Actor {
  readonly promises: Promises = new Promises();
  readonly reader: Reader;
  readonly written: Written[] = [];
  readonly closures: Closure[] = [];
  /** What the dearest message that was written is charged. */
  largest = 0;
  /** From a close() on a message may be dropped that finds the inbox full. */
  mayDrop = false;
  hasTerminated = false;
  readonly acts: readonly Act[];
  readonly #connection: Connection;
  readonly #looksAtAll: boolean;
  #count = 0;
  #endHandler: ((error: Error | null) => void) | null = null;

  constructor(connection: Connection, options: ActorOptions) {
    this.#connection = connection;
    this.#looksAtAll = options.looksAtAll;
    const answer = (random: Random): void => void this.#tryWrite(random);
    this.reader = new Reader(connection, this.promises, { ...options, answer });
    this.acts = [
      ...this.reader.acts,
      ["write", 16, (random) => this.#write(random)],
      ["tryWrite", 12, (random) => this.#tryWrite(random)],
      ["ping", 3, (random) => this.#ping(random)],
      ["abort", 3, (random) => this.promises.abort(random)],
      ["go on", 5, () => this.reader.goOn()],
      ["end handler", 0.3, (random) => this.endHandler(random.oneIn(2))],
      ["close", 0.7, (random) => this.close(random.pick([1000, 3500]))],
      ["terminate", 0.2, () => this.#terminate()],
    ];
    for (let times = 0; times < 2; times++) {
      void connection.closed.then((closure) => this.closures.push(closure));
    }
  }

  /** The handler that the connection is run with. */
  readonly handler = (): Promise<void> =>
    new Promise((resolve, reject) => {
      this.#endHandler = (error) => (error === null ? resolve() : reject(error));
    });

  endHandler(throws: boolean): string | null {
    if (this.#endHandler === null) return null;
    this.#endHandler(throws ? new Planned("handler") : null);
    this.#endHandler = null;
    this.mayDrop = true;
    return throws ? "it throws" : "it returns";
  }

  close(code: number): string {
    this.mayDrop = true;
    this.promises.note(`close(${code})`, this.#connection.close(code));
    return `${code}`;
  }

  #write(random: Random): string {
    const message = this.#message(random);
    const label = labelOfMessage(message);
    const written: Written = { label, state: "waits" };
    this.written.push(written); // its place among the others is that of its call
    const options = this.promises.signal(random);
    const promise = this.#connection.write(message, { ...options, compress: !random.oneIn(8) });
    scribble(message);
    if (random.oneIn(16) && !this.#looksAtAll) {
      written.state = "unknown";
      return `${short(label)}, and looks away`;
    }
    const taken = promise.then(
      () => void (written.state = "taken"),
      (error) => {
        written.state = "refused";
        throw error;
      },
    );
    this.promises.note("write()", taken);
    return short(label);
  }

  #tryWrite(random: Random): string {
    const message = this.#message(random);
    const label = labelOfMessage(message);
    const written: Written = { label, state: "waits" };
    this.written.push(written); // first, for in memory others are written within the call
    const isTaken = this.#connection.tryWrite(message);
    written.state = isTaken ? "taken" : "refused";
    scribble(message);
    return `${short(label)}: ${isTaken}`;
  }

  /** A message of its own number: text, text that is bytes, or bytes; short or in slices. */
  #message(random: Random): Message {
    const name = String(this.#count++).padStart(4, "0");
    const size = random.pick([0, 0, 0, 20, 120, 130, random.below(2000)]);
    const long = random.oneIn(80) ? random.pick([17_000, 66_000, 100_000]) : size;
    const isAscii = random.below(3) > 0; // else it is cut into slices where one may
    const text = isAscii ? name.padEnd(long, "abcdefgh") : `${name}🌊`.padEnd(long, "ä€");
    const kind = random.below(5);
    const message = kind < 3 ? text : kind === 3 ? new TextBytes(utf8(text)) : utf8(text);
    this.largest = Math.max(this.largest, charge(message));
    return message;
  }

  #ping(random: Random): string {
    const ping = this.#connection.ping();
    if (!random.oneIn(4)) this.promises.note("ping()", ping);
    return "sent or refused";
  }

  #terminate(): string {
    this.hasTerminated = true;
    this.#connection.terminate();
    return "at once";
  }
}

/** Behind the call the bytes are the caller's again, who uses them for something else. */
function scribble(message: Message): void {
  if (typeof message !== "string") message.fill(0x21);
}
