// The vectors of utf8.json, at every cut, and as texts in two fragments.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeUtf8, Utf8Validator } from "../../src/frame/mod.ts";
import { Receiver } from "../message/support.ts";
import { bytes, concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { failureAt } from "./failure.ts";
import { cutsOf, load } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors/utf8");

interface Utf8Vector extends Vector {
  readonly bytes: string;
  readonly expect: {
    readonly valid: boolean;
    readonly error?: string;
    readonly offset?: number;
    readonly codePoints?: readonly number[];
  };
}

/** What the validator says of `text`, given to it in pieces that end at `ends`. */
function read(text: Uint8Array, ends: readonly number[]): object {
  const validator = new Utf8Validator();
  let start = 0;
  for (const end of ends) {
    const offset = validator.push(text, start, end);
    if (offset !== -1) return { valid: false, error: "TEXT_INVALID", offset };
    start = end;
  }
  if (!validator.complete) return { valid: false, error: "TEXT_TRUNCATED" };
  const characters = [...decodeUtf8(text, 0, text.length)];
  return { valid: true, codePoints: characters.map((character) => character.codePointAt(0)) };
}

/** What becomes of the text in two fragments, and what should. */
function fragments(text: Uint8Array, cut: number, expect: Utf8Vector["expect"]): [object, object] {
  const first = frame("01", text.slice(0, cut), "37fa213d");
  const last = frame("80", text.slice(cut), "01020304");
  const { error, offset, codePoints = [] } = expect;
  if (error === undefined) {
    return [
      new Receiver().push(concat(first, last)),
      [`text ${String.fromCodePoint(...codePoints)}`],
    ];
  }
  const end = first.length + last.length;
  const isInFirst = offset !== undefined && offset < cut;
  const inText = isInFirst ? first.length - (cut - offset) : end - (text.length - (offset ?? 0));
  const place = offset === undefined ? first.length : inText; // one that ends too early: its last
  return [refusal(concat(first, last)), { error, offset: place }];
}

function refusal(wire: Uint8Array): object {
  try {
    return new Receiver().push(wire);
  } catch (thrown) {
    const { error, offset } = failureAt(thrown);
    return { error, offset };
  }
}

for (const { id, what, bytes: spelled, expect } of load<Utf8Vector>("utf8")) {
  test(`${id} ${what}`, () => {
    const text = bytes(spelled);
    for (const cut of cutsOf(text)) {
      assert.equal(read(text, [cut, text.length]), expect, `cut at ${cut}`);
      const [found, due] = fragments(text, cut, expect);
      assert.equal(found, due, `fragments cut at ${cut}`);
    }
    const every = Array.from(text, (_, index) => index + 1);
    assert.equal(read(text, every), expect, "byte by byte");
  });
}

test.run();
