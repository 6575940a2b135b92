// An echo server that is right but for one fault, which is planted: the runner must find it, and
// nothing else. Written naively and from scratch: with the real one's frames and messages, the real
// one's errors would be planted too.
//
// Over 250 lines: one connection is one class, with a fault at each step of its way.

import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { answerTo } from "./faulty_handshake.ts";
import type { Agreed } from "./faulty_handshake.ts";
import type { Fault } from "./faults.ts";

const TAIL = Buffer.from("0000ffff", "hex");
const WINDOW_SIZE = 32 * 1024;

/** What the server takes in one message, also inflated. */
export const MESSAGE_SIZE_MAX = 200_000;

/** Listens until its `await using` block ends. */
export class FaultyServer implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(fault: Fault) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      const peer = new Peer(socket, fault);
      socket.on("data", (chunk) => peer.receive(chunk));
      socket.on("end", () => socket.end());
    });
  }

  static async start(fault: Fault): Promise<FaultyServer> {
    const server = new FaultyServer(fault);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

interface Frame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

interface Message {
  readonly opcode: number;
  readonly isCompressed: boolean;
  readonly parts: Buffer[];
  readonly key: Buffer;
}

/** A rule is broken: the close code that says so. */
class Violation extends Error {
  readonly code: number;
  constructor(code: number) {
    super();
    this.code = code;
  }
}

/** One connection. */
class Peer {
  readonly #socket: Socket;
  readonly #fault: Fault;
  #unread: Buffer = Buffer.alloc(0);
  #chunks = 0;
  #isOpen = false;
  #isOver = false; // nothing is read any more
  #closeSent = false;
  #deflate: Agreed | null = null;
  #past: Buffer = Buffer.alloc(0); // what the client's messages may refer to
  #sentPast: Buffer = Buffer.alloc(0); // and ours
  #isFinalSeen = false;
  #message: Message | null = null;
  #key: Buffer = Buffer.alloc(4); // of the last first fragment
  #hasPonged = false;
  #failures = 0;
  #isTaken = false; // the frame that is at fault is no longer in #unread

  constructor(socket: Socket, fault: Fault) {
    this.#socket = socket;
    this.#fault = fault;
  }

  receive(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#chunks++;
    this.#unread = Buffer.concat([this.#unread, chunk]);
    if (!this.#isOpen) this.#handshake();
    while (this.#isOpen && !this.#isOver) {
      try {
        const frame = this.#readFrame();
        if (frame === null) return;
        this.#take(frame);
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        this.#fail(error.code);
      }
    }
  }

  #handshake(): void {
    const end = this.#unread.indexOf("\r\n\r\n");
    if (end < 0) {
      if (this.#fault === "a handshake in several segments is refused") this.#socket.end();
      return;
    }
    const head = this.#unread.toString("latin1", 0, end);
    this.#unread = this.#unread.subarray(end + 4);
    const answer = answerTo(head, this.#fault);
    if (answer.status !== 101 && this.#fault === "no response to a bad handshake") {
      this.#socket.end();
      return;
    }
    if (answer.status !== 101) {
      this.#socket.write(answer.head);
      if (this.#fault !== "a refused handshake stays open") this.#end();
      return;
    }
    this.#isOpen = true;
    this.#deflate = answer.deflate;
    this.#socket.write(answer.head);
    if (this.#is("pings that nobody asked for")) this.#send(9, Buffer.from("tick"));
    if (!this.#is("messages without end")) return;
    const more = Buffer.alloc(65_536);
    for (let size = 0; size < 40 * 1024 * 1024; size += more.length) this.#send(2, more);
  }

  #is(fault: Fault): boolean {
    return this.#fault === fault;
  }

  /** Returns the next frame, `null` when it is not there yet. */
  #readFrame(): Frame | null {
    const bytes = this.#unread;
    this.#isTaken = false;
    if (bytes.length < 2) return null;
    const fin = bytes[0] >= 0x80;
    const rsv = (bytes[0] >> 4) & 0b111;
    const opcode = bytes[0] & 0b1111;
    const masked = bytes[1] >= 0x80;
    const short = bytes[1] & 0x7f;
    const lengthEnd = short === 126 ? 4 : short === 127 ? 10 : 2;
    this.#check(fin, rsv, opcode, short);
    if (!masked && !this.#is("unmasked frames are accepted")) throw new Violation(1002);
    const start = lengthEnd + (masked ? 4 : 0);
    if (bytes.length < start) return null;
    const length = this.#length(bytes, lengthEnd, short);
    const size = (this.#message?.parts ?? []).reduce((sum, part) => sum + part.length, length);
    if (size > MESSAGE_SIZE_MAX && !this.#is("no limit")) throw new Violation(1009);
    if (bytes.length < start + length) return null;
    const payload = Buffer.from(bytes.subarray(start, start + length));
    let key: Buffer = masked ? Buffer.from(bytes.subarray(lengthEnd, start)) : Buffer.alloc(4);
    if (opcode === 0 && this.#is("one key for all fragments")) key = this.#message?.key ?? key;
    const shift = this.#is("the key is read backwards");
    for (let at = 0; at < length; at++) payload[at] ^= key[shift ? 3 - (at % 4) : at % 4];
    this.#unread = bytes.subarray(start + length);
    this.#isTaken = true;
    if (opcode !== 0 && opcode < 8 && this.#message === null) this.#key = key;
    return { fin, rsv, opcode, payload };
  }

  #check(fin: boolean, rsv: number, opcode: number, short: number): void {
    const isFirst = opcode === 1 || opcode === 2;
    const isMisplaced = rsv === 4 && this.#deflate !== null && !isFirst;
    const isAllowed = rsv === 0 || (rsv === 4 && this.#deflate !== null && isFirst);
    if (!isAllowed && !(isMisplaced && this.#is("deflate: RSV1 anywhere"))) {
      if (!this.#is("reserved bits are ignored")) throw new Violation(1002);
    }
    const isKnown = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    if (!isKnown && !this.#is("unknown opcodes are ignored")) throw new Violation(1002);
    if (opcode < 8) return;
    if (!fin && !this.#is("control frames may be fragmented")) throw new Violation(1002);
    if (short > 125 && !this.#is("control frames may be long")) throw new Violation(1002);
  }

  #length(bytes: Buffer, lengthEnd: number, short: number): number {
    if (lengthEnd === 2) return short;
    const length = lengthEnd === 4 ? bytes.readUInt16BE(2) : bytes.readBigUInt64BE(2);
    const isShort = lengthEnd === 4 ? length < 126 : length < 65_536n;
    if (isShort && !this.#is("long forms of lengths are accepted")) throw new Violation(1002);
    if (typeof length === "number") return length;
    if (this.#is("lengths are read in 32 bits")) return Number(length & 0xffffffffn);
    const isTop = length >= 1n << 63n;
    if (isTop && this.#is("the top bit of a length is ignored")) return Number(length & 0xffffn);
    if (isTop) throw new Violation(1002);
    return Number(length);
  }

  #take(frame: Frame): void {
    const { opcode, payload } = frame;
    if (opcode > 10 || (opcode > 2 && opcode < 8)) return;
    if (opcode < 8) return this.#data(frame);
    if (this.#is("control frames end a message")) this.#message = null;
    if (opcode === 8) return this.#close(payload);
    if (opcode === 9) return this.#pong(payload);
    if (this.#is("a pong is answered")) this.#send(10, payload);
  }

  #pong(payload: Buffer): void {
    if (this.#is("no pong")) return;
    if (this.#is("only the first ping has a pong")) {
      if (this.#hasPonged) return;
      this.#hasPonged = true;
    }
    const answer = this.#is("a pong of other bytes") ? Buffer.from("pong") : payload;
    this.#send(10, this.#is("a pong is cut") ? answer.subarray(0, 10) : answer);
  }

  #data({ fin, rsv, opcode, payload }: Frame): void {
    if (opcode === 0 && this.#message === null) {
      if (!this.#is("a continuation of nothing is text")) throw new Violation(1002);
      opcode = 1;
    }
    if (opcode !== 0 && this.#message !== null) {
      if (!this.#is("a message may begin within another")) throw new Violation(1002);
    }
    if (opcode !== 0) {
      this.#message = { opcode, isCompressed: rsv >= 4, parts: [], key: this.#key };
    }
    const message = this.#message as Message;
    message.parts.push(payload);
    const isPlainText = message.opcode === 1 && !message.isCompressed;
    if (isPlainText && this.#is("each fragment must be UTF-8")) checkUtf8(payload);
    const isChecked = !this.#is("any bytes are text") && !this.#is("bad text is repaired");
    if (isPlainText && isChecked && !this.#is("bad text is found at its end")) {
      checkPrefix(Buffer.concat(message.parts));
    }
    if (!fin) return;
    this.#message = null;
    let { opcode: type } = message;
    if (message.parts.length > 1 && this.#is("fragments are text")) type = 1;
    const whole = Buffer.concat(message.parts);
    const content = message.isCompressed && this.#deflate ? this.#inflate(whole) : whole;
    if (type === 1 && isChecked) {
      if (!(message.isCompressed && this.#is("deflate: inflated text is not checked"))) {
        checkUtf8(content);
      }
    }
    this.#echo(type, content, message.parts.length);
  }

  #echo(type: number, content: Buffer, fragments: number): void {
    let echo: Buffer = content;
    if (type === 1 && this.#is("the byte order mark is dropped")) {
      echo = Buffer.from(new TextDecoder().decode(content));
    }
    if (type === 1 && this.#is("bad text is repaired"))
      echo = Buffer.from(content.toString("utf8"));
    if (this.#is("126 bytes are 125") && echo.length === 126) echo = echo.subarray(1);
    if (this.#is("bytes above 7f are lost") && type === 2) {
      echo = Buffer.from(echo.filter((byte) => byte < 0xfe));
    }
    if (this.#is("empty fragments are lost") && fragments > 1 && echo.length === 0) return;
    if (type === 1 && this.#is("texts come back in capitals")) {
      echo = Buffer.from(echo.toString("utf8").toUpperCase());
    }
    if (this.#is("pongs that nobody asked for")) this.#send(10, Buffer.from("tock"));
    const answer = this.#is("empty text is binary") && echo.length === 0 ? 2 : type;
    if (this.#deflate === null || echo.length === 0) return this.#send(answer, echo);
    this.#send(answer, this.#compress(echo), 4);
  }

  #inflate(bytes: Buffer): Buffer {
    const { clientTakesOver } = this.#deflate as Agreed;
    if (this.#is("deflate: BFINAL is the end") && this.#isFinalSeen) return Buffer.alloc(0);
    const usesPast = this.#past.length > 0;
    const options = {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: this.#is("no limit") ? 2 ** 30 : MESSAGE_SIZE_MAX,
      ...(usesPast ? { dictionary: this.#past } : {}),
    };
    if (bytes.length > 0 && (bytes[0] & 1) === 1) this.#isFinalSeen = true;
    try {
      const whole = inflateRawSync(Buffer.concat([bytes, TAIL]), options);
      const past = Buffer.concat([this.#past, whole]).subarray(-WINDOW_SIZE);
      if (clientTakesOver && !this.#is("deflate: no context is kept")) this.#past = past;
      return whole;
    } catch (error) {
      const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
      if (this.#is("deflate: what is broken is empty") && !isTooLarge) return Buffer.alloc(0);
      throw new Violation(isTooLarge ? 1009 : 1007);
    }
  }

  #compress(bytes: Buffer): Buffer {
    const { serverBits, serverTakesOver } = this.#deflate as Agreed;
    const keeps = serverTakesOver || this.#is("deflate: context kept though it must not");
    const past = this.#sentPast.subarray(-(2 ** serverBits - 262));
    const whole = deflateRawSync(bytes, {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits: serverBits,
      ...(keeps && past.length > 0 ? { dictionary: past } : {}),
    });
    this.#sentPast = Buffer.concat([this.#sentPast, bytes]).subarray(-WINDOW_SIZE);
    return this.#is("deflate: the tail stays") ? whole : whole.subarray(0, -4);
  }

  #close(payload: Buffer): void {
    if (this.#closeSent && !this.#is("goes on behind a Close")) return;
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 0;
    if (payload.length === 1 && !this.#is("a Close of one byte is accepted")) {
      throw new Violation(1002);
    }
    if (payload.length >= 2 && !isValidCode(code, this.#fault)) throw new Violation(1002);
    if (!this.#is("a bad reason comes back")) checkUtf8(payload.subarray(2));
    if (this.#is("no answer to a Close")) return this.#end();
    let answer = payload.subarray(0, 2);
    if (payload.length < 2) answer = Buffer.alloc(0);
    if (code > 1000 && this.#is("each Close is answered with 1000")) answer = closePayload(1000);
    if (code === 0 && this.#is("1005 on the wire")) answer = closePayload(1005);
    if (this.#is("a bad reason comes back")) answer = payload;
    this.#send(8, answer);
    if (this.#is("a Close is answered twice")) this.#send(8, answer);
    if (this.#is("data behind the Close")) this.#send(1, Buffer.from("bye"));
    this.#closeSent = true;
    if (this.#is("TCP stays open behind a Close")) this.#isOver = true;
    else if (this.#is("TCP is reset behind a Close")) this.#reset();
    else if (!this.#is("goes on behind a Close")) this.#end();
    else setTimeout(() => this.#end(), 30);
  }

  /** Once the Close is out. */
  #reset(): void {
    this.#isOver = true;
    setTimeout(() => this.#socket.resetAndDestroy(), 10);
  }

  #fail(code: number): void {
    if (this.#is("goes on behind a failure") && !this.#isTaken) {
      const short = this.#unread[1] & 0x7f;
      const masked = this.#unread[1] >= 0x80;
      this.#unread = this.#unread.subarray(2 + (masked ? 4 : 0) + Math.min(short, 125));
    }
    const shown = this.#is("each failure is 1000") ? 1000 : code;
    if (!this.#is("a failure has no Close")) this.#send(8, closePayload(shown));
    this.#closeSent = true;
    if (this.#is("TCP stays open behind a failure")) this.#isOver = true;
    else if (!this.#is("goes on behind a failure") || ++this.#failures > 10) this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#socket.end();
  }

  #send(opcode: number, payload: Buffer, rsv = 0): void {
    if (this.#is("frames are sent with RSV2") && opcode < 8) rsv |= 2;
    const { length } = payload;
    const isLong = length > 65_535 || (length > 125 && this.#is("lengths are sent in 64 bits"));
    const header = Buffer.alloc(2 + (isLong ? 8 : length > 125 ? 2 : 0));
    header[0] = 0x80 | (rsv << 4) | opcode;
    header[1] = isLong ? 127 : length > 125 ? 126 : length;
    if (isLong) header.writeBigUInt64BE(BigInt(length), 2);
    else if (length > 125) header.writeUInt16BE(length, 2);
    if (opcode < 8 && this.#is("messages never end")) header[0] &= 0x7f;
    if (!this.#is("frames are sent masked")) {
      this.#socket.write(Buffer.concat([header, payload]));
      return;
    }
    header[1] |= 0x80;
    this.#socket.write(Buffer.concat([header, Buffer.alloc(4), payload]));
  }
}

function closePayload(code: number): Buffer {
  return Buffer.from([code >> 8, code & 0xff]);
}

function isValidCode(code: number, fault: Fault): boolean {
  if (fault === "any close code is accepted") return true;
  if (fault === "private close codes are refused" && code >= 3000) return false;
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || false;
}

function checkUtf8(bytes: Uint8Array): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Violation(1007);
  }
}

/** What may still become UTF-8: a character may be open at the end. */
function checkPrefix(bytes: Uint8Array): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    throw new Violation(1007);
  }
}
