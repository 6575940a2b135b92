// The opening handshake on the server: §4.2. Pure: the head of a request in; what it asks for, or
// the HTTP status that refuses it, out.
//
//   GET /chat HTTP/1.1
//   Host: server.example.com
//   Upgrade: websocket                            }  RFC 9110 §7.8: without both of them this
//   Connection: Upgrade                           }  is a request like any other
//   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==      16 random bytes in base64
//   Sec-WebSocket-Version: 13
//   Origin: http://example.com                       a browser's
//   Sec-WebSocket-Protocol: chat, superchat          what the client can speak, best first
//   Sec-WebSocket-Extensions: permessage-deflate
//
// It reads the headers as they came, name after value: Node joins or drops repeated ones, and a
// second Host, key or version must be seen to be refused.

import { createHash } from "node:crypto";
import { parseExtensions } from "../message/extension.ts";
import type { Extension } from "../message/extension.ts";
import { isToken, listHas, listItems, trim } from "../message/token.ts";
import { HandshakeError } from "./handshake_error.ts";
import { isHost } from "./target.ts";

/** The head of an HTTP request, as far as the handshake reads it. */
export interface RequestHead {
  readonly method?: string | undefined;
  /** As in "1.1". */
  readonly httpVersion: string;
  /** Names and values in turn, in their order and case, repeated ones too. */
  readonly rawHeaders: readonly string[];
}

/** What a valid opening handshake asks for: §4.2.1. */
export interface Handshake {
  /** The Sec-WebSocket-Key as it came, which the answer must prove to have read. */
  readonly key: string;
  /** The subprotocols that the client offers, best first. */
  readonly protocols: readonly string[];
  /** The extensions that the client offers, best first. */
  readonly extensions: readonly Extension[];
  /** The Origin header; `null` when there is none, as from a client that is no browser (§10.2). */
  readonly origin: string | null;
  /** The Host header. */
  readonly host: string;
}

/** Appended to the key so that only a WebSocket server gives the right answer: §1.3, §4.2.2. */
export const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** 16 bytes: 22 characters and two of padding. The last one may have stray bits: erratum 3150. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** §4.3: 0 to 255 without leading zeros. A number parser would take "0x0D" or "1.3e1" for 13. */
const VERSION = /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/;

/** §4.4 [S12], RFC 9110 §7.8 [U03]: what a 426 says that we speak. Connection names Upgrade. */
const SPOKEN = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" };

/**
 * Whether a request asks to go on in another protocol: RFC 9110 §7.8. In another HTTP than 1.1, or
 * unless Connection names it, Upgrade says nothing.
 */
export function isUpgrade(head: RequestHead): boolean {
  return (
    head.httpVersion === "1.1" && // §4.2.1 [S04], RFC 9110 §7.8 [U04]
    fieldValues(head, "upgrade").length > 0 &&
    // §4.2.1 [S08], RFC 9110 §7.8 [U05]
    listHas(fieldValues(head, "connection").join(), "upgrade")
  );
}

/**
 * Whether it asks to go on in WebSocket: §4.2.1 [S07], RFC 9110 §7.8 [U01]. If not, it is a request
 * like any other.
 */
export function isWebSocketUpgrade(head: RequestHead): boolean {
  return isUpgrade(head) && listHas(fieldValues(head, "upgrade").join(), "websocket");
}

/**
 * Reads the handshake of a request for which {@linkcode isWebSocketUpgrade} holds.
 *
 * @throws {HandshakeError} 400, 405, 417 or 426, when a line of §4.2.1 [S02] does not hold.
 */
export function readHandshake(head: RequestHead): Handshake {
  if (head.method !== "GET") { // §4.2.1 [S03]
    throw refusal(`method is ${head.method}, must be GET (§4.2.1)`, 405, { Allow: "GET" });
  }
  const host = single(head, "host");
  if (host === null) throw refusal("Host is missing (§4.2.1)"); // §4.2.1 [S06]
  if (!isHost(host)) throw refusal("Host is not valid (§4.2.1)");
  checkNoBody(head);
  checkVersion(single(head, "sec-websocket-version"));
  return {
    key: checkedKey(single(head, "sec-websocket-key")),
    protocols: offeredProtocols(fieldValues(head, "sec-websocket-protocol")),
    extensions: offeredExtensions(fieldValues(head, "sec-websocket-extensions")),
    origin: single(head, "origin"), // §4.2.1 [S15]
    host,
  };
}

