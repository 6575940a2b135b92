// The sending half of a channel: an end that values go into, and that says when no more will come.

import type { SendCase } from "./case.ts";
import type { Channel } from "./channel.ts";
import type { OpOptions } from "./receiver.ts";

/** Go's `chan<- T`: the end that values go into. */
export interface Sender<in T> {
  /**
   * Resolves when the value was handed over or buffered. Rejects, the value not sent, with
   * {@linkcode ChannelClosedError}, the reason of `signal`, or a TypeError if that is no
   * AbortSignal. A rejection that nobody handles does not count as unhandled: a send need not be
   * awaited.
   */
  send(value: T, options?: OpOptions): Promise<void>;
  /** Sends without waiting; false, the value not sent, when full or closed. */
  trySend(value: T): boolean;
  /** A send as a case of `select`: it happens only if chosen. */
  sending(value: T): SendCase;
  /**
   * Says that no more values will come: receivers get what is buffered, then the end, and senders
   * that wait are rejected. Returns false if it was closed already; then nothing changes.
   */
  close(cause?: unknown): boolean;
  readonly closed: boolean;
}

/** A send that `select` may do. Channel gives it its methods, since they look inside a channel. */
export class Sending<T> implements SendCase {
  readonly direction = "send";
  readonly channel: Channel<T>;
  readonly value: T;
  readonly cost: number;

  constructor(channel: Channel<T>, value: T, cost: number) {
    this.channel = channel;
    this.value = value;
    this.cost = cost;
  }
}
