// One seed, one input: input n of a run with the seed S is the one input of a run with the seed
// S + n, so that whatever fails is had again by its number alone. A seed may have any size.

import { Random } from "../../src/testing/random.ts";

const WORD = 2n ** 32n;

/** The seeds from one on. */
export class Seeds {
  readonly #first: bigint;
  readonly #low: number;
  #carry = -1;
  #high = 0; // what is above the lowest 32 bits, mixed to two words
  #higher = 0;

  constructor(first: bigint) {
    this.#first = first;
    this.#low = Number(first % WORD);
  }

  /** The seed of input `index`. */
  seedAt(index: number): bigint {
    return this.#first + BigInt(index);
  }

  /** Its chance. */
  randomAt(index: number): Random {
    const low = this.#low + index;
    const carry = Math.floor(low / 2 ** 32);
    if (carry !== this.#carry) this.#mixHigh(carry);
    return new SeededRandom(low | 0, this.#high, this.#higher);
  }

  #mixHigh(carry: number): void {
    this.#carry = carry;
    [this.#high, this.#higher] = [0x9e3779b9 | 0, 0x243f6a88];
    for (let rest = this.#first / WORD + BigInt(carry); rest > 0n; rest /= WORD) {
      const word = Number(rest % WORD) | 0;
      const mixed = Math.imul(this.#high ^ word, 0x85ebca6b);
      this.#high = mixed ^ (mixed >>> 15);
      this.#higher = Math.imul(this.#higher + word, 0xc2b2ae35) ^ (this.#high >>> 13);
    }
  }
}

/** Numbers that look random, from a state of 128 bits: sfc32, by Chris Doty-Humphrey. */
class SeededRandom extends Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(a: number, b: number, c: number) {
    super(0);
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let round = 0; round < 12; round++) this.#next();
  }

  override below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
