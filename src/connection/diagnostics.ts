// What Sluice tells whoever wants to look on: `node:diagnostics_channel`, under these names, which
// stay. Each is published in one way: `if (channel.hasSubscribers) channel.publish({ … })`, so that
// nothing is made for nobody.
//
//   sluice.upgrade.refused          a handshake got another answer  { status, reason, remoteAddr }
//   sluice.connection.open          the 101 has been written   { connection, request, response }
//   sluice.wire.received            bytes that one read brought     { connection, bytes }
//   sluice.wire.sent                bytes that one write takes      { connection, bytes }
//   sluice.wire.fin                 one side ended TCP (§7.1.1)     { connection, from }
//   sluice.frame.received, .sent    a header has passed   { connection, opcode, fin, rsv1, length }
//   sluice.connection.backpressure  one direction is held up, or goes on
//                                                         { connection, direction, active }
//   sluice.limit                    a limit was hit                 see LimitHit
//   sluice.connection.close         it is over (§7.1.4)             { connection, closure }
//
// A connection has one "open", then what happens to it, and one "close", which is the last; a
// handshake that leads to no connection has neither. Nobody is told message by message, and what is
// told of frames is read from the wire: what it costs while nobody listens is a field or two to
// look at for each read and each write of a socket.
//
// A subscriber is called in the middle of things and returns soon. What it throws touches no
// connection: Node reports it as an uncaught exception.

import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";
import type { Closure } from "../protocol/endpoint.ts";
import type { RequestHead } from "../protocol/handshake.ts";
import type { Connection, RemoteAddr } from "./connection.ts";

/**
 * Told by "sluice.upgrade.refused": of a handshake, and of a request that a handler took for one.
 * There is nothing in it of the URL, nor of headers what the client is not told either: they may
 * hold secrets.
 */
export interface UpgradeRefused {
  /** The HTTP status of the answer. */
  readonly status: number;
  /** Why, as the client is told; of errors and answers of a handler, only that they were such. */
  readonly reason: string;
  readonly remoteAddr: RemoteAddr;
}

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

/**
 * Told by "sluice.frame.received" and "sluice.frame.sent" of each frame whose header passes: of one
 * that was received before it is checked, of none in the reads behind a Close or a violation. A
 * connection that opened while nobody listened is not told of: in the middle of a stream there is
 * no telling where a frame begins.
 */
export interface FramePassed {
  readonly connection: Connection;
  /** 0 continuation, 1 text, 2 binary, 8 Close, 9 ping, 10 pong: §5.2. */
  readonly opcode: number;
  readonly fin: boolean;
  /** Whether its message is compressed: RFC 7692 §6. */
  readonly rsv1: boolean;
  /** Bytes of its payload, as they are on the wire. */
  readonly length: number;
}

/**
 * Told by "sluice.connection.backpressure". What has become active ends, at the latest before
 * "sluice.connection.close".
 */
export interface Backpressure {
  readonly connection: Connection;
  /**
   * "in": the socket is not read, since the inbox is full, messages come too fast, or all
   * connections hold too much. "out": it takes no bytes.
   */
  readonly direction: "in" | "out";
  readonly active: boolean;
}

/** Told by "sluice.limit". */
export interface LimitHit {
  /** The option that sets it, or "pings", of which 16 may be under way. */
  readonly name: string;
  /** Its value: bytes, milliseconds or a count. For "keepalive" interval and timeout together. */
  readonly limit: number;
  /** What was found: `limit` itself where a time ran out, or nobody looked how far beyond it is. */
  readonly found: number;
  /** `null` while there is none. */
  readonly connection: Connection | null;
  readonly remoteAddr: RemoteAddr;
  /**
   * The close code that came of it, 1006 where TCP was cut. It is `null` where `status` is not, and
   * where nothing came of it but a call that has rejected, or a pause of the socket.
   */
  readonly closeCode: number | null;
  /** The HTTP status that came of it, or `null`. */
  readonly status: number | null;
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
/** {@linkcode FramePassed} */
export const frameReceived: Channel = channel("sluice.frame.received");
/** {@linkcode FramePassed} */
export const frameSent: Channel = channel("sluice.frame.sent");
/** {@linkcode Backpressure} */
export const backpressure: Channel = channel("sluice.connection.backpressure");
/** {@linkcode LimitHit} */
export const limitHit: Channel = channel("sluice.limit");
/** {@linkcode UpgradeRefused} */
export const upgradeRefused: Channel = channel("sluice.upgrade.refused");
