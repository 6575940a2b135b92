// The promises that somebody has been given, and whether they settle as they may.

import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Random } from "../../src/testing/random.ts";

/** Thrown by what an actor does on purpose. */
export class Planned extends Error {}

/** What a promise may reject with that waits for too much at once. */
const TOO_MUCH = /outboxWaitingMax|pings wait/;

/** Those of one actor, and the signals that he gave with them. */
export class Promises {
  /** Those that have not settled, by what they are of. */
  readonly pending: Map<number, string> = new Map();
  /** What no promise may reject with. */
  readonly wrong: unknown[] = [];
  readonly #controllers: AbortController[] = [];
  #count = 0;

  note(what: string, promise: Promise<unknown>): void {
    const number = this.#count++;
    this.pending.set(number, what);
    const settle = (): void => void this.pending.delete(number);
    promise.then(settle, (error: unknown) => {
      settle();
      if (error instanceof ConnectionClosedError || error instanceof Planned) return;
      if (!(error instanceof RangeError && TOO_MUCH.test(error.message))) this.wrong.push(error);
    });
  }

  /** Options with a signal now and then, which may be aborted already. */
  signal(random: Random): { readonly signal?: AbortSignal } {
    if (!random.oneIn(4)) return {};
    const controller = new AbortController();
    if (random.oneIn(10)) controller.abort(new Planned("signal"));
    else this.#controllers.push(controller);
    return { signal: controller.signal };
  }

  /** Aborts one of the signals. */
  abort(random: Random): string | null {
    if (this.#controllers.length === 0) return null;
    const [controller] = this.#controllers.splice(random.below(this.#controllers.length), 1);
    controller.abort(new Planned("signal"));
    return "abort";
  }
}
