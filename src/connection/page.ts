// One page of memory into which every connection of the process encodes its small frames, so that
// a batch of messages is one write and no allocation.
//
//   |  still with a socket  |  the batch  |  room  |
//                           start         end
//
// A batch lives within one synchronous flush. When the kernel took it at once, as it does while
// the peer keeps up, its place is used again. Otherwise it stays for the socket to send and the
// next one goes behind it: so a page that somebody still needs is full of such batches, and not
// held by a single one.

import { Buffer } from "node:buffer";
import { appendBinary, appendText } from "../frame/encoder.ts";

const PAGE_SIZE = 64 * 1024;

/** Views of batches up to this size are kept: to make one costs as much as to encode a frame. */
const KEPT_VIEW_SIZE_MAX = 512;

/** A page and the batch that is being written into it. */
export class Page {
  #bytes: Buffer = Buffer.allocUnsafeSlow(PAGE_SIZE);
  #start = 0;
  #end = 0;
  /** Views that begin at `#start`, by their size. */
  #views: (Uint8Array | undefined)[] = [];

  get isEmpty(): boolean {
    return this.#end === this.#start;
  }

  /** Bytes that fit behind the batch. */
  get room(): number {
    return PAGE_SIZE - this.#end;
  }

  /** Whether `size` bytes fit behind the batch. They always do, up to a page, when it is empty. */
  hasRoom(size: number): boolean {
    if (this.room >= size) return true;
    if (!this.isEmpty) return false;
    this.#bytes = Buffer.allocUnsafeSlow(PAGE_SIZE);
    this.#begin(0);
    this.#end = 0;
    return true;
  }

  /** Hot: appends a text frame. */
  text(message: string): void {
    this.#end = appendText(this.#bytes, this.#end, message);
  }

  /** Hot: appends any other frame. */
  binary(opcode: number, payload: Uint8Array): void {
    this.#end = appendBinary(this.#bytes, this.#end, opcode, payload);
  }

  /** Appends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Hot: the batch, for one write. */
  batch(): Uint8Array {
    const size = this.#end - this.#start;
    const kept = this.#views[size];
    if (kept !== undefined) return kept;
    const view = this.#bytes.subarray(this.#start, this.#end);
    if (size <= KEPT_VIEW_SIZE_MAX) this.#views[size] = view;
    return view;
  }

  /** Begins the next batch: over this one when its bytes have left, else behind it. */
  next(flushed: boolean): void {
    if (flushed) this.#end = this.#start;
    else this.#begin(this.#end);
  }

  #begin(start: number): void {
    this.#start = start;
    this.#views = [];
  }
}
