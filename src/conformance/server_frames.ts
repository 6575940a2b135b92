// Frames as a strict client reads them. Whatever a server may not send is reported, under the
// clause that it breaks, and reading goes on as well as it can: so every case of the suite also
// tests the sender, and a server that masks its frames has one finding, not three hundred.
//
//   bytes -> frames -> events: "text Hello", "binary 00ff", "ping 01", "pong 01", "close 1000"

import { concat, hex } from "./bytes.ts";
import { PeerInflater } from "./compressed.ts";
import type { Agreement } from "./compressed.ts";
import { isUtf8, serverEvent } from "./server_event.ts";
import type { ServerEvent } from "./server_event.ts";

/** Tells what the server did wrong: the clause, and how bad it is. */
export type Report = (clause: string, verdict: "fail" | "warning", message: string) => void;

interface ServerFrame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly opcode: number;
  readonly payload: Uint8Array;
}

const CLOSE = 8;
const TYPES: Readonly<Record<number, ServerEvent["type"]>> = {
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

/** Codes below 3000 that a server may send; 1010 is the client's, and comes back as an echo. */
const SERVER_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

/** Reads what a server sends on one connection. */
export class ServerFrames {
  readonly #report: Report;
  #unread: Uint8Array[] = [];
  #unreadSize = 0;
  #wanted = 2; // bytes without which no frame can be complete
  #message: { first: ServerFrame; parts: Uint8Array[] } | null = null;
  #closed = false;
  #agreement: Agreement | null = null;
  #inflater: PeerInflater | null = null;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Takes compressed messages from here on. */
  agreeOn(agreement: Agreement): void {
    this.#agreement = agreement;
    this.#inflater = new PeerInflater(agreement);
  }

  /** Reads on with `chunk`. Returns what is complete with it. */
  push(chunk: Uint8Array): ServerEvent[] {
    this.#unread.push(chunk);
    this.#unreadSize += chunk.length;
    const events: ServerEvent[] = [];
    while (this.#unreadSize >= this.#wanted) {
      const bytes = this.#unread.length === 1 ? this.#unread[0] : concat(...this.#unread);
      const size = this.#frame(bytes, events);
      this.#unread = [bytes.subarray(size)];
      this.#unreadSize = bytes.length - size;
      if (size === 0) break;
    }
    return events;
  }

  /** Reads one frame. Returns its size, 0 when it is not complete. */
  #frame(bytes: Uint8Array, events: ServerEvent[]): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const short = bytes[1] & 0x7f;
    const masked = bytes[1] >= 0x80;
    const lengthEnd = short === 126 ? 4 : short === 127 ? 10 : 2;
    const start = lengthEnd + (masked ? 4 : 0);
    this.#wanted = start;
    if (bytes.length < start) return 0;
    const length =
      lengthEnd === 2
        ? short
        : lengthEnd === 4
          ? view.getUint16(2)
          : Number(view.getBigUint64(2) & 0x7fffffffffffffffn);
    this.#wanted = start + length;
    if (bytes.length < this.#wanted) return 0;
    this.#wanted = 2;
    const payload = bytes.slice(start, start + length);
    if (masked) {
      this.#report("B02", "fail", "The server masks a frame: its second byte is above 0x7f");
      const key = bytes.subarray(lengthEnd, start);
      for (let at = 0; at < length; at++) payload[at] ^= key[at % 4];
    }
    if ((lengthEnd === 4 && length < 126) || (lengthEnd === 10 && length < 65536)) {
      const form = lengthEnd === 4 ? 16 : 64;
      this.#report("B08", "fail", `The server sends the length ${length} in ${form} bits`);
    }
    this.#checkFirstByte(bytes[0], length);
    const [fin, rsv1] = [bytes[0] >= 0x80, (bytes[0] & 0x40) !== 0];
    const event = this.#event({ fin, rsv1, opcode: bytes[0] & 0x0f, payload });
    if (event !== null) events.push(event);
    return start + length;
  }

  #checkFirstByte(byte: number, length: number): void {
    const opcode = byte & 0x0f;
    const isFirst = opcode === 1 || opcode === 2;
    const rsv = byte & (this.#agreement !== null && isFirst ? 0x30 : 0x70);
    if (rsv !== 0) {
      const clause = this.#agreement !== null && (rsv & 0x40) !== 0 ? "D07" : "B03";
      this.#report(clause, "fail", `The server sets a reserved bit: first byte ${hexByte(byte)}`);
    }
    if (opcode > 0xa || (opcode > 2 && opcode < CLOSE)) {
      this.#report("B05", "fail", `The server sends the reserved opcode ${opcode}`);
    }
    if (opcode >= CLOSE && byte < 0x80) {
      this.#report("B14", "fail", `The server fragments a control frame: ${hexByte(byte)}`);
    }
    if (opcode >= CLOSE && length > 125) {
      this.#report("B21", "fail", `The server sends a control frame of ${length} bytes`);
    }
    if (!this.#closed) return;
    const name = TYPES[opcode] ?? "continuation";
    if (opcode < CLOSE) this.#report("B24", "fail", `The server sends ${name} behind its Close`);
    if (opcode === CLOSE) this.#report("B29", "fail", "The server sends a second Close");
    if (opcode === 9) this.#report("B24", "warning", "The server sends a ping behind its Close");
  }

  #event(frame: ServerFrame): ServerEvent | null {
    const { fin, opcode, payload } = frame;
    if (opcode === CLOSE) this.#checkClose(payload);
    if (opcode >= CLOSE) return serverEvent(TYPES[opcode] ?? "unknown", payload, payload, false);
    if (opcode > 2) return serverEvent("unknown", payload, payload, false);
    if ((opcode === 0) !== (this.#message !== null)) {
      const what = opcode === 0 ? "a continuation of nothing" : "a message within another";
      this.#report(opcode === 0 ? "B17" : "B16", "fail", `The server sends ${what}`);
    }
    if (opcode !== 0) this.#message = { first: frame, parts: [] };
    if (this.#message === null) return serverEvent("unknown", payload, payload, false);
    const { first, parts } = this.#message;
    parts.push(payload);
    if (!fin) return null;
    this.#message = null;
    return this.#complete(first, concat(...parts));
  }

  #complete(first: ServerFrame, wire: Uint8Array): ServerEvent {
    const compressed = first.rsv1 && this.#inflater !== null;
    const type = TYPES[first.opcode];
    let payload = wire;
    if (compressed) {
      try {
        payload = (this.#inflater as PeerInflater).inflate(wire);
      } catch (error) {
        this.#reportInflation(wire, error as Error);
        return serverEvent("unknown", wire, wire, true);
      }
      if (this.#inflater?.endsEmpty === false) {
        this.#report("D27", "fail", "No empty block, octet 00, is behind a block with BFINAL");
      }
      if (wire.length === 0) {
        this.#report("D37", "fail", "A compressed message has no octet, not even the one of 00");
      }
      if (hex(wire.subarray(-4)) === "0000ffff") {
        this.#report("D27", "fail", "A compressed message ends with the octets 00 00 ff ff");
      }
    }
    if (type === "text" && !isUtf8(payload)) {
      this.#report("B36", "fail", "The server sends text that is not UTF-8");
    }
    return serverEvent(type, payload, wire, compressed);
  }

  /** Which clause: refers beyond what may be referred to, or is no DEFLATE at all. */
  #reportInflation(wire: Uint8Array, { message }: Error): void {
    const { serverTakesOver, serverWindowBits } = this.#agreement as Agreement;
    const isTooFar = message.includes("too far back");
    const clause = !isTooFar ? "D27" : serverTakesOver || serverWindowBits < 15 ? "D29" : "D30";
    const what = `A compressed message of ${wire.length} bytes cannot be inflated: ${message}`;
    this.#report(clause, "fail", what);
  }

  #checkClose(payload: Uint8Array): void {
    const isFirst = !this.#closed;
    this.#closed = true;
    if (!isFirst || payload.length === 0) return;
    if (payload.length === 1) {
      return this.#report("B22", "fail", "The server sends a Close of one byte");
    }
    const code = (payload[0] << 8) | payload[1];
    if (!isUtf8(payload.subarray(2))) {
      this.#report("B23", "fail", "The server sends a Close whose reason is not UTF-8");
    }
    if (SERVER_CODES.includes(code) || (code >= 3000 && code <= 4999)) return;
    const what = `The server sends the close code ${code}`;
    if (code >= 1004 && code <= 1015) return this.#report("B51", "fail", what);
    if (code < 1000) return this.#report("B52", "fail", `${what}, which is not used`);
    const clause = code >= 5000 ? "B54" : "B52";
    this.#report(clause, "warning", `${what}, which nobody has defined`);
  }
}

function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
