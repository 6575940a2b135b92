// What the wire view tells its page: arrays of these, as JSON. Times are in milliseconds since the
// view began, bytes are hex.

import type { Closure } from "../protocol/endpoint.ts";

/** Which of the two connections of a page: its `WebSocket`, or the raw client that serves it. */
export type Lane = "browser" | "raw";

/** One thing that happened. */
export type WireEvent =
  | OpenEvent
  | FrameEvent
  | FinEvent
  | CloseEvent
  | StatsEvent
  | GapEvent
  | RefusedEvent;

/** The opening handshake: §4. */
export interface OpenEvent {
  readonly event: "open";
  /** Its number, by which the other events mean it. */
  readonly connection: number;
  readonly lane: Lane;
  readonly at: number;
  /** Both heads, as on the wire. */
  readonly request: string;
  readonly response: string;
  /** How the accept key comes about: §4.2.2. The digest is hex. */
  readonly accept: AcceptSteps;
  /** What the channels hold at most. */
  readonly limits: ChannelLimits;
}

export interface ChannelLimits {
  readonly inbox: { readonly messages: number; readonly size: number };
  readonly outbox: { readonly messages: number; readonly size: number };
}

export interface AcceptSteps {
  readonly key: string;
  readonly guid: string;
  readonly sha1: string;
  readonly accept: string;
}

/** A frame; told again, with the same number, when more of it has come. */
export interface FrameEvent {
  readonly event: "frame";
  readonly connection: number;
  readonly at: number;
  readonly from: "client" | "server";
  readonly number: number;
  /** Bytes that came, and the first 4 KiB of them. */
  readonly size: number;
  readonly bytes: string;
}

/** One side ended TCP. */
export interface FinEvent {
  readonly event: "fin";
  readonly connection: number;
  readonly at: number;
  readonly from: "client" | "server";
}

/** The end, as the server's `connection.closed` has it. */
export interface CloseEvent {
  readonly event: "close";
  readonly connection: number;
  readonly at: number;
  readonly closure: Omit<Closure, "cause"> & { readonly cause: string | null };
}

/** What the channels of a connection hold, and the most that they held since the last time. */
export interface StatsEvent {
  readonly event: "stats";
  readonly connection: number;
  readonly inbox: Fill;
  readonly outbox: Fill;
  readonly paused: boolean;
}

export interface Fill {
  readonly messages: number;
  readonly size: number;
  readonly messagesPeak: number;
  readonly sizePeak: number;
}

/** The page was too slow, or too much happened at once: so many events were dropped before this. */
export interface GapEvent {
  readonly event: "gap";
  readonly count: number;
}

/** What the page asked for could not be done. */
export interface RefusedEvent {
  readonly event: "refused";
  readonly why: string;
}
