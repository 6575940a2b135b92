// What the processes of a run say to each other. Moments are those of `now()` in clock.ts.

import type { Kind } from "./contestants.ts";

/** The stretch of time that is measured. */
export interface Window {
  readonly startAt: number;
  readonly endAt: number;
}

/** To the server: change the value at these moments, and say what the window has cost. */
export interface ServerCommand extends Window {
  /** Milliseconds from `startAt`. */
  readonly schedule: readonly number[];
}

/** From the server. */
export interface ServerReport {
  /** The version that the first change made; each further one is one more. */
  readonly firstVersion: number;
  /** When the value did change, in their order. */
  readonly changedAt: readonly number[];
  /** Processor time of the server's process, user and system. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** To the clients: open so many. */
export interface OpenCommand {
  readonly do: "open";
  readonly kind: Kind;
  readonly port: number;
  readonly clients: number;
  readonly seed: number;
}

/** To the clients: go through a window. */
export interface RunCommand extends Window {
  readonly do: "run";
  /** 0: only listen. */
  readonly intervalMs: number;
  /** So long the clients go on after the window, to learn what they do not know yet. */
  readonly tailMs: number;
}

/** A version of the value, and when a client got it. */
export type Learned = readonly [version: number, at: number];

/** From the clients. */
export interface ClientsReport {
  /** Questions that were answered within the window. */
  readonly requests: number;
  /** Those of them whose answer was not new. */
  readonly wasted: number;
  /** TCP connections that were opened within the window. */
  readonly connections: number;
  /** Bytes on all sockets within the window, without the headers of TCP and IP. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** For each client, what it learned, the tail included. */
  readonly learned: readonly (readonly Learned[])[];
}
