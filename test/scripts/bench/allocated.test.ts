// What the micro benchmarks count as allocated.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allocated, collect } from "../../../scripts/bench/allocated.ts";
import { gc } from "../../channel/support.ts";

const test = suite("scripts/bench/allocated");

const SIZE = 65_000;
const COUNT = 300;

test("allocated() counts the bytes of a message, be it binary or a text", async () => {
  const page = Buffer.alloc(SIZE, "A");
  const binary = (): unknown => new Uint8Array(SIZE);
  const text = (): unknown => page.toString("latin1");
  for (const make of [binary, text]) {
    gc(); // what other tests have left would go in the middle of it
    await collect();
    const before = allocated();
    const kept = Array.from({ length: COUNT }, make);
    const found = (allocated() - before) / kept.length;
    assert.ok(found > 0.8 * SIZE && found < 2 * SIZE, `${found} bytes`);
  }
});

test.run();
