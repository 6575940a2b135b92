// One client, which believes nothing: whatever comes must be due, and the end must be one of those
// that what the client did may lead to.
//
//   connect --> handshake --> [ messages, pings, stalls ] --> leave(endings, bytes) --> over

import { connect } from "node:net";
import type { Socket } from "node:net";
import { encodeClosePayload, encodeFrame, Opcode } from "../../src/frame/mod.ts";
import { readClosePayload } from "../../src/frame/mod.ts";
import type { Random } from "../../src/testing/random.ts";
import { Due } from "./due.ts";
import { Incoming } from "./incoming.ts";
import type { IncomingOwner } from "./incoming.ts";
import { compressed, fragmented, keyFrom, pingFrame, whole } from "./messages.ts";
import type { Sent } from "./messages.ts";
import { requestHead, sendWithin } from "./opening.ts";
import type { Ending, PeerWatcher } from "./watcher.ts";

/** Where it connects, and how. */
export interface PeerOptions {
  readonly id: number;
  readonly port: number;
  readonly random: Random;
  /** For the handshake to be sent, piece by piece. 0: at once. */
  readonly handshakeMs: number;
}

const PATHS = ["/select", "/for-await", "/for-each"];

/** Of so many clients one does not answer the server's Close. */
const SILENT_ONE_IN = 4;

/** Clients come from several addresses, each of which has its own ports. */
const ADDRESSES = process.platform === "linux" ? 16 : 1;

/** A client. */
export class Peer implements IncomingOwner {
  readonly id: number;
  readonly random: Random;
  readonly #compresses: boolean;
  readonly #path: string;
  /** Whether it may send messages. */
  isOpen = false;
  /** When it did what must end it, by performance.now(). */
  leftAt: number = Infinity;
  /** A frame is out by half, so nothing else may be sent. */
  isMidFrame = false;
  readonly #watcher: PeerWatcher;
  readonly #socket: Socket;
  readonly #incoming: Incoming;
  readonly #due: Due;
  #endings: readonly Ending[] = [];
  #mustEcho = false; // all of it, before the Close
  #isCut = false;
  #ending: Ending = "no Close";

