// One connection under observation: what passes on it, and how full its channels are.

import { createHash } from "node:crypto";
import type { Connection } from "../connection/connection.ts";
import type { ConnectionOpened } from "../connection/diagnostics.ts";
import { connectionLimits } from "../connection/limits.ts";
import type { Closure } from "../protocol/endpoint.ts";
import { acceptKey, fieldValues, GUID } from "../protocol/handshake.ts";
import { FrameSplitter } from "./frame_splitter.ts";
import type { WireFrame } from "./frame_splitter.ts";
import type { AcceptSteps, ChannelLimits, Fill, Lane, StatsEvent } from "./wire_event.ts";
import type { WireQueue } from "./wire_queue.ts";

/** Where a connection is observed. */
export interface WireLanePlace {
  /** Of the connection, among those of its view. */
  readonly number: number;
  readonly queue: WireQueue;
  /** When the view began: `performance.now()`. */
  readonly begin: number;
}

/** Puts what happens on a connection into the queue of a view. */
export class WireLane {
  readonly connection: Connection;
  readonly lane: Lane;
  readonly #number: number;
  readonly #queue: WireQueue;
  readonly #begin: number;
  readonly #fromClient = new FrameSplitter();
  readonly #fromServer = new FrameSplitter();
  readonly #peaks = new Peaks();
  #told = "";

  /** @param place Which connection of which view it is. */
  constructor(lane: Lane, opened: ConnectionOpened, { number, queue, begin }: WireLanePlace) {
    this.connection = opened.connection;
    this.lane = lane;
    this.#number = number;
    this.#queue = queue;
    this.#begin = begin;
    const { response } = opened;
    const request = requestText(opened.request);
    const accept = acceptSteps(opened.request);
    const at = this.#now();
    const size = 2 * (request.length + response.length);
    const limits = channelLimits();
    const told = { event: "open", lane, at, request, response, accept, limits } as const;
    queue.push(() => ({ ...told, connection: number }), size);
  }

  received(bytes: Uint8Array): void {
    this.#frames("client", this.#fromClient.push(bytes));
  }

  sent(bytes: Uint8Array): void {
    this.#frames("server", this.#fromServer.push(bytes));
  }

  fin(from: "client" | "server"): void {
    const at = this.#now();
    this.#queue.push(() => ({ event: "fin", connection: this.#number, at, from }));
  }

  ended({ cause, ...closure }: Closure): void {
    const at = this.#now();
    const why = cause instanceof Error ? cause.message : null;
    const closed = { ...closure, cause: why };
    this.tellStats();
    const connection = this.#number;
    this.#queue.push(() => ({ event: "close", connection, at, closure: closed }));
  }

  /** The state of the channels, if it is another one than the last time. */
  tellStats(): void {
    const { inbox, outbox, paused } = this.connection.stats();
    const fills = this.#peaks.take(inbox, outbox);
    const stats: StatsEvent = { event: "stats", connection: this.#number, ...fills, paused };
    const text = JSON.stringify(stats);
    if (text === this.#told) return;
    this.#told = text;
    this.#queue.push(() => stats);
  }

  #frames(from: "client" | "server", frames: readonly WireFrame[]): void {
    const { inbox, outbox } = this.connection.stats();
    this.#peaks.note(inbox, outbox);
    for (const frame of frames) {
      this.#queue.pushFrame(frame, () => {
        const { number, size, kept } = frame;
        const at = frame.at - this.#begin;
        const bytes = Buffer.from(kept).toString("hex");
        const connection = this.#number;
        return { event: "frame", connection, at, from, number, size, bytes };
      });
    }
  }

  #now(): number {
    return performance.now() - this.#begin;
  }
}

/** What a channel holds. */
interface Level {
  readonly messages: number;
  readonly size: number;
}

/** The most that both channels held between two looks: a burst is over before the next one. */
class Peaks {
  #inbox: Level = { messages: 0, size: 0 };
  #outbox: Level = { messages: 0, size: 0 };

  note(inbox: Level, outbox: Level): void {
    this.#inbox = higher(this.#inbox, inbox);
    this.#outbox = higher(this.#outbox, outbox);
  }

  /** The levels now with the peaks up to now, from which the next peaks are counted. */
  take(inbox: Level, outbox: Level): { readonly inbox: Fill; readonly outbox: Fill } {
    this.note(inbox, outbox);
    const fills = { inbox: fill(inbox, this.#inbox), outbox: fill(outbox, this.#outbox) };
    this.#inbox = inbox;
    this.#outbox = outbox;
    return fills;
  }
}

function higher(a: Level, b: Level): Level {
  return { messages: Math.max(a.messages, b.messages), size: Math.max(a.size, b.size) };
}

function fill(now: Level, peak: Level): Fill {
  return { ...now, messagesPeak: peak.messages, sizePeak: peak.size };
}

/** Those of a connection with no options, as /ws has them. */
function channelLimits(): ChannelLimits {
  const limits = connectionLimits();
  return {
    inbox: { messages: limits.inboxMessagesMax, size: limits.inboxSizeMax },
    outbox: { messages: limits.outboxMessagesMax, size: limits.outboxSizeMax },
  };
}

/** The head as it came: what `node:http` does not tell is the white space around a value. */
function requestText(request: ConnectionOpened["request"]): string {
  const { method, url, httpVersion, rawHeaders } = request;
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    head += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  }
  return `${head}\r\n`;
}

function acceptSteps(request: ConnectionOpened["request"]): AcceptSteps {
  const [key] = fieldValues(request, "sec-websocket-key");
  const sha1 = createHash("sha1").update(key + GUID).digest("hex");
  return { key, guid: GUID, sha1, accept: acceptKey(key) };
}
