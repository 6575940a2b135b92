// A handler that upgrades has so long and no longer.

import { systemClock } from "../connection/clock.ts";
import { fewAtOnce } from "../connection/few_at_once.ts";
import type { PendingUpgrade } from "./pending_upgrade.ts";
import type { LazyAbortController } from "./lazy_abort_controller.ts";
import { discard, refusal } from "./response.ts";

/** What a handler is waited for. */
export interface Waiting {
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** Told when they are over. */
  readonly onLate: () => void;
  /** Aborts then; whoever aborts it earlier, gives the handshake up. */
  readonly gone: LazyAbortController;
  /** The handshake; `null` when it is one to another protocol. */
  readonly upgrade: PendingUpgrade | null;
}

/**
 * What `act` answers in time. A handshake does not wait for ever, nor for a client that has gone:
 * then, and when the answer is not its own 101, it has come to nothing.
 */
export function inTime(
  { timeoutMs, onLate, gone, upgrade }: Waiting,
  act: () => Response | Promise<Response>,
): Promise<Response> {
  return new Promise<Response>((resolve, reject) => {
    let isOver = false;
    const late = (): void => {
      if (isOver) return; // before its turn came
      onLate();
      gone.abort(new DOMException("Handler took too long", "TimeoutError"));
    };
    const timer = systemClock.setTimeout(() => fewAtOnce(systemClock, late), timeoutMs);
    const over = (): void => {
      isOver = true;
      systemClock.clearTimeout(timer);
      gone.onAbort = null; // or the request, which lives on, keeps it all
    };
    const giveUp = (): void => {
      over(); // the handler may never come to an end
      upgrade?.abandon(gone.reason);
      resolve(refusal(503, (gone.reason as Error).message, { "Retry-After": "1" }));
    };
    gone.onAbort = giveUp;
    const run = async (): Promise<void> => {
      try {
        const response = await act();
        const isOtherwise = response !== upgrade?.response;
        if (isOtherwise) upgrade?.abandon(new Error("Handler answered otherwise"));
        if (gone.aborted) discard(response);
        resolve(response);
      } catch (error) {
        upgrade?.abandon(error);
        reject(error);
      } finally {
        over();
      }
    };
    void run();
  });
}
