// Two connections that talk to each other, in memory: real frames, real masks, the real closing
// handshake, the same queues and limits; only the socket is missing.
//
//   client: Connection --> masking --> wire --> server: Connection
//              ^                                     |
//              +-------------- wire <----------------+

import type { Connection } from "../connection/connection.ts";
import { openEnd } from "./end.ts";
import type { EndOptions, HandlerOptions, SharedOptions } from "./end.ts";
import { settled } from "./settled.ts";
import { wire, wireClock } from "./wire.ts";
import type { WireOptions } from "./wire.ts";
import { WireLog } from "./wire_log.ts";

/** Options of {@linkcode connectionPair}: those of an end are for both. */
export interface PairOptions
  extends WireOptions, SharedOptions, EndOptions, HandlerOptions {
  /** What is different for the client's end. */
  readonly client?: EndOptions;
  /** What is different for the server's end. */
  readonly server?: EndOptions;
}

/** What {@linkcode connectionPair} makes. */
export interface ConnectionPair extends AsyncDisposable {
  /** The end of the one who has connected: it masks (§5.3), and waits with FIN (§7.1.1). */
  readonly client: Connection;
  /** The end that `upgradeWebSocket()` hands to a handler. */
  readonly server: Connection;
  /** The bytes that went over the wire. */
  readonly wire: WireLog;
  /**
   * Fulfils when nothing moves any more without time that passes: all that was sent has arrived or
   * waits in front of somebody who does not read, and eight turns of the event loop have not
   * changed it.
   */
  settled(): Promise<void>;
  /** Cuts both ends: so `await using` leaves nothing behind. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Two connections, open and connected to each other in memory.
 *
 * ```ts run
 * import { connectionPair } from "sluice/testing";
 *
 * const { client, server, wire } = connectionPair({ chunking: 1 });
 * await client.write("Hello");
 * console.log(await server.read()); // Hello, although it came in eleven pieces
 * console.log(wire.sent("client").length); // 11: it is masked
 * await client.close();
 * ```
 *
 * @throws {TypeError | RangeError} When an option means nothing.
 */
export function connectionPair(options: PairOptions = {}): ConnectionPair {
  const { clock = wireClock() } = options;
  const log = new WireLog();
  const [clientEnd, serverEnd] = wire(options, clock, log);
  const client = openEnd("client", clientEnd, merged(options, options.client));
  const server = openEnd("server", serverEnd, merged(options, options.server));
  return {
    client,
    server,
    wire: log,
    settled: () => settled(clock),
    [Symbol.asyncDispose]: async () => {
      client.terminate();
      server.terminate();
      await Promise.all([client.closed, server.closed]);
    },
  };
}

/** Of the limits, too, one end may have some of its own. */
function merged(options: PairOptions, own: EndOptions = {}): PairOptions {
  return { ...options, ...own, limits: { ...options.limits, ...own.limits } };
}
