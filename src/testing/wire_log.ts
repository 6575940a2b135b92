// What went over a wire, byte for byte, as a packet sniffer would have it.

import { Buffer } from "node:buffer";

/** The two ends of a connection. */
export type End = "client" | "server";

/** So much of each direction is kept. A test that sends more should not look at all of it. */
const SIZE_MAX = 16 * 1024 * 1024;

/** Keeps what one end has sent. */
class Direction {
  parts: Uint8Array[] = [];
  size = 0;
  taken = 0; // parts that were shown by take()
  isOver = false;
}

/**
 * The bytes of both directions: what a client sends is masked, as on any wire (§5.3).
 *
 * ```ts run
 * import { explain } from "sluice/frame";
 * import { connectionPair } from "sluice/testing";
 *
 * const { client, server, wire } = connectionPair();
 * await client.write("Hello");
 * await server.read();
 * console.log(explain(wire.sent("client"), { role: "server" })); // bit by bit
 * ```
 */
export class WireLog {
  readonly #client = new Direction();
  readonly #server = new Direction();

  /** @internal `from` has sent these bytes. */
  add(from: End, bytes: Uint8Array): void {
    const direction = this.#of(from);
    direction.size += bytes.length;
    if (direction.size > SIZE_MAX) direction.isOver = true;
    else direction.parts.push(bytes);
  }

  /**
   * All that this end has sent so far.
   *
   * @throws {RangeError} When it is more than 16 MiB: only so much is kept.
   */
  sent(by: End): Uint8Array {
    return shown(this.#of(by), 0);
  }

  /** What this end has sent since the last call. Throws as {@linkcode WireLog.sent} does. */
  take(by: End): Uint8Array {
    const direction = this.#of(by);
    const bytes = shown(direction, direction.taken);
    direction.taken = direction.parts.length;
    return bytes;
  }

  /** How many bytes this end has sent so far, however many there are. */
  size(by: End): number {
    return this.#of(by).size;
  }

  #of(end: End): Direction {
    return end === "client" ? this.#client : this.#server;
  }
}

function shown({ parts, size, isOver }: Direction, from: number): Uint8Array {
  if (isOver) {
    throw new RangeError(`Cannot show the wire: ${size} bytes were sent, ${SIZE_MAX} are kept`);
  }
  return new Uint8Array(Buffer.concat(parts.slice(from)));
}
