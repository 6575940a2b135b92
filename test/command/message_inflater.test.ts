// Compressed messages that cannot be inflated, or not shown in full: RFC 7692 §7.2.2.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deflateRawSync } from "node:zlib";
import { painter } from "../../src/command/colour.ts";
import { frameJson, inflatedJson } from "../../src/command/frame_json.ts";
import { inflatedLine } from "../../src/command/inflated_line.ts";
import { INFLATED_SIZE_MAX, MessageInflater } from "../../src/command/message_inflater.ts";
import type { InflatedMessage } from "../../src/command/message_inflater.ts";
import { explainFrames } from "../../src/frame/mod.ts";
import { bytes, concat } from "../support/bytes.ts";

const test = suite("command/message_inflater");

const HELLO = bytes("c1 07 f2 48 cd c9 c9 07 00"); // RFC 7692 §7.2.3.1

/** A compressed message in one frame, not masked; `first` is its first byte. */
function compressed(first: number, message: Uint8Array): Uint8Array {
  const payload = deflateRawSync(message, { finishFlush: 2 }).subarray(0, -4);
  const size = payload.length;
  return concat(Uint8Array.of(first, 126, size >> 8, size & 0xff), payload);
}

/** What becomes of the messages in `wire`. */
function inflate(wire: Uint8Array, contextTakeover = true, payloadMax = 1000): InflatedMessage[] {
  const inflater = new MessageInflater({ windowBits: 15, contextTakeover });
  return explainFrames(wire, { rsvAllowed: 4, payloadMax })
    .map((frame) => inflater.push(frame))
    .filter((inflated) => inflated !== null);
}

const LOST = "not inflated: it may refer to an earlier one that was not";
const CUT = "not inflated: it is cut, or over 1,048,576 bytes";
const NO_TEXT = "inflated, it is no valid UTF-8 (§8.1)";

const FAILURES: readonly (readonly [what: string, wire: Uint8Array, problem: string])[] = [
  ["whose payload was not kept", compressed(0xc2, noise(2000)), CUT],
  ["whose text is no UTF-8", compressed(0xc1, bytes("ff")), NO_TEXT],
];

for (const [what, wire, problem] of FAILURES) {
  test(`MessageInflater gives up a message ${what}, and what may refer to it`, () => {
    assert.equal(inflate(concat(wire, HELLO)), [
      { message: null, problem },
      { message: null, problem: LOST },
    ]);
    assert.equal(inflate(concat(wire, HELLO), false), [
      { message: null, problem },
      { message: "Hello", problem: null },
    ]);
  });
}

test("MessageInflater takes no message over a MiB, as it comes and inflated (§10.4)", () => {
  const bomb = compressed(0xc2, new Uint8Array(INFLATED_SIZE_MAX + 1));
  const [{ problem }] = inflate(bomb, true, bomb.length);
  assert.match(problem ?? "", /it inflates to over 1048576 bytes \(§10\.4\)$/);
  const part = concat(bytes("42 7f 00 00 00 00 00 08 00 00"), new Uint8Array(512 * 1024));
  const more = concat(bytes("00 7f 00 00 00 00 00 08 00 00"), new Uint8Array(512 * 1024));
  const wire = concat(part, more, bytes("80 01 00"));
  assert.equal(inflate(wire, true, INFLATED_SIZE_MAX), [{ message: null, problem: CUT }]);
});

test("inflatedLine() and inflatedJson() show a binary message in hex, and the first of it", () => {
  const [inflated] = inflate(compressed(0xc2, noise(40)));
  const hex = Buffer.from(noise(40)).toString("hex");
  const due = `\n  inflated: binary, 40 bytes: ${hex.slice(0, 64)}…`;
  assert.is(inflatedLine(inflated, "  ", painter(false)), due);
  assert.equal(inflatedJson(inflated), { hex, problem: null });
});

test("inflatedLine() shows the first of a long text, and what is not seen in it", () => {
  const [inflated] = inflate(compressed(0xc1, Buffer.from(`\x1b${"x".repeat(600)}`)));
  const due = `\ninflated: text, 601 bytes: "\\u{1b}${"x".repeat(499)}"…`;
  assert.is(inflatedLine(inflated, "", painter(false)), due);
});

test("frameJson() says null of what a frame that is cut has not got", () => {
  const [frame] = explainFrames(bytes("81"));
  const { fin, rsv, opcode, masked, key, length, header, missing } = frameJson(frame);
  assert.equal([fin, rsv, opcode, masked, key, length], [null, null, null, null, null, null]);
  assert.equal([header, missing], ["81", 1]);
  assert.is(frameJson(explainFrames(bytes("8100"))[0])["key"], null);
});

/** Bytes that no compression shortens. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => (state = (state * 75) % 65537) & 0xff);
}

test.run();
