// Memory that is given back: what is ours alone is gone at once, everything else is untouched.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { release, RELEASED_FROM } from "../../src/message/release.ts";
import { freshModule } from "../support/fresh_module.ts";

const test = suite("message/release");

test("release() takes the memory of a large buffer away at once", () => {
  const before = process.memoryUsage().arrayBuffers;
  const kept: Uint8Array[] = [];
  for (let count = 0; count < 64; count++) {
    const bytes = new Uint8Array(1024 * 1024).fill(1);
    release(bytes);
    assert.is(bytes.length, 0);
    assert.is(bytes.buffer.byteLength, 0);
    kept.push(bytes);
  }
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 1024 * 1024, `${grown} bytes more, with ${kept.length} buffers in hand`);
});

test("release() begins at its threshold", () => {
  const below = new Uint8Array(RELEASED_FROM - 1);
  const at = new Uint8Array(RELEASED_FROM);
  release(below);
  release(at);
  assert.is(below.length, RELEASED_FROM - 1);
  assert.is(at.length, 0);
});

const OTHERS: readonly (readonly [what: string, bytes: () => Uint8Array])[] = [
  ["a view from the start", () => new Uint8Array(100_000).subarray(0, 99_999)],
  ["a view to the end", () => new Uint8Array(100_000).subarray(1)],
  ["shared memory", () => new Uint8Array(new SharedArrayBuffer(100_000))],
];

for (const [what, make] of OTHERS) {
  test(`release() leaves ${what} alone`, () => {
    const bytes = make();
    const { length } = bytes;
    release(bytes);
    assert.is(bytes.length, length);
  });
}

interface Transferable {
  transfer: ((this: ArrayBuffer, newSize: number) => ArrayBuffer) | undefined;
}

/** Both ways on every Node: that of Node 20, and that of ES2024. */
const TRANSFERS: readonly (readonly [what: string, Transferable["transfer"]])[] = [
  ["without ArrayBuffer.prototype.transfer", undefined],
  [
    "with ArrayBuffer.prototype.transfer",
    function (newSize) {
      structuredClone(this, { transfer: [this] });
      return new ArrayBuffer(newSize);
    },
  ],
];

for (const [what, transfer] of TRANSFERS) {
  test(`release() frees memory ${what}`, async () => {
    const prototype = ArrayBuffer.prototype as unknown as Transferable;
    const found = Object.getOwnPropertyDescriptor(prototype, "transfer");
    Object.defineProperty(prototype, "transfer", { value: transfer, configurable: true });
    try {
      const { release } = (await freshModule("message/release")) as {
        readonly release: (bytes: Uint8Array) => void;
      };
      const bytes = new Uint8Array(RELEASED_FROM);
      release(bytes);
      assert.is(bytes.buffer.byteLength, 0);
    } finally {
      Reflect.deleteProperty(prototype, "transfer");
      if (found !== undefined) Object.defineProperty(prototype, "transfer", found);
    }
  });
}

test.run();
