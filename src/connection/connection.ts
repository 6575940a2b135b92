// What the user holds of a connection. The mechanism is in `lifecycle`, the two queues in
// `read_loop` and `write_loop`; here are the promises that they keep.
//
// Over 250 lines: most of it is what the user is told of one class.

import type { Receiver } from "../channel/mod.ts";
import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";
import type { Message } from "../message/message.ts";
import { checkUtf8, TextBytes } from "../message/text_bytes.ts";
import type { Closure } from "../protocol/endpoint.ts";
import { checkClose } from "./check_close.ts";
import { ForEach } from "./for_each.ts";
import type { MessageCallback } from "./for_each.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { BatchIterator, MessageIterator, messagesOf } from "./messages.ts";
import type { WaitOptions, WriteOptions } from "./options.ts";
import { quiet } from "./quiet.ts";
import { statsOf } from "./stats.ts";
import type { ConnectionStats } from "./stats.ts";

const CLOSE_OPTIONS: readonly string[] = ["timeout"];

/** What is known of a connection from its opening handshake. */
export interface ConnectionInit {
  /** The subprotocol that both sides speak, or "". */
  readonly protocol: string;
  /** Where the peer is: as the socket says it, or as the `trustedProxies` of `serve()` do. */
  readonly remoteAddr: RemoteAddr;
  /** Default of `close()`, in milliseconds. */
  readonly closeTimeoutMs: number;
}

/** The address of a peer; hostname "" when it had gone before anybody could ask. */
export type RemoteAddr =
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly transport: "unix"; readonly path: string };

/**
 * One WebSocket connection: messages in, messages out.
 *
 * Any number of tasks may read and write at once: reads are served in the order of their calls,
 * and a message is written whole. What arrives is kept until it is read, from the first byte on;
 * a connection that nobody reads pauses its socket, one that cannot send makes `write()` wait.
 */
export class Connection implements AsyncIterable<Message>, AsyncDisposable {
  readonly #lifecycle: Lifecycle;
  readonly #closeTimeoutMs: number;

  /** The subprotocol that both sides speak, or "": §1.9. */
  readonly protocol: string;
  /** The extensions that are in force, as the 101 named them, or "": §9.1. */
  readonly extensions: string;
  /** Where the peer is: as the socket says it, or as the `trustedProxies` of `serve()` do. */
  readonly remoteAddr: RemoteAddr;

  /** Connections are made by `upgradeWebSocket()`. */
  constructor(lifecycle: Lifecycle, init: ConnectionInit) {
    this.#lifecycle = lifecycle;
    lifecycle.observed.connection = this;
    this.#closeTimeoutMs = init.closeTimeoutMs;
    this.protocol = init.protocol;
    this.extensions = lifecycle.compression?.header ?? "";
    this.remoteAddr = init.remoteAddr;
  }

  /**
   * The next message: a `string` for text (with the option `text: "bytes"` of `upgradeWebSocket()`
   * {@linkcode TextBytes}), a `Uint8Array` of its own for binary (§5.6). Short texts that came
   * together may be parts of one string: whoever keeps one of them keeps 2 KiB at most.
   *
   * Rejects with {@linkcode ConnectionClosedError} when all messages are read and no other can
   * come, and with the reason of `signal`, which takes no message. A rejection that nobody looks at
   * ends no process.
   */
  read(options?: WaitOptions): Promise<Message> {
    return this.#lifecycle.readLoop.read(options);
  }

  /**
   * Hot: the next message if it is here already, else `undefined`; then `read()` knows more. With
   * `tryRead() ?? await read()` 16 short messages at a time are read and echoed at 1.2 times the
   * rate of `for await`.
   */
  tryRead(): Message | undefined {
    return this.#lifecycle.readLoop.tryRead();
  }

