// The messages of a connection, handed to a callback in the turn in which they arrive. A promise
// for each of them is what reading costs the most: to make one, and to come back to whoever awaits
// it, takes as long as all the rest that our JavaScript does for a short message, 0.3 to 0.5 µs.
//
//   chunk -> decoder -> [ inbox ] -> callback -> [ outbox ] -> socket      one synchronous turn
//                           |            |
//                           +- waits ----+ while a promise that the callback returned is pending
//
// It runs behind the decoder, never within it: what the callback does, closing the connection
// included, finds everything at rest.

import type { Message } from "../message/message.ts";
import { ConnectionClosedError } from "./error.ts";
import { quiet } from "./quiet.ts";
import type { ReadLoop } from "./read_loop.ts";
import { stackless } from "./stackless.ts";
import { isA } from "./thrown.ts";
import { setImmediate } from "./turn.ts";
import { ACCEPTED } from "./write_loop.ts";

/** After so many calls at a stretch the event loop turns: others wait, too. */
const YIELD_EVERY = 256;

/** What is done with a message. Where it returns a promise, the next message waits for it. */
export type MessageCallback = (message: Message) => unknown;

/** What a {@linkcode ForEach} asks of its owner at the end of the messages. */
export interface ForEachOwner {
  /** Whether nobody has begun to close yet. */
  readonly isOpen: boolean;
  /** Whether the peer's Close has come, so that the end is a clean one. */
  readonly closeReceived: boolean;
  closedError(act: string): Error;
}

/** One call of `connection.forEach()`. */
export class ForEach {
  readonly finished: Promise<void>;
  readonly #readLoop: ReadLoop;
  readonly #owner: ForEachOwner;
  readonly #callback: MessageCallback;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #isBusy = false;
  #stretch = 0;

  constructor(readLoop: ReadLoop, owner: ForEachOwner, callback: MessageCallback) {
    this.#readLoop = readLoop;
    this.#owner = owner;
    this.#callback = callback;
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Hot: messages may have come, or the end of them. */
  messagesCame(): void {
    if (this.#isBusy) return;
    this.#stretch = 0;
    this.#isBusy = true; // the callback may make more of them come
    try {
      this.#run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #run(): void {
    const readLoop = this.#readLoop;
    const callback = this.#callback;
    for (;;) {
      if (this.#stretch === YIELD_EVERY) return void setImmediate(() => this.#goOn());
      const message = readLoop.tryRead();
      if (message === undefined) break;
      this.#stretch++;
      const result = callback(message);
      if (result !== undefined && result !== ACCEPTED && isThenable(result)) {
        const failed = (error: unknown): void => this.#fail(error);
        return void Promise.resolve(result).then(() => this.#goOn(), failed);
      }
    }
    this.#isBusy = false;
    if (readLoop.ended) this.#finish();
  }

  #goOn(): void {
    this.#isBusy = false;
    this.messagesCame();
  }

  /** A moment later all that there is to say of the end is known. */
  #finish(): void {
    this.#stop();
    queueMicrotask(() => {
      if (this.#owner.closeReceived) this.#resolve();
      else this.#fail(stackless(() => this.#owner.closedError("read")));
    });
  }

  /** That this connection was lost ends no process, as it does not for a `write()`. */
  #fail(error: unknown): void {
    this.#stop();
    if (isA(error, ConnectionClosedError) && !this.#owner.isOpen) void quiet(this.finished);
    this.#reject(error);
  }

  #stop(): void {
    this.#isBusy = true; // for ever
    this.#readLoop.consumer = null;
  }
}

/** Whether `await` would wait for it. */
function isThenable(value: unknown): boolean {
  const mayBe = typeof value === "function" || (typeof value === "object" && value !== null);
  return mayBe && typeof (value as PromiseLike<unknown>).then === "function";
}
