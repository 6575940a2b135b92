// What channels are meant to be, so that a child could check it: plain arrays, and loops that look
// at everything. Whoever waits has a place at each channel that it waits at, one or several.

import type { Overflow } from "../../src/channel/mod.ts";

/** Something that was begun: a send, a receive, a select. */
export interface Operation {
  readonly name: string;
  readonly controller: AbortController;
  /** What became of it: `null` while it waits. */
  outcome: string | null;
  /** Where it waits: the first to be served takes it away from all others. */
  places: Place[];
}

/** A case of an operation. */
export interface Place {
  readonly channel: Model;
  /** Begins the outcome: the label of a select. */
  readonly label: string;
  /** What is to be sent; `null`: it receives. */
  readonly value: number | null;
}

interface Waiting extends Place {
  readonly operation: Operation;
}

/** One channel. */
export class Model {
  buffer: number[] = [];
  senders: Waiting[] = [];
  receivers: Waiting[] = [];
  dropped: number[] = [];
  closed = false;
  readonly capacity: number;
  readonly costMax: number;
  readonly overflow: Overflow;

  constructor(capacity: number, costMax: number, overflow: Overflow) {
    this.capacity = capacity;
    this.costMax = costMax;
    this.overflow = overflow;
  }

  get cost(): number {
    return this.buffer.reduce((sum, value) => sum + costOf(value), 0);
  }

  fits(value: number): boolean {
    const { length } = this.buffer;
    return length < this.capacity && (length === 0 || this.cost + costOf(value) <= this.costMax);
  }

  /** True if it was sent, false if closed, null if it would wait. */
  send(value: number): boolean | null {
    if (this.closed) return false;
    if (this.receivers.length > 0) serve(this.receivers[0], `got ${value}`);
    else if (this.senders.length === 0 && this.fits(value)) this.buffer.push(value);
    else if (this.overflow === "block") return null;
    else if (this.overflow === "dropNewest") this.dropped.push(value);
    else {
      while (!this.fits(value)) this.dropped.push(this.buffer.shift()!);
      this.buffer.push(value);
    }
    return true;
  }

  /** What was received, or null if it would wait. */
  receive(): string | null {
    if (this.buffer.length > 0) {
      const value = this.buffer.shift();
      this.letIn();
      return `got ${value}`;
    }
    if (this.senders.length === 0) return this.closed ? "end" : null;
    const [sender] = this.senders;
    serve(sender, "sent");
    return `got ${sender.value}`;
  }

  /** Whether `place`, which is here, could go ahead now. */
  isReady({ value }: Place): boolean {
    if (this.closed) return true;
    if (value === null) return this.buffer.length + this.senders.length > 0;
    if (this.receivers.length > 0 || this.overflow !== "block") return true;
    return this.senders.length === 0 && this.fits(value);
  }

  /** Lets in who waits for room, as far as there is some. */
  letIn(): void {
    while (this.senders.length > 0 && this.fits(this.senders[0].value!)) {
      this.buffer.push(this.senders[0].value!);
      serve(this.senders[0], "sent");
    }
  }

  close(): boolean {
    if (this.closed) return false;
    this.closed = true;
    const waiting = [...this.receivers, ...this.senders];
    this.receivers = [];
    this.senders = [];
    for (const each of waiting) {
      if (each.operation.outcome !== null) continue; // a select that waited here twice
      serve(each, each.value === null ? "end" : "ChannelClosedError");
    }
    return true;
  }
}

/** Does what `place` says, which is ready. Returns the outcome. */
export function commit(place: Place): string {
  const { channel, value, label } = place;
  if (value === null) return label + channel.receive();
  return channel.send(value) ? `${label}sent` : "ChannelClosedError";
}

/** Lets `operation` wait at all of these places. */
export function park(operation: Operation, places: readonly Place[]): void {
  operation.places = [...places];
  for (const place of operation.places) {
    const waiting = { ...place, operation };
    if (place.value === null) place.channel.receivers.push(waiting);
    else place.channel.senders.push(waiting);
  }
}

/** It has come to its end: who stood behind it moves up. */
export function settle(operation: Operation, outcome: string): void {
  operation.outcome = outcome;
  const isOther = (waiting: Waiting): boolean => waiting.operation !== operation;
  for (const { channel } of operation.places) {
    channel.senders = channel.senders.filter(isOther);
    channel.receivers = channel.receivers.filter(isOther);
  }
  for (const { channel } of [...operation.places].reverse()) channel.letIn(); // the last one first
}

function serve({ operation, label }: Waiting, outcome: string): void {
  settle(operation, outcome === "ChannelClosedError" ? outcome : label + outcome);
}

/** What a value is charged. */
export function costOf(value: number): number {
  return value % 5;
}

/** What a receive or a select fulfils with. */
export interface Result {
  readonly case?: string;
  readonly value?: unknown;
  readonly done?: boolean;
}

/** The outcome that it means. */
export function described(result: Result | void): string {
  if (result === undefined) return "sent";
  if (result.case === "stop") return "stop";
  const label = result.case === undefined ? "" : `${result.case}: `;
  if (result.case?.startsWith("send")) return `${label}sent`;
  return label + (result.done ? "end" : `got ${String(result.value)}`);
}
