// The URL of a WebSocket server: §3.
//
//   ws://host[:port]path[?query]      port 80, in the clear
//   wss://host[:port]path[?query]     port 443, inside of TLS
//
// The resource name, which the request line asks for, is the path ("/" when there is none) and the
// query. A fragment has no meaning here and must not be there; a name and password are not part of
// the grammar.

import { describe } from "../frame/describe.ts";

/** A `ws:` or `wss:` URL, taken apart: §3. */
export interface WebSocketUrl {
  /** The whole of it, as the URL standard writes it. */
  readonly href: string;
  /** Whether it is `wss:`, inside of TLS. */
  readonly isSecure: boolean;
  /** A name or an address to connect to, one of IPv6 without its brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For the Host header: with the port, unless it is the default one (§4.1). */
  readonly host: string;
  /** The resource name: path and query. */
  readonly target: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "ws:": 80, "wss:": 443 };

/**
 * Reads a URL.
 *
 * @throws {SyntaxError} When it is none, has another scheme, a fragment, or a name and password.
 */
export function parseWebSocketUrl(text: string): WebSocketUrl {
  if (!URL.canParse(text)) throw refusal(`found ${describe(text)}, must be ws://host/path (§3)`);
  const { href, protocol, hostname, port, host, pathname, search, username, password } = new URL(
    text,
  );
  const defaultPort = Object.hasOwn(DEFAULT_PORTS, protocol) ? DEFAULT_PORTS[protocol] : undefined;
  if (defaultPort === undefined) {
    throw refusal(`scheme of ${describe(text)} is "${protocol}", must be ws: or wss: (§3)`);
  }
  if (text.includes("#")) throw refusal(`${describe(text)} has a fragment, must have none (§3)`);
  if (username !== "" || password !== "") {
    throw refusal("it has a name or password, which belong in an Authorization header (§3, §10.5)");
  }
  return {
    href,
    isSecure: protocol === "wss:",
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? defaultPort : Number(port),
    host,
    target: pathname + search,
  };
}

function refusal(what: string): SyntaxError {
  return new SyntaxError(`Cannot read WebSocket URL: ${what}`);
}
