// A channel: tasks send values into it, other tasks receive them, and whoever comes too early
// waits. The semantics are Go's.
//
//              closed       peer waits             room, or value     otherwise
//   send       reject       hand over to it        into the buffer    wait
//   trySend    false        hand over to it        into the buffer    false
//   receive    buffer,      take from it, if the   out of the         wait
//   tryReceive then end     buffer is empty        buffer             undefined
//
// Invariants, between any two operations
//   - a value in the buffer means that no receiver waits
//   - room in the buffer for the first sender that waits means that no sender waits
//   - a closed channel has nobody waiting
//   - one of the two queues is empty, unless a `select` both sends to and receives from this
//     channel: then that one waits in both
//
// To keep the second, whoever takes a value out lets in the senders that now fit, in the same step.
// A value is handed to a task, never left for whoever comes first, so no one can overtake.
//
// User code runs inside an operation at two points only: `cost`, before anything is looked at, and
// `onDrop`, when all is done. To be safe from any other, loops pop the head and settle it last.

import { Buffer } from "./buffer.ts";
import { COMMIT, PARK, READY, type Selectable, type SendCase } from "./case.ts";
import { ChannelClosedError, notify } from "./error.ts";
import { type ChannelOptions, checkOptions, type Overflow } from "./options.ts";
import { type OpOptions, type Received, type Receiver } from "./receiver.ts";
import { receiveFrom, ReceiverIterator } from "./receiver.ts";
import { type Sender, Sending } from "./sender.ts";
import { refusalBy, standBy } from "./signal.ts";
import { type ChannelStats, INSPECT, inspectStats } from "./stats.ts";
import { NOBODY, type Place, PlaceQueue, rejectQuietly, Waiter } from "./waiters.ts";

/** Hot: tryReceive() without the object around it, for channels that never hold `undefined`. */
export let take: <T>(channel: Channel<T>) => T | undefined;

/** A queue of values between tasks, first in, first out. */
export class Channel<in out T> implements Sender<T>, Receiver<T>, Disposable {
  readonly #buffer: Buffer<T>;
  readonly #overflow: Overflow;
  readonly #onDrop: ((value: T) => void) | undefined;
  #closed = false;
  #cause: unknown = undefined;
  // Own queues only once somebody waits: an idle channel is small.
  #senders: PlaceQueue = NOBODY;
  #receivers: PlaceQueue = NOBODY;

  /**
   * @param capacity How many values it holds before senders wait: an integer >= 0, or Infinity.
   * With 0, each send waits for its receive.
   *
   * Throws a RangeError or a TypeError for a capacity or options that mean nothing.
   */
  constructor(capacity = 0, options: ChannelOptions<T> = {}) {
    const { overflow = "block", onDrop, cost, costMax = Infinity } = options;
    checkOptions(capacity, options);
    this.#buffer = new Buffer(capacity, cost, costMax);
    this.#overflow = overflow;
    this.#onDrop = onDrop;
  }

  /** How many values it holds before senders wait. */
  get capacity(): number {
    return this.#buffer.capacity;
  }

  /** How many values it holds now. Those of senders that wait do not count. */
  get size(): number {
    return this.#buffer.size;
  }

  /** The cost of the values it holds; 0 without the option `cost`. */
  get cost(): number {
    return this.#buffer.cost;
  }

  /** True once close() was called, also while there are values left to receive. */
  get closed(): boolean {
    return this.#closed;
  }

  /** What the first close() was given. */
  get cause(): unknown {
    return this.#cause;
  }

