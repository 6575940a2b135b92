// The URL that a request is for: RFC 9110 §7.1, RFC 9112 §3.2, §3.3. It is put together from the
// scheme, the Host header and the request target, by concatenation: to resolve the target against
// a base lets "//evil/x" replace the host, and whoever compares origins later compares the
// attacker with himself.

/** `uri-host [ ":" port ]`, RFC 9110 §7.2. No "@", "/", "?", "#", "\" or space can pass. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::[0-9]{0,5})?$/;

/** No control character and no white space, which a URL would drop or encode; no fragment. */
const TARGET = /^[^\0-\x20\x7f#]*$/;

/** An absolute-form has a host: a URL would skip slashes, and take the path for it. */
const ABSOLUTE = /^https?:\/\/[^/\\]/i;

/** Whether a Host header names a host: §4.2.1 [S06]. */
export function isHost(host: string): boolean {
  return HOST.test(host) && URL.canParse(`http://${host}`);
}

/**
 * The URL of a request; `null` when Host or target are not valid together: §4.2.1 [S05, S06].
 *
 * @param target An origin-form ("/chat?x=1"), or an absolute-form with this scheme and host: what
 * came in the clear must not be taken for https (RFC 9110 §7.4).
 */
export function requestUrl(scheme: "http" | "https", host: string, target: string): URL | null {
  if (!isHost(host) || !TARGET.test(target)) return null;
  const base = `${scheme}://${host}`;
  if (target.startsWith("/")) return new URL(base + target); // no path makes a URL invalid
  if (ABSOLUTE.test(target)) return sameOrigin(target, base);
  return null;
}

function sameOrigin(text: string, base: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isSame = url.origin === new URL(base).origin;
  return isSame && url.username === "" && url.password === "" ? url : null;
}
