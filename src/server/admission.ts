// Who may come in: bounds on the handshakes that wait for their handler, on the connections of the
// server, and on those of one address. They are looked at before any handler is asked, so that a
// crowd at the door costs no more than the door.

import { Budget } from "../connection/budget.ts";
import { systemClock } from "../connection/clock.ts";
import type { Lifecycle } from "../connection/lifecycle.ts";
import { HandshakeError } from "../protocol/handshake_error.ts";
import type { Addr } from "./address.ts";
import type { LazyAbortController } from "./lazy_abort_controller.ts";
import type { ServerLimits } from "./limits.ts";
import type { Tally } from "./tally.ts";

/** A handshake that waits for its handler, and then perhaps its connection. */
export interface Admitted {
  /** Gives it up. */
  readonly gone: LazyAbortController;
  readonly address: string;
}

/** Keeps count of one server's WebSocket connections, from the handshake on. */
export class Admission {
  /** What its connections may hold together; `null`: there is no limit. */
  readonly budget: Budget | null;
  readonly #limits: ServerLimits;
  readonly #tally: Tally;
  readonly #waiting = new Set<Admitted>();
  readonly #byAddress = new Map<string, number>();
  #isClosed = false;

  /** @param tally Where open connections are listed. */
  constructor(limits: ServerLimits, tally: Tally) {
    this.#limits = limits;
    this.#tally = tally;
    const { buffersSizeMax } = limits;
    this.budget = buffersSizeMax === Infinity ? null : new Budget(buffersSizeMax, systemClock);
  }

  /** The connections that are open. */
  get connections(): ReadonlySet<Lifecycle> {
    return this.#tally.connections;
  }

  /** Handshakes that wait for their handler. */
  get pending(): number {
    return this.#waiting.size;
  }

  /**
   * Lets a handshake from `addr` wait for its handler.
   *
   * @throws {HandshakeError} 503 when the server is full or goes away, 429 when the address has as
   * many connections as it may.
   */
  begin(gone: LazyAbortController, addr: Addr): Admitted {
    const { pendingUpgradesMax, connectionsMax, connectionsPerAddressMax } = this.#limits;
    if (this.#isClosed) throw unavailable("the server is shutting down");
    if (this.pending >= pendingUpgradesMax) {
      this.#hit("pendingUpgradesMax", this.pending, 503, addr);
      throw unavailable("too many handshakes wait (pendingUpgradesMax)");
    }
    const connections = this.pending + this.connections.size;
    if (connections >= connectionsMax) {
      this.#hit("connectionsMax", connections, 503, addr);
      throw unavailable("the server has as many connections as it takes (connectionsMax)");
    }
    const address = connectionsPerAddressMax === Infinity ? "" : networkOf(addr);
    if (address !== "") {
      const count = this.#byAddress.get(address) ?? 0;
      if (count >= connectionsPerAddressMax) {
        this.#hit("connectionsPerAddressMax", count, 429, addr);
        const text = "this address has as many connections as it may (connectionsPerAddressMax)";
        throw unavailable(text, 429);
      }
      this.#byAddress.set(address, count + 1);
    }
    const admitted = { gone, address };
    this.#waiting.add(admitted);
    return admitted;
  }

  /** It waits no more: `connection` is what it led to, if it led to one. */
  end(admitted: Admitted, connection: Lifecycle | null): void {
    this.#waiting.delete(admitted);
    const { address } = admitted;
    if (connection !== null) connection.listIn(this.#tally);
    if (this.budget !== null) connection?.shareIn(this.budget);
    if (address === "") return;
    if (connection === null) this.#leave(address);
    else void connection.closed.then(() => this.#leave(address));
  }

  /** Lets nobody in any more, and gives up those that wait. */
  close(reason: Error): void {
    this.#isClosed = true;
    for (const { gone } of this.#waiting) gone.abort(reason);
  }

  /** One more would be beyond the limit. */
  #hit(name: keyof ServerLimits, count: number, status: number, remoteAddr: Addr): void {
    const limit = this.#limits[name];
    this.#tally.limitHit({ name, limit, found: count + 1, status, remoteAddr });
  }

  #leave(address: string): void {
    const count = this.#byAddress.get(address)! - 1;
    if (count === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, count);
  }
}

/** What one client has to himself: an address of IPv4, 64 bits of one of IPv6 (RFC 6177 §2). */
function networkOf(addr: Addr): string {
  if (addr.transport === "unix") return "";
  const { hostname } = addr;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(hostname)?.[1];
  if (mapped !== undefined || !hostname.includes(":")) return mapped ?? hostname;
  const [head, tail] = hostname.split("%")[0].split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const rest = tail?.split(":").filter((group) => group !== "") ?? [];
  while (groups.length + rest.length < 8) groups.push("0");
  return `${[...groups, ...rest].slice(0, 4).join(":")}::/64`;
}

function unavailable(what: string, status = 503): HandshakeError {
  return new HandshakeError(`Cannot upgrade: ${what}`, status, { "Retry-After": "1" });
}
