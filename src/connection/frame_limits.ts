// How fast frames may come: bounds of time, where those of the floors below are of size. It stands
// between the decoder and the assembler, and only where one of them is set; else it is not there.
//
//   decoder --> frame limits --> assembler
//                 data frame        takes a token; when there is none, the decoder stops behind the
//                                   frame and the socket is paused until some have dripped in
//                 ping, pong        takes one of others; when there is none, 1008
//                 begun message     must be complete in time, else 1008
//
// A fragment takes a token as a message does: else a million of them would be one message, and so
// would a million empty ones. What is too much of messages waits, and nothing is lost; but nothing
// makes a peer send control frames fast, and to pause for them would hold up its messages.

import { CloseCode, isControl, Opcode } from "../frame/mod.ts";
import type { FrameHeader, FrameSink } from "../frame/mod.ts";
import { LimitError } from "../protocol/limit_error.ts";
import type { Clock } from "./clock.ts";
import { Deadline } from "./deadline.ts";
import type { ConnectionLimitHit } from "./limit_hit.ts";
import type { ConnectionLimits } from "./limits.ts";
import { MessageDeadline } from "./message_deadline.ts";
import { PauseReason } from "./pause_reason.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What a {@linkcode FrameLimits} asks of its owner. */
export interface FrameLimitsOwner {
  pauseInput(reason: number): void;
  /** Reads on, with what the decoder has put aside first. */
  resumeInput(reason: number): void;
  /** A limit was passed, while nothing was being read. */
  limitPassed(error: LimitError): void;
  /** The socket is paused for a limit. */
  limitHit(hit: ConnectionLimitHit): void;
}

/**
 * A pause lasts until so many ms worth of tokens are there, a burst at most: to wake up for each
 * single one would cost more than the message does.
 */
const PAUSE_MS = 50;

/** The frame limits of a connection, or `null` when none is set. */
export function frameLimits(
  owner: FrameLimitsOwner,
  clock: Clock,
  limits: ConnectionLimits,
): FrameLimits | null {
  const { messagesPerSecondMax, controlFramesPerSecondMax, messageTimeoutMs } = limits;
  const least = Math.min(messagesPerSecondMax, controlFramesPerSecondMax, messageTimeoutMs);
  return least === Infinity ? null : new FrameLimits(owner, clock, limits);
}

/** Counts the frames of one connection. */
export class FrameLimits implements FrameSink {
  readonly #owner: FrameLimitsOwner;
  readonly #clock: Clock;
  readonly #messages: TokenBucket | null;
  readonly #controls: TokenBucket | null;
  readonly #deadline: MessageDeadline | null;
  readonly #pause: Deadline;
  #sink: FrameSink = NOBODY;
  #isNewChunk = true;
  #isOver = false;
  #isInFrame = false;
  #fin = false; // of the last data frame
  #isInMessage = false;

  /** Use {@linkcode frameLimits}. */
  constructor(owner: FrameLimitsOwner, clock: Clock, limits: ConnectionLimits) {
    const { messagesPerSecondMax, messagesBurstMax } = limits;
    const { controlFramesPerSecondMax, messageTimeoutMs } = limits;
    const burst = messagesBurstMax === Infinity ? messagesPerSecondMax : messagesBurstMax;
    this.#owner = owner;
    this.#clock = clock;
    this.#messages = bucket(clock, messagesPerSecondMax, burst);
    this.#controls = bucket(clock, controlFramesPerSecondMax, controlFramesPerSecondMax);
    this.#deadline =
      messageTimeoutMs === Infinity
        ? null
        : new MessageDeadline(clock, messageTimeoutMs, (error) => owner.limitPassed(error));
    this.#pause = new Deadline(clock);
  }

  /** Stands before `sink` from now on. */
  before(sink: FrameSink): FrameSink {
    this.#sink = sink;
    return this;
  }

  /** What still comes is of no interest to anybody, and must not be held up. */
  stop(): void {
    this.#isOver = true;
    this.#deadline?.end();
    this.#pause.meet();
  }

  /** The socket is not read for these reasons; 0: it is. A pause for the rate is the peer's. */
  heldUp(reasons: number): void {
    if ((reasons & ~PauseReason.RATE) !== 0) this.#deadline?.suspend();
    else this.#deadline?.resume();
  }

  /** Hot. */
  frameStart(header: FrameHeader): void {
    if (this.#isNewChunk) this.#refill();
    const { opcode, fin } = header;
    this.#isInFrame = true;
    if (!isControl(opcode)) {
      this.#messages?.take();
      this.#isInMessage = true;
      this.#fin = fin;
    } else if (this.#controls !== null && opcode !== Opcode.CLOSE) {
      this.#takeControl(this.#controls);
    }
    this.#sink.frameStart(header);
  }

  /** Hot. */
  framePayload(bytes: Uint8Array, start: number, end: number, isAscii: boolean): void {
    this.#sink.framePayload(bytes, start, end, isAscii);
  }

  /** Hot. */
  frameEnd(): void {
    this.#isInFrame = false;
    if (this.#isInMessage && this.#fin) {
      this.#isInMessage = false;
      this.#deadline?.end();
    }
    this.#sink.frameEnd();
  }

  /** Hot: when the tokens are used up, and not a chunk of 10,000 messages later. */
  shouldStop(): boolean {
    const isEmpty = this.#messages !== null && this.#messages.isEmpty && !this.#isOver;
    return isEmpty || this.#sink.shouldStop?.() === true;
  }

  get retained(): number {
    return this.#sink.retained ?? 0;
  }

  /** Hot. */
  chunkEnd(): void {
    this.#isNewChunk = true;
    this.#sink.chunkEnd?.();
    if (this.#isOver) return;
    if (this.#isInMessage) this.#deadline?.begin();
    if (!this.#messages?.isEmpty || this.#isInFrame) return;
    const { perSecond: limit } = this.#messages;
    this.#owner.limitHit({ name: "messagesPerSecondMax", limit, found: limit, closeCode: null });
    this.#pauseFor(this.#messages);
  }

  /** Hot: the clock is read once a chunk. */
  #refill(): void {
    this.#isNewChunk = false;
    const now = this.#clock.now();
    this.#messages?.refill(now);
    this.#controls?.refill(now);
  }

  #takeControl(controls: TokenBucket): void {
    if (!controls.isEmpty) return controls.take();
    const { events, ms } = controls.busy;
    const max = controls.perSecond;
    const found = events + 1;
    const text =
      `Cannot accept control frame: number ${found} in ${ms} ms, ` +
      `must be <= ${max}/s (controlFramesPerSecondMax)`;
    const passed = { limit: "controlFramesPerSecondMax", max, found };
    throw new LimitError(text, passed, CloseCode.POLICY_VIOLATION);
  }

  #pauseFor(messages: TokenBucket): void {
    const tokens = Math.min(messages.burst, Math.max(1, (messages.perSecond * PAUSE_MS) / 1000));
    this.#owner.pauseInput(PauseReason.RATE);
    this.#pause.set(messages.msUntil(tokens), () => this.#goOn(messages));
  }

  /** A timer may be early by the part of a millisecond that it does not know. */
  #goOn(messages: TokenBucket): void {
    messages.refill(this.#clock.now());
    if (messages.isEmpty) this.#pauseFor(messages);
    else this.#owner.resumeInput(PauseReason.RATE);
  }
}

function bucket(clock: Clock, perSecond: number, burst: number): TokenBucket | null {
  return perSecond === Infinity ? null : new TokenBucket(perSecond, burst, clock.now());
}

const NOBODY: FrameSink = { frameStart() {}, framePayload() {}, frameEnd() {} };
