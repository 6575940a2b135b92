// Streams of frames, drawn: mostly sound ones, of which one field or some bytes are then changed,
// for what is all noise is refused at its first byte. Cheap: 100,000 a second and more.

import type { Random } from "../../src/testing/random.ts";
import { bend } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { drawText, fillText, isBoundary } from "./texts.ts";

/** What one side sends, and to whom. */
export interface Stream {
  /** Who reads it. */
  readonly role: "server" | "client";
  readonly sizeMax: number;
  /** Whether RSV1 is agreed on; what stands for DEFLATE changes nothing. */
  readonly isCompressing: boolean;
  readonly textAsBytes: boolean;
  /** Whether the reader is full behind every second compressed message. */
  readonly stops: boolean;
  readonly wire: Uint8Array;
  /** Where TCP cuts: each is the end of a chunk, the last one not named. */
  readonly cuts: readonly number[];
}

/** What need not be drawn. */
export interface Settings extends Pick<Stream, "role" | "sizeMax" | "isCompressing"> {
  /** Frames. */
  readonly count: number;
}

/** A socket brings no more at once. */
const CHUNK_SIZE_MAX = 64_000;
const WIRE_SIZE_MAX = 2 * 1024 * 1024;
const ROOM = 300 * 1024; // of one frame, and of what bytes are repeated

const SIZES = [0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 11, 12, 15, 16, 17, 24, 33, 64];
const BORDER_SIZES = [95, 96, 97, 124, 125, 126, 127, 128, 129, 200, 511, 512, 513, 700, 1200];
const LARGE_SIZES = [1023, 1025, 4096, 9000, 32_767, 65_535, 65_536, 65_537, 150_000];
const LIMITS = [1, 2, 16, 100, 125, 126, 160, 161, 320, 1000, 1000, 65_535, 65_536, 100_000]
  .concat([100_000, 2 ** 20, 2 ** 20, 2 ** 20, 536_870_888, 536_870_888]);

/** The largest piece of a stream that is not short. */
const PIECES = [12, 40, 200, 600, 600, CHUNK_SIZE_MAX, CHUNK_SIZE_MAX];

/** Of close codes those at the edges of §7.4, and what nobody may send. */
const CODES = [0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 1016, 2999, 3000]
  .concat([4999, 5000, 65_535]);

/** Bytes at the edges of what they mean. */
const BYTES = [0x00, 0x01, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0x8f, 0xc0, 0xed, 0xf8, 0xfe, 0xff];

/** Draws streams, each into the same memory. */
export class StreamDrawer {
  readonly #bytes = new Uint8Array(WIRE_SIZE_MAX);
  readonly #view = new DataView(this.#bytes.buffer);
  #size = 0;
  #open = 0; // opcode of the message in progress
  #text: Uint8Array = new Uint8Array(1); // what it repeats,
  #phase = 0; // and where in it the next fragment goes on
  #announced = 0;
  #isLarge = false;

  /** One stream, or one as it is `given`. Its bytes are good until the next. */
  draw(random: Random, given: Partial<Settings> = {}): Stream {
    const { role = random.oneIn(6) ? "client" : "server" } = given;
    const { isCompressing = random.oneIn(6), sizeMax = random.pick(LIMITS) } = given;
    this.#isLarge = random.oneIn(10_000);
    this.#size = 0;
    this.#open = 0;
    const most = this.#isLarge ? 10 : random.oneIn(4) ? 6 : 3;
    const { count = 1 + random.below(most) } = given;
    for (let frame = 0; frame < count && this.#size < WIRE_SIZE_MAX - 2 * ROOM; frame++) {
      this.#writeFrame(random, role, sizeMax, isCompressing);
    }
    if (random.oneIn(6)) this.#mangle(random);
    const textAsBytes = random.oneIn(4);
    const stops = isCompressing && !this.#isLarge && random.oneIn(2); // what waits must be little
    const cuts = this.#cuts(random);
    const wire = this.#bytes.subarray(0, this.#size);
    return { role, sizeMax, isCompressing, textAsBytes, stops, wire, cuts };
  }

