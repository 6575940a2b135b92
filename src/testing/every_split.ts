// Every way in which TCP may cut a few bytes. A parser that is right for all of them has no state
// that depends on where a read ended.

/** Options of {@linkcode everySplit}. */
export interface SplitOptions {
  /** n bytes have n + 1 splits into two parts, (n + 1)(n + 2) / 2 into three. Default: 2. */
  readonly parts?: number;
}

/**
 * All splits of `bytes` into parts, empty ones too: a read may bring nothing of a frame. Each split
 * is a fresh copy, for a decoder unmasks in place; `bytes` stays as it is.
 *
 * ```ts run
 * import { FrameDecoder } from "sluice/frame";
 * import { everySplit } from "sluice/testing";
 *
 * const hello = Uint8Array.of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
 * for (const parts of everySplit(hello)) {
 *   let frames = 0;
 *   const sink = { frameStart() {}, framePayload() {}, frameEnd: () => frames++ };
 *   const decoder = new FrameDecoder(sink, { role: "server" });
 *   for (const part of parts) decoder.push(part);
 *   if (frames !== 1) throw new Error(`cut behind ${parts[0]?.length}`);
 * }
 * ```
 *
 * @throws {RangeError} When `parts` is not an integer above 0.
 */
export function everySplit(
  bytes: Uint8Array,
  options: SplitOptions = {},
): Generator<Uint8Array[], void, undefined> {
  const { parts = 2 } = options;
  if (!(Number.isSafeInteger(parts) && parts > 0)) {
    throw new RangeError(`Cannot split: parts is ${parts}, must be an integer above 0`);
  }
  return splits(bytes, parts, 0);
}

function* splits(
  bytes: Uint8Array,
  parts: number,
  start: number,
): Generator<Uint8Array[], void, undefined> {
  if (parts === 1) return yield [copy(bytes, start, bytes.length)];
  for (let end = start; end <= bytes.length; end++) {
    for (const rest of splits(bytes, parts - 1, end)) yield [copy(bytes, start, end), ...rest];
  }
}

/** Not `slice()`, which for a Buffer is a view. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}
