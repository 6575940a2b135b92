// A fuzzer that cannot find is worse than none: each faulty endpoint must be found, and what is
// left of the input must be small. The inputs that told them from the right one are kept in
// findings.json and tried again here: behind those of the faulty endpoints stand those of faults
// that were put into the sources for a run, and of any that is ever found there.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DecoderTarget } from "../../../scripts/fuzz/decoder.ts";
import type { OpenSubject } from "../../../scripts/fuzz/decoder.ts";
import type { Stream } from "../../../scripts/fuzz/stream.ts";
import { FAULTY_ENDPOINTS } from "./faulty_endpoints.ts";
import { fuzzed } from "./fuzzed.ts";

const test = suite("scripts/fuzz/decoder");

const INPUTS = 20_000;
/** A pong of 120 bytes is the largest that any of the faults takes. */
const MINIMISED_SIZE_MAX = 126;

interface Kept {
  /** Which endpoint it tells from a right one: one of the faulty ones, or ours with a change. */
  readonly tells: string;
  readonly input: object;
}

const findings = JSON.parse(
  readFileSync(new URL("../../../../test/scripts/fuzz/findings.json", import.meta.url), "utf8"),
) as readonly Kept[];

test("DecoderTarget finds nothing in an endpoint as it is", async () => {
  const { failure, inputs } = await fuzzed(new DecoderTarget(), { inputs: 5000, seed: 6455n });
  assert.is(failure, null);
  assert.is(inputs, 5000);
});

for (const [fault, open] of Object.entries(FAULTY_ENDPOINTS)) {
  test(`DecoderTarget finds an endpoint that ${fault}`, async () => {
    const { failure } = await fuzzed(new DecoderTarget(open), { inputs: INPUTS, seed: 1n });
    assert.ok(failure !== null, "it is found");
    const { wire } = new DecoderTarget().read(failure.minimised);
    assert.ok(wire.length <= MINIMISED_SIZE_MAX, `${wire.length} bytes: ${failure.minimised}`);
    assert.throws(() => check(open, failure.minimised), undefined, "minimised, it fails still");
    const alone = await fuzzed(new DecoderTarget(open), { inputs: 1, seed: failure.seed ?? 0n });
    assert.is(alone.failure?.input, failure.input, "its seed has it alone");
  });
}

for (const { tells, input } of findings) {
  test(`what is kept tells a right endpoint from one that ${tells}`, () => {
    check(undefined, JSON.stringify(input));
    if (!Object.hasOwn(FAULTY_ENDPOINTS, tells)) return;
    assert.throws(() => check(FAULTY_ENDPOINTS[tells], JSON.stringify(input)));
  });
}

test("every fault has a finding that is kept", () => {
  const kept = findings.map(({ tells }) => tells);
  const missing = Object.keys(FAULTY_ENDPOINTS).filter((fault) => !kept.includes(fault));
  assert.equal(missing, []);
});

function check(open: OpenSubject | undefined, text: string): void {
  const target = new DecoderTarget(open);
  target.check(target.read(text) as Stream);
}

test.run();
