// The bounds of one connection. Everything held is charged by one function, `charge`: its bytes,
// two for each UTF-16 code unit of a text, and 160 more for each item.

import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";

/**
 * The bounds of a connection. Times are milliseconds. Sizes are bytes as charged: those of a binary
 * message, two for each UTF-16 code unit of a text, and 160 more for each message.
 */
export interface ConnectionLimits {
  /**
   * The largest message, in bytes of its payload; of a compressed one, inflated. The header that
   * passes it, or the byte that would be inflated beyond it, fails the connection with 1009;
   * `write()` of a larger one is not refused. Default: 1 MiB, at most 536,870,888, the longest
   * string that there is.
   */
  readonly messageSizeMax: number;
  /**
   * What may wait to be read before the socket is paused, which slows the peer; reading goes on
   * at half of it. What one read of the socket brought, 64 KiB at most, is still taken in: of short
   * messages about 1,000, of compressed ones one; the rest waits as it came.
   * Default: 1 MiB.
   */
  readonly inboxSizeMax: number;
  /** The same as a count of messages. Default: 1,000. */
  readonly inboxMessagesMax: number;
  /**
   * What may wait to be sent before `write()` waits and `tryWrite()` returns false. A larger
   * message is taken when nothing else waits. Default: 64 KiB.
   */
  readonly outboxSizeMax: number;
  /** The same as a count of messages. Default: 1,000. */
  readonly outboxMessagesMax: number;
  /**
   * What calls of `write()` may pile up behind a full outbox, the largest of them not counted;
   * beyond it they reject with `RangeError`, for then nobody awaits them. Default: 1 MiB.
   */
  readonly outboxWaitingMax: number;
  /**
   * How long a full socket may have no room before the connection is terminated. The system says
   * that there is room when about a third of its buffer is free, on Linux up to 4 MiB: a peer that
   * reads less than that in time, some 45 KB/s, is cut; where such peers are expected, raise it or
   * lower `net.ipv4.tcp_wmem`. Default: 30,000.
   */
  readonly stallTimeoutMs: number;
  /**
   * How long the closing handshake may take before TCP is cut; and how long, when a peer has ended
   * TCP, messages that it sent before that wait for a reader who takes none, beside the pauses for
   * `messagesPerSecondMax`. Default: 10,000.
   */
  readonly closeTimeoutMs: number;
  /**
   * Messages a second, on average. A fragment counts as a message, or a million of them would be
   * one. Beyond it the socket is paused for as long as it takes, which slows the peer and loses
   * nothing; what one read of the socket has brought besides, 64 KiB at most, waits undecoded, with
   * any control frame in it, and with the end of TCP behind it. Default: Infinity.
   */
  readonly messagesPerSecondMax: number;
  /**
   * Messages that may come at once when none has come for a while: only with the limit above.
   * Default: Infinity, which stands for as many as may come in a second.
   */
  readonly messagesBurstMax: number;
  /**
   * Pings and pongs a second, on average, and at once; the answers to pings of ours are among them.
   * The one that passes it fails the connection with 1008. A keepalive needs one in some seconds.
   * Default: Infinity, since a flood of them takes turns with the other connections as any does.
   */
  readonly controlFramesPerSecondMax: number;
  /**
   * How long a message may take from its first header, once that is whole, to its last byte,
   * without the time in which the socket is paused; one that is not complete then, or an eighth
   * later, fails the connection with 1008. On a slow line a large message takes long: 1 MiB at
   * 50 KiB a second 20 s. And a peer may begin a message and go on with a fragment now and then
   * (§5.4), as one that dictates does. Default: Infinity.
   */
  readonly messageTimeoutMs: number;
}

/** The longest string of V8: no text message can be longer. */
const MESSAGE_SIZE_LIMIT = 536_870_888;

const DEFAULTS: ConnectionLimits = {
  messageSizeMax: 1024 * 1024,
  inboxSizeMax: 1024 * 1024,
  inboxMessagesMax: 1000,
  outboxSizeMax: 64 * 1024,
  outboxMessagesMax: 1000,
  outboxWaitingMax: 1024 * 1024,
  stallTimeoutMs: 30_000,
  closeTimeoutMs: 10_000,
  messagesPerSecondMax: Infinity,
  messagesBurstMax: Infinity,
  controlFramesPerSecondMax: Infinity,
  messageTimeoutMs: Infinity,
};

/** The last ones that were asked for: connections with the same bounds share them. */
let latest: ConnectionLimits = DEFAULTS;

const NAMES = Object.keys(DEFAULTS) as readonly (keyof ConnectionLimits)[];

/** `limits` with the defaults for what it leaves out. Throws what {@linkcode withDefaults} does. */
export function connectionLimits(limits: Partial<ConnectionLimits> = {}): ConnectionLimits {
  const all = withDefaults(limits, DEFAULTS);
  const { messageSizeMax, messagesPerSecondMax, messagesBurstMax } = all;
  if (messageSizeMax > MESSAGE_SIZE_LIMIT) {
    throw new RangeError(
      `Cannot set limit: messageSizeMax is ${messageSizeMax}, must be <= ${MESSAGE_SIZE_LIMIT}`,
    );
  }
  if (messagesBurstMax !== Infinity && messagesPerSecondMax === Infinity) {
    const text = `messagesBurstMax is ${messagesBurstMax}, must go with messagesPerSecondMax`;
    throw new RangeError(`Cannot set limit: ${text}`);
  }
  const isSame = NAMES.every((name) => all[name] === latest[name]);
  return isSame ? latest : (latest = all);
}

/**
 * `values` with the defaults for what it leaves out.
 *
 * @throws {TypeError} When it is no object, or a name is unknown: that would be a limit that does
 * not hold.
 * @throws {RangeError} When a value is not an integer above 0, nor Infinity.
 */
export function withDefaults<T extends object>(values: Partial<T>, defaults: T): T {
  checkNames("set limit", values, Object.keys(defaults));
  // What a getter gives is asked for once: it is checked, and in force.
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (value === Infinity || (Number.isSafeInteger(value) && (value as number) > 0)) continue;
    const found = describe(value);
    throw new RangeError(`Cannot set limit: ${name} is ${found}, must be an integer above 0`);
  }
  return { ...defaults, ...Object.fromEntries(given) };
}
