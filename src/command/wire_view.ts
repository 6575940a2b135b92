// What one page sees of its connections, over a WebSocket of its own; and what it asks for there:
//
//   { "ask": "pace", "ms": 20 }               the handler takes so long for each message
//   { "ask": "ping", "lane": "browser" }      the server sends a Ping
//   { "ask": "close", "lane": "browser", "code": 1001, "reason": "" }    the server closes
//   { "ask": "dial" }                         a raw client connects, if none is connected
//   { "ask": "fin" | "reset" | "pause" | "resume" }    what the raw client does with TCP
//   bytes                                     the raw client sends them, as they are

import { tick } from "../channel/mod.ts";
import type { Connection } from "../connection/connection.ts";
import type { ConnectionOpened } from "../connection/diagnostics.ts";
import type { Addr } from "../server/address.ts";
import { LoopbackClient } from "./loopback_client.ts";
import type { LoopbackAct } from "./loopback_client.ts";
import type { Lane } from "./wire_event.ts";
import { WireLane } from "./wire_lane.ts";
import { WireQueue } from "./wire_queue.ts";

/** How often the page learns how full the channels are. */
const STATS_EVERY_MS = 100;

/** Between two messages: nobody reads more frames, and the observed are to have the processor. */
const BATCH_EVERY_MS = 25;

const PACE_MAX_MS = 1000;
const ACTS: readonly string[] = ["fin", "reset", "pause", "resume"];

/** What a page may ask for; each field is to be checked. */
interface Ask {
  readonly ask?: unknown;
  readonly lane?: unknown;
  readonly ms?: unknown;
  readonly code?: unknown;
  readonly reason?: unknown;
}

/** One page's view. */
export class WireView {
  /** Milliseconds that the handler of the page's connections takes for each message. */
  paceMs = 0;
  readonly #page: Connection;
  readonly #addr: () => Addr;
  readonly #target: string;
  readonly #begin = performance.now();
  readonly #queue = new WireQueue();
  readonly #lanes = new Map<Connection, WireLane>();
  readonly #timer: NodeJS.Timeout;
  #raw: Promise<LoopbackClient | null> = Promise.resolve(null);
  #connections = 0;
  #isSending = false;

  /**
   * @param page Where the page is told what happens.
   * @param addr Where the server listens.
   * @param target What the raw client asks for.
   */
  constructor(page: Connection, addr: () => Addr, target: string) {
    this.#page = page;
    this.#addr = addr;
    this.#target = target;
    this.#timer = setInterval(() => {
      for (const lane of this.#lanes.values()) lane.tellStats();
      this.happened();
    }, STATS_EVERY_MS);
  }

  /** Connections that it sees now. */
  get lanes(): number {
    return this.#lanes.size;
  }

  /** Does what the page asks for, until it is gone. */
  async serve(): Promise<void> {
    try {
      for await (const message of this.#page) {
        if (typeof message === "string") await this.#answer(message);
        else this.#say(await this.#raw, message);
      }
    } finally {
      clearInterval(this.#timer);
      this.#lanes.clear();
      (await this.#raw)?.act("reset");
    }
  }

  /** A connection has opened that is this page's. */
  observe(lane: Lane, opened: ConnectionOpened): WireLane {
    const place = { number: this.#connections++, queue: this.#queue, begin: this.#begin };
    const observed = new WireLane(lane, opened, place);
    this.#lanes.set(opened.connection, observed);
    this.happened();
    return observed;
  }

  /** The connection is over. */
  forget(connection: Connection): void {
    this.#lanes.delete(connection);
    this.happened();
  }

  /** There may be something to tell: all of this turn of the event loop together. */
  happened(): void {
    if (this.#isSending || this.#queue.isEmpty) return;
    this.#isSending = true;
    setImmediate(() => void this.#send());
  }

  /**
   * A page that does not take it makes `write()` wait, and what it takes is only so much in a
   * second: meanwhile the queue drops what is old.
   */
  async #send(): Promise<void> {
    const pause = tick(BATCH_EVERY_MS);
    let isThere = true;
    while (isThere && !this.#queue.isEmpty) {
      const written = this.#page.write(JSON.stringify(this.#queue.take()));
      isThere = await written.then(() => true, () => false); // a page that closes takes nothing
      await pause.receive();
    }
    this.#isSending = false;
  }

  async #answer(text: string): Promise<void> {
    const asked = readAsk(text);
    const { ask, ms, code, reason } = asked;
    if (ask === "dial") {
      await this.#redial();
    } else if (ask === "pace" && typeof ms === "number" && ms >= 0 && ms <= PACE_MAX_MS) {
      this.paceMs = ms;
    } else if (ask === "ping") {
      void this.#connection(asked.lane)?.ping();
    } else if (ask === "close" && typeof code === "number" && typeof reason === "string") {
      this.#close(asked.lane, code, reason);
    } else if (typeof ask === "string" && ACTS.includes(ask)) {
      (await this.#raw)?.act(ask as LoopbackAct);
    } else {
      this.#refuse(`there is no way to ${JSON.stringify(asked).slice(0, 80)}`);
    }
  }

  #close(lane: unknown, code: number, reason: string): void {
    try {
      void this.#connection(lane)?.close(code, reason);
    } catch (error) {
      this.#refuse((error as Error).message);
    }
  }

  #say(raw: LoopbackClient | null, bytes: Uint8Array): void {
    try {
      raw?.send(bytes);
    } catch (error) {
      this.#refuse((error as Error).message);
    }
  }

  /** One that reads nothing does not learn that its connection has ended: the server knows. */
  async #redial(): Promise<void> {
    const raw = await this.#raw;
    if (raw?.isOpen === true && this.#connection("raw") !== undefined) return;
    raw?.act("reset");
    this.#raw = this.#dial();
  }

  async #dial(): Promise<LoopbackClient | null> {
    try {
      return await LoopbackClient.dial(this.#addr(), this.#target);
    } catch (error) {
      this.#refuse(`Cannot connect the raw client: ${(error as Error).message}`);
      return null;
    }
  }

  #refuse(why: string): void {
    this.#queue.push(() => ({ event: "refused", why }), why.length);
    this.happened();
  }

  #connection(lane: unknown): Connection | undefined {
    return [...this.#lanes.values()].find((one) => one.lane === lane)?.connection;
  }
}

function readAsk(text: string): Ask {
  try {
    return Object(JSON.parse(text)) as Ask;
  } catch {
    return {};
  }
}
