// All pages that look at their connections: each opens /wire?view=ID, and then /ws?view=ID. The
// library tells of every connection; here it is found whose it is. While nobody looks, nobody
// listens, and the server does nothing more than another.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Connection } from "../connection/connection.ts";
import type { ConnectionEnded, ConnectionOpened } from "../connection/diagnostics.ts";
import type { WireBytes, WireFin } from "../connection/diagnostics.ts";
import type { Addr } from "../server/address.ts";
import { upgradeWebSocket } from "../server/upgrade.ts";
import type { WireLane } from "./wire_lane.ts";
import { WireView } from "./wire_view.ts";

const VIEWS_MAX = 64;

/** What a page draws by lot: 16 bytes in hex. Who does not know it sees nothing. */
const ID = /^[0-9a-f]{32}$/;

/** The messages that a raw client's page may send at once. */
const MESSAGE_SIZE_MAX = 4 * 1024 * 1024;

/** Connections that one page sees: others that name its view are nobody's. */
const LANES_MAX = 32;

interface Observed {
  readonly view: WireView;
  readonly lane: WireLane;
}

/** The views of one server. */
export class WireViews {
  readonly #addr: () => Addr;
  readonly #views = new Map<string, WireView>();
  readonly #observed = new Map<Connection, Observed>();
  readonly #listeners: Readonly<Record<string, (message: unknown) => void>> = {
    "sluice.connection.open": (message) => this.#opened(message as ConnectionOpened),
    "sluice.wire.received": (message) => {
      const { connection, bytes } = message as WireBytes;
      this.#tell(connection, (lane) => lane.received(bytes));
    },
    "sluice.wire.sent": (message) => {
      const { connection, bytes } = message as WireBytes;
      this.#tell(connection, (lane) => lane.sent(bytes));
    },
    "sluice.wire.fin": (message) => {
      const { connection, from } = message as WireFin;
      this.#tell(connection, (lane) => lane.fin(from === "local" ? "server" : "client"));
    },
    "sluice.connection.close": (message) => {
      const { connection, closure } = message as ConnectionEnded;
      this.#tell(connection, (lane) => lane.ended(closure));
      this.#observed.get(connection)?.view.forget(connection);
      this.#observed.delete(connection);
    },
  };

  /** @param addr Where the server listens, once it does. */
  constructor(addr: () => Addr) {
    this.#addr = addr;
  }

  /** Answers a page that wants to see what happens on its connections. */
  watch(request: Request): Response {
    const id = viewOf(request.url);
    if (!ID.test(id) || this.#views.has(id)) {
      return new Response("view must be 32 hex digits, and new\n", { status: 400 });
    }
    if (this.#views.size >= VIEWS_MAX) {
      return new Response(`${VIEWS_MAX} pages look already\n`, { status: 503 });
    }
    const limits = { messageSizeMax: MESSAGE_SIZE_MAX };
    return upgradeWebSocket(request, { limits }, (connection) => this.#serve(id, connection))
      .response;
  }

  /** Milliseconds that the page behind `request` wants its handler to take for each message. */
  paceOf(request: Request): () => number {
    const view = this.#views.get(viewOf(request.url));
    return () => view?.paceMs ?? 0;
  }

  /** Called in the turn of the event loop in which `watch()` has found that the view is new. */
  async #serve(id: string, page: Connection): Promise<void> {
    if (this.#views.size === 0) this.#listen(subscribe);
    const view = new WireView(page, this.#addr, `/ws?view=${id}&client=raw`);
    this.#views.set(id, view);
    try {
      await view.serve();
    } finally {
      this.#views.delete(id);
      for (const [connection, observed] of this.#observed) {
        if (observed.view === view) this.#observed.delete(connection);
      }
      if (this.#views.size === 0) this.#listen(unsubscribe);
    }
  }

  #listen(change: (name: string, listener: (message: unknown) => void) => unknown): void {
    for (const [name, listener] of Object.entries(this.#listeners)) change(name, listener);
  }

  #opened(opened: ConnectionOpened): void {
    const { pathname, searchParams } = urlOf(opened.request.url as string); // a server's has it
    const view = this.#views.get(searchParams.get("view") ?? "");
    if (view === undefined || pathname !== "/ws" || view.lanes >= LANES_MAX) return;
    const lane = view.observe(searchParams.get("client") === "raw" ? "raw" : "browser", opened);
    this.#observed.set(opened.connection, { view, lane });
  }

  #tell(connection: Connection, tell: (lane: WireLane) => void): void {
    const observed = this.#observed.get(connection);
    if (observed === undefined) return;
    tell(observed.lane);
    observed.view.happened();
  }
}

function viewOf(url: string): string {
  return urlOf(url).searchParams.get("view") ?? "";
}

/** Of a target or a URL: the server has seen to it that it is one. */
function urlOf(target: string): URL {
  return new URL(target, "http://localhost");
}