/**
 * The Sec-WebSocket-Accept for a Sec-WebSocket-Key: §4.2.2 [S34].
 *
 * ```ts run
 * import { acceptKey } from "sluice";
 *
 * console.log(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")); // s3pPLMBiTxaQ9kYGzzhZRbK+xOo=, as in §1.3
 * ```
 */
export function acceptKey(key: string): string {
  return createHash("sha1").update(key + GUID).digest("base64");
}

/**
 * The values of a header, in their order, without the white space around them. It looks for what it
 * knows and passes over the rest, wherever each is: §4.2.1 [S21, S22].
 */
export function fieldValues(
  head: { readonly rawHeaders: readonly string[] },
  name: string,
): string[] {
  const { rawHeaders } = head;
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    // §4.2.1 [S01], §4.2.2 [S35]
    if (rawHeaders[at].toLowerCase() === name) values.push(trim(rawHeaders[at + 1]));
  }
  return values;
}

/** A header that may come once at most: §11.3.1 [S10], §11.3.5 [S13], RFC 9110 §5.3. */
function single(head: RequestHead, name: string): string | null {
  const values = fieldValues(head, name);
  if (values.length > 1) throw refusal(`${name} comes ${values.length} times, must come once`);
  return values[0] ?? null;
}

/** RFC 9110 §7.8 [U07]: what follows the head is WebSocket, so there is no place for a body. */
function checkNoBody(head: RequestHead): void {
  const lengths = fieldValues(head, "content-length");
  if (lengths.some((length) => length !== "0")) throw refusal("an upgrade must have no body");
  if (fieldValues(head, "transfer-encoding").length > 0) {
    throw refusal("an upgrade must have no body");
  }
  if (fieldValues(head, "expect").length > 0) { // RFC 9110 §7.8 [U06]
    throw refusal("an upgrade has no body to expect (RFC 9110 §10.1.1)", 417);
  }
}

function checkVersion(version: string | null): void {
  if (version === null) { // §4.2.1 [S11]
    throw upgradeRequired("Sec-WebSocket-Version is missing, must be 13 (§4.2.1)");
  }
  // §4.3 [S14]
  if (!VERSION.test(version)) throw refusal("Sec-WebSocket-Version must be 0 to 255 (§4.3)");
  if (version !== "13") { // §4.2.2 [S12]
    throw upgradeRequired(`Sec-WebSocket-Version is ${version}, must be 13 (§4.2.2)`);
  }
}

function checkedKey(key: string | null): string {
  if (key === null) throw refusal("Sec-WebSocket-Key is missing (§4.2.1)");
  // §4.2.1 [S09]
  if (!KEY.test(key)) throw refusal("Sec-WebSocket-Key must be 16 bytes in base64 (§4.2.1)");
  return key;
}

function offeredProtocols(fields: string[]): string[] {
  if (fields.length === 0) return [];
  const protocols = listItems(fields.join()); // §4.2.1 [S16]
  if (protocols.length === 0) throw refusal("Sec-WebSocket-Protocol is empty (§4.1)");
  // §4.1 [S17]
  if (!protocols.every(isToken)) throw refusal("Sec-WebSocket-Protocol must list tokens (§4.1)");
  if (new Set(protocols).size < protocols.length) { // §4.1 [S17]
    throw refusal("Sec-WebSocket-Protocol must not repeat a value (§4.1)");
  }
  return protocols;
}

function offeredExtensions(fields: string[]): Extension[] {
  try {
    return parseExtensions(fields.join()); // §9.1 [S19]
  } catch (error) {
    throw refusal((error as SyntaxError).message); // it throws nothing else, §9.1 [S18]
  }
}

/** The refusal that asks for a WebSocket handshake, of version 13: §4.4, RFC 9110 §15.5.22. */
export function upgradeRequired(what: string): HandshakeError {
  return refusal(what, 426, SPOKEN);
}

function refusal(
  what: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): HandshakeError {
  const message = what.startsWith("Cannot") ? what : `Cannot upgrade: ${what}`;
  return new HandshakeError(message, status, headers);
}
