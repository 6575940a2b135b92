// The write loop: what is written waits in the outbox and leaves in batches, one write of the
// socket each. While the socket is full nothing is taken out, so the outbox fills and `write()`
// waits. Control frames go first, the Close frame last, and no data after it (§5.5.1).
//
//   pongs, pings -> outbox -> Close -> FIN

import { Channel, ChannelClosedError } from "../channel/mod.ts";
import { Opcode } from "../frame/mod.ts";
import { charge } from "../message/message.ts";
import type { Message } from "../message/message.ts";
import { FrameWriter } from "./frame_writer.ts";
import type { ConnectionLimits } from "./limits.ts";
import { quiet } from "./quiet.ts";
import type { Transport } from "./transport.ts";

/** Pongs that may wait for a full socket; then only the newest is kept, as §5.5.3 allows. */
const PONGS_MAX = 16;

/** After so many messages at a stretch the next flush waits for the event loop to turn. */
const YIELD_EVERY = 256;

const accepted: Promise<void> = Promise.resolve();

/** What a {@linkcode WriteLoop} tells its owner. */
export interface WriteLoopOwner {
  /** The error for a write that came too late. */
  closedError(act: string): Error;
  /** The socket takes nothing more until it has drained; or it takes bytes again. */
  stalled(isFull: boolean): void;
  /** Everything was handed to the socket, and FIN behind it. */
  finished(): void;
}

/** The outgoing half of a connection. */
export class WriteLoop {
  readonly #owner: WriteLoopOwner;
  readonly #outbox: Channel<Message>;
  readonly #writer: FrameWriter = new FrameWriter();
  readonly #waitingMax: number;
  #waiting = 0; // what the calls of write() that wait are charged
  #scheduled = false;
  #isAnswering = false;
  #writesInTurn = 0;
  #stretch = 0;
  #sent = 0;
  #pongs: Uint8Array[] | null = null;
  #pings: Uint8Array[] | null = null;
  #close: Uint8Array | null = null; // payload of the Close frame that is due
  #endDue = false;

  constructor(owner: WriteLoopOwner, limits: ConnectionLimits) {
    this.#owner = owner;
    const { outboxMessagesMax, outboxSizeMax, outboxWaitingMax } = limits;
    this.#outbox = new Channel(outboxMessagesMax, { cost: charge, costMax: outboxSizeMax });
    this.#waitingMax = outboxWaitingMax;
  }

  /** Messages that wait to be sent. */
  get messages(): number {
    return this.#outbox.size;
  }

  /** What they are charged, with those whose `write()` still waits. */
  get size(): number {
    return this.#outbox.cost + this.#waiting;
  }

  /** Messages that were handed to the socket. */
  get messagesSent(): number {
    return this.#sent;
  }

  /** Whether a ping waits for its answer. */
  get hasPongs(): boolean {
    return this.#pongs !== null;
  }

  attach(transport: Transport): void {
    this.#writer.attach(transport);
    this.flush();
  }

  /**
   * Hot: something has arrived. Where the last arrival was answered by a single message this one
   * may be, too, and then its answer leaves at once: there is nothing to gather, and to wait for
   * the end of the turn takes a twentieth of the time that a short message takes in all.
   */
  turnBegins(): void {
    this.#isAnswering = this.#writesInTurn <= 1;
    this.#writesInTurn = 0;
  }

