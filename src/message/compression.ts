// What a server wants of permessage-deflate (RFC 7692), with its defaults. What a connection gets
// is agreed on from this and from the client's offer: see negotiate.ts.
//
// Two questions decide the cost. Whether a side goes on with the context of its last message
// ("context takeover", RFC 7692 §7.1.1): then a short message can refer to those before it, and
// becomes smaller by a third or more. And how far back it may refer (the window, RFC 7692 §7.1.2),
// which is what has to be kept for that. Nothing else is: no zlib stream belongs to a connection.
//
//   measured, JSON, level 6    no takeover, 13 bits    takeover, 12 bits    takeover, 15 bits
//   128 B                      82 %  12 µs             36 %  17 µs
//   1 KiB                      39 %  26 µs             25 %  33 µs          24 %  90 µs
//   16 KiB                     24 % 260 µs             22 % 260 µs          21 % 490 µs
//   kept for a connection      nothing                 4 + 4 KiB            32 + 32 KiB
//
// What memory zlib takes while it works is no question, since it is free again after the call: its
// memLevel stays at 8, and no other was faster.

import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";

/** One value for both sides, or one for each. */
export type PerSide<T> = T | { readonly server?: T; readonly client?: T };

/**
 * How a server compresses: permessage-deflate, RFC 7692. All of it is for what both sides may do at
 * most; a client can ask for less.
 */
export interface CompressionOptions {
  /**
   * Whether a side may refer to its earlier messages: RFC 7692 §7.1.1. Short messages become much
   * smaller, where `threshold` lets them be compressed. It keeps the window of that side for each
   * connection. And a secret can be guessed by whoever gets his own text into a message behind it,
   * and sees its size (RFC 7692 §8).
   * Default: false, both sides begin each message anew and nothing is kept.
   */
  readonly contextTakeover?: PerSide<boolean>;
  /**
   * How far back a side may refer, as a power of two, in bytes: 9 to 15, RFC 7692 §7.1.2. With
   * context takeover it is what each connection keeps, 512 B to 32 KiB a side, and what is read
   * again for each message (2 µs a KiB). A client that cannot be limited to it is not allowed to
   * take its context over. One that asks for 8 gets 8: zlib's 9, which refer back 250 bytes.
   * Default: 12 for a side with context takeover; without it 13 for the server, 15 for the client.
   */
  readonly windowBits?: PerSide<number>;
  /**
   * How hard to try, 1 (fast) to 9; with 0 nothing is compressed, but what comes compressed is
   * read. Measured, 1 MiB of JSON: 1 makes 28 % of it in 8 ms, 6 makes 22 % in 16 ms, 9 makes as
   * much in 26 ms. So long nothing else runs.
   * Default: 6, as zlib's own. With a window of 13 bits it makes as little of up to 64 KiB as zlib
   * with 15 bits, and of 1 MiB 3 % more in three fifths of the time.
   */
  readonly level?: number;
  /**
   * A shorter message is sent as it is, in bytes. Default: 1024; 0 tries all.
   */
  readonly threshold?: number;
}

/** {@linkcode CompressionOptions}, checked and complete. */
export interface CompressionSettings {
  readonly contextTakeover: { readonly server: boolean; readonly client: boolean };
  readonly windowBits: { readonly server: number; readonly client: number };
  readonly level: number;
  readonly threshold: number;
}

/** The largest window that DEFLATE has, and the one that holds where nothing is said. */
export const WINDOW_BITS_MAX = 15;

/** zlib has no smaller one for the compressor: for 8 bits it takes 9. */
const WINDOW_BITS_MIN = 9;

/** Of what 32 KiB of context gain, 4 KiB gain nearly all: see the table above. */
const WINDOW_BITS_KEPT = 12;

/** For what begins anew each time: 15 bits make 3 % less of 1 MiB, in 1.6 times the time. */
const WINDOW_BITS_ANEW = 13;

/** 7 makes 1 % less of 16 KiB and of 1 MiB, in 1.25 times the time; of the worst text, twice. */
const LEVEL = 6;

const NAMES: readonly string[] = ["contextTakeover", "windowBits", "level", "threshold"];
const SIDES: readonly string[] = ["server", "client"];

/**
 * `options` with the defaults for what it leaves out.
 *
 * @throws {TypeError} When a name is unknown, or a value of another type.
 * @throws {RangeError} When a number is out of its range.
 */
export function compressionSettings(options: CompressionOptions = {}): CompressionSettings {
  checkNames("compress", options, NAMES);
  const [server, client] = sides(options.contextTakeover, false);
  checkBoolean("contextTakeover", server);
  checkBoolean("contextTakeover", client);
  const [serverBits, clientBits] = sides(options.windowBits, undefined);
  const { level = LEVEL, threshold = 1024 } = options;
  checkInteger("level", level, 0, 9);
  if (threshold !== Infinity) checkInteger("threshold", threshold, 0, Number.MAX_SAFE_INTEGER);
  return {
    contextTakeover: { server, client },
    windowBits: {
      server: checkedBits(serverBits, server ? WINDOW_BITS_KEPT : WINDOW_BITS_ANEW),
      client: checkedBits(clientBits, client ? WINDOW_BITS_KEPT : WINDOW_BITS_MAX),
    },
    level,
    threshold,
  };
}

function checkedBits(bits: number | undefined, standard: number): number {
  if (bits === undefined) return standard;
  checkInteger("windowBits", bits, WINDOW_BITS_MIN, WINDOW_BITS_MAX);
  return bits;
}

/** The values of the server and of the client. */
function sides<T>(value: PerSide<T> | undefined, standard: T): [server: T, client: T] {
  if (value === undefined) return [standard, standard];
  if (typeof value !== "object" || value === null) return [value as T, value as T];
  checkNames("compress", value, SIDES);
  const { server = standard, client = standard } = value as { server?: T; client?: T };
  return [server, client];
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(`Cannot compress: ${name} is ${describe(value)}, must be true or false`);
}

function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const found = describe(value);
  throw new RangeError(`Cannot compress: ${name} is ${found}, must be an integer ${range}`);
}
