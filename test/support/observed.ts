// What one channel of `node:diagnostics_channel` publishes, until the block ends.

import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Keeps all events of a channel. */
export class Observed<T> implements Disposable {
  readonly events: T[] = [];
  readonly #channel: string;
  readonly #note = (message: unknown): void => void this.events.push(message as T);

  constructor(channel: string) {
    this.#channel = channel;
    subscribe(channel, this.#note);
  }

  [Symbol.dispose](): void {
    unsubscribe(this.#channel, this.#note);
  }
}
