// The write loop: what is written waits in the outbox and leaves in batches, one write of the
// socket each. While the socket is full nothing is taken out, so the outbox fills and `write()`
// waits. Control frames go first, the Close frame last, and no data after it (§5.5.1).
//
//   pongs, pings -> outbox -> Close -> FIN
//
// Over 250 lines: who may write when is one question, and these are all its answers.

import { ChannelClosedError } from "../channel/mod.ts";
import { refusalBy } from "../channel/signal.ts";
import { Opcode } from "../frame/mod.ts";
import type { Deflater } from "../message/deflate.ts";
import type { Message } from "../message/message.ts";
import type { Share } from "./budget.ts";
import type { Connection } from "./connection.ts";
import { ControlQueue } from "./control_queue.ts";
import { FrameWriter, isTooLargeForPage } from "./frame_writer.ts";
import type { FrameWriterOwner } from "./frame_writer.ts";
import type { LimitWatcher } from "./limit_hit.ts";
import type { ConnectionLimits } from "./limits.ts";
import { given, kept, Outbox, outgoing, sizeOf } from "./outbox.ts";
import type { Outgoing, PutOptions } from "./outbox.ts";
import { quiet } from "./quiet.ts";
import type { Transport } from "./transport.ts";
import { setImmediate } from "./turn.ts";

/** After so many messages at a stretch the next flush waits for the event loop to turn. */
const YIELD_EVERY = 256;

/** A large message counts for so many short ones: it takes as long to write. */
const LARGE_STRETCH = 16;

/** Where messages are compressed, so many bytes (4 KiB) count for a short message. */
const COMPRESSED_SHIFT = 12;

/** What every `write()` returns that need not wait: known by sight, it need not be awaited. */
export const ACCEPTED: Promise<void> = Promise.resolve();

/** What waits in an outbox that was never needed. */
const NOTHING = { messages: 0, size: 0 } as const;

/** What a {@linkcode WriteLoop} tells its owner. */
export interface WriteLoopOwner extends LimitWatcher {
  /** The error for a write that came too late. */
  closedError(act: string): Error;
  /** The socket takes nothing more until it has drained; or it takes bytes again. */
  stalled(isFull: boolean): void;
  /** Everything was handed to the socket, and FIN behind it. */
  finished(): void;
}

/** The outgoing half of a connection. */
export class WriteLoop implements FrameWriterOwner {
  /** Messages that were handed to the socket; for others to read. */
  messagesSent = 0;
  /** Told when more or less waits to be sent. */
  share: Share | null = null;
  readonly #owner: WriteLoopOwner;
  readonly #limits: ConnectionLimits;
  readonly #writer: FrameWriter;
  readonly #compresses: boolean;
  #outbox: Outbox | null = null; // most connections never have to wait: 240 bytes less for each
  #isQueued = false; // whether there may be messages in the outbox, and whether it is closed:
  #isClosed = false; // here, so that a message that goes past it need not look there
  #scheduled = false;
  #isFlushing = false; // a stream in memory may call back in the middle of a write
  #isInTurn = false; // within the handler of what has arrived, at whose end a flush may be due:
  #isDue = false;
  #isAnswering = false;
  #writesInTurn = 0;
  #stretch = 0;
  #controls: ControlQueue | null = null; // while some wait
  #close: Uint8Array | null = null; // payload of the Close frame that is due
  #endDue = false;

  constructor(owner: WriteLoopOwner, limits: ConnectionLimits, deflater: Deflater | null) {
    this.#owner = owner;
    this.#limits = limits;
    this.#writer = new FrameWriter(this, deflater);
    this.#compresses = deflater !== null;
  }

  /** What waits to be sent; for others to look at. */
  get outbox(): { readonly messages: number; readonly size: number } {
    return this.#outbox ?? NOTHING;
  }

  /** Bytes that were handed to the socket. */
  get bytesSent(): number {
    return this.#writer.bytesSent;
  }

  /** What is held to be sent, as charged. */
  get size(): number {
    return this.outbox.size + this.#writer.retained;
  }

  /** @param connection Whose bytes they are, for observers. */
  attach(transport: Transport, connection: Connection | null): void {
    this.#writer.attach(transport, connection);
    this.flush();
  }

