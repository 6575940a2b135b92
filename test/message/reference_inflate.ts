// DEFLATE (RFC 1951) read as it is written there, bit by bit: slow, and without zlib. It sees what
// zlib does not tell: how far back a compressor referred, and the kind of each block.

/** What {@linkcode referenceInflate} found. */
export interface ReferenceResult {
  readonly bytes: Uint8Array;
  /** The largest distance of a reference; 0 when there is none. */
  readonly distanceMax: number;
  /** For each block its type (0 stored, 1 fixed, 2 dynamic), with 4 added for BFINAL. */
  readonly blocks: readonly number[];
}

interface Code {
  /** How many symbols have each length, 0 to 15. */
  readonly counts: readonly number[];
  /** The symbols, shortest code first. */
  readonly symbols: readonly number[];
}

/** RFC 1951 §3.2.5: the shortest length, or distance, of each symbol, and its extra bits. */
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83]
  .concat([99, 115, 131, 163, 195, 227, 258]);
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5]
  .concat([5, 5, 0]);
const DISTANCE_BITS = Array.from({ length: 30 }, (_, symbol) => Math.max(0, (symbol >> 1) - 1));
const DISTANCES = DISTANCE_BITS.map((bits, symbol) =>
  symbol < 2 ? symbol + 1 : ((2 + (symbol & 1)) << bits) + 1,
);
/** RFC 1951 §3.2.7: the order in which the lengths of the code for lengths come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** All blocks of `compressed`, to its last byte. `past` is the plain text before it. */
export function referenceInflate(compressed: Uint8Array, past?: Uint8Array): ReferenceResult {
  const out: number[] = Array.from(past ?? []);
  const start = out.length;
  const blocks: number[] = [];
  let distanceMax = 0;
  let at = 0; // in bits

  const bits = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++, at++) {
      if (at >> 3 >= compressed.length) throw new RangeError("the input is at its end");
      value |= ((compressed[at >> 3] >> (at & 7)) & 1) << index;
    }
    return value;
  };

  const symbol = ({ counts, symbols }: Code): number => {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length++) {
      code |= bits(1);
      if (code - counts[length] < first) return symbols[index + code - first];
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    throw new RangeError("no such code");
  };

  const stored = (): void => {
    at = (at + 7) & ~7;
    const length = bits(16);
    if ((bits(16) ^ 0xffff) !== length) throw new RangeError("the lengths differ");
    for (let index = 0; index < length; index++) out.push(bits(8));
  };

  const coded = (literals: Code, distances: Code): void => {
    for (;;) {
      const found = symbol(literals);
      if (found === 256) return;
      if (found < 256) {
        out.push(found);
        continue;
      }
      const length = LENGTHS[found - 257] + bits(LENGTH_BITS[found - 257]);
      const far = symbol(distances);
      const distance = DISTANCES[far] + bits(DISTANCE_BITS[far]);
      if (distance > out.length) throw new RangeError("the distance is too far");
      distanceMax = Math.max(distanceMax, distance);
      for (let index = 0; index < length; index++) out.push(out[out.length - distance]);
    }
  };

  const dynamic = (): void => {
    const [literals, distances, count] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const first = new Array<number>(19).fill(0);
    for (let index = 0; index < count; index++) first[ORDER[index]] = bits(3);
    const code = codeOf(first);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const found = symbol(code);
      if (found < 16) lengths.push(found);
      else if (found === 16) repeat(lengths, lengths[lengths.length - 1], 3 + bits(2));
      else repeat(lengths, 0, found === 17 ? 3 + bits(3) : 11 + bits(7));
    }
    coded(codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals)));
  };

  while (at < 8 * compressed.length) {
    const isLast = bits(1);
    const type = bits(2);
    blocks.push(4 * isLast + type);
    if (type === 0) stored();
    else if (type === 1) coded(FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) dynamic();
    else throw new RangeError("no such block");
    if (isLast) at = (at + 7) & ~7;
  }
  return { bytes: Uint8Array.from(out.slice(start)), distanceMax, blocks };
}

function repeat(list: number[], value: number, times: number): void {
  for (let index = 0; index < times; index++) list.push(value);
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Array<number>(16).fill(0);
  for (const length of lengths) if (length > 0) counts[length]++;
  const symbols = Array.from(lengths.keys())
    .filter((symbol) => lengths[symbol] > 0)
    .sort((a, b) => lengths[a] - lengths[b] || a - b);
  return { counts, symbols };
}

/** RFC 1951 §3.2.6. */
const FIXED_LITERALS = codeOf(
  Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
);
const FIXED_DISTANCES = codeOf(new Array<number>(30).fill(5));