  constructor(watcher: PeerWatcher, { id, port, random, handshakeMs }: PeerOptions) {
    this.id = id;
    this.random = random;
    this.#path = PATHS[id % PATHS.length];
    this.#compresses = random.oneIn(3);
    this.#incoming = new Incoming(this, this.#compresses);
    this.#due = new Due(id, random, this.#path === PATHS[0]);
    this.#watcher = watcher;
    const localAddress = `127.0.0.${1 + (id % ADDRESSES)}`;
    const address = { host: "127.0.0.1", port, localAddress };
    this.#socket = connect({ ...address, noDelay: true, allowHalfOpen: true });
    const head = requestHead(this.#path, this.#compresses);
    this.#socket.on("connect", () => void sendWithin(handshakeMs, head, this.#socket));
    this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on("end", () => this.#socket.end());
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#over());
  }

  /** Messages that have not come back. */
  get pending(): number {
    return this.#due.pending;
  }

  /** Sends a message, unless too much is under way already. */
  send(how: "whole" | "fragmented" | "compressed"): void {
    const message = this.#due.nextMessage();
    if (message !== null) this.#socket.write(this.#encoded(message, how));
  }

  /** Several messages in one write. */
  sendBurst(count: number): void {
    const frames: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      const message = this.#due.nextMessage();
      if (message !== null) frames.push(whole(message, this.random));
    }
    this.#socket.write(Buffer.concat(frames));
  }

  /** Sends half of a frame, and the rest after `ms`. */
  sendSlowly(ms: number): void {
    const message = this.#due.nextMessage();
    if (message === null) return;
    const bytes = whole(message, this.random);
    const middle = this.random.below(bytes.length);
    this.#socket.write(bytes.subarray(0, middle));
    this.isMidFrame = true;
    setTimeout(() => {
      this.isMidFrame = false;
      this.#socket.write(bytes.subarray(middle));
    }, ms);
  }

  ping(): void {
    this.#socket.write(pingFrame(this.#due.nextPing(), this.random));
  }

  /** What the handler is to do; it comes back as any other message if it comes back. */
  command(text: string): void {
    const payload = Buffer.from(text);
    const message = { opcode: Opcode.TEXT, payload };
    if (text !== "!throw") this.#due.expect(message);
    this.#socket.write(whole(message, this.random));
  }

  /** Reads nothing for so long. */
  stall(ms: number): void {
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), ms);
  }

  /** Sends what must end the connection, and must end it in one of these ways. */
  leave(endings: readonly Ending[], bytes: Uint8Array | null): void {
    this.#leaves(endings);
    if (bytes !== null) this.#socket.write(bytes);
  }

  /** The closing handshake: all that was sent comes back before the server's Close. */
  close(code: number): void {
    this.leave([code], this.#closeFrame(encodeClosePayload(code, "")));
    this.#mustEcho = true;
  }

  /** FIN without a Close; the server must end its side, too. */
  halfClose(): void {
    this.#leaves(["no Close"]);
    this.#socket.end();
  }

  /** RST; with `isMidFrame` behind half a frame. */
  reset(isMidFrame: boolean): void {
    this.#cut();
    const bytes = whole({ opcode: Opcode.BINARY, payload: Buffer.alloc(1000) }, this.random);
    if (!isMidFrame) this.#socket.resetAndDestroy();
    else this.#socket.write(bytes.subarray(0, 500), () => this.#socket.resetAndDestroy());
  }

  /** Goes without a word; with `hasFin` the system sends FIN first, else it may be RST. */
  vanish(hasFin: boolean): void {
    this.#cut();
    if (hasFin) this.#socket.end(() => this.#socket.destroy());
    else this.#socket.destroy();
  }

  opened(): void {
    this.isOpen = true;
    this.#watcher.opened(this);
  }

  message(opcode: number, payload: Buffer): void {
    const what = this.#due.message(opcode, payload);
    if (what === "echo") this.#watcher.echoed();
    else if (what === "push") this.#watcher.pushed();
    else this.#violated(what.message);
  }

  control(opcode: number, payload: Buffer): void {
    if (opcode === Opcode.PING) {
      if (this.isMidFrame || this.leftAt < Infinity) return;
      this.#socket.write(encodeFrame({ opcode: Opcode.PONG, payload, key: keyFrom(this.random) }));
    } else if (opcode === Opcode.PONG) {
      if (!this.#due.pong(payload)) this.#violated(`pong ${payload.toString()} answers no ping`);
    } else {
      this.#closed(payload);
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#isCut) return;
    try {
      this.#incoming.push(chunk);
    } catch (error) {
      this.#violated(String(error));
      this.vanish(false);
    }
  }

  #closed(payload: Buffer): void {
    this.#ending = readClosePayload(payload, 0, payload.length).code;
    if (this.#mustEcho && this.pending > 0) {
      this.#violated(`${this.pending} messages did not come back before the Close`);
    }
    if (this.leftAt === Infinity) {
      this.#violated(`the server closes with ${this.#ending}, unasked`);
      this.#leaves([this.#ending]);
    }
    if (this.isMidFrame || this.#mustEcho) return;
    // §5.5.1: answered by most; who answers nothing is cut off after a while.
    if (!this.random.oneIn(SILENT_ONE_IN)) this.#socket.write(this.#closeFrame(payload));
  }

  #encoded(message: Sent, how: "whole" | "fragmented" | "compressed"): Uint8Array {
    if (how === "fragmented") return fragmented(message, this.#due.nextPing(), this.random);
    if (how === "compressed" && this.#compresses) return compressed(message, this.random);
    return whole(message, this.random);
  }

  #closeFrame(payload: Uint8Array): Uint8Array {
    return encodeFrame({ opcode: Opcode.CLOSE, payload, key: keyFrom(this.random) });
  }

  #leaves(endings: readonly Ending[]): void {
    this.leftAt = performance.now();
    this.isOpen = false;
    this.#endings = endings;
    this.#socket.resume();
  }

  #cut(): void {
    this.leftAt = performance.now();
    this.isOpen = false;
    this.#isCut = true;
  }

  #over(): void {
    this.isOpen = false;
    const hasOpened = this.#incoming.hasHead;
    if (hasOpened && !this.#isCut && !this.#endings.includes(this.#ending)) {
      const due = this.#endings.join(" or ") || "no end";
      this.#violated(`it ends with ${this.#ending}, must be ${due}`);
    }
    this.#watcher.over(this, hasOpened && !this.#isCut ? this.#ending : null);
  }

  #violated(what: string): void {
    this.#watcher.violated(`connection ${this.id} (${this.#path}): ${what}`);
  }
}
