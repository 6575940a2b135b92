// DEFLATE, written block by block by hand: RFC 1951 §3.2. What zlib makes of a text differs from
// one release to the next; these bits do not.

import type { Bytes } from "./vector.ts";

/** RFC 1951 §3.2.5: the codes of lengths 3 to 258 that the vectors need, with their extra bits. */
const LENGTHS: Readonly<Record<number, readonly [symbol: number, bits: number, extra: number]>> = {
  3: [257, 0, 0],
  4: [258, 0, 0],
  5: [259, 0, 0],
  10: [264, 0, 0],
  258: [285, 0, 0],
};

/** Bits, the first in the lowest bit of the first byte: RFC 1951 §3.1.1. */
export class BitWriter {
  #bits = "";

  /** A number, its lowest bit first. */
  number(value: number, size: number): this {
    for (let bit = 0; bit < size; bit++) this.#bits += (value >> bit) & 1;
    return this;
  }

  /** A Huffman code, its highest bit first. */
  code(value: number, size: number): this {
    this.#bits += value.toString(2).padStart(size, "0");
    return this;
  }

  /** The head of a block with the fixed codes: RFC 1951 §3.2.6. */
  fixed(isFinal = false): this {
    return this.number(isFinal ? 1 : 0, 1).number(1, 2);
  }

  /** Each byte of `text` as a literal. */
  literals(text: string): this {
    for (const byte of Buffer.from(text)) this.literal(byte);
    return this;
  }

  literal(byte: number): this {
    this.#symbol(byte);
    return this;
  }

  /** `length` bytes from `distance` bytes back. */
  reference(length: number, distance: number): this {
    const [symbol, bits, extra] = LENGTHS[length];
    this.#symbol(symbol);
    this.number(extra, bits);
    const [code, farBits, least] = distanceCode(distance);
    this.code(code, 5);
    return this.number(distance - least, farBits);
  }

  /** The end of a block with codes. */
  end(): this {
    this.#symbol(256);
    return this;
  }

  /** A block that is stored as it is: RFC 1951 §3.2.4. Its size stands in it twice. */
  stored(hex: string, isFinal = false): this {
    const size = hex.length / 2;
    this.number(isFinal ? 1 : 0, 1)
      .number(0, 2)
      .align();
    this.number(size, 16).number(~size & 0xffff, 16);
    for (const byte of Buffer.from(hex, "hex")) this.number(byte, 8);
    return this;
  }

  /** The head of the empty stored block of a flush, whose other four bytes are left out. */
  flush(): this {
    return this.number(0, 3).align();
  }

  /** Zeros up to the next byte. */
  align(): this {
    while (this.#bits.length % 8 !== 0) this.#bits += "0";
    return this;
  }

  get hex(): string {
    this.align();
    const bytes = this.#bits.match(/.{8}/g) ?? [];
    return bytes.map((bits) => hexOf([...bits].reverse().join(""))).join("");
  }

  /** RFC 1951 §3.2.6: 8 bits for bytes below 144, 9 for the others, 7 or 8 for what is no byte. */
  #symbol(symbol: number): void {
    if (symbol < 144) this.code(0b00110000 + symbol, 8);
    else if (symbol < 256) this.code(0b110010000 + symbol - 144, 9);
    else if (symbol < 280) this.code(symbol - 256, 7);
    else this.code(0b11000000 + symbol - 280, 8);
  }
}

/** A fixed block of `text`, flushed: what a message is. */
export function fixedMessage(text: string): string {
  return new BitWriter().fixed().literals(text).end().flush().hex;
}

/**
 * A message of 1 + 258 * `references` bytes that are all "a". A reference takes 13 bits, so that
 * eight of them, 13 bytes, repeat from where they are first aligned.
 */
export function manyMessage(references: number): Bytes {
  const writer = new BitWriter().fixed().literals("a");
  for (let count = 0; count < references; count++) writer.reference(258, 1);
  return fold(writer.end().flush().hex, 13);
}

/** `hex` with what comes again and again, from its second period on, written once. */
function fold(hex: string, period: number): Bytes {
  const start = 2 * period;
  const pattern = hex.slice(start, start + 2 * period);
  let times = 0;
  while (hex.startsWith(pattern, start + 2 * period * times)) times++;
  const end = start + 2 * period * times;
  return [hex.slice(0, start), { repeat: pattern, times }, hex.slice(end)];
}

/** The code of a distance, its extra bits, and the least that it says: RFC 1951 §3.2.5. */
function distanceCode(distance: number): readonly [code: number, bits: number, least: number] {
  let least = 1;
  for (let code = 0; code < 30; code++) {
    const bits = Math.max(0, (code >> 1) - 1);
    if (distance < least + 2 ** bits) return [code, bits, least];
    least += 2 ** bits;
  }
  throw new RangeError(`Cannot refer back by ${distance}, must be <= 32768`);
}

function hexOf(bits: string): string {
  return Number.parseInt(bits, 2).toString(16).padStart(2, "0");
}
