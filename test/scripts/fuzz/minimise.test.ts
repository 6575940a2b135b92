// Less and less that fails still, and at last nothing that could go.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fewest, fewestBytes } from "../../../scripts/fuzz/minimise.ts";
import { hex } from "../../support/bytes.ts";

const test = suite("scripts/fuzz/minimise");

const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyz");

for (const needed of ["", "a", "z", "mno", "az", "cgkq", "abcdefghijklmnopqrstuvwxyz"]) {
  test(`fewest() leaves of 26 letters "${needed}", which it takes to fail`, async () => {
    const fails = (letters: readonly string[]): boolean =>
      Array.from(needed).every((letter) => letters.includes(letter));
    assert.is((await fewest(LETTERS, fails)).join(""), needed);
  });
}

test("fewest() leaves out what can only go behind something else", async () => {
  // "b" may go only when there is no "a".
  const fails = (letters: readonly string[]): boolean =>
    letters.includes("z") && (letters.includes("b") || !letters.includes("a"));
  assert.equal(await fewest(LETTERS, fails), ["z"]);
});

test("fewest() tries far fewer than all subsets", async () => {
  let tries = 0;
  const parts = Array.from({ length: 1000 }, (_, index) => index);
  const left = await fewest(parts, (some) => {
    tries++;
    return some.includes(17) && some.includes(900);
  });
  assert.equal(left, [17, 900]);
  assert.ok(tries < 200, `${tries} tries`);
});

test("fewestBytes() leaves few bytes, and makes 0 of those that may be anything", async () => {
  const bytes = Uint8Array.of(9, 9, 0x81, 7, 9, 0xff, 9);
  const fails = (some: Uint8Array): boolean => some.length >= 3 && some.includes(0x81);
  const left = hex(await fewestBytes(bytes, fails));
  assert.ok(["810000", "008100", "000081"].includes(left), left);
});

test.run();
