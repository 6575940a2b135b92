// Frames as a strict client reads them. It throws at whatever a server may not send, so that each
// test of the suite also tests the sender: no mask (§5.1), no RSV (§5.2) but RSV1 where compression
// was agreed on, and then on first frames only (RFC 7692 §6.1), known opcodes, the shortest length
// (§5.2), short and whole control frames (§5.5), fragments in order (§5.4), UTF-8 (§5.6), a sound
// Close payload (§5.5.1, §7.4), and nothing behind it but pongs: a ping that comes before our Close
// still has its answer (§5.5.2).

/** A frame of the server. */
export interface Frame {
  readonly fin: boolean;
  /** RSV1. */
  readonly isCompressed: boolean;
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Bytes of the whole frame. */
  readonly size: number;
}

const RSV = 0x70;
const RSV1 = 0x40;
const CONTINUATION = 0x0;
const TEXT = 0x1;
const CLOSE = 0x8;
const PONG = 0x8a; // with FIN
const OPCODES = [CONTINUATION, TEXT, 0x2, CLOSE, 0x9, 0xa];

/** The codes below 3000 that may be on the wire; 1010 from a server only as an echo: §7.4.1. */
const CLOSE_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

/** Reads the frames of one connection, and remembers what the order of frames depends on. */
export class FrameReader {
  /** Whether both sides have agreed on compression. */
  mayCompress = false;
  #message: Uint8Array[] | null = null; // fragments of the message that is open
  #isPlainText = false;
  #closed = false;

  /** The frame at the start of `bytes`, its payload copied; `null` when it is not all there yet. */
  read(bytes: Uint8Array): Frame | null {
    if (bytes.length > 0) this.#checkFirstByte(bytes[0]);
    if (bytes.length < 2) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    must((bytes[1] & 0x80) === 0, "the server masks (§5.1)");
    const short = bytes[1] & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < start) return null;
    const length =
      start === 2 ? short : start === 4 ? view.getUint16(2) : Number(view.getBigUint64(2));
    must(start !== 4 || length > 125, `${length} bytes have a length of 16 bits (§5.2)`);
    must(start !== 10 || length > 65535, `${length} bytes have a length of 64 bits (§5.2)`);
    const opcode = bytes[0] & 0x0f;
    must(opcode < CLOSE || length <= 125, `a control frame has ${length} bytes (§5.5)`);
    const size = start + length;
    if (bytes.length < size) return null;
    const [fin, isCompressed] = [bytes[0] >= 0x80, (bytes[0] & RSV1) !== 0];
    const frame = { fin, isCompressed, opcode, payload: bytes.slice(start, size), size };
    if (opcode < CLOSE) this.#checkData(frame);
    if (opcode === CLOSE) this.#checkClose(frame.payload);
    return frame;
  }

  #checkFirstByte(byte: number): void {
    const opcode = byte & 0x0f;
    must(!this.#closed || byte === PONG, `0x${byte.toString(16)} follows the Close (§5.5.1)`);
    const isFirst = opcode !== CONTINUATION && opcode < CLOSE;
    const rsv = byte & (this.mayCompress && isFirst ? RSV & ~RSV1 : RSV);
    must(rsv === 0, `RSV is set: 0x${byte.toString(16)} (§5.2)`);
    must(OPCODES.includes(opcode), `opcode is ${opcode} (§5.2)`);
    must(opcode < CLOSE || byte >= 0x80, "a control frame is fragmented (§5.5)");
    if (opcode >= CLOSE) return;
    const isOpen = this.#message !== null;
    must(isOpen === (opcode === CONTINUATION), `opcode ${opcode} is out of order (§5.4)`);
  }

  #checkData({ fin, isCompressed, opcode, payload }: Frame): void {
    if (opcode !== CONTINUATION) this.#isPlainText = opcode === TEXT && !isCompressed;
    const message = this.#message ?? [];
    message.push(payload);
    if (fin && this.#isPlainText) text(Buffer.concat(message));
    this.#message = fin ? null : message;
  }

  #checkClose(payload: Uint8Array): void {
    this.#closed = true;
    if (payload.length === 0) return;
    must(payload.length > 1, "a Close frame has one byte (§5.5.1)");
    const code = payload[0] * 256 + payload[1];
    const isPrivate = code >= 3000 && code <= 4999;
    must(isPrivate || CLOSE_CODES.includes(code), `a server sends close code ${code} (§7.4)`);
    text(payload.subarray(2));
  }
}

/** `bytes` as UTF-8, every character kept, the byte order mark too; throws `TypeError`: §8.1. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function must(holds: boolean, violation: string): void {
  if (!holds) throw new Error(`The server breaks the protocol: ${violation}`);
}
