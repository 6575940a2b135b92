// One page of memory into which every connection of the process encodes its small frames and its
// large texts, so that a batch of messages is one write and no allocation.
//
//   |  still with a socket  |  the batch  |  room  |
//                           start         end
//
// A batch is that of one connection, and grows until that one's flush, or until another needs the
// page. Then it is taken, written, and given back when the kernel took it at once, as it does while
// the peer keeps up. Otherwise it stays for the socket to send and the next one goes behind it: so
// a page that somebody still needs is full of such batches, and not held by a single one. What is
// taken is out of the way before anything is written: a stream in memory may run its reader, and so
// other connections, in the middle of the write.

import { Buffer } from "node:buffer";
import {
  appendBinary,
  appendText,
  appendTexts,
  frameSizeMax,
  SHORT_TEXT_MAX,
} from "../frame/encoder.ts";
import { encodeAscii, encodeUtf8 } from "../frame/utf8.ts";

/** A message of 64 KiB is one write with its header, which is 10 bytes; 16, to stay aligned. */
const PAGE_SIZE = 64 * 1024 + 16;

/** Views of batches up to this size are kept: to make one costs as much as to encode a frame. */
const KEPT_VIEW_SIZE_MAX = 512;

/** Texts that are encoded together. What is left of them in memory is as little. */
const TEXTS_MAX = 32;

/** Who writes batches. */
export interface PageUser {
  /** Has the batch sent that is in the page: another needs it. */
  releasePage(): void;
}

/** A page and the batch that is being written into it. */
export class Page {
  /** Whose batch it is, or would be; for others to read. */
  user: PageUser | null = null;
  #bytes: Buffer = Buffer.allocUnsafeSlow(PAGE_SIZE);
  #start = 0;
  #end = 0;
  /** Views that begin at `#viewsStart`, by their size. */
  #views: (Uint8Array | undefined)[] = [];
  /** Short texts at the end of the batch that are not encoded yet; of these, the first `#count`. */
  readonly #texts: string[] = Array<string>(TEXTS_MAX).fill("");
  #count = 0;
  #textsSizeMax = 0;
  #viewsStart = 0;

  get isEmpty(): boolean {
    return this.#end === this.#start && this.#count === 0;
  }

  /**
   * Makes `user` the one whose batch it is. That of another is sent first: of more than one where
   * a stream in memory, in the middle of it, lets others write.
   */
  claim(user: PageUser): void {
    while (this.user !== null) this.user.releasePage();
    this.user = user;
  }

  /** Bytes that fit behind the batch. */
  get room(): number {
    return PAGE_SIZE - this.#end - this.#textsSizeMax;
  }

  /** Whether `size` bytes fit behind the batch. They always do, up to a page, when it is empty. */
  hasRoom(size: number): boolean {
    if (this.#start > PAGE_SIZE / 2 && this.isEmpty) this.#renew(); // or batches would stay small
    if (this.room >= size) return true;
    if (!this.isEmpty) return false;
    this.#renew();
    return true;
  }

  /** Hot: appends a text frame. */
  text(message: string): void {
    this.#encodeTexts();
    this.#end = appendText(this.#bytes, this.#end, message);
  }

  /** Hot: the same where others may follow: a short one waits, to be encoded with them. */
  textInRow(message: string): void {
    if (message.length > SHORT_TEXT_MAX) return this.text(message);
    if (this.#count === TEXTS_MAX) this.#encodeTexts();
    this.#texts[this.#count++] = message;
    this.#textsSizeMax += frameSizeMax(message);
  }

  /** Hot: appends any other frame. */
  binary(opcode: number, payload: Uint8Array, rsv = 0): void {
    this.#encodeTexts();
    this.#end = appendBinary(this.#bytes, this.#end, opcode, payload, rsv);
  }

  /** Appends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#encodeTexts();
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * Appends a text as UTF-8, without a header. There must be room for three bytes a code unit.
   *
   * @param isAscii Each of them is one byte, and takes half the time: 3 µs less for 64 KiB.
   */
  rawText(text: string, isAscii: boolean): void {
    this.#encodeTexts();
    const encode = isAscii ? encodeAscii : encodeUtf8;
    this.#end += encode(this.#bytes, this.#end, text);
  }

  /** Hot: takes the batch, for one write. The next one begins behind it, and may be another's. */
  take(): Uint8Array {
    this.user = null;
    this.#encodeTexts();
    const start = this.#start;
    const size = this.#end - start;
    this.#start = this.#end;
    if (start !== this.#viewsStart) {
      this.#views = [];
      this.#viewsStart = start;
    }
    const kept = this.#views[size];
    if (kept !== undefined) return kept;
    const view = this.#bytes.subarray(start, start + size);
    if (size <= KEPT_VIEW_SIZE_MAX) this.#views[size] = view;
    return view;
  }

  /** Hot: the bytes of `batch` have left: its place is used again, if there is none behind it. */
  giveBack(batch: Uint8Array): void {
    const { byteOffset, length } = batch;
    if (batch.buffer !== this.#bytes.buffer || byteOffset + length !== this.#end) return;
    if (this.isEmpty) this.#start = this.#end = byteOffset;
  }

  #renew(): void {
    this.#bytes = Buffer.allocUnsafeSlow(PAGE_SIZE);
    this.#start = this.#end = 0;
    this.#views = [];
    this.#viewsStart = 0;
  }

  #encodeTexts(): void {
    if (this.#count === 0) return;
    this.#end = appendTexts(this.#bytes, this.#end, this.#texts, this.#count);
    this.#count = 0;
    this.#textsSizeMax = 0;
  }
}
