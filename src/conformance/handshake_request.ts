// The client's opening handshake as bytes: §4.1. Every part of it can be left out, doubled or bent,
// since most of the suite is about handshakes that must be refused.

import { createHash, randomBytes } from "node:crypto";
import { latin1 } from "./bytes.ts";
import type { Target } from "./target.ts";

/** The key of §1.3, and the answer that is printed there. */
export const SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** Header fields by name: `null` leaves the field out, a list makes a line of each value. */
export type Fields = Readonly<Record<string, string | readonly string[] | null>>;

/** A handshake, and what of it the answer depends on. */
export interface HandshakeRequest {
  readonly bytes: Uint8Array;
  readonly fields: Fields;
}

/** A valid handshake with `target`, `fields` in place of its own or behind them. */
export function handshakeRequest(
  target: Target,
  fields: Fields = {},
  requestLine = `GET ${target.resource} HTTP/1.1`,
): HandshakeRequest {
  const all: Fields = {
    Host: target.host,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": SAMPLE_KEY,
    "Sec-WebSocket-Version": "13",
    ...target.fields,
    ...fields,
  };
  return {
    bytes: latin1(`${[requestLine, ...fieldLines(all)].join("\r\n")}\r\n\r\n`),
    fields: all,
  };
}

/** One line for each value. */
export function fieldLines(fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, values]) =>
    values === null ? [] : [values].flat().map((value) => `${name}: ${value}`),
  );
}

/** The values of the field with that name, whatever its case: all lines. */
export function valuesOf(fields: Fields, name: string): string[] {
  return Object.entries(fields)
    .filter(([each]) => each.toLowerCase() === name.toLowerCase())
    .flatMap(([, values]) => (values === null ? [] : [values].flat()));
}

/** What a server must answer to `key`: §4.2.2. Written a second time: it judges that of others. */
export function acceptFor(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** A key as §4.1 wants it: 16 bytes that nobody can guess. */
export function randomKey(): string {
  return randomBytes(16).toString("base64");
}
