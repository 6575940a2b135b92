// What one server has done so far, and what it holds: for `server.stats()`. An open connection
// keeps its own counts and is asked for them; what it had at its end is added to what has ended.

import type { CompressionStats } from "../connection/compression.ts";
import type { RemoteAddr } from "../connection/connection.ts";
import { Counts } from "../connection/counts.ts";
import { upgradeRefused } from "../connection/diagnostics.ts";
import type { LimitHit } from "../connection/diagnostics.ts";
import type { ConnectionList, Lifecycle } from "../connection/lifecycle.ts";
import { countLimitHit } from "../connection/limit_hit.ts";
import { statsOf } from "../connection/stats.ts";
import type { ConnectionStats } from "../connection/stats.ts";

/** What went one way. */
interface Traffic {
  /** Data messages that arrived, or were handed to the socket. */
  readonly messages: number;
  /** Bytes behind the opening handshake, with all that is around the messages. */
  readonly bytes: number;
}

/**
 * What a server holds, and what it has done since it began: plain numbers, in which connections
 * that have ended are counted too. Records have no entry for what has not happened.
 */
export interface ServerStats {
  readonly connections: {
    readonly open: number;
    /** All that were ever open. */
    readonly opened: number;
    /**
     * Those that have ended, by the code that `connection.closed` reports: of the peer's Close,
     * 1005 when it had none, 1006 when no Close came (§7.1.5). "3000-3999" and "4000-4999" are
     * counted together, since a peer may choose among them.
     */
    readonly closed: Readonly<Record<string, number>>;
    /** The same, by the code of the Close that we sent. */
    readonly closesSent: Readonly<Record<string, number>>;
    /** Open ones whose socket is not read for now; or takes no bytes. */
    readonly paused: { readonly in: number; readonly out: number };
  };
  readonly upgrades: {
    /** Handshakes that wait for their handler. */
    readonly pending: number;
    /** Those that got another answer than 101, by its status. */
    readonly refused: Readonly<Record<string, number>>;
    /** Those whose client went before it was answered. */
    readonly abandoned: number;
  };
  readonly in: Traffic;
  readonly out: Traffic;
  /** Bytes of the messages that were compressed, before and after. */
  readonly compression: { readonly in: CompressionStats; readonly out: CompressionStats };
  /** What the inboxes and outboxes of open connections are charged, in bytes. */
  readonly held: { readonly inboxes: number; readonly outboxes: number };
  /** How often each limit was hit, by the name of its option. */
  readonly limitHits: Readonly<Record<string, number>>;
}

/** The part that grows only. */
type Total = Pick<ServerStats, "in" | "out" | "compression">;

const NOTHING: Total = {
  in: { messages: 0, bytes: 0 },
  out: { messages: 0, bytes: 0 },
  compression: { in: { before: 0, after: 0 }, out: { before: 0, after: 0 } },
};

/** Keeps the counts of one server. */
export class Tally implements ConnectionList {
  readonly #open = new Set<Lifecycle>();
  #opened = 0;
  #ended: Total = NOTHING;
  readonly #closed = new Counts();
  readonly #closesSent = new Counts();
  readonly #refused = new Counts();
  #abandoned = 0;
  readonly #limitHits = new Counts();

  /** The connections that are open. */
  get connections(): ReadonlySet<Lifecycle> {
    return this.#open;
  }

  add(connection: Lifecycle): void {
    this.#open.add(connection);
    this.#opened++;
  }

  delete(connection: Lifecycle): void {
    this.#open.delete(connection);
    this.#ended = plus(this.#ended, statsOf(connection));
    const closure = connection.closure!; // it has ended
    const { limitHits } = connection.observed;
    if (limitHits !== null) this.#limitHits.addAll(limitHits);
    this.#closed.add(codeName(closure.code));
    if (closure.sent !== null) this.#closesSent.add(codeName(closure.sent.code));
  }

  /** A handshake, or what a handler took for one, got another answer than 101. */
  refused(status: number, reason: string, remoteAddr: RemoteAddr): void {
    this.#refused.add(String(status));
    tellRefusal(status, reason, remoteAddr);
  }

  /** The client of a handshake went before it was answered. */
  abandoned(): void {
    this.#abandoned++;
  }

  /** A limit was hit that is not, or not yet, one of a connection. */
  limitHit(hit: Omit<LimitHit, "connection" | "closeCode">): void {
    countLimitHit(this.#limitHits, { ...hit, connection: null, closeCode: null });
  }

  /** Takes time for each connection that is open: a millisecond for some thousands. */
  stats(pending: number): ServerStats {
    let total = this.#ended;
    const limitHits = new Counts();
    limitHits.addAll(this.#limitHits);
    const paused = { in: 0, out: 0 };
    const held = { inboxes: 0, outboxes: 0 };
    for (const connection of this.#open) {
      const stats = statsOf(connection);
      total = plus(total, stats);
      const { observed } = connection;
      if (observed.limitHits !== null) limitHits.addAll(observed.limitHits);
      if (stats.paused) paused.in++;
      if (observed.isStalled) paused.out++;
      held.inboxes += stats.inbox.size;
      held.outboxes += stats.outbox.size;
    }
    return {
      connections: {
        open: this.#open.size,
        opened: this.#opened,
        closed: this.#closed.toRecord(),
        closesSent: this.#closesSent.toRecord(),
        paused,
      },
      upgrades: { pending, refused: this.#refused.toRecord(), abandoned: this.#abandoned },
      ...total,
      held,
      limitHits: limitHits.toRecord(),
    };
  }
}

/** Tells observers of a handshake that was refused. */
export function tellRefusal(status: number, reason: string, remoteAddr: RemoteAddr): void {
  if (upgradeRefused.hasSubscribers) upgradeRefused.publish({ status, reason, remoteAddr });
}

function plus(total: Total, { received, sent, compression }: ConnectionStats): Total {
  return {
    in: sum(total.in, received),
    out: sum(total.out, sent),
    compression:
      compression === null
        ? total.compression
        : {
            in: saved(total.compression.in, compression.received),
            out: saved(total.compression.out, compression.sent),
          },
  };
}

function sum(one: Traffic, other: Traffic): Traffic {
  return { messages: one.messages + other.messages, bytes: one.bytes + other.bytes };
}

function saved(one: CompressionStats, other: CompressionStats): CompressionStats {
  return { before: one.before + other.before, after: one.after + other.after };
}

/** §7.4.2 [B54]: of what libraries and programs define for themselves there may be thousands. */
function codeName(code: number): string {
  return code < 3000 ? String(code) : code < 4000 ? "3000-3999" : "4000-4999";
}
