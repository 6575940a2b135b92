// What `serve()` may be told, and what of it makes no sense: seen before anything listens, and in
// the words of our options instead of Node's.

import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";
import type { Addr } from "./address.ts";
import type { ServerLimits } from "./limits.ts";
import type { TrustedProxies } from "./proxies.ts";
import type { ErrorHandler } from "./respond.ts";

/** Options of {@linkcode serve}. */
export interface ServeOptions {
  /** Default: 8000. With 0 the system chooses; see `onListen`. */
  readonly port?: number;
  /** Default: "0.0.0.0", all addresses of IPv4. */
  readonly hostname?: string;
  /** The path of a Unix socket, instead of port and hostname. */
  readonly path?: string;
  /** The certificate for TLS, in PEM, with `key`. */
  readonly cert?: string;
  /** The private key for TLS, in PEM, with `cert`. */
  readonly key?: string;
  /**
   * The hosts that this server has: "example.com" for every port, or "example.com:8080". Requests
   * for others get 421, which a page that rebinds its name to our address cannot avoid. Default:
   * all.
   */
  readonly allowedHosts?: readonly string[];
  /** Proxies that are believed when they say where a client is. Default: none. */
  readonly trustedProxies?: TrustedProxies;
  /** Shuts the server down when it aborts. */
  readonly signal?: AbortSignal;
  /** Told the address when the server listens. Default: prints it. */
  readonly onListen?: (addr: Addr) => void;
  /**
   * Makes the response when the handler throws. When it throws too, both errors are printed, and
   * the answer is 500. Default: prints the error and answers 500.
   */
  readonly onError?: ErrorHandler;
  /** The bounds of the server: see {@linkcode ServerLimits} for their defaults. */
  readonly limits?: Partial<ServerLimits>;
}

/** Each of them, so that the compiler misses those that are not here. */
const OPTIONS: Readonly<Record<keyof ServeOptions, true>> = {
  port: true,
  hostname: true,
  path: true,
  cert: true,
  key: true,
  allowedHosts: true,
  trustedProxies: true,
  signal: true,
  onListen: true,
  onError: true,
  limits: true,
};

/** Throws a TypeError or a RangeError for options that mean nothing. */
export function checkServeOptions(options: ServeOptions): void {
  checkNames("serve", options, Object.keys(OPTIONS));
  const { port = 0, hostname, path, key, cert, signal, onListen, onError } = options;
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    const found = describe(port);
    throw new RangeError(`Cannot serve: port is ${found}, must be an integer from 0 to 65535`);
  }
  check("hostname", hostname, "a string", typeof hostname === "string");
  check("path", path, "the path of a socket", typeof path === "string" && path !== "");
  check("key", key, "a string in PEM", isPem(key));
  check("cert", cert, "a string in PEM", isPem(cert));
  check("signal", signal, "an AbortSignal", signal instanceof AbortSignal);
  check("onListen", onListen, "a function", typeof onListen === "function");
  check("onError", onError, "a function", typeof onError === "function");
  if ((key === undefined) !== (cert === undefined)) {
    throw new TypeError("Cannot serve: found one of key and cert, must be both or neither");
  }
}

/** As bytes it may have come from a file: Node takes that, too. */
function isPem(value: unknown): boolean {
  return typeof value === "string" || value instanceof Uint8Array;
}

function check(name: string, value: unknown, wanted: string, isValid: boolean): void {
  if (value === undefined || isValid) return;
  throw new TypeError(`Cannot serve: ${name} is ${describe(value)}, must be ${wanted}`);
}
