// The vectors of masking.json, forth and back, whole and in pieces.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mask } from "../../src/frame/mod.ts";
import { bytes, hex } from "../support/bytes.ts";
import { cutsOf, int32, load } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors/masking");

interface MaskingVector extends Vector {
  readonly key: string;
  readonly phase: number;
  readonly plain: string;
  readonly expect: { readonly masked: string };
}

/** `payload` masked in two pieces, the first of them with the key turned to where it goes on. */
function masked(payload: string, { key, phase }: MaskingVector, cut: number): string {
  const before = phase; // bytes that came first, whose masking turns the key
  const content = bytes("00".repeat(before) + payload);
  let turned = mask(content, 0, before, int32(key));
  turned = mask(content, before, before + cut, turned);
  mask(content, before + cut, content.length, turned);
  return hex(content.subarray(before));
}

for (const vector of load<MaskingVector>("masking")) {
  const { id, what, plain, expect } = vector;

  test(`${id} ${what}`, () => {
    for (const cut of cutsOf(bytes(plain))) {
      assert.equal({ masked: masked(plain, vector, cut) }, expect, `cut at ${cut}`);
    }
    assert.is(masked(expect.masked, vector, 0), plain, "unmasked");
  });
}

test.run();
