// What a server sends, as the suite compares it: "text Hello", "binary 00ff", "close 1000".

import { createHash } from "node:crypto";
import { hex } from "./bytes.ts";

/** A message or control frame of the server. */
export interface ServerEvent {
  readonly type: "text" | "binary" | "ping" | "pong" | "close" | "unknown";
  /** As {@linkcode describe} says it. */
  readonly text: string;
  /** Inflated, where it came compressed. */
  readonly payload: Uint8Array;
  /** The payloads of its frames, as they came. */
  readonly wire: Uint8Array;
  /** The code of a Close, 0 without one. */
  readonly code: number;
  readonly compressed: boolean;
}

/** A message or control frame; `wire` is its payload as it came. */
export function serverEvent(
  type: ServerEvent["type"],
  payload: Uint8Array,
  wire: Uint8Array,
  compressed: boolean,
): ServerEvent {
  const hasCode = type === "close" && payload.length >= 2;
  const code = hasCode ? (payload[0] << 8) | payload[1] : 0;
  return { type, text: describe(type, payload), payload, wire, code, compressed };
}

/**
 * A message or control frame in one line: `text Hello`, `binary 00ff`, `close 1002`, `pong 01`. Of
 * a long payload, length and digest.
 */
export function describe(type: ServerEvent["type"], payload: Uint8Array): string {
  if (type === "close") {
    return payload.length < 2 ? "close" : `close ${(payload[0] << 8) | payload[1]}`;
  }
  if (payload.length > 256) {
    const digest = createHash("sha1").update(payload).digest("hex");
    return `${type} of ${payload.length} bytes, SHA-1 ${digest}`;
  }
  if (type !== "text" || !isUtf8(payload)) return `${type} ${hex(payload)}`;
  return `text ${Buffer.from(payload).toString("utf8")}`;
}

/** Whether `bytes` are UTF-8, without the help of `frame/`: §8.1. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
