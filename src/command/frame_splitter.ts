// One direction of a connection cut into frames, for the wire view: where each begins and ends, and
// its first bytes as they are on the wire. Nothing is unmasked, decoded or checked here: whoever is
// observed waits for it, and the page has the rest of the day.

/** Bytes of a frame that are kept. The header is always among them. */
export const KEPT_SIZE_MAX = 4096;

/** A frame on its way. It is written into as more of it comes. */
export class WireFrame {
  /** Its place in its direction, from 0. */
  readonly number: number;
  /** When its first byte came: `performance.now()`. */
  readonly at: number = performance.now();
  /** Bytes of it that came. */
  size = 0;
  /** Whether the page will be told of it as it is now. */
  isQueued = false;
  #kept = new Uint8Array(14); // as long as a header can be: §5.2
  #total = 2; // its size, as far as the header tells it by now
  #isInHeader = true;

  constructor(number: number) {
    this.number = number;
  }

  /** The first of its bytes. */
  get kept(): Uint8Array {
    return this.#kept.subarray(0, Math.min(this.size, this.#kept.length));
  }

  get isComplete(): boolean {
    return this.size === this.#total;
  }

  /** Takes what belongs to it of `bytes[start..]`, and returns how many that were. */
  take(bytes: Uint8Array, start: number): number {
    let at = start;
    while (at < bytes.length && !this.isComplete) {
      const end = Math.min(bytes.length, at + this.#total - this.size);
      const keptEnd = Math.min(end, at + this.#kept.length - this.size);
      if (keptEnd > at) this.#kept.set(bytes.subarray(at, keptEnd), this.size);
      this.size += end - at;
      at = end;
      if (this.#isInHeader && this.isComplete) this.#readHeader();
    }
    return at - start;
  }

  /** Any length will do: one in too many bytes, or too large, is for others to refuse. */
  #readHeader(): void {
    const second = this.#kept[1];
    const length = second & 0x7f;
    const lengthEnd = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0);
    const headerSize = lengthEnd + (second >= 0x80 ? 4 : 0);
    this.#total = headerSize;
    if (this.size < headerSize) return;
    this.#isInHeader = false;
    let payload = length < 126 ? length : 0;
    for (let at = 2; at < lengthEnd; at++) payload = payload * 256 + this.#kept[at];
    this.#total += payload;
    const kept = new Uint8Array(Math.min(this.#total, KEPT_SIZE_MAX));
    kept.set(this.#kept.subarray(0, headerSize));
    this.#kept = kept;
  }
}

/** Cuts what it is given. */
export class FrameSplitter {
  #count = 0;
  #open: WireFrame | null = null;

  /** Goes on with `bytes`. Returns the frames that got some of them; the last may be incomplete. */
  push(bytes: Uint8Array): WireFrame[] {
    const frames: WireFrame[] = [];
    for (let at = 0; at < bytes.length; ) {
      const frame = this.#open ?? new WireFrame(this.#count++);
      at += frame.take(bytes, at);
      frames.push(frame);
      this.#open = frame.isComplete ? null : frame;
    }
    return frames;
  }
}
