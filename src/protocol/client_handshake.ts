// The opening handshake on the client: §4.1. Pure: what is wanted in, the head of the request out;
// the head of the response in, what was agreed on, or why the connection fails, out.
//
//   GET /chat HTTP/1.1                               HTTP/1.1 101 Switching Protocols
//   Host: server.example.com                         Upgrade: websocket
//   Upgrade: websocket                               Connection: Upgrade
//   Connection: Upgrade                              Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZ...
//   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==      Sec-WebSocket-Protocol: chat
//   Sec-WebSocket-Version: 13
//   Sec-WebSocket-Protocol: chat, superchat

import { readDeflateAnswer } from "../message/deflate_answer.ts";
import { parseExtensions } from "../message/extension.ts";
import type { Extension } from "../message/extension.ts";
import { DEFLATE_NAME } from "../message/negotiate.ts";
import type { DeflateParameters } from "../message/negotiate.ts";
import { isToken, listHas } from "../message/token.ts";
import { acceptKey, fieldValues } from "./handshake.ts";
import type { HttpHead } from "./http_head.ts";
import type { WebSocketUrl } from "./websocket_url.ts";

/** What a client asks for. */
export interface ClientHandshake {
  readonly url: WebSocketUrl;
  /** 16 random bytes in base64, drawn anew for each connection. */
  readonly key: string;
  /** The subprotocols that it can speak, best first. */
  readonly protocols: readonly string[];
  /** The value of Sec-WebSocket-Extensions; "" offers none. */
  readonly extensions: string;
  /** Further fields, name and value. A Host among them replaces that of the URL. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What the server has agreed to. */
export interface Agreement {
  /** The subprotocol, "" for none. */
  readonly protocol: string;
  /** The value of Sec-WebSocket-Extensions, "" for none. */
  readonly extensions: string;
  /** How messages may be compressed; `null`: they may not. */
  readonly deflate: DeflateParameters | null;
}

/** Fields that are the handshake's own, or that would announce a body. */
const RESERVED: readonly string[] = [
  "upgrade",
  "connection",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
  "sec-websocket-accept",
  "content-length",
  "transfer-encoding",
];

/** No CR or LF, which would begin a field of its own: RFC 9110 §5.5. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The head of the request, one byte a character.
 *
 * @throws {SyntaxError} When a subprotocol is no token or comes twice (§4.1), or a header is not
 * one, or one of the handshake's own.
 */
export function writeHandshake(handshake: ClientHandshake): string {
  const { url, key, protocols, extensions, headers } = handshake;
  for (const protocol of protocols) checkProtocol(protocol, protocols);
  for (const [name, value] of headers) checkHeader(name, value);
  const others = headers.filter(([name]) => name.toLowerCase() !== "host");
  const [, host] = headers.find(([name]) => name.toLowerCase() === "host") ?? ["Host", url.host];
  const lines = [
    `GET ${url.target} HTTP/1.1`,
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
  ];
  if (protocols.length > 0) lines.push(`Sec-WebSocket-Protocol: ${protocols.join(", ")}`);
  if (extensions !== "") lines.push(`Sec-WebSocket-Extensions: ${extensions}`);
  for (const [name, value] of others) lines.push(`${name}: ${value}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The status of a response. */
export function statusOf({ startLine }: HttpHead): number {
  return Number(startLine.slice(9, 12));
}

/**
 * What a response of status 101 has agreed to.
 *
 * @throws {SyntaxError} When it does not open the connection, by one of the steps of §4.1.
 */
export function checkAnswer(head: HttpHead, handshake: ClientHandshake): Agreement {
  if (!head.startLine.startsWith("HTTP/1.1 ")) {
    throw refusal("101 comes with HTTP/1.0, which cannot upgrade (RFC 9110 §7.8)");
  }
  const upgrade = fieldValues(head, "upgrade").join();
  if (upgrade.toLowerCase() !== "websocket") {
    throw refusal(`Upgrade is ${quoted(upgrade)}, must be "websocket" (§4.1)`);
  }
  const connection = fieldValues(head, "connection").join();
  if (!listHas(connection, "upgrade")) {
    throw refusal(`Connection is ${quoted(connection)}, must have "Upgrade" (§4.1)`);
  }
  const accept = fieldValues(head, "sec-websocket-accept").join();
  const due = acceptKey(handshake.key);
  if (accept !== due) {
    throw refusal(`Sec-WebSocket-Accept is ${quoted(accept)}, must be "${due}" (§4.1)`);
  }
  const protocol = checkedProtocol(head, handshake.protocols);
  return { protocol, ...checkedExtensions(head, handshake.extensions) };
}

function checkedProtocol(head: HttpHead, offered: readonly string[]): string {
  const values = fieldValues(head, "sec-websocket-protocol");
  if (values.length === 0) return "";
  const protocol = values.join(", ");
  if (values.length === 1 && offered.includes(protocol)) return protocol;
  const due = offered.length === 0 ? "none was offered" : `must be one of ${offered.join(", ")}`;
  throw refusal(`Sec-WebSocket-Protocol is ${quoted(protocol)}, ${due} (§4.1)`);
}

function checkedExtensions(
  head: HttpHead,
  offer: string,
): { readonly extensions: string; readonly deflate: DeflateParameters | null } {
  const extensions = fieldValues(head, "sec-websocket-extensions").join(", ");
  const offered = new Set(parseExtensions(offer).map(({ name }) => name));
  let deflate: DeflateParameters | null = null;
  for (const extension of parseExtensions(extensions)) {
    checkOffered(extension, offered);
    offered.delete(extension.name); // each of them once
    if (extension.name === DEFLATE_NAME) deflate = readDeflateAnswer(extension, offer);
  }
  return { extensions, deflate };
}

function checkOffered({ name }: Extension, offered: ReadonlySet<string>): void {
  if (offered.has(name)) return;
  const what = `Sec-WebSocket-Extensions has ${name}, which was not offered, or comes twice`;
  throw refusal(`${what} (§4.1)`);
}

function checkProtocol(protocol: string, all: readonly string[]): void {
  const shown = JSON.stringify(protocol);
  if (!isToken(protocol)) {
    throw new SyntaxError(`Cannot offer subprotocol ${shown}: it must be a token (§4.1)`);
  }
  if (all.indexOf(protocol) !== all.lastIndexOf(protocol)) {
    throw new SyntaxError(`Cannot offer subprotocol ${shown}: it comes twice (§4.1)`);
  }
}

function checkHeader(name: string, value: string): void {
  const shown = JSON.stringify(name);
  if (!isToken(name)) throw new SyntaxError(`Cannot send header ${shown}: name must be a token`);
  if (!VALUE.test(value)) {
    throw new SyntaxError(`Cannot send header ${shown}: value has a character it may not have`);
  }
  if (RESERVED.includes(name.toLowerCase())) {
    throw new SyntaxError(`Cannot send header ${shown}: it is the handshake's own (§4.1)`);
  }
}

function quoted(value: string): string {
  return value === "" ? "missing" : JSON.stringify(value.slice(0, 100));
}

function refusal(what: string): SyntaxError {
  return new SyntaxError(`Cannot accept answer: ${what}`);
}
