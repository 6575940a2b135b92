// Where TCP cuts: it is a stream of bytes, and what was written together may arrive in pieces, or
// what was written in pieces together. No parser may depend on it, so a test chooses the cuts.

import { Random } from "./random.ts";

/** A cut behind each so many bytes; or behind these sizes one after the other, none at the end. */
export type Chunking = number | Iterable<number>;

/** Options of {@linkcode randomChunks}. */
export interface RandomChunksOptions {
  /** The same seed, the same cuts. Default: 0. */
  readonly seed?: number;
  /** The largest piece, in bytes. Default: 16. */
  readonly sizeMax?: number;
}

/**
 * Sizes that look random, without end, from 1 to `sizeMax`: for the option `chunking`.
 *
 * ```ts run
 * import { connectionPair, randomChunks } from "sluice/testing";
 *
 * for (let seed = 0; seed < 20; seed++) {
 *   const { client, server } = connectionPair({ chunking: randomChunks({ seed }) });
 *   await client.write("In pieces of 1 to 16 bytes");
 *   if ((await server.read()) !== "In pieces of 1 to 16 bytes") throw new Error(`seed ${seed}`);
 * }
 * ```
 *
 * @throws {RangeError} When `sizeMax` is not an integer above 0.
 */
export function randomChunks(options: RandomChunksOptions = {}): Iterable<number> {
  const { seed = 0, sizeMax = 16 } = options;
  checkSize("sizeMax", sizeMax);
  return {
    *[Symbol.iterator](): Generator<number> {
      const random = new Random(seed);
      for (;;) yield 1 + random.below(sizeMax);
    },
  };
}

/** The cuts of one direction, as its bytes come by. */
export class Cuts {
  readonly #sizes: Iterator<number>;
  #left = 0;

  constructor(chunking: Chunking) {
    if (typeof chunking === "number") checkSize("chunking", chunking);
    if (Array.isArray(chunking)) for (const size of chunking) checkSize("chunking", size);
    const sizes = typeof chunking === "number" ? always(chunking) : chunking;
    this.#sizes = sizes[Symbol.iterator]();
  }

  /** How many bytes there are to the next cut: 0 when the last ones ended at it. */
  get left(): number {
    return this.#left;
  }

  /** Goes on behind a cut. */
  next(): void {
    const { value, done } = this.#sizes.next() as IteratorResult<number, unknown>;
    if (!done) checkSize("chunking", value);
    this.#left = done ? Infinity : value;
  }

  /** So many bytes have come by. */
  passed(size: number): void {
    this.#left -= size;
  }
}

/** Throws {@linkcode RangeError} when `size` is no count of bytes. */
export function checkSize(name: string, size: number): void {
  if (size === Infinity || (Number.isSafeInteger(size) && size > 0)) return;
  throw new RangeError(`Cannot connect: ${name} is ${size}, must be an integer above 0`);
}

function* always(size: number): Generator<number> {
  for (;;) yield size;
}
