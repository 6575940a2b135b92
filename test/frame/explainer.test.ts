// A stream explained as it comes, and against the decoder: what that one refuses is the first that
// people are told of, and what it accepts is told to be fine.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameDecoder, FrameExplainer, ProtocolError } from "../../src/frame/mod.ts";
import type { ExplainedFrame, FrameProblem } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { MessageLog } from "../message/support.ts";
import { Chance } from "./support.ts";

const test = suite("frame/explainer");

const ROUNDS = 3000;
const SIZE_MAX = 5;

test("FrameExplainer.push() says the same wherever TCP cuts the stream", () => {
  const wire = concat(
    frame("01", "Grüße", "37fa213d"),
    frame("89", "x", "01020304"),
    frame("80", "€", "ffffffff"),
    frame("88", bytes("03e8 627965"), "0a0b0c0d"),
  );
  const whole = JSON.stringify(new FrameExplainer().push(wire));
  for (let cut = 0; cut <= wire.length; cut++) {
    const explainer = new FrameExplainer();
    const parts = [wire.subarray(0, cut), wire.subarray(cut)];
    const frames = parts.flatMap((part) => explainer.push(part));
    assert.is(explainer.end(), null);
    assert.is(frames.length, 4);
    assert.is(JSON.stringify(frames), whole, `cut at ${cut}`);
  }
  const slow = new FrameExplainer();
  const frames = Array.from(wire, (byte) => slow.push(Uint8Array.of(byte))).flat();
  assert.is(JSON.stringify(frames), whole);
});

test("FrameExplainer.push() leaves the bytes as they are, also those of a Buffer", () => {
  const wire = frame("81", "Hello", "37fa213d");
  const before = hex(wire);
  new FrameExplainer().push(Buffer.from(wire.buffer));
  assert.is(hex(wire), before);
});

test("FrameExplainer keeps payloadMax bytes of a payload, and goes on behind it", () => {
  const explainer = new FrameExplainer({ payloadMax: 10 });
  const wire = concat(frame("81", `${"a".repeat(500)}ä`, "37fa213d"), frame("89", "!"));
  const [first, second] = explainer.push(wire) as [ExplainedFrame, ExplainedFrame];
  assert.is(first.payload.length, 10);
  assert.is(first.bytes.length, first.headerSize + 10);
  assert.is(first.omitted, 492);
  assert.is(first.text, "a".repeat(10));
  assert.is(first.missing, 0);
  assert.equal(first.problems, []);
  assert.is(second.offset, 8 + 502);
});

test("FrameExplainer keeps payloadMax characters of a text that comes in pieces", () => {
  const explainer = new FrameExplainer({ payloadMax: 10 });
  const wire = frame("81", "0123456789abcdef");
  explainer.push(wire.subarray(0, 14));
  assert.is(explainer.push(wire.subarray(14))[0]?.text, "0123456789");
});

test("FrameExplainer keeps 64 KiB of a payload unless told otherwise", () => {
  const [only] = new FrameExplainer().push(frame("82", new Uint8Array(65_537)));
  assert.equal([only.payload.length, only.omitted], [65_536, 1]);
});

test("FrameExplainer checks the UTF-8 that it does not keep", () => {
  const explainer = new FrameExplainer({ payloadMax: 10 });
  const [only] = explainer.push(frame("81", concat(new Uint8Array(300), bytes("ff")))) ?? [];
  assert.is(only?.text, null);
  assert.equal(only?.problems.map(({ offset }) => offset), [8 + 300]);
});

test("FrameExplainer.end() says what there is, and changes nothing", () => {
  const explainer = new FrameExplainer();
  const wire = frame("81", "Hello", "37fa213d");
  for (let cut = 1; cut < wire.length; cut++) {
    explainer.push(wire.subarray(cut - 1, cut));
    assert.is(explainer.end()?.bytes.length, cut);
    assert.is(explainer.end()?.header === null, cut < 6);
    assert.is(explainer.end()?.text, cut < 6 ? null : "Hello".slice(0, cut - 6));
  }
  assert.is(explainer.push(wire.subarray(wire.length - 1))[0]?.text, "Hello");
});

test("FrameExplainer agrees with the decoder and the assembler, on random frames", () => {
  const chance = new Chance();
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const wire = randomFrames(chance);
    const due = verdict(wire);
    const explainer = new FrameExplainer({ role: "server" });
    const parts = chance.cut(wire, 1 + chance.below(SIZE_MAX));
    const frames = parts.flatMap((part) => explainer.push(part));
    const last = explainer.end();
    const all = last === null ? frames : [...frames, last];
    const [first] = all.flatMap(({ problems }) => problems);
    const found = first === undefined ? "fine" : nameOf(first);
    assert.is(found, due, `seed ${chance.seed}, round ${round}: ${hex(wire)}`);
    if (due !== "fine") refused++;
  }
  assert.ok(refused > ROUNDS / 4 && refused < ROUNDS, `${refused} of ${ROUNDS} refused`);
});

/** Frames of which about every fifth breaks a rule, and after which nothing matters any more. */
function randomFrames(chance: Chance): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let count = 1 + chance.below(4); count > 0; count--) {
    const first = chance.pick(["81", "82", "01", "00", "80", "89", "8a", "88", "c1", "83", "09"]);
    const payload = chance.pick([
      new Uint8Array(0),
      bytes("48656c6c6f"),
      bytes("e282ac"),
      bytes("e282"),
      bytes("ac"),
      bytes("03e8"),
      bytes("03ed"),
      bytes("03e8ff"),
      chance.bytes(chance.below(4)),
      new Uint8Array(130),
    ]);
    const key = hex(chance.bytes(4));
    const whole = frame(first, payload, key);
    if (chance.below(12) === 0) whole[1] &= 0x7f;
    parts.push(whole);
    if (first === "88") break;
  }
  return concat(...parts);
}

/** The name, the close code and the section of the first rule that is broken. */
function verdict(wire: Uint8Array): string {
  const decoder = new FrameDecoder(new MessageAssembler(new MessageLog(), 1024));
  try {
    decoder.push(wire.slice());
    return "fine";
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return nameOf(error);
  }
}

function nameOf({ code, closeCode, section }: ProtocolError | FrameProblem): string {
  return `${code} ${closeCode} ${section}`;
}

test.run();
