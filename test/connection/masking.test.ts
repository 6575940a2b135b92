// What a client sends is masked on its way, wherever the write loop has cut it: §5.1, §5.3.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MaskingTransport, strongKey } from "../../src/connection/masking.ts";
import { everySplit } from "../../src/testing/mod.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { FakeTransport } from "../support/fake_transport.ts";
import { frame } from "../support/frame.ts";

const test = suite("connection/masking");

const KEY = 0x37fa213d;

/** A transport whose keys are {@linkcode KEY}, and those above it. */
function masking(): [masked: MaskingTransport, transport: FakeTransport] {
  const transport = new FakeTransport();
  let key = KEY;
  return [new MaskingTransport(transport, () => key++), transport];
}

/** An unmasked frame, its length in the shortest form. */
function plain(first: string, payload: Uint8Array): Uint8Array {
  const masked = frame(first, payload);
  const { length } = payload;
  masked[1] &= 0x7f;
  const keyAt = length > 65535 ? 10 : length > 125 ? 4 : 2;
  return concat(masked.subarray(0, keyAt), masked.subarray(keyAt + 4));
}

test("MaskingTransport masks the Hello of §5.7", () => {
  const [masked, transport] = masking();
  assert.is(masked.write(bytes("81 05 48656c6c6f")), true);
  assert.is(transport.sent, "818537fa213d7f9f4d5158");
});

/** Both sides of each form of the length: §5.2. */
for (const length of [0, 1, 2, 3, 4, 5, 125, 126, 127, 65535, 65536, 200_000]) {
  test(`MaskingTransport masks a payload of ${length} bytes, as written here a second time`, () => {
    const payload = new Uint8Array(length).map((_, index) => index * 7);
    const [masked, transport] = masking();
    masked.write(plain("82", payload));
    assert.ok(transport.sent === hex(frame("82", payload, "37fa213d")), "the bytes differ");
  });
}

test("MaskingTransport gives each frame of a batch a key of its own: §5.3", () => {
  const [masked, transport] = masking();
  masked.write(bytes("81 01 61  89 00  02 01 62  80 01 63"));
  const due = concat(
    frame("81", "a", "37fa213d"),
    frame("89", "", "37fa213e"),
    frame("02", "b", "37fa213f"),
    frame("80", "c", "37fa2140"),
  );
  assert.is(transport.sent, hex(due));
  assert.is(transport.writes.length, 1);
});

test("MaskingTransport masks the same wherever the writes are cut, in headers too", () => {
  const wire = concat(
    plain("81", utf8("Hello")),
    plain("89", new Uint8Array(0)),
    plain("82", new Uint8Array(130).fill(7)),
    plain("88", bytes("03e8")),
  );
  const [whole, due] = masking();
  whole.write(wire);
  for (const parts of everySplit(wire, { parts: 3 })) {
    const [masked, transport] = masking();
    for (const part of parts) masked.write(part);
    const cuts = parts.map(({ length }) => length).join(" + ");
    assert.ok(transport.sent === due.sent, `cut into ${cuts}`);
  }
});

test("MaskingTransport leaves the memory of the caller alone, and keeps none of it", () => {
  const [masked, transport] = masking();
  const first = bytes("81 05 48 65");
  masked.write(first);
  assert.is(hex(first), "81054865");
  const cut = bytes("6c 6c 6f 81");
  masked.write(cut);
  cut.fill(0xff);
  masked.write(bytes("00"));
  assert.is(transport.sent, "818537fa213d7f9f4d5158" + "818037fa213e");
});

test("MaskingTransport passes on all else, and what the socket says", () => {
  const [masked, transport] = masking();
  transport.full = true;
  transport.flushed = false;
  assert.is(masked.write(bytes("8900")), false);
  assert.is(masked.flushed, false);
  masked.pause();
  masked.resume();
  masked.end();
  masked.destroy();
  const { pauses, resumes, ends, destroys } = transport;
  assert.equal([pauses, resumes, ends, destroys], [1, 1, 1, 1]);
});

test("strongKey() gives no key twice, and uses all 32 bits: §5.3, §10.3", () => {
  const keys = Array.from({ length: 2000 }, strongKey);
  assert.ok(new Set(keys).size > 1990); // twice the same is a chance of 1 in 2000
  assert.is(keys.reduce((all, key) => all | key) >>> 0, 0xffffffff);
  assert.is(keys.reduce((all, key) => all & key) >>> 0, 0);
});

test.run();
