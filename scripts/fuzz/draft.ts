// A frame that is about to be written, and how it is bent: one field changes and all others stay
// right, so that it gets past the first check and to the one behind it.

import type { Random } from "../../src/testing/random.ts";

/** A frame whose fields need not fit together. */
export interface Draft {
  first: number;
  isMasked: boolean;
  /** Bytes of the length behind the second byte: 0, 2 or 8. */
  form: number;
  /** What the head says: two words. */
  high: number;
  low: number;
  size: number; // of the payload that comes
}

/** The edges of the three forms, of 31, 32 and 53 bits, and of §5.2's top bit, in two words. */
const LENGTHS = [[0, 0], [0, 125], [0, 126], [0, 127], [0, 65_535], [0, 65_536], [0, 0x7fffffff]]
  .concat([[0, 0x80000000], [0, 0xffffffff], [1, 0], [0x1fffff, 0xffffffff], [0x200000, 0]])
  .concat([[0x7fffffff, 0xffffffff], [0x80000000, 0], [0xffffffff, 0xffffffff]]);

/** Changes a field, and leaves all others right. */
export function bend(draft: Draft, random: Random): void {
  switch (random.below(9)) {
    case 0:
      draft.first ^= 0x80;
      break;
    case 1:
      draft.first ^= 0x10 << random.below(3);
      break;
    case 2:
      draft.first = (draft.first & 0xf0) | random.below(16);
      break;
    case 3:
      draft.isMasked = !draft.isMasked;
      break;
    case 4:
      [draft.high, draft.low] = random.pick(LENGTHS);
      draft.form = random.pick([2, 8, 8, 8]);
      break;
    case 5:
      draft.form = draft.form === 0 ? random.pick([2, 8]) : 8;
      break;
    case 6:
      draft.low += random.oneIn(2) ? 1 : -1;
      break;
    case 7:
      draft.size = 126;
      [draft.form, draft.low] = [2, 126];
      break;
    default:
      draft.size = Math.floor(draft.size / 2);
  }
}
