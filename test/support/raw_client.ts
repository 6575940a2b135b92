// A client that sends exactly the bytes it is told, in the TCP segments it is told, and takes from
// the server only what the protocol allows. It knows FIN from RST, and never closes by itself.

import { createHash } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { bytes, concat, hex } from "./bytes.ts";
import { FrameReader, text } from "./frame_reader.ts";
import type { Frame } from "./frame_reader.ts";
import { PeerInflater } from "./peer_inflater.ts";
import { ResponseHead } from "./response_head.ts";
import { TIMEOUT_MS, withTimeout } from "./with_timeout.ts";

/** What to send: bytes, or hex. */
export type Wire = Uint8Array | string;

/** A TCP connection to the server under test. */
export class RawClient {
  readonly socket: Socket;
  readonly #reader = new FrameReader();
  #buffer = Buffer.alloc(64 * 1024);
  #start = 0; // #buffer[#start..#end) has come and is not read yet
  #end = 0;
  #message: { first: Frame | null; fragments: Uint8Array[] } = { first: null, fragments: [] };
  #inflater: PeerInflater | null = null;
  #over: "FIN" | "RST" | null = null;
  #wake: () => void = () => {};

  /** Takes a connected socket that has `allowHalfOpen`: a TLS socket, say. */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#append(chunk));
    socket.on("end", () => this.#finish("FIN"));
    socket.on("error", () => this.#finish("RST"));
    socket.on("close", (hadError) => this.#finish(hadError ? "RST" : "FIN"));
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const opened = new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
    await withTimeout(opened, `a connection to port ${port}`);
    return new RawClient(socket);
  }

  /** Sends all parts in one segment, as far as one can hold them. */
  send(...parts: readonly Wire[]): void {
    this.socket.write(
      concat(...parts.map((part) => (typeof part === "string" ? bytes(part) : part))),
    );
  }

  /** Sends `wire` in pieces of `size` bytes, each of which the server has read before the next. */
  async sendChopped(wire: Uint8Array, size: number): Promise<void> {
    for (let at = 0; at < wire.length; at += size) {
      this.socket.write(wire.subarray(at, at + size));
      await eventLoopTurn();
    }
  }

  /** Ends our direction: FIN. */
  end(): void {
    this.socket.end();
  }

  /** Cuts the connection: RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Reads nothing from here on, so that the server's output fills up. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** The head of an HTTP response. */
  async readHead(timeoutMs: number = TIMEOUT_MS): Promise<ResponseHead> {
    return this.#take("the head of a response", timeoutMs, (unread) => {
      const end = unread.indexOf("\r\n\r\n");
      if (end < 0) return null;
      const head = new ResponseHead(unread.toString("latin1", 0, end + 4));
      return [head, head.size];
    });
  }

