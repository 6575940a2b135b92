// What one end has sent, frame by frame, read here a third time: so strictly that whatever leaves a
// connection of ours is checked on the way, and with the place of each frame, so that it is known
// what the other end had when the line broke.

import { Buffer, isUtf8 } from "node:buffer";

/** Something that a receiver has to react to, and how many bytes it takes to know of it. */
export interface WireEvent {
  readonly kind: "message" | "close" | "violation" | "ping" | "other";
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset behind its last byte. */
  readonly end: number;
  /** Of a Close, or that a violation must be answered with; 1005 for a Close without one. */
  readonly code: number;
  /** Of a message, as {@linkcode labelOf}; `null` when it is compressed. */
  readonly label: string | null;
  /** Of a ping. */
  readonly payload: Uint8Array;
}

/** An event without what only some have. */
export const NOTHING: Pick<WireEvent, "code" | "label" | "payload"> = {
  code: 0,
  label: null,
  payload: new Uint8Array(0),
};

/** A message in one string, so that two can be compared: text or bytes, all of it. */
export function labelOf(isText: boolean, payload: Uint8Array): string {
  const { buffer, byteOffset, length } = payload;
  const bytes = Buffer.from(buffer, byteOffset, length);
  return isText ? `t:${bytes.toString()}` : `b:${bytes.toString("latin1")}`;
}

/** The frames of a connection of ours. Throws at one that it must not send. A cut tail is left. */
export function eventsOf(parts: readonly Uint8Array[], isMasked: boolean): WireEvent[] {
  const wire = Buffer.concat(parts);
  const events: WireEvent[] = [];
  for (let at = 0; at + 2 <= wire.length; ) {
    const short = wire[at + 1] & 0x7f;
    const form = short === 126 ? 2 : short === 127 ? 8 : 0;
    const start = at + 2 + form + (isMasked ? 4 : 0);
    must(wire[at + 1] >= 0x80 === isMasked, at, "MASK is wrong (§5.1)");
    must(events.at(-1)?.kind !== "close" || wire[at] === 0x8a, at, "follows a Close (§5.5.1)");
    if (start > wire.length) break;
    const length = form === 2 ? wire.readUInt16BE(at + 2) : form === 8 ? long(wire, at) : short;
    if (start + length > wire.length) break;
    const payload = new Uint8Array(wire.subarray(start, start + length));
    if (isMasked) unmask(payload, wire.subarray(start - 4, start));
    events.push(eventOf(wire[at], payload, at, start + length));
    at = start + length;
  }
  return events;
}

function eventOf(first: number, payload: Uint8Array, start: number, end: number): WireEvent {
  const opcode = first & 0x0f;
  const isCompressed = (first & 0x40) !== 0;
  must(first >= 0x80, start, "is a fragment");
  must((first & 0x30) === 0, start, "has RSV2 or RSV3 (§5.2)");
  const base = { ...NOTHING, start, end };
  if (opcode === 1 || opcode === 2) {
    must(opcode === 2 || isCompressed || isUtf8(payload), start, "is no UTF-8 (§5.6)");
    const label = isCompressed ? null : labelOf(opcode === 1, payload);
    return { ...base, kind: "message", label };
  }
  must(!isCompressed && payload.length <= 125, start, "is no control frame (§5.5)");
  if (opcode === 8) {
    const code = payload.length === 0 ? 1005 : payload[0] * 256 + payload[1];
    must(isUtf8(payload.subarray(2)), start, "has a reason that is no UTF-8 (§5.5.1)");
    return { ...base, kind: "close", code };
  }
  must(opcode === 9 || opcode === 10, start, `has opcode ${opcode} (§5.2)`);
  return opcode === 9 ? { ...base, kind: "ping", payload } : { ...base, kind: "other" };
}

function long(wire: Buffer, at: number): number {
  return Number(wire.readBigUInt64BE(at + 2));
}

function unmask(payload: Uint8Array, key: Uint8Array): void {
  for (let at = 0; at < payload.length; at++) payload[at] ^= key[at % 4];
}

function must(holds: boolean, at: number, violation: string): void {
  if (!holds) throw new Error(`The frame at byte ${at} ${violation}`);
}
