// The client's opening handshake as bytes: §4.1. Every part of it can be left out, doubled or
// bent, since the tests are mostly about handshakes that must be refused.

import { createHash } from "node:crypto";

/** The key of §1.3 and the answer to it, both as printed there. */
export const SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const SAMPLE_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const VALID: Fields = {
  Host: "h",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": SAMPLE_KEY,
  "Sec-WebSocket-Version": "13",
};

/** Header fields by name: `null` leaves the field out, a list makes a line of each value. */
export type Fields = Readonly<Record<string, string | readonly string[] | null>>;

/**
 * A valid handshake, with `fields` in place of its own or behind them. The text is one byte a
 * character, so that a value can hold any byte.
 *
 * ```ts
 * handshake({ Host: null });                         // no Host
 * handshake({ Origin: ["http://h", "http://evil"] }); // two of them
 * ```
 */
export function handshake(fields: Fields = {}, requestLine = "GET /chat HTTP/1.1"): Uint8Array {
  return request(requestLine, { ...VALID, ...fields });
}

/** Any HTTP request without a body. */
export function request(requestLine: string, fields: Fields = { Host: "h" }): Uint8Array {
  let head = `${requestLine}\r\n`;
  for (const [name, values] of Object.entries(fields)) {
    for (const value of values === null ? [] : [values].flat()) head += `${name}: ${value}\r\n`;
  }
  return latin1(`${head}\r\n`);
}

/** `text` as bytes, one a character. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** What the server must answer to `key`: §4.2.2. */
export function acceptFor(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
