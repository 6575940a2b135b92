// What clients send: payloads that look like nothing else, so that an echo that is late, doubled or
// of another client is not taken for the right one; and their frames, whole, in fragments, or
// compressed. Neither "!" nor "#" begins a payload, with which commands and pushes begin.

import { constants, deflateRawSync } from "node:zlib";
import { encodeFrame, Opcode } from "../../src/frame/mod.ts";
import type { Random } from "../../src/testing/random.ts";

/** The largest message, the default of `messageSizeMax`. */
const SIZE_MAX = 2 ** 20;

const WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike";
const BASE = Buffer.alloc(2 * SIZE_MAX, `${WORDS} 0123456789 `);
const NOT_ASCII = Buffer.from("é€😀");

/** What a flush ends with, and what is left out of a message: RFC 7692 §7.2.1. */
const TAIL_SIZE = 4;

/** How often which size, in parts of a thousand: up to `max` bytes. */
const SIZES: readonly (readonly [times: number, max: number])[] = [
  [150, 4],
  [500, 200],
  [300, 3000],
  [45, 30_000],
  [4, 200_000],
  [1, SIZE_MAX],
];

/** A message that must come back. */
export interface Sent {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Message number `number` of connection `id`. */
export function messageOf(random: Random, id: number, number: number): Sent {
  const size = sizeOf(random);
  const isText = random.oneIn(2);
  const name = Buffer.from(`${id}:${number};`);
  const start = random.below(SIZE_MAX);
  const ending = isText && size > 100 ? NOT_ASCII : Buffer.alloc(0);
  const rest = BASE.subarray(start, start + Math.max(0, size - name.length - ending.length));
  const payload = Buffer.concat([name, rest, ending]).subarray(0, size);
  return { opcode: isText ? Opcode.TEXT : Opcode.BINARY, payload };
}

function sizeOf(random: Random): number {
  let draw = random.below(1000);
  for (const [times, max] of SIZES) {
    if (draw < times) return random.oneIn(16) ? max : random.below(max + 1);
    draw -= times;
  }
  return SIZE_MAX;
}

/** The whole message in one frame: §5.6. */
export function whole({ opcode, payload }: Sent, random: Random): Uint8Array {
  return encodeFrame({ opcode, payload, key: keyFrom(random) });
}

/** In up to eight frames, a ping between two of them: §5.4. */
export function fragmented({ opcode, payload }: Sent, ping: Buffer, random: Random): Uint8Array {
  const count = 2 + random.below(7);
  const frames: Uint8Array[] = [];
  let start = 0;
  for (let index = 0; index < count; index++) {
    const isLast = index === count - 1;
    const end = isLast ? payload.length : start + random.below(payload.length - start + 1);
    const fragment = payload.subarray(start, end);
    const own = index === 0 ? opcode : Opcode.CONTINUATION;
    frames.push(encodeFrame({ fin: isLast, opcode: own, payload: fragment, key: keyFrom(random) }));
    if (index === 0) frames.push(pingFrame(ping, random));
    start = end;
  }
  return Buffer.concat(frames);
}

/** In one frame, with RSV1: RFC 7692 §6. */
export function compressed({ opcode, payload }: Sent, random: Random): Uint8Array {
  const flushed = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH, level: 1 });
  const content = flushed.subarray(0, -TAIL_SIZE);
  return encodeFrame({ rsv: 4, opcode, payload: content, key: keyFrom(random) });
}

export function pingFrame(payload: Buffer, random: Random): Uint8Array {
  return encodeFrame({ opcode: Opcode.PING, payload, key: keyFrom(random) });
}

export function keyFrom(random: Random): number {
  return random.below(2 ** 32) | 0;
}
