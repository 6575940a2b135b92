// The fields of one frame in the order of the wire, each with what it says: §5.2. For people who
// look at frames, so it takes a header apart that breaks rules, and one that is cut.

import { CloseCode } from "./close_code.ts";
import { isControl, isReserved, Opcode } from "./opcode.ts";

/** One field of a frame. */
export interface FrameField {
  /** As in §5.2: FIN, RSV1, RSV2, RSV3, opcode, MASK, length, extended length, masking key, … */
  readonly name: string;
  /** Bytes from the start of the stream to the one in which it begins. */
  readonly offset: number;
  /** Its bits as "0" and "1", as they are on the wire; "" for what is inside the payload. */
  readonly bits: string;
  /** What they say, as in "1", "0x9", "65536", "37 fa 21 3d". */
  readonly value: string;
  /** What that means, in a few words. */
  readonly meaning: string;
  /** Where it is defined, as in "§5.2"; a bare § is RFC 6455. */
  readonly section: string;
}

/** RSV1 as permessage-deflate uses it: RFC 7692 §6. */
const RSV1 = 0b100;

/**
 * The fields of the header `bytes`, as far as it goes, which is one byte at least; `offset` is
 * where it begins in the stream.
 *
 * @param rsvAllowed The reserved bits that an extension uses: RSV1 is 4.
 */
export function headerFields(bytes: Uint8Array, offset: number, rsvAllowed: number): FrameField[] {
  const fields = firstByteFields(bytes[0], offset, rsvAllowed);
  if (bytes.length === 1) return fields;
  const second = bytes[1];
  const length = second & 0x7f;
  fields.push(
    {
      name: "MASK",
      offset: offset + 1,
      bits: binary(second >> 7, 1),
      value: String(second >> 7),
      meaning: second >= 0x80 ? "masked, as by a client" : "not masked, as by a server",
      section: "§5.1",
    },
    {
      name: "length",
      offset: offset + 1,
      bits: binary(length, 7),
      value: String(length),
      meaning: lengthMeaning(length),
      section: "§5.2",
    },
  );
  let at = 2;
  if (length >= 126) at = pushExtendedLength(fields, bytes, offset, length === 126 ? 2 : 8);
  if (second >= 0x80 && bytes.length > at) {
    const key = bytes.subarray(at, at + 4);
    fields.push({
      name: "masking key",
      offset: offset + at,
      bits: bitsOf(key),
      value: hex(key),
      meaning: key.length === 4 ? "payload byte i XOR key byte i mod 4" : cutTo(key.length, 4),
      section: "§5.3",
    });
  }
  return fields;
}

function firstByteFields(first: number, offset: number, rsvAllowed: number): FrameField[] {
  const opcode = first & 0b1111;
  const bit = (name: string, shift: number, meaning: string, section: string): FrameField => {
    const value = String((first >> shift) & 1);
    return { name, offset, bits: value, value, meaning, section };
  };
  const reserved = (name: string, shift: number): FrameField => {
    const isSet = (first >> shift) & 1;
    const mask = 1 << (shift - 4);
    if (!isSet) return bit(name, shift, "not in use", "§5.2");
    const isAllowed = (rsvAllowed & mask) !== 0;
    if (!isAllowed) return bit(name, shift, "no extension gave it a meaning", "§5.2");
    if (mask === RSV1) return bit(name, shift, "the message is compressed", "RFC 7692 §6");
    return bit(name, shift, "an extension gives it a meaning", "§5.8");
  };
  const isFinal = first >= 0x80;
  return [
    bit("FIN", 7, isFinal ? "last frame of its message" : "more frames follow", "§5.2"),
    reserved("RSV1", 6),
    reserved("RSV2", 5),
    reserved("RSV3", 4),
    {
      name: "opcode",
      offset,
      bits: binary(opcode, 4),
      value: `0x${opcode.toString(16).toUpperCase()}`,
      meaning: opcodeMeaning(opcode),
      section: opcodeSection(opcode),
    },
  ];
}

function lengthMeaning(length: number): string {
  if (length < 126) return "bytes of payload";
  return `the next ${length === 126 ? 16 : 64} bits are the length`;
}

/** Returns the index behind it, whether it is there or cut. */
function pushExtendedLength(
  fields: FrameField[],
  bytes: Uint8Array,
  offset: number,
  size: number,
): number {
  const end = 2 + size;
  const length = bytes.subarray(2, end);
  if (length.length === 0) return end;
  const isWhole = length.length === size;
  fields.push({
    name: "extended length",
    offset: offset + 2,
    bits: bitsOf(length),
    value: isWhole ? String(bigEndian(length)) : hex(length),
    meaning: isWhole ? "bytes of payload, in network byte order" : cutTo(length.length, size),
    section: "§5.2",
  });
  return end;
}

function cutTo(count: number, size: number): string {
  return `cut: ${count} of ${size} bytes`;
}

/** The length that a whole header announces: exact, also above 2^53, where a double is not. */
export function exactLength(head: Uint8Array): bigint {
  const length = head[1] & 0x7f;
  if (length < 126) return BigInt(length);
  return bigEndian(head.subarray(2, length === 126 ? 4 : 10));
}

function bigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The name of an opcode: §5.2, §11.8. */
export function opcodeName(opcode: number): string {
  const found = Object.entries(Opcode).find(([, value]) => value === opcode);
  return found === undefined ? "reserved" : found[0].toLowerCase();
}

function opcodeSection(opcode: number): string {
  if (isReserved(opcode)) return "§5.2";
  if (isControl(opcode)) return "§5.5";
  return opcode === Opcode.CONTINUATION ? "§5.4" : "§5.6";
}

function opcodeMeaning(opcode: number): string {
  if (!isReserved(opcode)) {
    return isControl(opcode) ? `${opcodeName(opcode)}, a control frame` : opcodeName(opcode);
  }
  return `reserved for further ${isControl(opcode) ? "control" : "data"} frames`;
}

/** The name of a close code, or what its range is for: §7.4. */
export function closeCodeName(code: number): string {
  const found = Object.entries(CloseCode).find(([, value]) => value === code);
  if (found !== undefined) return found[0];
  if (code === 1004) return "reserved";
  if (code === 1005) return "NO_STATUS_RECEIVED, never on the wire";
  if (code === 1006) return "ABNORMAL_CLOSURE, never on the wire";
  if (code === 1015) return "TLS_HANDSHAKE, never on the wire";
  if (code < 1000) return "not used";
  if (code < 3000) return "not defined";
  if (code < 4000) return "of a library or framework";
  return code < 5000 ? "of an application" : "not defined";
}

/** Bytes as people write them: "37 fa 21 3d". */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => binary(byte, 8)).join("");
}

function binary(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}