  /** What it holds and who waits, at this moment. */
  stats(): ChannelStats {
    const { size, capacity, cost, closed } = this;
    const senders = this.#senders.size;
    return { size, capacity, cost, senders, receivers: this.#receivers.size, closed };
  }

  send(value: T, options?: OpOptions): Promise<void> {
    const signal = options?.signal;
    let cost = 0;
    try {
      cost = this.#weigh(value);
    } catch (error) {
      return rejectQuietly(error);
    }
    const refusal = refusalBy(signal, true);
    if (refusal !== null) return refusal;
    if (this.#closed) return rejectQuietly(new ChannelClosedError(this.#cause));
    if (this.#offer(value, cost)) return SENT;
    const waiter = new Waiter(true);
    this.#parkSender(waiter.place(), value, cost);
    if (signal) standBy(signal, waiter);
    return waiter.promise as Promise<void>;
  }

  trySend(value: T): boolean {
    const cost = this.#weigh(value);
    return !this.#closed && this.#offer(value, cost);
  }

  sending(value: T): SendCase {
    return new Sending(this, value, this.#buffer.weigh(value));
  }

  receive(options?: OpOptions): Promise<Received<T>> {
    return receiveFrom(this, options);
  }

  tryReceive(): Received<T> | undefined {
    if (this.#buffer.size > 0) {
      const value = this.#buffer.shift();
      if (this.#senders.hasPlaces()) this.#letIn();
      return { value, done: false };
    }
    const sender = this.#senders.shift();
    if (sender !== null) {
      sender.waiter.sent(sender);
      return { value: sender.value as T, done: false };
    }
    return this.#closed ? { value: undefined, done: true } : undefined;
  }

  close(cause?: unknown): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.#cause = cause;
    for (let place = this.#receivers.shift(); place; place = this.#receivers.shift()) {
      place.waiter.received(place, undefined, true);
    }
    for (let place = this.#senders.shift(); place; place = this.#senders.shift()) {
      place.waiter.refused(new ChannelClosedError(cause));
    }
    return true;
  }

  /** Receives until the end. Leaving the loop early does not close the channel. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    return new ReceiverIterator(this);
  }

  /** Closes: `using channel = new Channel()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What `cost` says, unless `value` will not be buffered: closed, or a receiver waits. */
  #weigh(value: T): number {
    if (this.#receivers.hasPlaces() || this.#closed || !this.#buffer.counts) return 0;
    return this.#buffer.weigh(value);
  }

  /** Hot: sends `value` if that is possible without waiting. The channel is open. */
  #offer(value: T, cost: number): boolean {
    const receiver = this.#receivers.shift();
    if (receiver !== null) receiver.waiter.received(receiver, value, false);
    else if (this.#hasRoom(cost)) this.#buffer.push(value, cost);
    else if (this.#overflow === "block") return false;
    else this.#drop(value, cost);
    return true;
  }

  /** Hot: is there room, and nobody who waits for it? The cheap must not overtake the dear. */
  #hasRoom(cost: number): boolean {
    return !this.#senders.hasPlaces() && this.#buffer.fits(cost);
  }

  #parkSender(place: Place, value: T, cost: number): void {
    place.value = value;
    place.cost = cost;
    if (this.#senders === NOBODY) {
      // Where values have a cost, who gives up may have barred the way to cheaper ones.
      this.#senders = new PlaceQueue(this.#buffer.counts ? () => this.#letIn() : null);
    }
    this.#senders.push(place);
  }

  /** Moves the values of those who wait to send into the buffer, in their order, while they fit. */
  #letIn(): void {
    const senders = this.#senders;
    while (senders.hasPlaces() && !this.#closed && this.#buffer.fits(senders.head!.cost)) {
      const place = senders.shift()!;
      this.#buffer.push(place.value as T, place.cost);
      place.waiter.sent(place);
    }
  }

  /** Makes room for `value` or gives it up, as the policy says. */
  #drop(value: T, cost: number): void {
    const dropped = this.#overflow === "dropNewest" ? [value] : this.#buffer.displace(value, cost);
    if (this.#onDrop !== undefined) for (const lost of dropped) notify(this.#onDrop, lost);
  }

  // What `take` and `select` need. Not written as members, so that the type of a channel, which is
  // what its users see, shows what it is for and not how it works.
  static {
    // Hot: set here, from where the inside of a channel can be seen.
    take = (channel) => {
      const isPlain = channel.#buffer.size > 0 && !channel.#senders.hasPlaces();
      return isPlain ? channel.#buffer.shift() : channel.tryReceive()?.value;
    };
    const receiving: Selectable & ThisType<Channel<unknown>> = {
      [READY]() {
        return this.#buffer.size > 0 || this.#senders.hasPlaces() || this.#closed;
      },
      [COMMIT]() {
        return this.tryReceive()!;
      },
      [PARK](place) {
        if (this.#receivers === NOBODY) this.#receivers = new PlaceQueue();
        this.#receivers.push(place);
      },
    };
    const sending: Selectable & ThisType<Sending<unknown>> = {
      [READY]() {
        const { channel, cost } = this;
        if (channel.#closed || channel.#overflow !== "block") return true;
        return channel.#receivers.hasPlaces() || channel.#hasRoom(cost);
      },
      [COMMIT]() {
        if (this.channel.#closed) throw new ChannelClosedError(this.channel.#cause);
        this.channel.#offer(this.value, this.cost);
        return { value: undefined, done: false };
      },
      [PARK](place) {
        this.channel.#parkSender(place, this.value, this.cost);
      },
    };
    Object.assign(Channel.prototype, receiving, { [INSPECT]: inspectStats });
    Object.assign(Sending.prototype, sending);
  }
}

/** The answer to every send that need not wait. */
const SENT: Promise<void> = Promise.resolve();
