// The end of TCP, once both sides have said what they had to say: who sends FIN first, how long the
// other side may take, and what becomes of what it still sends.
//
//   peer's Close  ->  our Close, FIN  ->  peer's FIN             server: §7.1.1
//   peer's Close  ->  our Close  ->  peer's FIN  ->  FIN         client, which waits for it

import type { Clock } from "./clock.ts";
import { Deadline } from "./deadline.ts";
import type { ReadLoop } from "./read_loop.ts";
import type { WriteLoop } from "./write_loop.ts";

/** What a {@linkcode TcpEnd} asks of its owner. */
export interface TcpEndOwner {
  readonly readLoop: ReadLoop;
  readonly writeLoop: WriteLoop;
  /** Whether all that was written has left. */
  readonly hasFlushed: boolean;
  /** The peer has had its time, which `limit` says; `null`: no option does. */
  endExpired(limit: string | null, timeoutMs: number): void;
  /** The peer sends on and on. */
  endOverrun(): void;
}

/**
 * After our FIN has left the peer has so long to send its own, while what it still sends is thrown
 * away: a socket closed with unread bytes is reset, which takes from the peer what it has not read.
 */
const LINGER_MS = 1000;
const LINGER_SIZE_MAX = 8 * 1024 * 1024;

/** How one connection ends TCP. */
export class TcpEnd {
  readonly #owner: TcpEndOwner;
  readonly #clock: Clock;
  readonly #closeTimeoutMs: number;
  #deadline: Deadline | null = null; // an idle connection has none
  #answer: Uint8Array | null = null; // payload of the Close that answers the peer's
  #isFirst: boolean;
  #lingered = 0;

  /** @param isFirst Whether we send FIN first, as a server does: §7.1.1. */
  constructor(owner: TcpEndOwner, clock: Clock, closeTimeoutMs: number, isFirst: boolean) {
    this.#owner = owner;
    this.#clock = clock;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#isFirst = isFirst;
  }

  /**
   * The peer must have ended TCP in so long, or it is cut.
   *
   * @param limit The name of the limit that it is; `null`: no option sets it.
   */
  within(timeoutMs: number, limit: string | null): void {
    this.#deadline ??= new Deadline(this.#clock);
    this.#deadline.set(timeoutMs, () => this.#owner.endExpired(limit, timeoutMs));
  }

  /** Whether a time runs in which the peer must have ended TCP. */
  get isWaiting(): boolean {
    return this.#deadline?.isSet === true;
  }

  /** TCP has ended. */
  met(): void {
    this.#deadline?.meet();
  }

  /** The peer's Close has come: ours, with this payload, is due behind what the handler says. */
  answer(payload: Uint8Array): void {
    this.#answer = payload;
  }

  /** Nothing more is expected of the peer but FIN. */
  begin(): void {
    if (!this.isWaiting) this.within(this.#closeTimeoutMs, "closeTimeoutMs");
    if (this.#answer === null) return this.#endOutput();
    // What the handler says to the messages before the peer's Close belongs in front of ours, and
    // who reads nothing is not waited for: §5.5.1 [B26, B27].
    this.#owner.readLoop.whenReaderRests(() => this.#endOutput());
  }

  /** Our FIN was handed to the socket. */
  finished(): void {
    if (this.#owner.hasFlushed) this.within(LINGER_MS, null);
    else this.within(this.#closeTimeoutMs, "closeTimeoutMs");
  }

  /** Our FIN has left, or the peer's has come too early: what is left to do is soon done. */
  linger(): void {
    this.within(LINGER_MS, null);
  }

  /** The peer sends what nobody wants any more. */
  discard(size: number): void {
    if ((this.#lingered += size) > LINGER_SIZE_MAX) this.#owner.endOverrun();
  }

  /** FIN came where it is due: it answers ours, or is the one that a client waits for. */
  peerEnded(): void {
    if (this.#isFirst) return;
    this.#isFirst = true;
    if (this.#answer === null) this.#endOutput(); // else it is about to be sent
  }

  /** Sends the Close that is due, and FIN behind it; a client waits for the FIN of the server. */
  #endOutput(): void {
    const { writeLoop } = this.#owner;
    const answer = this.#answer;
    this.#answer = null;
    if (this.#isFirst) writeLoop.end(answer);
    else if (answer !== null) writeLoop.close(answer);
  }
}
