// The origin policy: §4.2.2, §10.2. A browser lets any page open a WebSocket to any server and
// sends the server's cookies along; it says only, in Origin, whose page it is. A server that does
// not look can be driven by every web site that its user visits.

/**
 * Whether `origin` has the host and port of the Host header. The schemes are not compared: behind
 * a proxy that ends TLS the page is https and the request http. "null", the origin of a sandboxed
 * page or a file, is nobody's.
 */
export function isSameOrigin(origin: string, host: string): boolean {
  const url = parse(origin);
  // Host is read with the scheme of the origin, so that a default port is the same when left out.
  return url !== null && parse(`${url.protocol}//${host}`)?.host === url.host;
}

/**
 * Whether `origin` is one of `allowed`: whole origins such as "https://example.com", or "*".
 * "null" cannot be listed, for it says nothing of who it is.
 */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  const found = origin.toLowerCase();
  const isNamed = found.includes("://");
  return allowed.some((one) => one === "*" || (isNamed && one.toLowerCase() === found));
}

/**
 * The URL of a web page's origin; `null` when it has more to it than scheme, host and port
 * (RFC 6454 §7), or another scheme: an app on "capacitor://localhost" is no page of ours.
 */
function parse(origin: string): URL | null {
  const isOrigin = /^https?:\/\/[^/?#@\\\s]+$/i.test(origin);
  return isOrigin && URL.canParse(origin) ? new URL(origin) : null;
}
