// One end of a wire as a connection: the same class, the same queues, limits and timers as behind a
// socket. The end of the client masks: §5.3.

import type { Clock } from "../connection/clock.ts";
import { Compression } from "../connection/compression.ts";
import { Connection } from "../connection/connection.ts";
import type { RemoteAddr } from "../connection/connection.ts";
import type { KeepaliveOptions } from "../connection/keepalive.ts";
import { Lifecycle } from "../connection/lifecycle.ts";
import { connectionLimits } from "../connection/limits.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { MaskingTransport } from "../connection/masking.ts";
import { runHandler } from "../connection/run_handler.ts";
import { print } from "../connection/thrown.ts";
import type { ConnectionHandler } from "../connection/run_handler.ts";
import type { Transport, TransportEvents } from "../connection/transport.ts";
import { compressionSettings } from "../message/compression.ts";
import type { CompressionOptions } from "../message/compression.ts";
import { parseExtensions } from "../message/extension.ts";
import { negotiate } from "../message/negotiate.ts";
import type { TextForm } from "../message/text_bytes.ts";
import { Random } from "./random.ts";
import { endClock } from "./wire.ts";
import type { End } from "./wire_log.ts";

/** What may differ between two ends: the options of `upgradeWebSocket()`. */
export interface EndOptions {
  /** The bounds of the connection. */
  readonly limits?: Partial<ConnectionLimits>;
  /** When to ask a silent peer whether it lives. Default here: `false`, never. */
  readonly keepalive?: KeepaliveOptions | false;
  /** How text messages are handed over. Default: "string". */
  readonly text?: TextForm;
  /** Where this end sees its peer. Default: an address of RFC 5737, which is nobody's. */
  readonly remoteAddr?: RemoteAddr;
}

/** What both ends have in common: a time, and what a handshake agrees on. */
export interface SharedOptions {
  /**
   * The time of both ends and of the wire between them. Default: that of the machine, on which a
   * time-out of up to 10 s keeps the process alive until it is over.
   */
  readonly clock?: Clock;
  /** The subprotocol that both speak: §1.9. Default: "". */
  readonly protocol?: string;
  /** As for `upgradeWebSocket()`; the client offers all there is. Default: false. */
  readonly compression?: boolean | CompressionOptions;
  /** Of the masking keys: the same seed, the same bytes on the wire. Default: 0. */
  readonly seed?: number;
}

/** What to do with the server's end. */
export interface HandlerOptions {
  /**
   * Run with the server's end as `upgradeWebSocket()` runs it: when it returns the connection is
   * closed with 1000, when it throws with 1011, and that the connection was lost is no error.
   */
  readonly handler?: ConnectionHandler;
  /** Told what the handler threw, once. Default: `console.error`. */
  readonly onError?: (error: unknown) => void;
}

/** A transport that waits to be told whom to tell. */
export interface AttachableTransport extends Transport {
  attach(events: TransportEvents): void;
}

/** Where each sees its peer. */
const ADDRESSES: Readonly<Record<End, RemoteAddr>> = {
  client: { transport: "tcp", hostname: "192.0.2.2", port: 80 },
  server: { transport: "tcp", hostname: "192.0.2.1", port: 50000 },
};

/** What a client offers that can everything: RFC 7692 §7.1. */
const OFFER = "permessage-deflate; client_max_window_bits";

/** Opens a connection at this end of a wire, or of what else there is in place of a socket. */
export function openEnd(
  role: End,
  end: AttachableTransport,
  options: SharedOptions & EndOptions & HandlerOptions,
): Connection {
  const { clock = endClock(), protocol = "", seed = 0 } = options;
  const { keepalive = false, text = "string", remoteAddr = ADDRESSES[role] } = options;
  const limits = connectionLimits(options.limits);
  const compression = agreed(options.compression, role);
  const lifecycle = new Lifecycle({ limits, keepalive, clock, role, compression, text });
  const { closeTimeoutMs } = limits;
  const connection = new Connection(lifecycle, { protocol, remoteAddr, closeTimeoutMs });
  lifecycle.open(role === "client" ? new MaskingTransport(end, keysFrom(seed)) : end);
  end.attach(lifecycle);
  const { handler, onError = print } = options;
  if (role === "server" && handler) runHandler(handler, connection, lifecycle, onError);
  return connection;
}

/** Masking keys that a seed repeats; on a real wire nobody may foresee them (§10.3). */
export function keysFrom(seed: number): () => number {
  const random = new Random(seed);
  return () => random.below(2 ** 32);
}

function agreed(compression: SharedOptions["compression"], role: End): Compression | null {
  if (compression === undefined || compression === false) return null;
  const settings = compressionSettings(compression === true ? {} : compression);
  const negotiated = negotiate(parseExtensions(OFFER), settings)!; // which leaves all to them
  return new Compression(negotiated, settings, role);
}
