// What went over the wire as it is shown: not all of what is long.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Passage } from "../../src/conformance/recording.ts";
import { showExchange } from "../../src/conformance/show.ts";
import type { ShownLine } from "../../src/conformance/show.ts";
import { bytes as fromHex, utf8 } from "../support/bytes.ts";

const test = suite("conformance_runner/show");

function shown(kind: Passage["kind"], wire: Uint8Array, size = wire.length): readonly ShownLine[] {
  const passage: Passage = { from: "server", kind, bytes: wire, size };
  return showExchange({ passages: [passage], ended: null }, true).passages[0].lines;
}

test("showExchange() shows HTTP line by line, and how much there was beyond what is kept", () => {
  const lines = ["HTTP/1.1 200 OK", "A: \\xff", "… 5000 bytes in all"];
  const wire = Uint8Array.of(...utf8("HTTP/1.1 200 OK\r\nA: "), 0xff, ...utf8("\r\n\r\n"));
  assert.equal(shown("http", wire, 5000).map((line) => line.bytes), lines);
  assert.equal(shown("http", wire).map((line) => line.bytes), lines.slice(0, 2));
});

test("showExchange() shows 12 frames, and how many more there are", () => {
  const lines = shown("frames", fromHex("8100".repeat(14)), 28);
  assert.is(lines.length, 13);
  const bytes = "… and 2 more frames, 28 bytes in all";
  assert.equal(lines[12], { bytes, meaning: "", diagram: "" });
});

test("showExchange() shows 48 bytes of a frame, and how many it has", () => {
  const [line] = shown("frames", fromHex(`823c${"00".repeat(60)}`));
  assert.is(line.bytes, `82 3c${" 00".repeat(46)} … 62 bytes`);
});

test.run();
