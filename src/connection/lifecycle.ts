// From the opening handshake to the last byte: ties one endpoint, two loops and one transport
// together, holds the timers, and settles everybody who waits when it is over. Exactly one place
// destroys the socket, `#destroy`, and exactly one is told that it is gone, `disconnected`.
//
//   received()  ->  endpoint  ->  message()  ->  read loop
//                             ->  ping()     ->  write loop  ->  transport
//   close()     ->  endpoint  ->  sendClose(), endTcp()  ->  write loop, end of TCP
//
// Over 250 lines: it is the one place where all of a connection meets.

import { Endpoint } from "../protocol/endpoint.ts";
import type { Closure, EndpointSink } from "../protocol/endpoint.ts";
import { ABNORMAL_CLOSURE, CloseCode, ProtocolError } from "../frame/mod.ts";
import type { FrameSink, Role } from "../frame/mod.ts";
import { LimitError } from "../protocol/limit_error.ts";
import type { Message } from "../message/message.ts";
import type { TextForm } from "../message/text_bytes.ts";
import type { Budget, BudgetMember, Share } from "./budget.ts";
import type { Clock } from "./clock.ts";
import type { Compression } from "./compression.ts";
import { Deadline, timedOut } from "./deadline.ts";
import { ConnectionClosedError } from "./error.ts";
import { fewAtOnce } from "./few_at_once.ts";
import { frameLimits } from "./frame_limits.ts";
import type { FrameLimits, FrameLimitsOwner } from "./frame_limits.ts";
import { Keepalive } from "./keepalive.ts";
import type { KeepaliveOptions, KeepaliveOwner } from "./keepalive.ts";
import type { ConnectionLimitHit } from "./limit_hit.ts";
import type { ConnectionLimits } from "./limits.ts";
import { hitOf, Observed } from "./observed.ts";
import { Outcome } from "./outcome.ts";
import { EVERY_REASON, PauseReason } from "./pause_reason.ts";
import { Pings } from "./pings.ts";
import { ReadLoop } from "./read_loop.ts";
import type { ReadLoopOwner } from "./read_loop.ts";
import { stackless } from "./stackless.ts";
import { TcpEnd } from "./tcp_end.ts";
import type { TcpEndOwner } from "./tcp_end.ts";
import type { Transport, TransportEvents } from "./transport.ts";
import { setImmediate } from "./turn.ts";
import { WriteLoop } from "./write_loop.ts";
import type { WriteLoopOwner } from "./write_loop.ts";

/** As much as one read of a socket brings at most, or nearly. */
const LARGE_READ = 32 * 1024;

/** What a {@linkcode Lifecycle} is made with. */
export interface LifecycleOptions {
  readonly limits: ConnectionLimits;
  /** `false`: no pings of our own. */
  readonly keepalive: KeepaliveOptions | false;
  readonly clock: Clock;
  /** Default: "server". What a client sends must be masked on its way: see `masking`. */
  readonly role?: Role;
  /** Default: `null`, nothing is compressed. */
  readonly compression?: Compression | null;
  /** Default: "string". */
  readonly text?: TextForm;
}

/** Where connections are listed while they are open. */
export interface ConnectionList {
  add(connection: Lifecycle): void;
  /** It has ended: its `closure` is known. */
  delete(connection: Lifecycle): void;
}