  /**
   * Hot: something has arrived. Where the last arrival was answered by a single message this one
   * may be, too, and its answer leaves at once: a twentieth of what a short message takes in all.
   */
  turnBegins(): void {
    this.#isAnswering = this.#writesInTurn <= 1;
    this.#writesInTurn = 0;
    this.#isInTurn = true;
  }

  /** Hot: all of it is handed out. What was answered by now leaves, without a tick of its own. */
  turnEnds(): void {
    this.#isInTurn = false;
    if (!this.#isDue) return;
    if (this.#stretch < YIELD_EVERY) return this.flush();
    this.#isDue = false;
    this.#schedule();
  }

  /** Hot: sends or queues a message when there is room. */
  tryWrite(message: Message, options?: PutOptions): boolean {
    const isSent = this.#writeThrough(message, outgoing(message, options), false);
    return isSent || this.#enqueue(kept(message, options));
  }

  /** Hot: sends or queues a message, or waits for room. Fulfils when that is done. */
  write(message: Message, options?: PutOptions): Promise<void> {
    const signal = options?.signal;
    const refusal = signal === undefined ? null : refusalBy(signal, true);
    if (refusal !== null) return refusal;
    // Nothing is taken for a message that is refused: §6.1 [B41].
    const ours = options === undefined ? message : given(message, options, this.#refuses(message));
    const isOurs = ours !== message;
    const toSend = outgoing(ours, options);
    if (this.#writeThrough(ours, toSend, isOurs)) return ACCEPTED;
    if (this.#isClosed) return quiet(Promise.reject(this.#owner.closedError("write")));
    const waiting = isOurs ? toSend : kept(message, options);
    if (this.#enqueue(waiting)) return ACCEPTED;
    const admitted = (): void => {
      this.#schedule();
      this.share?.changed();
    };
    const refused = (error: unknown): never => {
      this.share?.changed();
      throw error instanceof ChannelClosedError ? this.#owner.closedError("write") : error;
    };
    const written = quiet(this.#box.put(waiting, options).then(admitted, refused));
    this.share?.changed();
    return written;
  }

  /**
   * Hot: past the empty outbox into the page, to leave with what else is written until the flush.
   * At once goes the single answer to what has arrived, and what is large: unless it is ours, it is
   * read from the caller's memory, and only what the socket does not take is copied.
   */
  #writeThrough(message: Message, toSend: Outgoing, isOurs: boolean): boolean {
    if (!this.#isIdle) return false;
    const isLarge = isTooLargeForPage(message);
    if (!this.#writer.canBegin(isLarge)) return false;
    this.#stretch += isLarge ? LARGE_STRETCH : 1;
    if (this.#compresses) this.#stretch += message.length >> COMPRESSED_SHIFT;
    this.messagesSent++;
    const isAlone = isLarge || (this.#isAnswering && this.#writesInTurn === 0);
    this.#writesInTurn++;
    this.#isFlushing = true;
    try {
      if (isLarge && !isOurs && typeof message !== "string") {
        this.#writer.borrowed(message, toSend !== message);
      } else {
        this.#writer.message(toSend, isAlone);
      }
      if (isAlone) this.#writer.flush();
    } finally {
      this.#isFlushing = false; // or every flush to come would wait for this one
    }
    if (!isAlone) this.#schedule();
    else if (this.share !== null) this.share.changed();
    return true;
  }

  #refuses(message: Message): boolean {
    return this.#isClosed || (this.#outbox !== null && this.#outbox.refuses(message));
  }

  /** Whether nothing is to be sent before the next message, and nothing forbids to send it. */
  get #isIdle(): boolean {
    if (this.#isQueued || this.#isClosed || this.#isFlushing) return false;
    return this.#controls === null && this.#stretch < YIELD_EVERY;
  }

  get #box(): Outbox {
    return (this.#outbox ??= new Outbox(this.#limits, this.#owner));
  }

  #enqueue(message: Outgoing): boolean {
    if (this.#isClosed || !this.#box.tryPut(message)) return false;
    this.#isQueued = true;
    this.#writesInTurn++;
    this.#schedule();
    if (this.share !== null) this.share.changed();
    return true;
  }

  /** Answers a ping: while the socket takes bytes, every one, §5.5.2 [B31, B32]. */
  pong(payload: Uint8Array): void {
    if (this.#controls?.isFull) this.flush();
    (this.#controls ??= new ControlQueue()).pong(payload);
    this.#schedule();
  }

  /** Sends a ping. Its owner bounds how many are under way. */
  ping(payload: Uint8Array): void {
    (this.#controls ??= new ControlQueue()).ping(payload);
    this.#schedule();
  }

  /** Takes no message any more: §5.5.1 [B24]. Those that it has will be sent. */
  refuse(): void {
    this.#isClosed = true;
    this.#outbox?.close();
  }

  /** The same, and sends a Close frame behind them: §5.5.1. */
  close(payload: Uint8Array): void {
    this.refuse();
    this.#close = payload;
    this.#schedule();
  }

  /** The same, if there is still a Close frame to send, and ends TCP behind it. */
  end(payload: Uint8Array | null): void {
    this.refuse();
    this.#close ??= payload;
    this.#endDue = true;
    this.flush();
  }

  /** There is no socket any more: lets go of everything. */
  abandon(): void {
    this.#writer.attach(null, null);
    this.drop();
    this.#close = null;
  }

  /** Lets go of what waits. Returns whether a Close can leave: not while the socket is full. */
  drop(): boolean {
    this.refuse();
    while (this.#outbox?.take() !== undefined);
    this.#controls = null;
    return !this.#writer.isFull;
  }

  /** The socket has taken all that it was given. */
  drained(): void {
    if (!this.#writer.isFull) return;
    this.#owner.stalled(false);
    // Nothing may go between the slices of the frame that was begun: §5.4 [B16], §5.5.1 [B27].
    this.#isFlushing = true;
    this.#writer.drained();
    this.#isFlushing = false;
    this.flush();
    if (this.share !== null) this.share.changed();
  }

  /** Hot: sends what is there, as far as the socket takes it. */
  flush(): void {
    this.#scheduled = this.#isDue = false;
    if (this.#writer.isFull) return; // §5.4 [B16], §5.5.1 [B27]: half a frame may be out
    if (this.#isFlushing) return this.#schedule(); // nothing may go into the middle of a frame
    this.#isFlushing = true;
    const controls = this.#controls;
    this.#controls = null;
    controls?.writeTo(this.#writer);
    while (this.#writer.isReady() && !(this.#compresses && this.#stretch >= YIELD_EVERY)) {
      const message = this.#outbox?.take();
      this.#isQueued = message !== undefined;
      if (message === undefined) break;
      this.#stretch++;
      if (this.#compresses) this.#stretch += sizeOf(message) >> COMPRESSED_SHIFT;
      this.messagesSent++;
      this.#writer.message(message, false);
    }
    const isEmpty = this.#outbox === null || this.#outbox.messages === 0;
    const isLast = isEmpty && this.#writer.isReady();
    if (isLast && this.#close !== null) {
      this.#writer.frame(Opcode.CLOSE, this.#close);
      this.#close = null;
    }
    this.#writer.flush();
    this.#isFlushing = false;
    if (this.share !== null) this.share.changed();
    if (!isEmpty) this.#schedule(); // it has stopped for the others' sake
    // A ping may have come in the middle of that write, in memory: its pong goes before FIN.
    if (!isLast || !this.#endDue || this.#controls !== null) return;
    this.#endDue = false;
    this.#writer.end();
    this.#owner.finished();
  }

  /** Another connection needs the page. Nothing may overtake what is in it. */
  releasePage(): void {
    const wasFlushing = this.#isFlushing;
    this.#isFlushing = true;
    this.#writer.flush();
    this.#isFlushing = wasFlushing;
  }

  /** Told by the writer, also when it wrote because another connection needed the page. */
  filled(): void {
    this.#owner.stalled(true);
    if (this.share !== null) this.share.changed();
  }

  /** At the end of the turn; outside of one after the microtasks, in which handlers answer. */
  #schedule(): void {
    if (this.#scheduled || this.#writer.isFull) return;
    if (this.#isInTurn) {
      this.#isDue = true;
      return;
    }
    this.#scheduled = true;
    if (this.#stretch < YIELD_EVERY) {
      process.nextTick(flush, this);
    } else {
      this.#stretch = 0;
      setImmediate(flush, this);
    }
  }
}

/** Shared by all connections, so that scheduling makes no closure. */
function flush(loop: WriteLoop): void {
  loop.flush();
}
