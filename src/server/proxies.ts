// Where a client is when proxies stand in between: Forwarded (RFC 7239), or X-Forwarded-For. Each
// proxy appends whom it has seen, so the list is read from its end, and only as far as those who
// wrote it are known: what is in front of them a client may have sent himself.
//
//   X-Forwarded-For: 198.51.100.9, 203.0.113.7, 10.0.0.2      and the socket is from 10.0.0.1
//                    forged?       <- client    <- trusted                         <- trusted

import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import { checkNames } from "../frame/check_names.ts";
import { describe } from "../frame/describe.ts";
import { fieldValues } from "../protocol/handshake.ts";
import { remoteAddr } from "./address.ts";
import type { Addr } from "./address.ts";

/** The proxies of a server, which tell it where its clients are. */
export interface TrustedProxies {
  /** Their addresses, as "10.0.0.1", "10.0.0.0/8", "::1" or "fd00::/8". */
  readonly addresses: readonly string[];
  /**
   * The header that all of them append to. A client may send the other one, so only one is read.
   * Default: "x-forwarded-for".
   */
  readonly header?: "x-forwarded-for" | "forwarded";
}

const NAMES: readonly string[] = ["addresses", "header"];

/** Tells where the client of a request is. */
export class ClientAddresses {
  readonly #trusted = new BlockList();
  readonly #header: string | null;

  /** @throws {TypeError} When an address is none, or a name is unknown: nobody would be trusted. */
  constructor(proxies: TrustedProxies | undefined) {
    if (proxies !== undefined) checkNames("trust proxies", proxies, NAMES);
    const { addresses, header = "x-forwarded-for" } = proxies ?? { addresses: [] };
    if (!Array.isArray(addresses)) {
      const found = describe(addresses);
      throw new TypeError(`Cannot trust proxies: addresses is ${found}, must be an array`);
    }
    if (header !== "x-forwarded-for" && header !== "forwarded") {
      const found = describe(header);
      const due = '"x-forwarded-for" or "forwarded"';
      throw new TypeError(`Cannot serve: trustedProxies.header is ${found}, must be ${due}`);
    }
    this.#header = addresses.length === 0 ? null : header;
    for (const address of addresses) this.#trust(address);
  }

  /** Where the client of `incoming` is, as far as it can be known. */
  of(incoming: IncomingMessage): Addr {
    let known = remoteAddr(incoming.socket);
    if (this.#header === null || !this.#isTrusted(known)) return known;
    const list = fieldValues(incoming, this.#header).join();
    const entries = this.#header === "forwarded" ? forwardedFor(list) : list.split(",");
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = addressOf(entries[index].trim());
      if (entry === null) break;
      known = entry;
      if (!this.#isTrusted(known)) break;
    }
    return known;
  }

  #trust(address: string): void {
    const [host, bits, ...rest] = typeof address === "string" ? address.split("/") : [""];
    const family = isIP(host) === 6 ? "ipv6" : "ipv4";
    const bitsMax = family === "ipv6" ? 128 : 32;
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax);
    if (isIP(host) === 0 || !isPrefix || rest.length > 0) {
      const found = describe(address);
      const due = 'must be an address or a network such as "10.0.0.0/8"';
      throw new TypeError(`Cannot serve: a trusted proxy is ${found}, ${due}`);
    }
    this.#trusted.addSubnet(host, bits === undefined ? bitsMax : Number(bits), family);
  }

  /** A proxy on the same machine may come through a Unix socket: only our own can open that. */
  #isTrusted(addr: Addr): boolean {
    if (addr.transport === "unix") return true;
    if (addr.hostname === "") return false; // it has left, and nobody knows where it was
    const host = withoutZone(addr.hostname);
    return this.#trusted.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
  }
}

/**
 * The values of `for` in a Forwarded header, in their order; "" for an element without one, or with
 * two. None at all where a quote is not closed: a client that opens one would swallow what the
 * proxies have appended.
 */
function forwardedFor(header: string): string[] {
  const elements = splitOutsideQuotes(header, ",");
  if (elements === null) return [];
  return elements.map((element) => {
    const values = splitOutsideQuotes(element, ";")! // no quote of it is open: none of all is
      .map((pair) => /^\s*for\s*=\s*(?:"([^"\\]*)"|([^\s"]+))\s*$/i.exec(pair))
      .filter((value) => value !== null);
    return values.length === 1 ? (values[0][1] ?? values[0][2]) : "";
  });
}

/** Parts of a list whose items may be quoted strings: RFC 9110 §5.6.4; `null`: one has no end. */
function splitOutsideQuotes(text: string, separator: string): string[] | null {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted && character === "\\") at++;
    else if (!isQuoted && character === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return isQuoted ? null : parts;
}

/** "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80"; `null` for anything else. */
function addressOf(text: string): Addr | null {
  const bracketed = /^\[([0-9a-f:.]+)\](?::(\d{1,5}))?$/i.exec(text);
  const dotted = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(text);
  const [, hostname, port = "0"] = bracketed ?? dotted ?? [null, text];
  if (hostname === null || isIP(hostname) === 0 || Number(port) > 65_535) return null;
  return { transport: "tcp", hostname, port: Number(port) };
}

function withoutZone(hostname: string): string {
  return hostname.split("%")[0];
}