  /** Hot: queues a message when there is room. */
  tryWrite(message: Message): boolean {
    if (!this.#outbox.trySend(message)) return false;
    this.#writesInTurn++;
    if (this.#isAnswering && this.#writesInTurn === 1) this.flush();
    else this.#schedule();
    return true;
  }

  /** Hot: queues a message, or waits for room. Fulfils when the message is queued. */
  write(message: Message, options?: { readonly signal?: AbortSignal }): Promise<void> {
    if (options?.signal === undefined && this.tryWrite(message)) return accepted;
    if (this.#outbox.closed) return quiet(Promise.reject(this.#owner.closedError("write")));
    const cost = charge(message);
    if (this.#waiting > 0 && this.#waiting + cost > this.#waitingMax) {
      return quiet(Promise.reject(this.#tooManyWaiting(cost)));
    }
    this.#waiting += cost;
    const queued = (): void => {
      this.#waiting -= cost;
      this.#schedule();
    };
    const refused = (error: unknown): never => {
      this.#waiting -= cost;
      throw error instanceof ChannelClosedError ? this.#owner.closedError("write") : error;
    };
    return quiet(this.#outbox.send(message, options).then(queued, refused));
  }

  /** Answers a ping. While the socket takes bytes every ping is answered: §5.5.2. */
  pong(payload: Uint8Array): void {
    if (this.#pongs?.length === PONGS_MAX) this.flush();
    this.#pongs ??= [];
    this.#pongs[Math.min(this.#pongs.length, PONGS_MAX - 1)] = payload;
  }

  /** Sends a ping. Its owner bounds how many are under way. */
  ping(payload: Uint8Array): void {
    this.#pings ??= [];
    this.#pings.push(payload);
    this.#schedule();
  }

  /** Takes no message any more. Those that it has will be sent. */
  refuse(): void {
    this.#outbox.close();
  }

  /** The same, and sends a Close frame behind them: §5.5.1. */
  close(payload: Uint8Array): void {
    this.#outbox.close();
    this.#close = payload;
    this.#schedule();
  }

  /** The same, if there is still a Close frame to send, and ends TCP behind it. */
  end(payload: Uint8Array | null): void {
    this.#outbox.close();
    this.#close ??= payload;
    this.#endDue = true;
    this.flush();
  }

  /** There is no socket any more: lets go of everything. */
  abandon(): void {
    this.#writer.attach(null);
    this.#outbox.close();
    while (this.#outbox.tryReceive()?.done === false);
    this.#pongs = null;
    this.#pings = null;
    this.#close = null;
  }

  /** The socket has taken all that it was given. */
  drained(): void {
    if (!this.#writer.isFull) return;
    this.#owner.stalled(false);
    this.#writer.drained();
    if (this.#writer.isFull) this.#owner.stalled(true);
    else this.flush();
  }

  /** Hot: sends what is there, as far as the socket takes it. */
  flush(): void {
    this.#scheduled = false;
    if (this.#writer.isFull) return;
    this.#writeControls();
    while (this.#writer.isReady()) {
      const next = this.#outbox.tryReceive();
      if (next === undefined || next.done) break;
      this.#stretch++;
      this.#sent++;
      this.#writer.message(next.value);
    }
    const isLast = this.#outbox.size === 0 && this.#writer.isReady();
    if (isLast && this.#close !== null) {
      this.#writer.frame(Opcode.CLOSE, this.#close);
      this.#close = null;
    }
    this.#writer.flush();
    if (this.#writer.isFull) this.#owner.stalled(true);
    if (isLast && this.#endDue) this.#end();
  }

  /** After the microtasks of this turn, for in them the handlers answer what has just arrived. */
  #schedule(): void {
    if (this.#scheduled || this.#writer.isFull) return;
    this.#scheduled = true;
    if (this.#stretch < YIELD_EVERY) {
      process.nextTick(flush, this);
    } else {
      this.#stretch = 0;
      setImmediate(flush, this);
    }
  }

  #writeControls(): void {
    if (this.#pongs !== null) {
      for (const payload of this.#pongs) this.#writer.frame(Opcode.PONG, payload);
      this.#pongs = null;
    }
    if (this.#pings !== null) {
      for (const payload of this.#pings) this.#writer.frame(Opcode.PING, payload);
      this.#pings = null;
    }
  }

  #end(): void {
    this.#endDue = false;
    this.#writer.end();
    this.#owner.finished();
  }

  #tooManyWaiting(cost: number): RangeError {
    return new RangeError(
      `Cannot write: calls that wait would hold ${this.#waiting + cost} bytes, must be <= ` +
        `${this.#waitingMax} (outboxWaitingMax): await each write()`,
    );
  }
}

/** Shared by all connections, so that scheduling makes no closure. */
function flush(loop: WriteLoop): void {
  loop.flush();
}
