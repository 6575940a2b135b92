// The reading half of an actor: in one of three ways, so that the order of what it gets is known.

import { never, select } from "../../src/channel/mod.ts";
import type { Connection } from "../../src/connection/connection.ts";
import type { Message } from "../../src/message/message.ts";
import { TextBytes } from "../../src/message/text_bytes.ts";
import type { Random } from "../../src/testing/random.ts";
import type { Act } from "./actor.ts";
import { labelOf } from "./frames.ts";
import { Planned } from "./promises.ts";
import type { Promises } from "./promises.ts";

/** Reads at will, loop of callbacks, or arrays. */
export const STYLES = ["reads", "forEach", "batches"] as const;

/** What a {@linkcode Reader} is made with. */
export interface ReaderOptions {
  readonly style: (typeof STYLES)[number];
  /** Chance for the n-th call of the callback. */
  readonly draw: (call: number) => Random;
  /** Writes something, for the callback. */
  readonly answer: (random: Random) => void;
}

/** Takes the messages of a connection. */
export class Reader {
  /** What each read got, in the order of the calls; `null` for none. */
  readonly got: (readonly string[] | null)[] = [];
  readonly acts: readonly Act[];
  readonly #connection: Connection;
  readonly #promises: Promises;
  readonly #options: ReaderOptions;
  readonly #gates: (() => void)[] = [];
  #iterator: AsyncIterator<Message, undefined> | null = null;
  #batches: AsyncIterator<Message[], undefined> | null = null;
  #isBatchPending = false;
  #isLooping = false;
  #calls = 0;

  constructor(connection: Connection, promises: Promises, options: ReaderOptions) {
    this.#connection = connection;
    this.#promises = promises;
    this.#options = options;
    const acts: Record<(typeof STYLES)[number], readonly Act[]> = {
      reads: [
        ["read", 12, (random) => this.#read(random)],
        ["tryRead", 6, () => this.#tryRead()],
        ["next", 4, (random) => this.#next(random)],
        ["select", 4, (random) => this.#select(random)],
      ],
      forEach: [["forEach", 15, () => this.#forEach()]],
      batches: [["batch", 20, () => this.#batch()]],
    };
    this.acts = acts[options.style];
  }

  /** Takes all messages that are here. */
  takeAll(): void {
    for (;;) {
      const message = this.#connection.tryRead();
      if (message === undefined) break;
      this.got.push([labelOfMessage(message)]);
    }
  }

  /** Takes what is left at the end, and asks for more. */
  readRest(): void {
    this.takeAll();
    this.#promises.note("a last read()", this.#connection.read());
  }

  /** Lets all promises fulfil that its callbacks have returned. */
  goOnWithAll(): void {
    while (this.goOn() !== null);
  }

  /** Lets a promise fulfil that a callback has returned. */
  goOn(): string | null {
    const gate = this.#gates.shift();
    gate?.();
    return gate === undefined ? null : "the callback's promise fulfils";
  }

  #read(random: Random): string {
    const slot = this.got.push(null) - 1;
    const read = this.#connection.read(this.#promises.signal(random));
    this.#promises.note("read()", read.then((message) => this.#put(slot, message)));
    return "read";
  }

  #tryRead(): string {
    const message = this.#connection.tryRead();
    if (message !== undefined) this.got.push([labelOfMessage(message)]);
    return `tryRead: ${message === undefined ? "nothing" : short(labelOfMessage(message))}`;
  }

  #next(random: Random): string {
    if (this.#iterator !== null && random.oneIn(6)) {
      this.#promises.note("return()", this.#iterator.return?.() ?? Promise.resolve());
      this.#iterator = null;
      return "leave the loop";
    }
    this.#iterator ??= this.#connection[Symbol.asyncIterator]();
    const slot = this.got.push(null) - 1;
    const next = this.#iterator.next();
    this.#promises.note("next()", next.then(({ value }) => this.#put(slot, value)));
    return "next";
  }

  #select(random: Random): string {
    const slot = this.got.push(null) - 1;
    const { messages } = this.#connection;
    const selected = select({ never: never, messages }, this.#promises.signal(random));
    this.#promises.note("select()", selected.then(({ value }) => this.#put(slot, value)));
    return "select";
  }

  #batch(): string | null {
    if (this.#isBatchPending) return null;
    this.#isBatchPending = true;
    this.#batches ??= this.#connection.batches();
    const slot = this.got.push(null) - 1;
    const next = this.#batches.next().then(({ value }) => {
      if (value !== undefined) this.got[slot] = value.map(labelOfMessage);
    });
    this.#promises.note("batches()", next.finally(() => (this.#isBatchPending = false)));
    return "batch";
  }

  #forEach(): string | null {
    if (this.#isLooping) return null;
    this.#isLooping = true;
    const loop = this.#connection.forEach((message) => this.#callback(message));
    this.#promises.note("forEach()", loop.finally(() => (this.#isLooping = false)));
    return "forEach";
  }

  #callback(message: Message): unknown {
    this.got.push([labelOfMessage(message)]);
    const random = this.#options.draw(this.#calls++);
    const choice = random.below(40);
    if (choice === 0) throw new Planned("callback");
    if (choice < 8) return new Promise<void>((resolve) => this.#gates.push(resolve));
    if (choice < 14) return this.#options.answer(random);
    return undefined;
  }

  #put(slot: number, message: Message | undefined): void {
    if (message !== undefined) this.got[slot] = [labelOfMessage(message)];
  }
}

/** A message in one string, all of it. */
export function labelOfMessage(message: Message): string {
  if (typeof message === "string") return `t:${message}`;
  return labelOf(message instanceof TextBytes, message);
}

/** The same, to be looked at. */
export function short(label: string): string {
  return label.length <= 24 ? label : `${label.slice(0, 12)}… (${label.length})`;
}
