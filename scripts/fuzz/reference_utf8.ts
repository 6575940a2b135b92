// UTF-8 by the table of RFC 3629 §4, its rows as they stand there. The bytes of one character are
// compared with one row after the other.

type Range = readonly [low: number, high: number];

const TAIL: Range = [0x80, 0xbf];

const ROWS: readonly (readonly Range[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], TAIL],
  [[0xe0, 0xe0], [0xa0, 0xbf], TAIL],
  [[0xe1, 0xec], TAIL, TAIL],
  [[0xed, 0xed], [0x80, 0x9f], TAIL],
  [[0xee, 0xef], TAIL, TAIL],
  [[0xf0, 0xf0], [0x90, 0xbf], TAIL, TAIL],
  [[0xf1, 0xf3], TAIL, TAIL, TAIL],
  [[0xf4, 0xf4], [0x80, 0x8f], TAIL, TAIL],
];

/** Whether `bytes` are one character, all of it. */
export function isCodePoint(bytes: readonly number[]): boolean {
  const row = rowOf(bytes);
  return row !== null && row.length === bytes.length;
}

/** Whether `bytes` are the first of a character, or all of it. */
export function startsCodePoint(bytes: readonly number[]): boolean {
  return rowOf(bytes) !== null;
}

/** The string that valid `bytes` are. */
export function textOf(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at];
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    let code = size === 1 ? first : first % 2 ** (7 - size);
    for (let tail = 1; tail < size; tail++) code = 64 * code + (bytes[at + tail] % 64);
    text += String.fromCodePoint(code);
    at += size;
  }
  return text;
}

function rowOf(bytes: readonly number[]): readonly Range[] | null {
  if (bytes.length === 0) return null;
  for (const row of ROWS) if (fits(bytes, row)) return row;
  return null;
}

function fits(bytes: readonly number[], row: readonly Range[]): boolean {
  if (bytes.length > row.length) return false;
  for (let at = 0; at < bytes.length; at++) {
    const range = row[at];
    if (bytes[at] < range[0] || bytes[at] > range[1]) return false;
  }
  return true;
}
