// What a connection tells of itself.

import type { CompressionStats } from "./compression.ts";
import type { Lifecycle } from "./lifecycle.ts";

/** What a connection holds and has done, at this moment. */
export interface ConnectionStats {
  /**
   * What waits to be read, and what it is charged: its bytes (two for each UTF-16 code unit of a
   * text, as the engine may hold it) and 160 for each message.
   */
  readonly inbox: { readonly messages: number; readonly size: number };
  /** What waits to be sent, with the calls of `write()` that wait, charged in the same way. */
  readonly outbox: { readonly messages: number; readonly size: number };
  /** Whether the socket is paused: nobody reads what has arrived, or a limit says so. */
  readonly paused: boolean;
  /** Data messages that arrived, and bytes with all that is around them. */
  readonly received: { readonly messages: number; readonly bytes: number };
  /** Data messages that were handed to the socket, and bytes with all that is around them. */
  readonly sent: { readonly messages: number; readonly bytes: number };
  /**
   * Of the messages that were compressed, the bytes before and after, in each direction; `null`
   * when nothing is compressed. Payloads, without the headers of their frames.
   */
  readonly compression: {
    readonly received: CompressionStats;
    readonly sent: CompressionStats;
  } | null;
}

/** What the connection holds and has done by now. */
export function statsOf(lifecycle: Lifecycle): ConnectionStats {
  const { readLoop, writeLoop, messagesReceived, bytesReceived, compression } = lifecycle;
  const { outbox, messagesSent, bytesSent } = writeLoop;
  return {
    inbox: { messages: readLoop.messages, size: readLoop.size },
    outbox: { messages: outbox.messages, size: outbox.size },
    paused: lifecycle.paused,
    received: { messages: messagesReceived, bytes: bytesReceived },
    sent: { messages: messagesSent, bytes: bytesSent },
    compression: compression && { received: compression.received, sent: compression.sent },
  };
}
