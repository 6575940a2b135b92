// The server under test: where it is, and what every handshake with it must say.

/** What to connect to. */
export interface Target {
  /** As it was given. */
  readonly url: string;
  /** Whether everything runs inside TLS: §3. */
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Path and query: the resource name of §3. */
  readonly resource: string;
  /** The value of the Host header. */
  readonly host: string;
  /** More header fields for each handshake, such as a token or an Origin. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether any certificate will do. */
  readonly insecure: boolean;
}

/** Reads a URL of the scheme `ws` or `wss`. Throws `TypeError` at any other. */
export function readTarget(
  text: string,
  fields: Readonly<Record<string, string>> = {},
  insecure = false,
): Target {
  if (!URL.canParse(text)) throw new TypeError(`Cannot connect: "${text}" is no URL (§3)`);
  const url = new URL(text);
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new TypeError(`Cannot connect: scheme is "${url.protocol}", must be ws: or wss: (§3)`);
  }
  if (url.hash !== "") throw new TypeError("Cannot connect: the URL has a fragment (§3)");
  const secure = url.protocol === "wss:";
  return {
    url: url.href,
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    resource: url.pathname + url.search,
    host: url.host,
    fields,
    insecure,
  };
}
