// A client that sends exactly the bytes it is told, in the segments it is told, and writes down
// what it sent and what came back. It knows FIN from RST, and never closes by itself: no library
// stands between the suite and the wire.

import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { concat, fromLatin1, quote } from "./bytes.ts";
import { toBytes } from "./client_frame.ts";
import type { Wire } from "./client_frame.ts";
import type { Agreement } from "./compressed.ts";
import { FloodGate } from "./flood.ts";
import type { FloodError } from "./flood.ts";
import { Recording } from "./recording.ts";
import type { Passage } from "./recording.ts";
import { readResponseHead } from "./response_head.ts";
import type { ResponseHead } from "./response_head.ts";
import { ServerFrames } from "./server_frames.ts";
import type { ServerEvent } from "./server_event.ts";
import type { Report } from "./server_frames.ts";
import type { Target } from "./target.ts";

/** How the server ended the connection. */
export type Ending = "FIN" | "RST";

/** What a connection is bounded by. */
export interface WireLimits {
  readonly timeoutMs: number;
  /** Of the messages that the suite may send, and that come back. */
  readonly messageSizeMax: number;
}

/** Between two pieces, so that TCP does not put them together again. */
const PIECE_PAUSE_MS = 1;

/** One connection to the server under test. */
export class WireClient {
  readonly #socket: Socket;
  readonly #frames: ServerFrames;
  readonly #recording = new Recording();
  readonly #events: ServerEvent[] = [];
  #http = ""; // what came before the frames begin, and is not read yet
  #isFrames = false;
  #ended: Ending | null = null;
  #flood: FloodError | null = null;
  readonly #gate: FloodGate;
  #wake: () => void = () => {};

  private constructor(socket: Socket, report: Report, messageSizeMax: number) {
    this.#socket = socket;
    this.#gate = new FloodGate(messageSizeMax);
    this.#frames = new ServerFrames(report);
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => this.#end("FIN"));
    socket.on("error", () => this.#end("RST"));
    socket.on("close", (hadError: boolean) => this.#end(hadError ? "RST" : "FIN"));
  }

  /** Connects, over TLS where the target wants it. Rejects when that takes longer, or fails. */
  static async connect(
    target: Target,
    { timeoutMs, messageSizeMax }: WireLimits,
    report: Report,
    secure: boolean = target.secure,
  ): Promise<WireClient> {
    const { hostname: host, port, insecure } = target;
    const tcp = connectTcp({ host, port, allowHalfOpen: true });
    const socket = secure ? connectTls(tlsOptions(tcp, host, insecure)) : tcp;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        clearTimeout(timer);
        socket.destroy();
        reject(error);
      };
      const timer = setTimeout(
        () => fail(new Error(`no connection in ${timeoutMs} ms`)),
        timeoutMs,
      );
      socket.once("error", fail);
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(timer);
        socket.off("error", fail);
        resolve();
      });
    });
    return new WireClient(socket, report, messageSizeMax);
  }

  /** What went over the wire, in its order. */
  get passages(): Passage[] {
    return this.#recording.passages;
  }

  /** How the server has ended the connection, or `null`. */
  get ended(): Ending | null {
    return this.#ended;
  }

  /** Sends all parts in one segment, as far as one can hold them. */
  send(...parts: readonly Wire[]): void {
    const bytes = concat(...parts.map(toBytes));
    this.#recording.note("client", this.#isFrames ? "frames" : "http", bytes);
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Sends each of `parts` in a segment of its own. */
  async sendApart(parts: readonly Wire[]): Promise<void> {
    for (const part of parts) {
      if (this.#ended !== null) return;
      this.send(part);
      await new Promise((resolve) => setTimeout(resolve, PIECE_PAUSE_MS));
    }
  }

  /** A handshake and frames in one segment, each noted as what it is. */
  sendAhead(request: Uint8Array, ...frames: readonly Wire[]): void {
    const behind = concat(...frames.map(toBytes));
    this.#recording.note("client", "http", request);
    this.#recording.note("client", "frames", behind);
    this.#socket.write(concat(request, behind));
  }

  /** The head of a response; `null` when the connection ends, or nothing comes, before it does. */
  async readHead(timeoutMs: number): Promise<ResponseHead | null> {
    for (;;) {
      if (this.#flood !== null) throw this.#flood;
      const head = readResponseHead(this.#http);
      if (head !== null) {
        this.#http = this.#http.slice(head.size);
        return head;
      }
      if (this.#ended !== null || !(await this.#change(timeoutMs))) return null;
    }
  }

  /** All that comes as HTTP until the end, or until nothing comes for `timeoutMs`. */
  async readHttp(timeoutMs: number): Promise<string> {
    while (this.#ended === null && (await this.#change(timeoutMs)));
    if (this.#flood !== null) throw this.#flood;
    return this.#http;
  }

  /** What was sent and what comes is frames from here on, compressed as was agreed on. */
  beginFrames(agreement: Agreement | null): void {
    this.#isFrames = true;
    if (agreement !== null) this.#frames.agreeOn(agreement);
    if (this.#http === "") return;
    const early = new Uint8Array(Buffer.from(this.#http, "latin1"));
    this.#http = "";
    this.#recording.splitLast(early);
    this.#events.push(...this.#frames.push(early));
  }

  /** The next event; the ending when there is none; `null` when nothing comes for so long. */
  async next(timeoutMs: number): Promise<ServerEvent | Ending | null> {
    for (;;) {
      if (this.#flood !== null) throw this.#flood;
      const event = this.#events.shift();
      if (event !== undefined) return event;
      if (this.#ended !== null) return this.#ended;
      if (!(await this.#change(timeoutMs))) return null;
    }
  }

  /** Whether a ping with the payload of `pong` was sent; a pong without payload may answer any. */
  hasAsked({ payload }: ServerEvent): boolean {
    return this.#recording.hasSent(payload);
  }

  /** What became of a request that no head has come for, in words. */
  get unanswered(): string {
    if (this.#http !== "") return `answered with what is no HTTP: ${quote(this.#http)}`;
    if (this.#ended !== null) return `answered with the end of the connection (${this.#ended})`;
    return "not answered";
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Whether something came within `timeoutMs`. */
  #change(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #receive(chunk: Buffer): void {
    const bytes = new Uint8Array(chunk);
    this.#recording.note("server", this.#isFrames ? "frames" : "http", bytes);
    const events = this.#isFrames ? this.#frames.push(bytes) : [];
    if (!this.#isFrames) this.#http += fromLatin1(bytes);
    this.#events.push(...events);
    this.#flood ??= this.#gate.count(bytes.length, events.length, this.#http.length);
    if (this.#flood !== null) this.#socket.destroy();
    this.#wake();
  }

  #end(how: Ending): void {
    this.#ended ??= how;
    this.#wake();
  }
}

/** A name for the server's certificate, unless the host is an address: RFC 6066 §3. */
function tlsOptions(socket: Socket, host: string, insecure: boolean): ConnectionOptions {
  const options = { socket, rejectUnauthorized: !insecure };
  return isIP(host) === 0 ? { ...options, servername: host } : { ...options, host };
}