/** The mechanism behind a `Connection`. */
export class Lifecycle
  implements
    TransportEvents,
    EndpointSink,
    ReadLoopOwner,
    WriteLoopOwner,
    KeepaliveOwner,
    FrameLimitsOwner,
    TcpEndOwner,
    BudgetMember
{
  readonly readLoop: ReadLoop;
  readonly writeLoop: WriteLoop;
  readonly compression: Compression | null;
  readonly observed: Observed = new Observed();

  readonly #endpoint: Endpoint;
  readonly #keepalive: Keepalive | null;
  readonly #frameLimits: FrameLimits | null;
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;
  readonly #isServer: boolean;
  // What an idle connection does not need, these four, is not made before it is asked for.
  #end: TcpEnd | null = null;
  #pings: Pings | null = null;
  #stall: Deadline | null = null;
  #rest: Deadline | null = null;

  #listedIn: ConnectionList | null = null;
  #share: Share | null = null; // of the server's budget
  #isHandled = false;
  #pausedFor = 0; // why the socket is not read: see PauseReason
  #transport: Transport | null = null;
  readonly #outcome = new Outcome();
  #cause: unknown = undefined;
  #isTerminated = false;
  #hasFin = false; // FIN has come, behind what is put aside and not read yet
  #isLost = false; // the peer ended TCP, or we cut it
  #isDestroyed = false;

  bytesReceived = 0;
  messagesReceived = 0;

  constructor(options: LifecycleOptions) {
    const { limits, keepalive, clock, role = "server", compression = null } = options;
    const { text = "string" } = options;
    this.#limits = limits;
    this.compression = compression;
    this.#clock = clock;
    this.#isServer = role === "server";
    const inflater = compression?.inflater ?? null;
    const frames = frameLimits(this, clock, limits);
    const before = frames === null ? {} : { before: (sink: FrameSink) => frames.before(sink) };
    this.#frameLimits = frames;
    this.#endpoint = new Endpoint(this, role, limits.messageSizeMax, { inflater, text, ...before });
    this.#keepalive = keepalive === false ? null : new Keepalive(this, clock, keepalive);
    this.readLoop = new ReadLoop(this, limits);
    this.writeLoop = new WriteLoop(this, limits, compression?.deflater ?? null);
  }

  get #tcpEnd(): TcpEnd {
    const { closeTimeoutMs } = this.#limits;
    return (this.#end ??= new TcpEnd(this, this.#clock, closeTimeoutMs, this.#isServer));
  }

  get pings(): Pings {
    return (this.#pings ??= new Pings(this.#clock, this));
  }

  get closed(): Promise<Closure> {
    return this.#outcome.promise;
  }

  /** Is in `list` from now on, until it has ended. */
  listIn(list: ConnectionList): void {
    if (this.hasEnded) return;
    list.add(this);
    this.#listedIn = list;
  }

  /** Counts against `budget` from now on, until it has ended. */
  shareIn(budget: Budget): void {
    if (this.hasEnded) return;
    this.#share = this.readLoop.share = this.writeLoop.share = budget.join(this);
  }

  /** A handler runs: what is unread counts until it is read, also when the connection has ended. */
  handlerBegins(): void {
    this.#isHandled = true;
  }

  /** It does not any more. Who reads what is left, if somebody does, is not known. */
  handlerReturned(): void {
    this.#isHandled = false;
    if (this.hasEnded) this.#share?.leave();
  }

  /** What it holds of both directions, as charged. */
  get heldSize(): number {
    return this.readLoop.size + this.writeLoop.size + this.#endpoint.unfinished;
  }

  /** What of that waits to be decoded. */
  get waitingSize(): number {
    return this.#endpoint.waiting;
  }

  /** Whether the socket is paused, for whatever reason. */
  get paused(): boolean {
    return this.#pausedFor !== 0;
  }

  /** Whether there is nothing of it any more, or never was. */
  get hasEnded(): boolean {
    return this.#outcome.closure !== null;
  }

  /** How it ended; `null`: it has not. */
  get closure(): Closure | null {
    return this.#outcome.closure;
  }

  /** Whether nobody has begun to close yet. */
  get isOpen(): boolean {
    return this.#endpoint.state === "open" && !this.#isLost;
  }

  /** Whether the peer's Close has come, so that the end of the messages is a clean one. */
  get closeReceived(): boolean {
    return this.#endpoint.closure(undefined).received !== null;
  }

  /** The handshake is done: from here on bytes flow. */
  open(transport: Transport): void {
    if (this.hasEnded) return transport.destroy();
    this.#transport = transport;
    this.observed.opened();
    if (this.isOpen) this.#keepalive?.start();
    this.writeLoop.attach(transport, this.observed.connection);
  }

  /**
   * Starts the closing handshake: §7.1.2 [B47]. Only the first call counts, for either side.
   *
   * @param limit The name of the limit that `timeoutMs` is.
   */
  close(code: number, reason: string, timeoutMs: number, limit = "closeTimeoutMs"): void {
    this.writeLoop.refuse();
    if (!this.isOpen) return;
    this.#keepalive?.stop(); // the deadline sees to it from here on
    this.#tcpEnd.within(timeoutMs, limit);
    this.#endpoint.close(code, reason);
    this.readLoop.discard();
    this.#readToTheEnd();
  }

  /**
   * Cuts the connection: §7.1.7 without a Close frame, §7.3 [B59].
   *
   * @param hit The limit at which it is cut, if it is at one.
   */
  terminate(cause: unknown, hit: ConnectionLimitHit | null = null): void {
    if (hit !== null && !this.#isDestroyed) this.limitHit(hit);
    if (!this.#isLost) this.#isTerminated = true;
    this.#destroy(cause);
  }

  /** The error for what comes too late. */
  closedError(act: string): Error {
    const closure = this.#outcome.closure ?? this.#endpoint.closure(this.#cause);
    const isClosing = this.#endpoint.state === "closing" && closure.sent !== null;
    return new ConnectionClosedError(act, isClosing ? { ...closure, ...closure.sent } : closure);
  }

  limitHit(hit: ConnectionLimitHit): void {
    this.observed.limitHit(hit);
  }

  // Told by the transport.

  /** Hot. */
  received(bytes: Uint8Array): void {
    this.bytesReceived += bytes.length;
    this.observed.received(bytes);
    // §7.1.1 [B45]
    if (this.#endpoint.state === "ending") return this.#tcpEnd.discard(bytes.length);
    this.observed.read(bytes);
    this.writeLoop.turnBegins();
    this.#endpoint.receive(bytes);
    this.#turnEnds(bytes.length);
  }

  drained(): void {
    if (!this.#isDestroyed) this.writeLoop.drained();
  }

  endSent(): void {
    this.observed.fin("local");
    if (!this.#isDestroyed) this.#tcpEnd.linger();
  }

  ended(): void {
    this.observed.fin("remote");
    if (!this.#endpoint.stopped) return this.#tcpEnded();
    this.#hasFin = true;
    this.#keepalive?.stop();
    this.#giveTimeForRest();
  }

  #tcpEnded(): void {
    this.#hasFin = false;
    this.#rest?.meet();
    if (this.#endpoint.inputEnded) return this.#tcpEnd.peerEnded();
    this.#isLost = true;
    this.#cause ??= stackless(() => new Error("Peer ended TCP without a Close frame (§7.1.5)"));
    this.inputEnded();
    this.#tcpEnd.linger();
    this.writeLoop.end(null);
  }

  /** §6.1 [B41]: whoever waits is told. */
  disconnected(cause: unknown): void {
    if (this.hasEnded) return;
    const wasOpened = this.#transport !== null;
    this.#endpoint.disconnected(this.#isTerminated ? "local" : "remote");
    const closure = this.#endpoint.closure(this.#cause ?? cause);
    this.#outcome.settle(closure);
    this.#transport = null;
    this.#end?.met();
    this.#stall?.meet();
    this.#rest?.meet();
    this.observed.stalled(false);
    this.writeLoop.abandon();
    this.#pings?.fail(() => this.closedError("ping"));
    this.#listedIn?.delete(this);
    if (this.#isHandled) this.#share?.retire();
    else this.#share?.leave();
    if (wasOpened) this.observed.closed(closure);
  }

  // Asked by the endpoint.

  message(message: Message): void {
    this.messagesReceived++;
    this.readLoop.deliver(message);
  }

  isFull(): boolean {
    return this.readLoop.isFull();
  }

  drops(): boolean {
    return this.readLoop.drops();
  }

  ping(payload: Uint8Array): void {
    this.writeLoop.pong(payload);
  }

  pong(payload: Uint8Array): void {
    this.#pings?.pong(payload);
  }

  inputEnded(): void {
    this.#keepalive?.stop();
    this.readLoop.end();
    this.#readToTheEnd();
  }

  failed(error: unknown): void {
    if (error instanceof LimitError) return this.limitHit(hitOf(error, error.closeCode));
    if (!(error instanceof ProtocolError)) return;
    const { code, closeCode, found } = error;
    // Nobody can set how many last blocks a message may have: what it is cut for says it all.
    if (closeCode !== CloseCode.MESSAGE_TOO_BIG || code === "DEFLATE_LAST_BLOCKS") return;
    const limit = this.#limits.messageSizeMax;
    this.limitHit({ name: "messageSizeMax", limit, found: Math.max(found, limit), closeCode });
  }

  sendClose(payload: Uint8Array): void {
    if (this.#endpoint.state === "closing") this.writeLoop.close(payload);
    else this.#tcpEnd.answer(payload);
  }

  endTcp(): void {
    this.#tcpEnd.begin();
  }

  // Asked by the two loops, the keepalive, the limits and the end of TCP.

  pauseInput(reason: number): void {
    if (!this.isOpen) return; // what is still to come ends it
    const wasPaused = this.paused;
    this.#pausedFor |= reason;
    this.#frameLimits?.heldUp(this.#pausedFor);
    if (wasPaused) return;
    this.#transport?.pause();
    this.#keepalive?.suspend();
    this.observed.paused(true);
  }

  resumeInput(reason: number): void {
    if (!this.paused) return;
    this.#pausedFor &= ~reason;
    this.#frameLimits?.heldUp(this.#pausedFor);
    if (this.paused) return;
    if (this.#endpoint.stopped) this.#goOnLater();
    else this.#transport?.resume();
    this.#keepalive?.resume();
    this.observed.paused(false);
  }

  limitPassed(error: LimitError): void {
    this.#endpoint.fail(error);
  }

  /** Of the budget. A client that takes nothing cannot be told why. */
  shed(error: LimitError): void {
    this.readLoop.drop();
    const canTell = this.writeLoop.drop();
    if (canTell && !this.#endpoint.inputEnded) this.#endpoint.fail(error);
    else this.terminate(error, hitOf(error, ABNORMAL_CLOSURE));
  }

  stalled(isFull: boolean): void {
    if (isFull && this.#isDestroyed) return; // it was cut in the middle of that write
    this.observed.stalled(isFull);
    if (!isFull) return this.#stall?.meet();
    const { stallTimeoutMs } = this.#limits;
    this.#stall ??= new Deadline(this.#clock);
    this.#stall.set(stallTimeoutMs, () => fewAtOnce(this.#clock, () => this.#stallExpired()));
  }

  #stallExpired(): void {
    // It may have taken some while others had their turn, and be full again: that is a new stall.
    if (!this.observed.isStalled || this.#stall?.isSet) return;
    const { stallTimeoutMs } = this.#limits;
    const text = `Peer made no room for ${stallTimeoutMs} ms (stallTimeoutMs)`;
    this.#expire("stallTimeoutMs", stallTimeoutMs, stallTimeoutMs, text);
  }

  finished(): void {
    this.#tcpEnd.finished();
  }

  get hasFlushed(): boolean {
    return this.#transport?.flushed !== false;
  }

  endExpired(limit: string | null, timeoutMs: number): void {
    fewAtOnce(this.#clock, () => {
      // It may have ended while others had their turn, or gone on, and have another time.
      if (this.hasEnded || this.#end?.isWaiting) return;
      const text = `Peer did not end the connection within ${timeoutMs} ms`;
      this.#expire(limit, timeoutMs, timeoutMs, text);
    });
  }

  endOverrun(): void {
    this.#destroy(undefined);
  }

  sendKeepalivePing(): void {
    this.writeLoop.ping(new Uint8Array(0));
  }

  keepaliveExpired(silentMs: number, allowedMs: number): void {
    const text = `Peer was silent for ${Math.round(silentMs)} ms, pinged (keepalive)`;
    this.#expire("keepalive", allowedMs, silentMs, text);
  }

  /** @param read What was read of the socket, in bytes. */
  #turnEnds(read = 0): void {
    this.readLoop.chunkDelivered();
    this.writeLoop.turnEnds();
    if (this.#share !== null) this.#share.changed();
    if (this.paused) return;
    // Node reads on at once where a read brings so much, and when we close no full inbox pauses it.
    const isFlood = read >= LARGE_READ && this.#endpoint.state === "closing";
    if (!isFlood && !this.#endpoint.stopped) return;
    this.#transport?.pause();
    this.#goOnLater();
  }

  /**
   * What was put aside has come before FIN, and whoever reads is to have it, however slowly; who
   * reads nothing is not waited for. The rate holds for it as for all that comes, or FIN would be
   * the way round it; and each of its pauses ends with a frame that is read.
   */
  #giveTimeForRest(): void {
    this.#rest ??= new Deadline(this.#clock);
    const before = this.#endpoint.waiting;
    this.#rest.set(this.#limits.closeTimeoutMs, () => {
      const waitsForReader = (this.#pausedFor & ~PauseReason.RATE) !== 0;
      if (!waitsForReader || this.#endpoint.waiting < before) return this.#giveTimeForRest();
      this.readLoop.discard();
      this.#readToTheEnd();
    });
  }

  /** Our Close is out, or the input is over: nothing more is held up in front of the peer's end. */
  #readToTheEnd(): void {
    this.#frameLimits?.stop();
    this.resumeInput(EVERY_REASON);
  }

  /** What is left of what has arrived, or is yet to come, costs time: so others come first. */
  #goOnLater(): void {
    setImmediate(() => {
      if (this.#isDestroyed || this.paused) return;
      if (this.#endpoint.stopped) {
        this.writeLoop.turnBegins();
        this.#endpoint.goOn();
        this.#turnEnds();
        if (this.#endpoint.stopped) return;
      }
      if (this.#hasFin) this.#tcpEnded();
      else if (!this.paused) this.#transport?.resume();
    });
  }

  /** Cuts the connection, since a time has run out. */
  #expire(name: string | null, limit: number, found: number, text: string): void {
    if (name !== null && !this.#isDestroyed) {
      this.limitHit({ name, limit, found, closeCode: ABNORMAL_CLOSURE });
    }
    this.#destroy(timedOut(text));
  }

  #destroy(cause: unknown): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#isLost = true;
    this.#cause ??= cause;
    if (this.#transport === null) return this.disconnected(cause);
    this.#transport.destroy();
    this.inputEnded();
    this.writeLoop.abandon();
  }
}
