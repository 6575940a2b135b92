// What a connection tells whoever wants to look on: `node:diagnostics_channel`, under these names.
//
//   sluice.connection.open    the 101 has been written        { connection, request, response }
//   sluice.wire.received      bytes, as one read brought them  { connection, bytes }
//   sluice.wire.sent          bytes, as one write takes them   { connection, bytes }
//   sluice.wire.fin           one side ended TCP (§7.1.1)      { connection, from }
//   sluice.connection.close   it is over (§7.1.4)              { connection, closure }
//
// They come in that order: one "open", then the wire, one "close", which is the last; a handshake
// that leads to no connection has neither. Nobody is told message by message or frame by frame,
// so nothing of that depends on who listens: what it costs while nobody does is one property read
// for each read and each write of a socket.
//
// A subscriber is called in the middle of things and returns soon. What it throws touches no
// connection: Node reports it as an uncaught exception.

import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";
import type { Closure } from "../protocol/endpoint.ts";
import type { RequestHead } from "../protocol/handshake.ts";
import type { Connection } from "./connection.ts";

/** Told by "sluice.connection.open". */
export interface ConnectionOpened {
  readonly connection: Connection;
  /** The handshake as it came: what `node:http` read. */
  readonly request: RequestHead & { readonly url?: string | undefined };
  /** The 101 as it was sent, up to its empty line: §4.2.2. One byte a character. */
  readonly response: string;
}

/** Told by "sluice.wire.received" and "sluice.wire.sent". */
export interface WireBytes {
  readonly connection: Connection;
  /**
   * Whole frames, parts of frames or several, as they were on the wire: masked by a client, not
   * yet checked, compressed if so agreed. They are for this call only, and not to be changed:
   * their memory is used again, so copy what is to be kept.
   */
  readonly bytes: Uint8Array;
}

/** Told by "sluice.wire.fin": this side sends nothing more. */
export interface WireFin {
  readonly connection: Connection;
  readonly from: "local" | "remote";
}

/** Told by "sluice.connection.close". */
export interface ConnectionEnded {
  readonly connection: Connection;
  readonly closure: Closure;
}

/** {@linkcode ConnectionOpened} */
export const connectionOpen: Channel = channel("sluice.connection.open");
/** {@linkcode ConnectionEnded} */
export const connectionClose: Channel = channel("sluice.connection.close");
/**
 * {@linkcode WireBytes}
 *
 * ```ts run
 * import { subscribe } from "node:diagnostics_channel";
 * import { serve, upgradeWebSocket } from "sluice";
 *
 * subscribe("sluice.wire.received", (message) => {
 *   const { bytes } = message as { readonly bytes: Uint8Array };
 *   console.log(Buffer.from(bytes).toString("hex")); // 818537fa213d7f9f4d5158: "Hello", §5.7
 * });
 * serve({ port: 0 }, (request) =>
 *   upgradeWebSocket(request, (connection) =>
 *     connection.forEach((message) => connection.write(message)),
 *   ).response,
 * );
 * ```
 */
export const wireReceived: Channel = channel("sluice.wire.received");
/** {@linkcode WireBytes} */
export const wireSent: Channel = channel("sluice.wire.sent");
/** {@linkcode WireFin} */
export const wireFin: Channel = channel("sluice.wire.fin");