  /** The next `size` bytes. */
  async readBytes(size: number): Promise<Uint8Array> {
    return this.#take(`${size} bytes`, TIMEOUT_MS, (unread) => {
      return unread.length < size ? null : [new Uint8Array(unread.subarray(0, size)), size];
    });
  }

  /** The next frame. */
  async readFrame(timeoutMs: number = TIMEOUT_MS): Promise<Frame> {
    return this.#take("a frame", timeoutMs, (unread) => {
      const frame = this.#reader.read(unread);
      return frame && [frame, frame.size];
    });
  }

  /** Takes compressed messages from here on, as the server's `extensions` have agreed on them. */
  agreeOn(extensions: string): void {
    this.#inflater = new PeerInflater(extensions);
    this.#reader.mayCompress = true;
  }

  /**
   * The next message, its fragments put together, or control frame: as {@linkcode describe}; a
   * compressed one inflated, with an asterisk before it.
   */
  async readEvent(timeoutMs: number = TIMEOUT_MS): Promise<string> {
    for (;;) {
      const frame = await this.readFrame(timeoutMs);
      const { fin, opcode, payload } = frame;
      if (opcode >= 8) return describe(opcode, payload);
      if (opcode !== 0) this.#message = { first: frame, fragments: [] };
      const { first, fragments } = this.#message;
      fragments.push(payload);
      if (!fin || first === null) continue;
      const whole = concat(...fragments);
      if (!first.isCompressed || this.#inflater === null) return describe(first.opcode, whole);
      return `* ${describe(first.opcode, await this.#inflater.inflate(whole))}`;
    }
  }

  /** Everything up to the end, one line each: `["text Hello", "close 1002", "FIN"]`. */
  async transcript(timeoutMs: number = TIMEOUT_MS): Promise<string[]> {
    const lines: string[] = [];
    try {
      for (;;) {
        if (await this.#isOver(timeoutMs)) return [...lines, this.#over ?? ""];
        lines.push(await this.readEvent(timeoutMs));
      }
    } catch (error) {
      const after = lines.join(", ") || "nothing";
      throw new Error(`${(error as Error).message}, after ${after}`, { cause: error });
    }
  }

  /** All bytes up to the server's FIN. */
  async readToFin(timeoutMs: number = TIMEOUT_MS): Promise<Uint8Array> {
    while (this.#over === null) await withTimeout(this.#change(), this.#found("FIN"), timeoutMs);
    if (this.#over === "RST") throw new Error("Expected FIN, found RST");
    return this.readBytes(this.#end - this.#start);
  }

  /** Waits for the server's FIN; a byte or an RST before it is an error. §7.1.1 */
  async fin(timeoutMs: number = TIMEOUT_MS): Promise<void> {
    const rest = await this.readToFin(timeoutMs);
    if (rest.length > 0) throw new Error(`Expected FIN, found ${hex(rest.subarray(0, 80))}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }

  /** Takes from the unread bytes as soon as `take` finds what it wants in them, and its size. */
  async #take<T>(
    what: string,
    timeoutMs: number,
    take: (unread: Buffer) => readonly [T, size: number] | null,
  ): Promise<T> {
    for (;;) {
      const taken = take(this.#buffer.subarray(this.#start, this.#end));
      if (taken !== null) {
        this.#start += taken[1];
        return taken[0];
      }
      if (this.#over !== null) throw new Error(`Expected ${this.#found(what)}`);
      await withTimeout(this.#change(), this.#found(what), timeoutMs);
    }
  }

  async #isOver(timeoutMs: number): Promise<boolean> {
    while (this.#start === this.#end && this.#over === null) {
      await withTimeout(this.#change(), "a frame or FIN", timeoutMs);
    }
    return this.#start === this.#end;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #append(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const unread = this.#buffer.subarray(this.#start, this.#end);
      this.#buffer = Buffer.alloc(2 * (unread.length + chunk.length) + 64 * 1024);
      this.#buffer.set(unread);
      [this.#start, this.#end] = [0, unread.length];
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
    this.#wake();
  }

  #finish(how: "FIN" | "RST"): void {
    if (this.#over !== "RST") this.#over = how;
    this.#wake();
  }

  #found(what: string): string {
    const unread = this.#buffer.subarray(this.#start, this.#end);
    const found = [hex(unread.subarray(0, 80)), this.#over].filter(Boolean).join(" and ");
    return `${what} (so far ${found || "no byte"})`;
  }
}

/**
 * A message or control frame in one line: `text Hello`, `binary 00ff`, `close 1002`, `pong 01`.
 * Of a long payload, length and digest.
 */
export function describe(opcode: number, payload: Uint8Array): string {
  if (opcode === 8) return payload.length < 2 ? "close" : `close ${payload[0] * 256 + payload[1]}`;
  const type = opcode === 1 ? "text" : opcode === 2 ? "binary" : opcode === 9 ? "ping" : "pong";
  if (payload.length > 256) {
    const digest = createHash("sha1").update(payload).digest("hex");
    return `${type} of ${payload.length} bytes, SHA-1 ${digest}`;
  }
  return `${type} ${opcode === 1 ? text(payload) : hex(payload)}`;
}

/** Fulfils when the event loop has looked at every socket once: whatever was sent is read. */
export async function eventLoopTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
