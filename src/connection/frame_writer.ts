// Frames into the socket: small ones are copied into the page, so that a batch is one write; a
// large payload goes in slices: a text, and bytes that are still the caller's, through the page,
// bytes that are ours by reference, and their memory is given back when the last of it has left.
// Between the slices of a frame nothing else may go (§5.4), and nothing does: there are slices left
// only while the socket is full.
//
// Over 250 lines: short or long, a frame goes one way into the socket.

import { Buffer } from "node:buffer";
import { frameSizeMax } from "../frame/encoder.ts";
import { HEADER_SIZE_MAX } from "../frame/header.ts";
import { headerSize, writeHeader } from "../frame/mod.ts";
import { sliceEnd } from "../frame/utf8.ts";
import type { Deflater } from "../message/deflate.ts";
import { charge } from "../message/message.ts";
import type { Message } from "../message/message.ts";
import { release } from "../message/release.ts";
import { opcodeOf } from "../message/text_bytes.ts";
import type { Connection } from "./connection.ts";
import { frameSent, wireSent } from "./diagnostics.ts";
import { FrameEvents } from "./frame_events.ts";
import { plain, Uncompressed } from "./outbox.ts";
import type { Outgoing } from "./outbox.ts";
import { Page, type PageUser } from "./page.ts";
import type { Transport } from "./transport.ts";

/** A frame that may be larger is not copied into the page. */
const COPY_SIZE_MAX = 16 * 1024;

/**
 * Slices begin small enough that a peer which reads slowly is seen to read (see `stallTimeoutMs`):
 * the socket to a far one may hold no more than 90 KiB, and drains when all of a slice is in it.
 */
const SLICE_SIZE_MIN = 64 * 1024;

/** They double while the socket takes each at once: of 64 KiB, 1 MiB takes a twentieth longer. */
const SLICE_SIZE_MAX = 256 * 1024;

/** UTF-16 code units of a text that are encoded at once: a page takes two of them, or eight. */
const TEXT_SLICE_LENGTH = 8 * 1024;

/** RSV1: the message is compressed, RFC 7692 §6.1. */
const RSV1 = 0b100;

const page = new Page();

/** Hot: whether a message goes by itself, and not into the page with others. */
export function isTooLargeForPage(message: Message): boolean {
  return frameSizeMax(message) > COPY_SIZE_MAX;
}

/** What a {@linkcode FrameWriter} tells its owner. */
export interface FrameWriterOwner {
  /** Calls {@linkcode FrameWriter.flush}, and sees to it that nothing is written meanwhile. */
  releasePage(): void;
  /** The socket takes nothing more until it has drained. */
  filled(): void;
}

/**
 * Writes the frames of one connection. What it is given last leaves with {@linkcode flush}, or
 * before another connection writes: there is one page for all, and one batch in it.
 */
export class FrameWriter implements PageUser {
  /** Bytes that were handed to the socket; for others to read. */
  bytesSent = 0;
  readonly #owner: FrameWriterOwner;
  readonly #deflater: Deflater | null;
  #transport: Transport | null = null;
  #connection: Connection | null = null;
  #events: FrameEvents | null = null; // for observers, if there were any when it was attached
  #full = true; // until there is a socket
  #large: Message | null = null; // payload that is being written in slices, ours alone
  #largeAt = 0; // how much of it is written: bytes, or UTF-16 code units of a text
  #largeIsAscii = false; // whether it is a text in which these are the same
  #sliceSize = SLICE_SIZE_MIN; // of the next one
  #unsent = 0; // bytes of the batch that has filled the socket

  /** @param deflater For what is to be compressed; `null`: nothing is. */
  constructor(owner: FrameWriterOwner, deflater: Deflater | null) {
    this.#owner = owner;
    this.#deflater = deflater;
  }

  /** Whether the socket takes nothing more until it has drained. */
  get isFull(): boolean {
    return this.#full;
  }

