// A frame of which not all has come, for people who look at frames: its header byte by byte, the
// first bytes of its payload as they are on the wire and unmasked, and the rules that it breaks.

import type { ClosePayload } from "./close.ts";
import { ProtocolError } from "./error.ts";
import type { ProtocolErrorCode } from "./error.ts";
import { createHeader, HEADER_SIZE_MAX } from "./header.ts";
import type { FrameHeader } from "./header.ts";
import { mask, turnKey } from "./mask.ts";

/** A rule that a frame breaks. */
export interface FrameProblem {
  /** Its name; DATA_AFTER_CLOSE, which a reader ignores, is not among those of its errors. */
  readonly code: ProtocolErrorCode | "DATA_AFTER_CLOSE";
  /** As in "Cannot accept frame: client did not mask it (§5.1)". */
  readonly message: string;
  /** As in "RFC 6455 §5.1". */
  readonly section: string;
  /** With which the reader fails the connection: §7.4.1. `null`: it ignores the frame. */
  readonly closeCode: number | null;
  /** Bytes from the start of the stream to the one at fault. */
  readonly offset: number;
}

/** A frame that is being taken apart. */
export class OpenFrame {
  /** Bytes from the start of the stream to its first. */
  readonly offset: number;
  readonly problems: FrameProblem[] = [];
  /** `null` until all of it has come. */
  header: FrameHeader | null = null;
  headSize = 0;
  /** The opcode of its message. */
  messageOpcode = 0;
  isCompressed = false;
  isText = false;
  /** Its characters so far. */
  text = "";
  close: ClosePayload | null = null;
  /** Bytes of the payload that came. */
  received = 0;

  readonly #head = new Uint8Array(HEADER_SIZE_MAX);
  #wire = new Uint8Array(0);
  #plain = new Uint8Array(0);

  readonly #isIgnored: boolean;

  /** @param isIgnored Its reader takes no notice of it, whatever it is. */
  constructor(offset: number, isIgnored: boolean) {
    this.offset = offset;
    this.#isIgnored = isIgnored;
  }

  /** The header, as much of it as there is. */
  get head(): Uint8Array {
    return this.#head.subarray(0, this.headSize);
  }

  /** What is kept of the payload, unmasked. */
  get payload(): Uint8Array {
    return this.#plain.subarray(0, Math.min(this.received, this.#plain.length));
  }

  /** The same as it is on the wire. */
  get wirePayload(): Uint8Array {
    return this.#wire.subarray(0, Math.min(this.received, this.#wire.length));
  }

  /** Bytes of the header that are still to come; at least so many while its size is not known. */
  get headMissing(): number {
    return (this.headSize < 2 ? 2 : headerSizeOf(this.#head)) - this.headSize;
  }

  /** The same for all of the frame. */
  get missing(): number {
    return this.headMissing + (this.header === null ? 0 : this.header.length - this.received);
  }

  pushHead(byte: number): void {
    this.#head[this.headSize++] = byte;
  }

  /** The header is there. Of the payload `keptMax` bytes are to be kept at most. */
  startPayload(keptMax: number): FrameHeader {
    this.header = readLoosely(this.#head);
    const size = Math.min(this.header.length, keptMax);
    this.#wire = new Uint8Array(size);
    this.#plain = new Uint8Array(size);
    return this.header;
  }

  /** More of the payload. Returns it unmasked. */
  pushPayload(wire: Uint8Array): Uint8Array {
    const { masked, key } = this.header as FrameHeader;
    const plain = new Uint8Array(wire); // a Buffer's slice() would be the caller's memory
    if (masked) mask(plain, 0, plain.length, turnKey(key, this.received));
    const kept = Math.min(wire.length, this.#wire.length - this.received);
    if (kept > 0) {
      this.#wire.set(wire.subarray(0, kept), this.received);
      this.#plain.set(plain.subarray(0, kept), this.received);
    }
    this.received += wire.length;
    return plain;
  }

  /** Adds the rule that `check` finds broken, `base` being the offset from which it counts. */
  attempt(check: () => unknown, base = 0): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      error.offset += base;
      this.problem(error);
    }
  }

  problem(found: FrameProblem | null): void {
    if (found === null || this.problems.some(({ message }) => message === found.message)) return;
    const { code, message, section, offset } = found;
    const closeCode = this.#isIgnored ? null : found.closeCode;
    this.problems.push({ code, message, section, closeCode, offset });
  }
}

/** How many bytes the header has that begins with these two: 2 to 14. */
function headerSizeOf(head: Uint8Array): number {
  const length = head[1] & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (head[1] >= 0x80 ? 4 : 0);
}

/** The header as its bits have it, also where `readHeader` refuses its length. */
function readLoosely(head: Uint8Array): FrameHeader {
  const header = createHeader();
  header.fin = head[0] >= 0x80;
  header.rsv = (head[0] >> 4) & 0b111;
  header.opcode = head[0] & 0b1111;
  header.masked = head[1] >= 0x80;
  let length = head[1] & 0x7f;
  let at = 2;
  if (length >= 126) {
    const end = at + (length === 126 ? 2 : 8);
    for (length = 0; at < end; at++) length = length * 256 + head[at];
  }
  header.length = length;
  if (header.masked) header.key = new DataView(head.buffer).getInt32(at);
  return header;
}
