// Memory that changes hands: the same bytes, and nothing is left with whoever had them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RELEASED_FROM } from "../../src/message/release.ts";
import { TextBytes } from "../../src/message/text_bytes.ts";
import { transferred } from "../../src/message/transfer.ts";

const test = suite("message/transfer");

const counting = (size: number): Uint8Array => new Uint8Array(size).map((_, index) => index % 251);

interface Transferable {
  transfer: ((this: ArrayBuffer) => ArrayBuffer) | undefined;
}

/** Both ways on every Node: that of Node 20, and that of ES2024. */
const TRANSFERS: readonly (readonly [what: string, Transferable["transfer"]])[] = [
  ["without ArrayBuffer.prototype.transfer", undefined],
  [
    "with ArrayBuffer.prototype.transfer",
    function () {
      return structuredClone(this, { transfer: [this] });
    },
  ],
];

for (const [what, transfer] of TRANSFERS) {
  test(`transferred() takes the memory ${what}`, () => {
    const prototype = ArrayBuffer.prototype as unknown as Transferable;
    const found = Object.getOwnPropertyDescriptor(prototype, "transfer");
    Object.defineProperty(prototype, "transfer", { value: transfer, configurable: true });
    try {
      for (const size of [RELEASED_FROM, 100_000]) {
        const bytes = counting(size);
        const other = new Uint8Array(bytes.buffer, 10, 10);
        const ours = transferred(bytes);
        assert.equal(ours, counting(size));
        assert.is(Object.getPrototypeOf(ours), Uint8Array.prototype);
        assert.equal([bytes.length, other.length, bytes.buffer.byteLength], [0, 0, 0]);
      }
    } finally {
      Reflect.deleteProperty(prototype, "transfer");
      if (found !== undefined) Object.defineProperty(prototype, "transfer", found);
    }
  });
}

test("transferred() leaves a text a text", () => {
  const text = TextBytes.from(counting(50_000).map((byte) => byte & 0x7f)) as TextBytes;
  const expected = String(text);
  const ours = transferred(text);
  assert.instance(ours, TextBytes);
  assert.is(String(ours), expected);
  assert.is(text.length, 0);
});

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (options: { initial: number }) => { buffer: ArrayBuffer } };
};

const OTHERS: readonly (readonly [what: string, bytes: () => Uint8Array])[] = [
  ["what is small", () => counting(RELEASED_FROM - 1)],
  ["a view from the start", () => counting(100_000).subarray(0, 99_999)],
  ["a view to the end", () => counting(100_000).subarray(1)],
  ["a Buffer of Node's pool", () => Buffer.from("pooled")],
  ["shared memory", () => new Uint8Array(new SharedArrayBuffer(100_000))],
];

for (const [what, make] of OTHERS) {
  test(`transferred() leaves ${what} where it is`, () => {
    const bytes = make();
    const { length } = bytes;
    assert.is(transferred(bytes), bytes);
    assert.is(bytes.length, length);
  });
}

test("transferred() takes no memory that WebAssembly works in", () => {
  const bytes = new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer).fill(7);
  const ours = transferred(bytes); // it, or a copy of it
  assert.equal([ours.length, bytes.length], [65_536, 65_536]);
  assert.ok(ours.every((byte) => byte === 7) && bytes.every((byte) => byte === 7));
});

test.run();
