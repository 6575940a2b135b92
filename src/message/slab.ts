// Several short texts of one chunk, decoded at once: to make a string is a call into the engine
// that costs more than its characters, and to cut one string into parts does not.
//
//   chunk   |header|Hello|header|World|          one string, headers and all
//                   ^^^^^        ^^^^^           and the parts of it that are messages
//
// Only ASCII, where a byte is a character, so that the place of one is the place of the other. The
// string is not the chunk: whoever keeps a part keeps at most 2 KiB alive, and nothing of ours.
//
// There is one for all connections, since texts wait in it only until the end of their chunk, and
// nobody else runs meanwhile. Who finds it taken, deep within another's delivery, does without.

import { decodeAscii } from "../frame/utf8.ts";

/** The longest string of which parts are made. */
const SIZE_MAX = 2048;

/** Texts that wait at most: a frame of one character takes seven bytes. */
const COUNT_MAX = SIZE_MAX / 7;

const NOTHING = new Uint8Array(0);

let owner: object | null = null;
let bytes: Uint8Array = NOTHING;
let count = 0;
/** Where each text starts and ends. */
const ranges = new Int32Array(2 * Math.ceil(COUNT_MAX));

/**
 * Hot: lets a text wait, all ASCII, that lies in `chunk` until `who` calls {@linkcode takeTexts}.
 * Returns whether it does: not when the texts that wait are another's, or there is no room.
 */
export function holdText(who: object, chunk: Uint8Array, start: number, end: number): boolean {
  if (owner !== null && owner !== who) return false;
  const first = count === 0 ? start : ranges[0];
  if (end - first > SIZE_MAX || 2 * count === ranges.length) return false;
  owner = who;
  bytes = chunk;
  ranges[2 * count] = start;
  ranges[2 * count + 1] = end;
  count++;
  return true;
}

/** Hot: whether texts of `who` wait. */
export function holdsTexts(who: object): boolean {
  return owner === who;
}

/**
 * Hot: hands the texts over that wait, in their order. They must be those of the caller. Returns
 * how many they were.
 */
export function takeTexts(sink: { message(text: string): void }): number {
  const first = ranges[0];
  try {
    const all = decodeAscii(bytes, first, ranges[2 * count - 1]);
    if (count === 1) sink.message(all);
    else {
      for (let at = 0; at < count; at++) {
        sink.message(all.substring(ranges[2 * at] - first, ranges[2 * at + 1] - first));
      }
    }
    return count;
  } finally {
    owner = null;
    bytes = NOTHING;
    count = 0;
  }
}
