// What a server may say of a handshake, and what it decides: the origin (§10.2), the subprotocol
// (§4.2.2), the compression (RFC 7692 §5), the bounds.

import type { Duplex } from "node:stream";
import { Compression } from "../connection/compression.ts";
import type { KeepaliveOptions } from "../connection/keepalive.ts";
import { connectionLimits } from "../connection/limits.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { quiet } from "../connection/quiet.ts";
import { isA, print } from "../connection/thrown.ts";
import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";
import { compressionSettings } from "../message/compression.ts";
import type { CompressionOptions } from "../message/compression.ts";
import { negotiate } from "../message/negotiate.ts";
import type { TextForm } from "../message/text_bytes.ts";
import { isToken } from "../message/token.ts";
import { HandshakeError } from "../protocol/handshake_error.ts";
import type { Handshake } from "../protocol/handshake.ts";
import { isAllowedOrigin, isSameOrigin } from "../protocol/origin.ts";

/** Options of `upgradeWebSocket()`. */
export interface UpgradeOptions {
  /**
   * The subprotocols that this server speaks: §1.9. The first one of the client's list that is
   * among them is chosen; when none is, the connection has none. Default: none.
   */
  readonly protocols?: readonly string[];
  /** The subprotocol to choose. It must be one that the client offered: else `TypeError`. */
  readonly protocol?: string;
  /**
   * Whose pages may connect: §10.2. Exact origins such as "https://example.com", "*" for all, or a
   * function of the Origin header, which is `null` when the client is no browser. It gives true or
   * false, at once: a promise is a `TypeError`, and lets nobody in. Others get 403.
   * Default: pages of the same host and port, and clients without an Origin header.
   */
  readonly origin?: string | readonly string[] | ((origin: string | null) => boolean);
  /** More headers for the 101, such as Set-Cookie. */
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  /** When to ask a silent peer whether it lives; `false`: never. */
  readonly keepalive?: KeepaliveOptions | false;
  /** Deno's name for it, in seconds: a ping after half of it, the end after all of it; 0: never. */
  readonly idleTimeout?: number;
  /**
   * Whether messages may be compressed, and how: permessage-deflate, RFC 7692. It is used where the
   * client offers it. It takes processor time, 15 times that of a short message sent as it is, and
   * pays where the line is slow. Default: false.
   */
  readonly compression?: boolean | CompressionOptions;
  /**
   * How text messages are handed over: as strings, or with "bytes" as {@linkcode TextBytes}, which
   * are validated and not decoded. For relays of texts that are not ASCII, or very long: 1 MiB is
   * passed on at 1.2 times the rate. ASCII of up to 64 KiB is cheaper as a string; short ones share
   * their memory, at most 2 KiB of it. Default: "string".
   */
  readonly text?: TextForm;
  /** The bounds of the connection. */
  readonly limits?: Partial<ConnectionLimits>;
  /**
   * Told what a handler threw, once. When it throws, or its promise rejects, both errors are
   * printed. Default: `console.error`.
   */
  readonly onError?: (error: unknown) => void;
  /**
   * The socket of a `node:http` server's "upgrade" event, to upgrade without `serve()`. While it
   * owes the answer to an earlier request (pipelining, RFC 9112 §9.3.2), a handshake is not
   * accepted, and it is destroyed: answer first, then upgrade.
   */
  readonly socket?: Duplex;
  /** What that event gave besides: the first bytes of the connection. */
  readonly head?: Uint8Array;
}

/** Each of them, so that the compiler misses those that are not here. */
const OPTIONS: Readonly<Record<keyof UpgradeOptions, true>> = {
  protocols: true,
  protocol: true,
  origin: true,
  headers: true,
  keepalive: true,
  idleTimeout: true,
  compression: true,
  text: true,
  limits: true,
  onError: true,
  socket: true,
  head: true,
};

const NAMES: readonly string[] = Object.keys(OPTIONS);

/** What was decided, apart from what to do with the connection. */
export interface Decision {
  readonly protocol: string;
  readonly limits: ConnectionLimits;
  readonly keepalive: KeepaliveOptions | false;
  readonly text: TextForm;
  readonly compression: Compression | null;
  readonly onError: (error: unknown) => void;
}

/**
 * Decides on a handshake.
 *
 * @throws {HandshakeError} 403 when its origin is refused.
 * @throws {TypeError | RangeError} When an option means nothing.
 */