  /**
   * Hot: queues a message: a string or {@linkcode TextBytes} as text, other bytes as binary.
   * Fulfils at once while there is room in the outbox (64 KiB, 1,000 messages), else when there is;
   * what is queued is sent in order, before any Close frame. Bytes are copied, and are the caller's
   * again when the call returns, unless {@linkcode WriteOptions.transfer | transfer} gives them
   * away. A lone surrogate is sent as U+FFFD.
   *
   * Rejects with {@linkcode ConnectionClosedError} when the connection is closing or closed, with
   * the reason of `signal`, and with `RangeError` when the calls that wait have piled up to 1 MiB
   * besides the largest; the message was not queued then. A rejection that nobody looks at ends no
   * process.
   *
   * @throws {TypeError} When `message` is neither a string nor a Uint8Array, or is no UTF-8, or
   * `compress` or `transfer` is no boolean.
   */
  write(message: Message, options?: WriteOptions): Promise<void> {
    return this.#lifecycle.writeLoop.write(checked(message), options);
  }

  /**
   * Hot: queues a message if there is room for it now. Returns whether it did: `false` means that
   * the outbox is full or the connection is closing or closed. Nothing can be given away here, for
   * then it would be lost.
   *
   * @throws {TypeError} When `message` is neither a string nor a Uint8Array, or is no UTF-8, or
   * `compress` is no boolean.
   */
  tryWrite(message: Message, options?: Pick<WriteOptions, "compress">): boolean {
    return this.#lifecycle.writeLoop.tryWrite(checked(message), options);
  }

