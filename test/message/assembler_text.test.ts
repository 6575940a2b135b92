// Text that comes in pieces: §5.6, §8.1. It is valid as a whole or not at all, and what no further
// byte can save is refused at once.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtocolError } from "../../src/frame/mod.ts";
import { everySplit } from "../../src/testing/mod.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { thrownAs, violation } from "../frame/support.ts";
import { Receiver } from "./support.ts";

const test = suite("message/assembler (text)");

const TEXTS = ["κόσμε", "a😀b", "\uFEFFA\uFEFF", "\u0000\u{10ffff}", "é€😀".repeat(40)];

for (const text of TEXTS) {
  const what = JSON.stringify(text.length > 10 ? `${text.slice(0, 4)}...` : text);
  const payload = utf8(text);

  test(`MessageAssembler reads ${what} in two fragments, cut at every byte`, () => {
    for (let split = 0; split <= payload.length; split++) {
      const wire = concat(frame("01", payload.slice(0, split)), frame("80", payload.slice(split)));
      for (let cut = 0; cut <= wire.length; cut += wire.length > 100 ? 17 : 1) {
        const log = new Receiver().push(wire.slice(0, cut), wire.slice(cut));
        assert.equal(log, [`text ${text}`], `split at ${split}, cut at ${cut}`);
      }
    }
  });

  test(`MessageAssembler reads ${what} in fragments of one byte, with pings between them`, () => {
    const frames = [...payload].flatMap((byte, index) => [
      frame(index === 0 ? "01" : "00", Uint8Array.of(byte)),
      frame("89"),
    ]);
    const log = new Receiver().push(concat(...frames, frame("80")));
    assert.is(log.at(-1), `text ${text}`);
    assert.is(log.length, payload.length + 1);
  });
}

const INVALID: readonly (readonly [what: string, payload: string, index: number])[] = [
  ["a byte that is never used", "61 62 ff 63", 2],
  ["a continuation alone", "80", 0],
  ["a surrogate", "ed a0 80", 1],
  ["a surrogate behind Greek", "ce ba e1 bd b9 cf 83 ed a0 80 65 64", 8],
  ["an overlong slash", "61 c0 af", 1],
  ["U+110000", "f4 90 80 80", 1],
  ["a character cut by another", "f0 9f 98 61", 3],
  ["a bad byte behind 200 good ones", `${"61".repeat(200)} ff`, 200],
];

for (const [what, wire, index] of INVALID) {
  const payload = bytes(wire);
  const header = payload.length > 125 ? 8 : 6;

  test(`MessageAssembler refuses ${what} when it arrives, and names it`, () => {
    const stream = frame("81", payload, "37fa213d");
    const receiver = new Receiver();
    for (let at = 0; at < header + index; at++) receiver.push(stream.slice(at, at + 1));
    const bad = stream.slice(header + index, header + index + 1);
    assert.is(violation(() => receiver.push(bad)), `1007 RFC 6455 §8.1 at ${header + index}`);
    assert.equal(receiver.log.entries, []);
  });

  test(`MessageAssembler names the byte of ${what} wherever text is split and cut`, () => {
    for (let split = 0; split <= payload.length; split += payload.length > 100 ? 23 : 1) {
      const good = frame("89", "ping");
      const first = frame("01", payload.slice(0, split), "01020304");
      const last = frame("80", payload.slice(split), "37fa213d");
      const stream = concat(good, first, last);
      // What stands before the bad byte: the end of its fragment is as far from it as in the text.
      const offset =
        index < split
          ? good.length + first.length - (split - index)
          : stream.length - (payload.length - index);
      for (let cut = 0; cut <= stream.length; cut += stream.length > 100 ? 19 : 1) {
        const receiver = new Receiver();
        const found = violation(() => receiver.push(stream.slice(0, cut), stream.slice(cut)));
        assert.is(found, `1007 RFC 6455 §8.1 at ${offset}`, `split ${split}, cut ${cut}`);
      }
    }
  });
}

for (const open of ["c3", "e2", "e282", "f0", "f09f", "f09f98", "61 ce"]) {
  test(`MessageAssembler refuses text that ends inside a character: ${open}`, () => {
    const stream = concat(frame("01", bytes(open)), frame("00"), frame("89"), frame("80"));
    const offset = stream.length - 6; // no byte is at fault: the frame that ends too early
    for (const chunks of everySplit(stream)) {
      const found = violation(() => new Receiver().push(...chunks));
      assert.is(found, `1007 RFC 6455 §8.1 at ${offset}`, `cut at ${chunks[0].length}`);
    }
    const whole = frame("81", bytes(open));
    assert.is(violation(() => new Receiver().push(whole)), "1007 RFC 6455 §8.1 at 0");
  });
}

test("MessageAssembler says of text that ends too early what it is", () => {
  const error = thrownAs(ProtocolError, () => new Receiver().push(frame("81", bytes("c3"))));
  assert.is(error.message, "Cannot accept text: it ends inside a UTF-8 character (§8.1)");
});

test("MessageAssembler does not look at binary, nor at pings, for UTF-8", () => {
  const receiver = new Receiver();
  const log = receiver.push(
    frame("02", bytes("ff c3")),
    frame("89", bytes("80")),
    frame("80", bytes("ff")),
    frame("82", bytes("c3")),
    frame("81", "fine"),
  );
  assert.equal(log, ["ping 80", "binary ffc3ff", "binary c3", "text fine"]);
});

test("MessageAssembler begins each text between two characters", () => {
  const frames = [frame("81", "é"), frame("01", "€"), frame("80"), frame("81", "ä")];
  const log = new Receiver().push(concat(...frames));
  assert.equal(log, ["text é", "text €", "text ä"]);
});

test.run();