  /**
   * Hot: whether a message may be written, and nothing has to leave before it: that would be a
   * write, in the middle of which a stream in memory runs others, and they may write, too, or close
   * (§5.5.1). Nor while the page is another's: many to whom little is sent get a batch each.
   */
  canBegin(isLarge: boolean): boolean {
    if (this.#full) return false;
    if (page.user === null) page.claim(this);
    return page.user === this && page.hasRoom(isLarge ? HEADER_SIZE_MAX : COPY_SIZE_MAX);
  }

  /** What is held of messages that are not in the outbox any more and have not left, as charged. */
  get retained(): number {
    return this.#unsent + (this.#large === null ? 0 : charge(this.#large));
  }

  /** Hot: whether another message may be written: the socket takes it, and the page has room. */
  isReady(): boolean {
    if (this.#full) return false;
    this.#makeRoom(COPY_SIZE_MAX);
    return !this.#full;
  }

  /** Writes to `transport` from now on; `null`: there is nowhere to write to any more. */
  attach(transport: Transport | null, connection: Connection | null): void {
    this.#transport = transport;
    this.#connection = connection;
    const isHeard = frameSent.hasSubscribers && connection !== null;
    this.#events = isHeard ? new FrameEvents(frameSent, connection) : null;
    this.#full = transport === null;
    this.#unsent = 0;
    if (transport !== null) return;
    this.#large = null;
    if (page.user === this) page.giveBack(page.take());
  }

  /** The socket has taken all that it was given: goes on with the frame that was begun. */
  drained(): void {
    if (this.#transport === null) return;
    this.#full = false;
    this.#unsent = 0;
    this.#writeSlices();
    this.flush();
  }

  /**
   * Hot: writes a message as one frame, where {@linkcode isReady}. Where `isAlone`, no other goes
   * into the same batch.
   */
  message(outgoing: Outgoing, isAlone: boolean): void {
    const message = typeof outgoing === "string" ? outgoing : plain(outgoing);
    if (this.#deflater !== null && this.#deflated(outgoing, this.#deflater)) {
      if (typeof message !== "string") release(message); // what is large is ours: see `borrowed`
      return;
    }
    if (isTooLargeForPage(message)) {
      this.#writeLarge(message, opcodeOf(message), 0);
    } else if (typeof message === "string") {
      if (isAlone) page.text(message);
      else page.textInRow(message);
    } else {
      page.binary(opcodeOf(message), message);
    }
  }

  /**
   * Writes a message out of memory that stays the caller's. It goes through the page, piece after
   * piece, so that only what the socket does not take at once is copied to be kept.
   *
   * @param asItIs It is sent as it is, although others are compressed.
   */
  borrowed(message: Uint8Array, asItIs: boolean): void {
    if (!asItIs && this.#deflater !== null && this.#deflated(message, this.#deflater)) return;
    this.#writeHeader(opcodeOf(message), 0, message.length);
    let at = 0;
    while (at < message.length && this.isReady()) {
      const end = Math.min(at + page.room, message.length);
      page.raw(message.subarray(at, end));
      this.flush();
      at = end;
    }
    if (at === message.length || this.#transport === null) return;
    this.#large = new Uint8Array(message.subarray(at)); // the header is written: bytes will do
    this.#largeAt = 0;
  }

  /** Hot: writes a frame of any kind, its payload at most 16 KiB. */
  frame(opcode: number, payload: Uint8Array): void {
    this.#makeRoom(frameSizeMax(payload));
    page.binary(opcode, payload);
  }

  /** Hot: hands over what is still in the page. */
  flush(): void {
    if (page.user === this) this.#flushWith(null);
  }

  /** Hot: what is in the page, and behind it a slice of what is large, in one write. */
  #flushWith(slice: Uint8Array | null): void {
    const batch = page.take();
    if (batch.length === 0) return;
    if (this.#transport?.readsLater) { // or one batch that waits would hold the page
      const copy = new Uint8Array(batch);
      page.giveBack(batch);
      return this.#write(copy, slice);
    }
    this.#write(batch, slice);
    if (this.#transport?.flushed) page.giveBack(batch);
  }

  releasePage(): void {
    this.#owner.releasePage();
  }

  /** Ends our direction behind all that was written. */
  end(): void {
    this.#transport?.end();
  }

  /**
   * Writes a message compressed, and returns whether it has: not when it is short, or does not
   * shrink. Now and not earlier, for with context takeover each message builds on those before it:
   * they must be compressed in the order in which they leave (RFC 7692 §7.2.1). Each is one frame,
   * so that the end of a frame is that of its message: RFC 7692 §7.2.1 [D28].
   */
  #deflated(message: Outgoing, deflater: Deflater): boolean {
    if (message instanceof Uncompressed) return false; // RFC 7692 §8 [D40]
    const isText = typeof message === "string";
    if ((isText ? 3 : 1) * message.length < deflater.threshold) return false;
    const payload = deflater.deflate(isText ? Buffer.from(message) : message);
    if (payload === null) return false;
    const opcode = opcodeOf(message); // RFC 7692 §6.1 [D08]
    if (isTooLargeForPage(payload)) {
      this.#writeLarge(payload, opcode, RSV1);
    } else {
      this.#makeRoom(frameSizeMax(payload));
      page.binary(opcode, payload, RSV1);
    }
    return true;
  }

  #writeLarge(message: Message, opcode: number, rsv: number): void {
    const isText = typeof message === "string";
    const size = isText ? Buffer.byteLength(message) : message.length;
    this.#writeHeader(opcode, rsv, size);
    if (this.#transport === null) return; // it was cut in the middle of a write
    this.#large = message;
    this.#largeAt = 0;
    this.#largeIsAscii = isText && size === message.length;
    this.#writeSlices();
  }

  #writeHeader(opcode: number, rsv: number, length: number): void {
    const header = new Uint8Array(headerSize(length, false));
    // §5.1 [B02], §6.1 [B42]
    writeHeader(header, 0, { fin: true, rsv, opcode, masked: false, key: 0, length });
    this.#makeRoom(header.length);
    page.raw(header);
  }

  #writeSlices(): void {
    while (this.#large !== null && !this.#full) {
      const large = this.#large;
      if (this.#largeAt === large.length) this.#finishLarge(large);
      else if (typeof large === "string") this.#writeText(large);
      else this.#writeBytes(large);
    }
  }

  /**
   * The header leaves with the first slice: 64 KiB are a fifth faster. Only while it is in the page
   * is the page ours, for nothing else of ours is written before the payload is.
   */
  #writeBytes(bytes: Uint8Array): void {
    const isFirst = page.user === this;
    if (isFirst && this.#transport?.writev === undefined) return this.flush();
    const start = this.#largeAt;
    this.#largeAt = Math.min(start + this.#sliceSize, bytes.length);
    this.#sliceSize = Math.min(2 * this.#sliceSize, SLICE_SIZE_MAX);
    const slice = bytes.subarray(start, this.#largeAt);
    if (isFirst) this.#flushWith(slice);
    else this.#write(null, slice);
  }

  /** To encode 1 MiB so takes a fifth of the time that a buffer of that size does. */
  #writeText(text: string): void {
    const start = this.#largeAt;
    const end = sliceEnd(text, start, TEXT_SLICE_LENGTH);
    this.#makeRoom(this.#largeIsAscii ? end - start : 3 * (end - start));
    if (this.#full) return;
    page.rawText(text.substring(start, end), this.#largeIsAscii);
    this.#largeAt = end;
  }

  /** Nobody reads its memory any more, unless a socket that encrypts still does. */
  #finishLarge(large: Message): void {
    this.#large = null;
    if (typeof large !== "string" && this.#transport?.flushed) release(large);
  }

  /** Hot: takes the page, with room for `size` bytes behind what is ours in it. */
  #makeRoom(size: number): void {
    if (page.user !== this) page.claim(this);
    if (page.hasRoom(size)) return;
    this.flush();
    page.claim(this);
    page.hasRoom(size); // all of it
  }

  #write(batch: Uint8Array | null, slice: Uint8Array | null): void {
    if (batch !== null) this.#tellOf(batch);
    if (slice !== null) this.#tellOf(slice);
    const transport = this.#transport;
    if (transport === null) return; // nowhere to write to, or an observer has just cut it
    let isTaken: boolean | undefined = true;
    if (slice === null) isTaken = transport.write(batch as Uint8Array);
    else if (batch === null) isTaken = transport.write(slice);
    else isTaken = transport.writev?.([batch, slice]);
    if (isTaken) return;
    this.#full = true;
    this.#sliceSize = SLICE_SIZE_MIN;
    if (this.#transport === null) return; // that write has ended it
    this.#unsent = batch?.length ?? 0; // a slice is held as a part of its message
    this.#owner.filled();
  }

  #tellOf(bytes: Uint8Array): void {
    if (this.#transport === null) return;
    if (wireSent.hasSubscribers) wireSent.publish({ connection: this.#connection, bytes });
    if (this.#events !== null) this.#events.push(bytes);
    this.bytesSent += bytes.length;
  }
}