  /**
   * Starts the closing handshake (§7.1.2): sends what is queued, then a Close frame, and waits for
   * the peer's. Messages that arrived can still be read; those that find the inbox full from now
   * on are dropped, since nobody may be reading. Calls of `write()` that wait reject.
   *
   * Every call returns the same promise as {@linkcode closed}; only the first one counts.
   *
   * @param code 1000 to 1003, 1007 to 1009, 1011 to 1014 or 3000 to 4999: §7.4. Default: 1000.
   * @param reason At most 123 bytes of UTF-8: §5.5.1. Default: "".
   * @param options.timeout Milliseconds that the handshake may take before TCP is cut.
   * Default: 10,000.
   * @throws {RangeError} When code or reason may not be on the wire, or the timeout is no time.
   * @throws {TypeError} When the reason is no string, or an option is unknown.
   */
  close(
    code: number = 1000,
    reason: string = "",
    options: { readonly timeout?: number } = {},
  ): Promise<Closure> {
    checkNames("close", options, CLOSE_OPTIONS);
    const { timeout = this.#closeTimeoutMs } = options;
    checkClose(code, reason, timeout);
    this.#lifecycle.close(code, reason, timeout);
    return this.closed;
  }

  /** Cuts the connection at once: no Close frame, and what was not sent is lost. Code 1006. */
  terminate(): void {
    this.#lifecycle.terminate(new DOMException("terminate() was called", "AbortError"));
  }

  /**
   * Sends a ping (§5.5.2). Fulfils with the milliseconds until its pong. A peer is pinged without
   * it when it has been silent for a while: see the option `keepalive`.
   *
   * Rejects with {@linkcode ConnectionClosedError}, and with `RangeError` when 16 pings wait. A
   * rejection that nobody looks at ends no process.
   */
  ping(): Promise<number> {
    const lifecycle = this.#lifecycle;
    if (!lifecycle.isOpen) return quiet(Promise.reject(lifecycle.closedError("ping")));
    return lifecycle.pings.ping((payload) => lifecycle.writeLoop.ping(payload));
  }

  /** Fulfils when the connection has ended, with all that is known of why. It never rejects. */
  get closed(): Promise<Closure> {
    return this.#lifecycle.closed;
  }

  /**
   * The messages as the receiving end of a channel: a case of `select`. There the end is `done`,
   * also when the connection was lost; {@linkcode closed} tells them apart.
   *
   * ```ts run
   * import { serve, upgradeWebSocket } from "sluice";
   * import { select, tick } from "sluice/channel";
   *
   * serve({ port: 0 }, (request) =>
   *   upgradeWebSocket(request, async (connection) => {
   *     const second = tick(1000);
   *     for (;;) {
   *       const event = await select({ message: connection.messages, second });
   *       if (event.done) return;
   *       await connection.write(event.case === "second" ? "heartbeat" : event.value);
   *     }
   *   }).response,
   * );
   * ```
   */
  get messages(): Receiver<Message> {
    return messagesOf(this.#lifecycle.readLoop);
  }

  /** What the connection holds and has done. */
  stats(): ConnectionStats {
    return statsOf(this.#lifecycle);
  }

  /**
   * The messages until the end. It ends with the peer's Close, and throws
   * {@linkcode ConnectionClosedError} when the connection was lost without one. To leave the loop
   * early closes nothing and takes no message too many.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return new MessageIterator(this.#lifecycle);
  }

  /**
   * The messages in arrays: all that has arrived, 256 at most, in order. It ends as the loop over
   * single messages does. Where messages come in bursts it saves a promise for each: 16 short ones
   * at a time are read and echoed at 1.1 times the rate of `for await`.
   *
   * ```ts run
   * import { serve, upgradeWebSocket } from "sluice";
   *
   * serve({ port: 0 }, (request) =>
   *   upgradeWebSocket(request, async (connection) => {
   *     for await (const messages of connection.batches()) {
   *       for (const message of messages) {
   *         if (!connection.tryWrite(message)) await connection.write(message);
   *       }
   *     }
   *   }).response,
   * );
   * ```
   */
  batches(): AsyncIterableIterator<Message[], undefined> {
    return new BatchIterator(this.#lifecycle);
  }

  /**
   * Calls `callback` with each message, in the turn in which it arrives, and before it returns with
   * those that are here already. Where the callback returns a promise, as that of `write()`, the
   * next message waits for it: so a callback that is slow slows the peer. It saves the promise of
   * each message: 16 short ones at a time are read and echoed at 1.3 times the rate of `for await`,
   * one at a time no faster.
   *
   * Fulfils with the peer's Close. Rejects with {@linkcode ConnectionClosedError} when the
   * connection was lost without one, which ends no process where nobody looks at it, and with what
   * the callback threw or its promise rejected with, such as a `write()` that came too late: then
   * no further message is taken. A `read()` that waits beside it is served first.
   *
   * ```ts run
   * import { serve, upgradeWebSocket } from "sluice";
   *
   * serve({ port: 0 }, (request) =>
   *   upgradeWebSocket(request, (connection) =>
   *     connection.forEach((message) => connection.write(message)),
   *   ).response,
   * );
   * ```
   *
   * @throws {TypeError} When `callback` is no function, or another call has not finished.
   */
  forEach(callback: MessageCallback): Promise<void> {
    const { readLoop } = this.#lifecycle;
    if (typeof callback !== "function") {
      throw new TypeError(`Cannot read: callback is ${describe(callback)}, must be a function`);
    }
    if (readLoop.consumer !== null) throw new TypeError("Cannot read: forEach() reads already");
    const forEach = new ForEach(readLoop, this.#lifecycle, callback);
    readLoop.consumer = forEach;
    forEach.messagesCame();
    return forEach.finished;
  }

  /** `await using connection`: closes with 1000, and waits for the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Plain JavaScript may pass anything. */
function checked(message: Message): Message {
  if (typeof message === "string") return message;
  if (!(message instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot write: message is ${describe(message)}, must be a string or a Uint8Array (§5.6)`,
    );
  }
  if (message instanceof TextBytes) checkUtf8(message);
  if (message.length === 0) checkAttached(message);
  return message;
}

/** Bytes whose memory was transferred look empty, and throw where they are copied. */
function checkAttached(message: Uint8Array): void {
  try {
    new Uint8Array(message);
  } catch {
    throw new TypeError("Cannot write: the memory of message was transferred to somebody else");
  }
}
