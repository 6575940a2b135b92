// What the tests of compression share: texts that compress, and a peer that keeps one stream of
// zlib for each direction, as most do, and so knows nothing of our contexts.

import { constants, createDeflateRaw, createInflateRaw, deflateRawSync } from "node:zlib";
import type { DeflateRaw, InflateRaw, ZlibOptions } from "node:zlib";
import { Chance } from "../frame/support.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";

export const TAIL: Uint8Array = bytes("0000ffff");

const WORDS = ["order", "price", "market", "symbol", "customer", "open", "closed", "pending"];

/** Text of `size` bytes that looks like JSON. */
export function jsonBytes(chance: Chance, size: number): Uint8Array {
  let text = "";
  while (text.length < size) {
    const user = { name: chance.pick(WORDS) + chance.below(1000), active: chance.below(2) === 1 };
    const tags = [chance.pick(WORDS), chance.pick(WORDS)];
    text += `${JSON.stringify({ id: chance.below(1e9), type: chance.pick(WORDS), user, tags })},`;
  }
  return utf8(text.slice(0, size));
}

/** `text` as a message without context, by zlib's best. */
export function flushed(text: Uint8Array): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, level: 9 };
  return new Uint8Array(deflateRawSync(text, options).subarray(0, -TAIL.length));
}

/** Only a reference over nearly 32 KiB makes it shorter: zlib itself reaches 262 bytes less. */
export const FAR_BACK: Uint8Array = ((): Uint8Array => {
  const noise = new Chance(34).bytes(32 * 1024 - 262);
  return concat(noise, noise.subarray(0, 1000));
})();

/** One direction of a peer with context takeover: each message is a flush of the one stream. */
export class PeerStream {
  readonly #stream: DeflateRaw | InflateRaw;
  readonly #isDeflate: boolean;
  #parts: Uint8Array[] = [];

  constructor(kind: "deflate" | "inflate", options: ZlibOptions) {
    this.#isDeflate = kind === "deflate";
    this.#stream = this.#isDeflate ? createDeflateRaw(options) : createInflateRaw(options);
    this.#stream.on("data", (part: Uint8Array) => this.#parts.push(part));
  }

  /** The next message, compressed or inflated. */
  async next(message: Uint8Array): Promise<Uint8Array> {
    this.#stream.write(this.#isDeflate ? message : concat(message, TAIL));
    await new Promise<void>((resolve, reject) => {
      this.#stream.once("error", reject);
      this.#stream.flush(constants.Z_SYNC_FLUSH, () => {
        this.#stream.off("error", reject);
        resolve();
      });
    });
    const all = concat(...this.#parts);
    this.#parts = [];
    return this.#isDeflate ? all.subarray(0, -TAIL.length) : all;
  }

  close(): void {
    this.#stream.close();
  }
}
