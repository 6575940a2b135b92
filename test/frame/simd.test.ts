// SIMD against the plain loop: the same bytes and the same word on ASCII, whatever the size, the
// place, the key and the content.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { execFileSync } from "node:child_process";
import { FrameDecoder } from "../../src/frame/decoder.ts";
import { maskInPlace, swapKey, turnKey } from "../../src/frame/mask.ts";
import { releaseScratch, takeScratch } from "../../src/frame/simd.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { freshModule } from "../support/fresh_module.ts";
import { Chance, FrameLog, violation } from "./support.ts";

const test = suite("frame/simd");

const SIZES = [...Array(300).keys(), 1023, 1024, 4095, 65_000];

/** The oracle: §5.3 as it is written. */
function masked(bytes: Uint8Array, start: number, end: number, key: number): Uint8Array {
  return bytes.map((byte, at) =>
    at < start || at >= end ? byte : byte ^ ((key >>> (24 - 8 * ((at - start) & 3))) & 0xff),
  );
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

for (const content of ["any bytes", "ASCII", "one byte that is not ASCII"] as const) {
  test(`maskInPlace() and SIMD mask and see ASCII as the plain loop does: ${content}`, () => {
    const chance = new Chance(27);
    for (const size of SIZES) {
      const start = chance.below(20);
      const key = chance.below(2 ** 32) | 0;
      const wanted = chance.bytes(start + size + 7);
      if (content !== "any bytes") for (const at of wanted.keys()) wanted[at] &= 0x7f;
      if (content.startsWith("one") && size > 0) wanted[start + chance.below(size)] |= 0x80;
      const wire = masked(wanted, start, start + size, key);
      const verdict = isAscii(wanted.subarray(start, start + size));
      const what = `size ${size}, start ${start}, key ${key}`;

      const offset = chance.below(8);
      const inPlace = new Uint8Array(8 + wire.length).subarray(offset, offset + wire.length);
      inPlace.set(wire);
      assert.is(maskInPlace(inPlace, start, start + size, key), verdict, what);
      assert.is(hex(inPlace), hex(wanted), what);

      if (wire.length < 512) continue;
      const simd = takeScratch(wire);
      if (simd === null) throw new Error("There is no SIMD");
      assert.is(simd.mask(start, start + size, swapKey(key)) === 0, verdict, what);
      assert.is(hex(simd.scratch.subarray(0, wire.length)), hex(wanted), what);
      releaseScratch();
    }
  });
}

test("SIMD masks every size at the start and at the end of its memory", () => {
  const chance = new Chance(5);
  for (let size = 0; size < 100; size++) {
    for (const start of [0, 65_536 - size]) {
      const wanted = chance.bytes(65_536);
      const key = chance.below(2 ** 32) | 0;
      const simd = takeScratch(masked(wanted, start, start + size, key));
      if (simd === null) throw new Error("There is no SIMD");
      simd.mask(start, start + size, swapKey(key));
      assert.ok(Buffer.compare(simd.scratch, wanted) === 0, `size ${size} at ${start}`);
      releaseScratch();
    }
  }
});

test("turnKey() goes on where a piece ended", () => {
  const key = 0x01020304;
  assert.equal([0, 1, 2, 3, 4, 5].map((size) => turnKey(key, size)), [
    0x01020304, 0x02030401, 0x03040102, 0x04010203, 0x01020304, 0x02030401,
  ]);
  assert.is(swapKey(key), 0x04030201);
});

test("takeScratch() is for one at a time, and for chunks that are worth it and fit", () => {
  assert.is(takeScratch(new Uint8Array(511)), null);
  assert.is(takeScratch(new Uint8Array(65_537)), null);
  const chunk = new Uint8Array(512).fill(7);
  const simd = takeScratch(chunk);
  assert.is(takeScratch(chunk), null);
  chunk.fill(8);
  assert.is(simd?.scratch[511], 7);
  releaseScratch();
  assert.is.not(takeScratch(chunk), null);
  releaseScratch();
});

test("FrameDecoder gives the memory for SIMD back behind each chunk, a broken one too", () => {
  const payload = new Uint8Array(600);
  const decoder = new FrameDecoder(new FrameLog());
  decoder.push(frame("82", payload));
  assert.is.not(takeScratch(payload), null);
  releaseScratch();
  violation(() => decoder.push(concat(frame("82", payload), bytes("83"))));
  assert.is.not(takeScratch(payload), null);
  releaseScratch();
});

type SimdModule = typeof import("../../src/frame/simd.ts");
interface Platform {
  WebAssembly: object | undefined;
}

/** A WebAssembly without SIMD: it refuses the module. */
const WITHOUT_SIMD = {
  Module: class {
    constructor() {
      throw new SyntaxError("Compiling function #0 failed: Wasm SIMD unsupported");
    }
  },
};

for (const [what, webAssembly] of [
  ["that has no SIMD", WITHOUT_SIMD],
  ["that is not there", undefined],
] as const) {
  test(`takeScratch() does without a WebAssembly ${what}`, async () => {
    const platform = globalThis as unknown as Platform;
    const { WebAssembly } = platform;
    platform.WebAssembly = webAssembly;
    try {
      const { takeScratch } = (await freshModule("frame/simd")) as SimdModule;
      assert.is(takeScratch(new Uint8Array(512)), null);
    } finally {
      platform.WebAssembly = WebAssembly;
    }
  });
}

test("without WebAssembly it is done in JavaScript, and the tests of the decoder pass", () => {
  const script = new URL("../../scripts/test.js", import.meta.url);
  const floors = "^(frame/decoder|message/assembler_text)";
  const flags = ["--jitless", "--no-warnings"];
  const output = execFileSync(process.execPath, [...flags, script.pathname, floors], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  assert.match(output, /\n\d{3} passed, 0 failed, 0 skipped\n$/);
});

test.run();
