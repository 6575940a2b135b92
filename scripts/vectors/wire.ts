// Frames as hex, written down a third time, beside src/ and test/support: what is published may not
// come from the code that it is to test. Slow, and as plain as the drawing of §5.2.

import type { Bytes, Part, Role } from "./vector.ts";

/** A frame to be written: right by default, and wrong where it is told to be. */
export interface Frame {
  /** FIN, RSV and opcode: the first byte, in hex. */
  readonly first: string;
  /** Not masked yet: hex, or one part that repeats a single byte. Default: empty. */
  readonly payload?: Bytes;
  /** The masking key in hex; `null`: not masked. Default: what the reader's role demands. */
  readonly key?: string | null;
  /** What the header says, where that is not the size of the payload. */
  readonly length?: bigint;
  /** Bytes of the extended length, where it is not the shortest form: 2 or 8. */
  readonly form?: 2 | 8;
}

/** The key of §5.7. */
export const KEY = "37fa213d";

/** "Hello" of §5.7, and its two fragments. */
export const HELLO = "48656c6c6f";
export const HEL = "48656c";
export const LO = "6c6f";

/** A frame, in the fewest words. */
export function f(first: string, payload: Bytes = "", key?: string | null): Frame {
  return key === undefined ? { first, payload } : { first, payload, key };
}

/** `text` in UTF-8, as hex. */
export function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}

/** `times` times the byte that `hex` spells. */
export function repeat(hex: string, times: number): Bytes {
  return times === 0 ? "" : [{ repeat: hex, times }];
}

/** The bytes that a stream of frames has, and where in it they are. */
export class Stream {
  readonly bytes: Bytes;
  readonly #headers: readonly string[];
  readonly #keys: readonly (string | null)[];
  readonly #starts: readonly number[];
  readonly #size: number;

  constructor(role: Role, frames: readonly Frame[]) {
    const keyed = frames.map((frame) => ({ ...frame, key: keyOf(role, frame) }));
    this.#headers = keyed.map(header);
    this.#keys = keyed.map(({ key }) => key);
    const encoded = keyed.map(({ payload = "", key }, index) => {
      return join(this.#headers[index], key === null ? payload : xor(payload, key));
    });
    this.bytes = join(...encoded);
    const ends = encoded.map((_, index) => sizeOf(join(...encoded.slice(0, index + 1))));
    this.#starts = [0, ...ends.slice(0, -1)];
    this.#size = ends[ends.length - 1] ?? 0;
  }

  /** Where the frame begins. */
  start(index: number): number {
    return this.#starts[index];
  }

  /** Where its payload begins. */
  payload(index: number): number {
    return this.#starts[index] + this.#headers[index].length / 2;
  }

  /** Where its length ends, which is before the key. */
  length(index: number): number {
    return this.payload(index) - (this.#keys[index] === null ? 0 : 4);
  }

  /** Where the frame ends. */
  end(index: number): number {
    return this.#starts[index + 1] ?? this.#size;
  }
}

/** What a reader must see of a frame. */
export function seen(role: Role, frame: Frame): object {
  const first = Number.parseInt(frame.first, 16);
  return {
    fin: first >= 0x80,
    rsv: (first >> 4) & 0b111,
    opcode: first & 0b1111,
    key: keyOf(role, frame),
    payload: frame.payload ?? "",
  };
}

/** All parts in a row, neighbours in hex made one. */
export function join(...all: readonly Bytes[]): Bytes {
  const parts: Part[] = [];
  for (const part of all.flat() as Part[]) {
    const last = parts[parts.length - 1];
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else if (typeof part === "string" ? part !== "" : part.times > 0) parts.push(part);
  }
  if (parts.length === 0) return "";
  return parts.length === 1 && typeof parts[0] === "string" ? parts[0] : parts;
}

/** How many bytes it is. */
export function sizeOf(bytes: Bytes): number {
  if (typeof bytes === "string") return bytes.length / 2;
  const sizes = bytes.map((part) =>
    typeof part === "string" ? part.length / 2 : (part.repeat.length / 2) * part.times,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** §5.3: octet i of the payload with octet i modulo 4 of the key. */
export function xor(payload: Bytes, key: string, phase = 0): Bytes {
  if (typeof payload === "string") return xorHex(payload, key, phase);
  const [part, ...others] = payload;
  if (typeof part === "string" || part.repeat.length !== 2 || others.length > 0) {
    throw new TypeError("Cannot mask: must be hex, or one byte that repeats");
  }
  const { repeat: byte, times } = part;
  return join(
    [{ repeat: xorHex(byte.repeat(4), key, phase), times: Math.floor(times / 4) }],
    xorHex(byte.repeat(times % 4), key, phase),
  );
}

function xorHex(payload: string, key: string, phase: number): string {
  let masked = "";
  for (let i = 0; i < payload.length / 2; i++) {
    const octet = Number.parseInt(payload.slice(2 * i, 2 * i + 2), 16);
    const j = (i + phase) % 4;
    const keyOctet = Number.parseInt(key.slice(2 * j, 2 * j + 2), 16);
    masked += (octet ^ keyOctet).toString(16).padStart(2, "0");
  }
  return masked;
}

function keyOf(role: Role, { key }: Frame): string | null {
  return key === undefined ? (role === "server" ? KEY : null) : key;
}

function header({ first, payload = "", key = null, length, form }: Frame): string {
  const size = length ?? BigInt(sizeOf(payload));
  const extended = form ?? (size < 126n ? 0 : size < 65536n ? 2 : 8);
  const length7 = extended === 0 ? Number(size) : extended === 2 ? 126 : 127;
  const second = (key === null ? 0 : 0x80) | length7;
  return first + number(second, 1) + number(size, extended) + (key ?? "");
}

/** In network byte order. */
function number(value: number | bigint, size: number): string {
  return size === 0 ? "" : value.toString(16).padStart(2 * size, "0");
}
