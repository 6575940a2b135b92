// What `select` asks of a case, and nothing else: it knows no channel from inside.
//
//   READY     could this case go ahead now?               changes nothing
//   COMMIT    it goes ahead, as READY has said it can     throws for a send on a closed channel
//   PARK      it cannot, so `place` gets in the queue
//
// The keys are registered symbols, since one process may hold two copies of the package (ESM and
// CommonJS, or two versions), and a channel of one must work in a `select` of the other, where
// `instanceof` fails. Whoever changes the meaning of a method gives it a new name.
//
// READY and PARK run no user code, and COMMIT only at its very end (`onDrop`). So from the first
// question to the last answer nothing in the world moves, which is all the proof `select` needs.

import type { Place } from "./waiters.ts";

export const READY: unique symbol = Symbol.for("sluice.channel.ready.1");
export const COMMIT: unique symbol = Symbol.for("sluice.channel.commit.1");
export const PARK: unique symbol = Symbol.for("sluice.channel.park.1");

/** One case of a `select`, from inside. */
export interface Selectable {
  [READY](): boolean;
  [COMMIT](): { readonly value: unknown; readonly done: boolean };
  [PARK](place: Place): void;
}

/** A send that `select` may do: the result of `channel.sending(value)`. */
export interface SendCase {
  readonly direction: "send";
}