  #writeFrame(random: Random, role: Stream["role"], sizeMax: number, mayCompress: boolean): void {
    const kind = random.below(32);
    const isControl = kind < 6;
    const draft: Draft = {
      first: isControl ? (kind === 0 ? 0x88 : 0x89 + (kind & 1)) : this.#dataByte(random),
      isMasked: role === "server",
      form: 0,
      high: 0,
      low: 0,
      size: isControl ? random.pick(SIZES) : this.#dataSize(random, sizeMax),
    };
    if (isControl && random.oneIn(8)) draft.size = 120 + random.below(6);
    if (!isControl) {
      draft.size = this.#wholeSize(draft, random);
      if (mayCompress && (draft.first & 15) !== 0 && random.oneIn(2)) draft.first |= 0x40;
      this.#announced += draft.size;
    }
    draft.low = draft.size;
    draft.form = draft.size < 126 ? 0 : draft.size < 65_536 ? 2 : 8;
    if (random.oneIn(8)) bend(draft, random);
    this.#writeHead(draft, random.oneIn(4) ? 0 : random.below(2 ** 32));
    const start = this.#size;
    this.#size += draft.size;
    this.#fill(draft, start, random);
    this.#maskPayload(draft, start);
  }

  #dataByte(random: Random): number {
    const opcode = this.#open === 0 ? (random.oneIn(3) ? 2 : 1) : 0;
    if (opcode !== 0) {
      this.#text = drawText(random);
      this.#phase = 0;
      this.#announced = 0;
      this.#open = opcode;
    }
    return (random.oneIn(3) ? 0 : 0x80) | opcode;
  }

  #dataSize(random: Random, sizeMax: number): number {
    if (this.#isLarge && random.oneIn(2)) return random.pick(LARGE_SIZES);
    if (random.oneIn(40)) return random.pick(BORDER_SIZES);
    const left = sizeMax - this.#announced;
    const isNear = left >= 0 && left <= 1000;
    if (isNear && random.oneIn(left < 100 ? 8 : 40)) return left + random.below(2);
    return random.pick(SIZES);
  }

  /** A text ends behind a character, but rarely. */
  #wholeSize({ first, size }: Draft, random: Random): number {
    if (this.#open !== 1 || first < 0x80 || random.oneIn(16)) return size;
    const { length } = this.#text;
    let whole = size;
    while (!isBoundary(this.#text, (this.#phase + whole) % length) && whole < size + 4) whole++;
    return whole;
  }

  #writeHead({ first, isMasked, form, high, low }: Draft, key: number): void {
    const view = this.#view;
    view.setUint8(this.#size++, first);
    const short = form === 0 ? low & 0x7f : form === 2 ? 126 : 127;
    view.setUint8(this.#size++, (isMasked ? 0x80 : 0) | short);
    if (form === 2) view.setUint16(this.#size, low & 0xffff);
    if (form === 8) view.setUint32(this.#size, high);
    if (form === 8) view.setUint32(this.#size + 4, low);
    this.#size += form;
    if (isMasked) view.setUint32(this.#size, key);
    if (isMasked) this.#size += 4;
  }

  /** Plain: a text goes on where its last fragment ended. */
  #fill({ first, size }: Draft, start: number, random: Random): void {
    const [bytes, opcode] = [this.#bytes, first & 15];
    if (opcode === 8) return this.#fillClose(start, size, random);
    if (opcode > 2 || this.#open !== 1) bytes.fill(0x40 + (size & 0xbf), start, start + size);
    else this.#phase = fillText(bytes, start, start + size, this.#text, this.#phase);
    if (this.#open === 1 && size > 0 && random.oneIn(16)) {
      bytes[start + random.below(size)] = random.pick(BYTES);
    }
    if (opcode <= 2 && first >= 0x80) this.#open = 0;
  }

  #fillClose(start: number, size: number, random: Random): void {
    if (size < 2) return;
    const code = random.oneIn(2) ? 1000 + random.below(4) : random.pick(CODES);
    this.#view.setUint16(start, code);
    fillText(this.#bytes, start + 2, start + size, drawText(random), 0);
  }

  #maskPayload({ isMasked, size }: Draft, start: number): void {
    if (!isMasked) return;
    const bytes = this.#bytes;
    for (let at = 0; at < size; at++) bytes[start + at] ^= bytes[start - 4 + (at & 3)];
  }

  /** What happens to bytes on a broken line. */
  #mangle(random: Random): void {
    const bytes = this.#bytes;
    const at = random.below(this.#size);
    const piece = 1 + random.below(random.oneIn(4) ? 40 : 4);
    const end = Math.min(at + piece, this.#size);
    switch (random.below(5)) {
      case 0:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 1:
        bytes[at] = random.pick(BYTES);
        break;
      case 2:
        this.#size = at;
        break;
      case 3: // left out
        bytes.copyWithin(at, end, this.#size);
        this.#size -= end - at;
        break;
      default: // twice
        bytes.copyWithin(end, at, this.#size);
        this.#size += end - at;
    }
  }

  #cuts(random: Random): number[] {
    const size = this.#size;
    const cuts: number[] = [];
    const mode = random.below(8);
    if (mode < 3 && size <= CHUNK_SIZE_MAX) return cuts;
    if (mode < 6 && size <= CHUNK_SIZE_MAX) return size === 0 ? cuts : [random.below(size)];
    const most = mode === 7 && size < 40 ? 1 : random.pick(size < 100 ? [6, 16, 40] : PIECES);
    const least = size / most > 2000 ? Math.ceil(size / 2000) : 1;
    for (let at = 0; ; cuts.push(at)) {
      at += Math.min(least + random.below(most), CHUNK_SIZE_MAX);
      if (at >= size) return cuts;
    }
  }
}
