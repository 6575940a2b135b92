// Mutations: the same again from the same seed, never the bytes themselves, and deep enough that
// every rule of the decoder is met.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeFrames, encodeFrame, ProtocolError } from "../../src/frame/mod.ts";
import { mutate } from "../../src/testing/mod.ts";
import type { MutateOptions } from "../../src/testing/mod.ts";
import { bytes, concat, hex } from "../support/bytes.ts";

const test = suite("testing/mutate");

const SEEDS = 2000;
const KEY = 0x37fa213d;

const HELLO = encodeFrame({ opcode: 1, payload: "Hello", key: KEY });

/** A fragmented text with a ping in it, a long binary message, and a Close. */
const STREAM = concat(
  encodeFrame({ opcode: 1, fin: false, payload: "Hel", key: KEY }),
  encodeFrame({ opcode: 9, payload: "?", key: KEY }),
  encodeFrame({ opcode: 0, payload: "lo", key: KEY }),
  encodeFrame({ opcode: 2, payload: new Uint8Array(300), key: KEY }),
  encodeFrame({ opcode: 8, payload: bytes("03e8"), key: KEY }),
);

const KINDS: readonly MutateOptions[] = [{}, { of: "bytes" }, { of: "frames" }];

for (const kind of KINDS) {
  const what = kind.of ?? "both";
  test(`mutate() of ${what} gives the same for the same seed, and leaves its input alone`, () => {
    const before = hex(STREAM);
    const results = new Set<string>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const mutated = mutate(STREAM, { ...kind, seed });
      assert.is(hex(mutated), hex(mutate(STREAM, { ...kind, seed })), `seed ${seed}`);
      assert.is.not(hex(mutated), before, `seed ${seed}`);
      assert.is(mutated.constructor, Uint8Array);
      results.add(hex(mutated));
    }
    assert.is(hex(STREAM), before);
    assert.ok(results.size > SEEDS / 2, `${results.size} of ${SEEDS} differ`);
  });

  test(`mutate() of ${what} changes anything: nothing, one byte, no frame, half a frame`, () => {
    for (const text of ["", "00", "ffffffff", "8185 37fa213d 7f"]) {
      const input = bytes(text);
      for (let seed = 0; seed < SEEDS / 10; seed++) {
        assert.is.not(hex(mutate(input, { ...kind, seed })), hex(input), `seed ${seed}`);
      }
    }
  });
}

test("mutate() pins what the seeds 0 to 3 do, for a seed in a bug report is for ever", () => {
  const found = [0, 1, 2, 3].map((seed) => hex(mutate(HELLO, { seed })));
  assert.equal(found, [
    "810548656c6c6f", // MASK is gone
    "818537fa213d7fd616f292dac8ef9f4d51585858", // a wild insertion, bytes repeated
    "818537fe213d7f9f4d5158818537fa213d7f9f4d5158", // the frame twice, a bit of the key flipped
    "818737fa213d7f9f4d51583aa1", // a character of two bytes that is cut: no UTF-8
  ]);
});

/** What the mutated stream is refused for, as far as one frame shows it. */
function verdict(mutated: Uint8Array): string {
  try {
    decodeFrames(mutated, { role: "server" });
    return "";
  } catch (error) {
    if (error instanceof ProtocolError) return error.message;
    throw error;
  }
}

/** Each rule of one frame, as the decoder words it. */
const RULES: readonly (readonly [rule: string, message: RegExp])[] = [
  ["reserved bits: §5.2", /RSV/],
  ["reserved opcodes: §5.2", /opcode/],
  ["masking: §5.1", /mask/i],
  ["fragmented control frames: §5.5", /FIN/],
  ["long control frames: §5.5", /control frame is longer than 125/],
  ["lengths in too many bytes: §5.2", /fewest bytes/],
  ["the top bit of the length: §5.2", /top bit/],
  ["lengths above 2^53: §10.4", /2\^53/],
];

for (const kind of KINDS.filter(({ of }) => of !== "bytes")) {
  test(`mutate() of ${kind.of ?? "both"} meets every rule of a frame, and passes them too`, () => {
    const verdicts = new Set<string>();
    for (let seed = 0; seed < SEEDS; seed++) {
      verdicts.add(verdict(mutate(STREAM, { ...kind, seed })));
    }
    assert.ok(verdicts.has(""), "some are sound frames");
    for (const [rule, message] of RULES) {
      assert.ok([...verdicts].some((text) => message.test(text)), rule);
    }
  });
}

test("mutate() refuses what it does not know", () => {
  const options = { of: "messages" } as unknown as MutateOptions;
  assert.throws(() => mutate(HELLO, options), /of is messages, must be "bytes" or "frames"/);
});

test.run();