export function decide(handshake: Handshake, options: UpgradeOptions): Decision {
  checkNames("upgrade", options, NAMES);
  checkOrigin(handshake, options.origin);
  return {
    protocol: chooseProtocol(handshake, options),
    limits: connectionLimits(options.limits),
    keepalive: keepaliveOptions(options),
    text: checkedText(options.text),
    compression: agreedCompression(handshake, options.compression),
    onError: checkedOnError(options.onError),
  };
}

function checkOrigin(handshake: Handshake, policy: UpgradeOptions["origin"]): void {
  const { origin, host } = handshake;
  if (!isPolicy(policy)) {
    const found = describe(policy);
    throw new TypeError(`Cannot upgrade: origin is ${found}, must be origins or a function`);
  }
  const isAllowed =
    typeof policy === "function"
      ? verdict(policy(origin))
      : origin === null ||
        (policy === undefined
          ? isSameOrigin(origin, host)
          : isAllowedOrigin(origin, typeof policy === "string" ? [policy] : policy));
  if (!isAllowed) { // §10.2 [S26]
    const found = describe(origin);
    const text = `Cannot upgrade: origin is ${found}, must be allowed by the option origin (§10.2)`;
    throw new HandshakeError(text, 403);
  }
}

/** A promise of `false` is truthy: to take it for consent would let every page in (§10.2). */
function verdict(given: unknown): boolean {
  if (typeof given === "boolean") return given;
  if (isA(given, Promise)) void quiet(given); // it is too late for what it rejects with
  throw new TypeError(`Cannot upgrade: origin gave ${describe(given)}, must be true or false`);
}

function isPolicy(policy: unknown): boolean {
  if (Array.isArray(policy)) return policy.every((one) => typeof one === "string");
  return policy === undefined || typeof policy === "string" || typeof policy === "function";
}

/** §4.2.2: only what the client offered, and only what the server named; never an echo. */
function chooseProtocol(handshake: Handshake, options: UpgradeOptions): string {
  const { protocol, protocols = [] } = options;
  const offered = handshake.protocols;
  if (protocol !== undefined) {
    if (!offered.includes(protocol)) { // §4.2.2 [S28]
      const found = describe(protocol);
      const list = offered.join(", ") || "none";
      throw new TypeError(
        `Cannot upgrade: protocol is ${found}, must be one that the client offered (${list})`,
      );
    }
    return protocol;
  }
  if (!Array.isArray(protocols) || !protocols.every(isProtocol)) {
    const list: readonly unknown[] = Array.isArray(protocols) ? protocols : [protocols];
    const found = list.map(describe).join(", ");
    throw new TypeError(`Cannot upgrade: protocols is ${found}, must be an array of tokens`);
  }
  return offered.find((name) => protocols.includes(name)) ?? ""; // §4.2.1 [S16], §4.2.2 [S28]
}

function isProtocol(name: unknown): boolean {
  return typeof name === "string" && isToken(name);
}

function checkedText(text: TextForm = "string"): TextForm {
  if (text === "string" || text === "bytes") return text;
  const found = describe(text);
  throw new TypeError(`Cannot upgrade: text is ${found}, must be "string" or "bytes"`);
}

function checkedOnError(onError: UpgradeOptions["onError"] = print): Decision["onError"] {
  if (typeof onError === "function") return onError;
  const found = describe(onError);
  throw new TypeError(`Cannot upgrade: onError is ${found}, must be a function`);
}

/** RFC 7692 §5 [D01]: what the client offers and the server wants; else nothing: §4.2.2 [S31]. */
function agreedCompression(
  { extensions }: Handshake,
  compression: UpgradeOptions["compression"] = false,
): Compression | null {
  if (compression === false) return null;
  const settings = compressionSettings(compression === true ? {} : compression);
  const negotiated = negotiate(extensions, settings);
  return negotiated === null ? null : new Compression(negotiated, settings);
}

function keepaliveOptions({ keepalive, idleTimeout }: UpgradeOptions): KeepaliveOptions | false {
  if (keepalive !== undefined) return keepalive;
  if (idleTimeout === undefined) return {};
  if (!(typeof idleTimeout === "number" && idleTimeout >= 0)) {
    const found = describe(idleTimeout);
    throw new RangeError(`Cannot upgrade: idleTimeout is ${found}, must be seconds, or 0`);
  }
  return idleTimeout === 0 ? false : { interval: idleTimeout * 500, timeout: idleTimeout * 500 };
}
