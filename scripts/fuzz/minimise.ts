// Minimising: of an input that fails, less and less that fails still. Delta debugging (Zeller and
// Hildebrandt, 2002): parts are left out, first large ones, then smaller, until none can go.

import type { Fails } from "./target.ts";

/** Tries of one minimiser at most: sessions take time. */
const TRIES_MAX = 20_000;

/** As few of `parts` as fail still. `parts` must fail. */
export async function fewest<Part>(
  parts: readonly Part[],
  fails: Fails<readonly Part[]>,
): Promise<readonly Part[]> {
  let left = parts;
  let tries = 0;
  for (let size = left.length; size >= 1; size = Math.floor(size / 2)) {
    let isSmaller = false;
    for (let at = 0; at < left.length && tries < TRIES_MAX; tries++) {
      const without = [...left.slice(0, at), ...left.slice(at + size)];
      if (await fails(without)) [left, isSmaller] = [without, true];
      else at += size;
    }
    if (isSmaller && size === 1) size = 2; // once more: what could not go may go now
  }
  return left;
}

/** As few bytes as fail still, and of these as many as possible 0. */
export async function fewestBytes(
  bytes: Uint8Array,
  fails: Fails<Uint8Array>,
): Promise<Uint8Array> {
  const asParts: Fails<readonly number[]> = (parts) => fails(Uint8Array.from(parts));
  const left = Uint8Array.from(await fewest(Array.from(bytes), asParts));
  for (const [at, byte] of left.slice(0, 4096).entries()) {
    if (byte === 0) continue;
    left[at] = 0;
    if (!(await fails(left))) left[at] = byte;
  }
  return left;
}
