// The server's side of the opening handshake read a second time: §4.2.1, line by line, on a head
// that is well-formed already.

import { isReferenceToken, readList } from "./reference_extensions.ts";
import type { ReferenceExtension } from "./reference_extensions.ts";
import type { ReferenceHead } from "./reference_request.ts";
import { withoutSpace } from "./reference_request.ts";

/** What becomes of a request. */
export type ReferenceVerdict =
  /** It is none of WebSocket's. */
  | { readonly kind: "ordinary" }
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "accepted"; readonly handshake: ReferenceHandshake };

/** What a valid one asks for. */
export interface ReferenceHandshake {
  readonly key: string;
  readonly protocols: readonly string[];
  readonly extensions: readonly ReferenceExtension[];
  readonly origin: string | null;
  readonly host: string;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGITS = "0123456789";

/** Reads a request. The first rule that does not hold names the status. */
export function referenceVerdict(head: ReferenceHead): ReferenceVerdict {
  const all = (name: string): string[] =>
    head.fields.filter((field) => field[0].toLowerCase() === name).map(([, value]) => value);
  const lists = (name: string, token: string): boolean =>
    all(name).some((value) => items(value).includes(token));
  const isUpgrade =
    head.version === "1.1" && lists("upgrade", "websocket") && lists("connection", "upgrade");
  if (!isUpgrade) return { kind: "ordinary" };

  const once = (name: string): string | null => all(name)[0] ?? null;
  const repeats = (name: string): boolean => all(name).length > 1;
  if (head.method !== "GET") return refused(405);
  const host = once("host");
  if (repeats("host") || host === null || !isHost(host)) return refused(400);
  if (all("content-length").some((length) => length !== "0")) return refused(400);
  if (all("transfer-encoding").length > 0) return refused(400);
  if (all("expect").length > 0) return refused(417);
  const version = once("sec-websocket-version");
  if (repeats("sec-websocket-version")) return refused(400);
  if (version === null) return refused(426);
  if (!isByte(version)) return refused(400);
  if (version !== "13") return refused(426);
  const key = once("sec-websocket-key");
  if (repeats("sec-websocket-key") || key === null || !isKey(key)) return refused(400);

  const offered = all("sec-websocket-protocol");
  const protocols = offered.flatMap((value) => items(value, false));
  if (offered.length > 0 && protocols.length === 0) return refused(400);
  if (!protocols.every(isReferenceToken)) return refused(400);
  if (new Set(protocols).size < protocols.length) return refused(400);
  const extensions = readList(all("sec-websocket-extensions").join(","));
  if (typeof extensions === "number") return refused(400);
  if (repeats("origin")) return refused(400);
  const handshake = { key, protocols, extensions, origin: once("origin"), host };
  return { kind: "accepted", handshake };
}

/** §10.2: a page of the same host and port, or no page. */
export function isOfSameHost({ origin, host }: ReferenceHandshake): boolean {
  if (origin === null) return true;
  const scheme = ["http://", "https://"].find((one) => origin.toLowerCase().startsWith(one));
  if (scheme === undefined) return false;
  const authority = origin.slice(scheme.length);
  if (authority === "" || Array.from(authority).some((one) => "/?#@\\ \t".includes(one))) {
    return false;
  }
  const [page, own] = [scheme + authority, scheme + host];
  return URL.canParse(page) && URL.canParse(own) && new URL(page).host === new URL(own).host;
}

/** Whether a URL can be made of the request: RFC 9112 §3.2. */
export function hasUrl({ target }: ReferenceHead, host: string): boolean {
  if (target.includes("#")) return false;
  const base = `http://${host}`;
  const text = target.startsWith("/") ? base + target : target;
  if (!text.toLowerCase().startsWith("http://") || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.host === new URL(base).host && url.username === "" && url.password === "";
}

function refused(status: number): ReferenceVerdict {
  return { kind: "refused", status };
}

/** The items of a list; tokens have no case, but for the names of protocols. */
function items(value: string, isCaseless = true): string[] {
  const parts = value.split(",").map(withoutSpace);
  return parts.filter((part) => part !== "").map((part) => (isCaseless ? lower(part) : part));
}

/** RFC 9110 §7.2: a name or an address, and perhaps a port. The rest is for WHATWG's URL to say. */
function isHost(host: string): boolean {
  const isLiteral = host.startsWith("[");
  const nameEnd = isLiteral ? host.indexOf("]") + 1 : `${host}:`.indexOf(":");
  const name = isLiteral ? host.slice(1, nameEnd - 1) : host.slice(0, nameEnd);
  const port = host.slice(nameEnd);
  const characters = isLiteral
    ? `${DIGITS}abcdefABCDEF:.`
    : `${DIGITS}${BASE64.slice(0, 52)}._~!$&'()*+,;=%-`;
  const isName = name !== "" && Array.from(name).every((one) => characters.includes(one));
  const digits = port.slice(1);
  const isPort =
    port === "" ||
    (port.startsWith(":") && digits.length <= 5 && Array.from(digits).every(isDigit));
  return isName && isPort && URL.canParse(`http://${host}`);
}

/** §4.3: 0 to 255, without leading zeros. */
function isByte(text: string): boolean {
  return text.length <= 3 && Array.from(text).every(isDigit) && String(Number(text)) === text
    ? Number(text) <= 255
    : false;
}

/** §4.1: 16 bytes in base64, 24 characters. */
function isKey(key: string): boolean {
  const start = Array.from(key.slice(0, -2));
  return key.length === 24 && key.endsWith("==") && start.every((one) => BASE64.includes(one));
}

function isDigit(character: string): boolean {
  return DIGITS.includes(character);
}

/** ASCII alone: "K" of Kelvin is no k. */
function lower(text: string): string {
  return Array.from(text, (one) => (one >= "A" && one <= "Z" ? one.toLowerCase() : one)).join("");
}
