// The header in its three forms, both ways, and cut anywhere: §5.2.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtocolError } from "../../src/frame/error.ts";
import {
  createHeader,
  HEADER_SIZE_MAX,
  headerSize,
  readHeader,
  writeHeader,
} from "../../src/frame/header.ts";
import type { FrameHeader } from "../../src/frame/header.ts";
import { bytes, hex } from "../support/bytes.ts";
import { Chance, thrownAs, violation } from "./support.ts";

const test = suite("frame/header");

/** An unmasked, final binary frame, and whatever is different about it. */
function header(different: Partial<FrameHeader>): FrameHeader {
  return { fin: true, rsv: 0, opcode: 2, masked: false, key: 0, length: 0, ...different };
}

const KEY = 0x37fa213d;

const HEADERS: readonly (readonly [what: string, wire: string, header: FrameHeader])[] = [
  ["unmasked text, §5.7", "81 05", header({ opcode: 1, length: 5 })],
  ["masked text, §5.7", "81 85 37fa213d", header({ opcode: 1, length: 5, masked: true, key: KEY })],
  ["first fragment, §5.7", "01 03", header({ fin: false, opcode: 1, length: 3 })],
  ["last fragment, §5.7", "80 02", header({ opcode: 0, length: 2 })],
  ["ping, §5.7", "89 05", header({ opcode: 9, length: 5 })],
  ["pong, §5.7", "8a 85 37fa213d", header({ opcode: 10, length: 5, masked: true, key: KEY })],
  ["256 bytes, §5.7", "82 7e 0100", header({ length: 256 })],
  ["64 KiB, §5.7", "82 7f 0000000000010000", header({ length: 65536 })],
  ["nothing", "82 00", header({ length: 0 })],
  ["125 bytes", "82 7d", header({ length: 125 })],
  ["126 bytes", "82 7e 007e", header({ length: 126 })],
  ["65,535 bytes", "82 7e ffff", header({ length: 65535 })],
  ["2^31 - 1 bytes", "82 7f 000000007fffffff", header({ length: 2 ** 31 - 1 })],
  ["2^31 bytes", "82 7f 0000000080000000", header({ length: 2 ** 31 })],
  ["2^32 - 1 bytes", "82 7f 00000000ffffffff", header({ length: 2 ** 32 - 1 })],
  ["2^32 bytes", "82 7f 0000000100000000", header({ length: 2 ** 32 })],
  ["2^53 - 1 bytes", "82 7f 001fffffffffffff", header({ length: 2 ** 53 - 1 })],
  ["125 bytes, masked", "82 fd 00000000", header({ length: 125, masked: true })],
  ["126 bytes, masked", "82 fe 007e 00000001", header({ length: 126, masked: true, key: 1 })],
  ["a key of ones", "82 80 ffffffff", header({ masked: true, key: -1 })],
  [
    "65,536 bytes, masked",
    "82 ff 0000000000010000 80000000",
    header({ length: 65536, masked: true, key: -0x80000000 }),
  ],
  ["RSV1", "c2 00", header({ rsv: 4 })],
  ["RSV2", "a2 00", header({ rsv: 2 })],
  ["RSV3", "92 00", header({ rsv: 1 })],
  ["every bit of the first byte", "ff 00", header({ rsv: 7, opcode: 15 })],
  ["no bit of the first byte", "00 00", header({ fin: false, opcode: 0 })],
];

for (const [what, wire, expected] of HEADERS) {
  test(`readHeader() reads ${what}: ${wire}`, () => {
    const found = createHeader();
    const input = bytes(wire);
    assert.is(readHeader(input, 0, input.length, found), input.length);
    assert.equal(found, expected);
  });

  test(`writeHeader() writes ${what}: ${wire}`, () => {
    const { length, masked } = expected;
    const page = new Uint8Array(20).fill(0xee);
    assert.is(headerSize(length, masked), bytes(wire).length);
    assert.is(writeHeader(page, 3, expected), 3 + bytes(wire).length);
    assert.is(hex(page), hex(bytes(`eeeeee ${wire}`)).padEnd(40, "e"), "and nothing beside it");
  });

  test(`readHeader() asks for more at every cut of ${what}, and changes nothing`, () => {
    const input = bytes(wire);
    for (let cut = 0; cut < input.length; cut++) {
      const before = header({ fin: false, rsv: 5, opcode: 7, masked: true, key: 99, length: 98 });
      const found = { ...before };
      assert.is(readHeader(input, 0, cut, found), 0, `cut at ${cut}`);
      assert.equal(found, before, `cut at ${cut}`);
    }
  });
}

test("readHeader() reads at an index, and does not look behind the end", () => {
  const input = bytes("ffffff 82 fe 0100 01020304 ffff");
  const found = createHeader();
  assert.is(readHeader(input, 3, input.length, found), 8);
  assert.equal(found, header({ masked: true, key: 0x01020304, length: 256 }));
  assert.is(readHeader(input, 3, 10, createHeader()), 0);
  const short = bytes("ffffff 82 00 82 00");
  assert.is(readHeader(short, 3, 3, createHeader()), 0);
  assert.is(readHeader(short, 3, 4, createHeader()), 0);
  assert.is(readHeader(short, 3, 5, createHeader()), 2);
});

test("readHeader() leaves no key of the frame before", () => {
  const found = createHeader();
  readHeader(bytes("81 85 37fa213d"), 0, 6, found);
  readHeader(bytes("81 05"), 0, 2, found);
  assert.equal(found, header({ opcode: 1, length: 5 }));
});

const REFUSED: readonly (readonly [what: string, wire: string, expected: string])[] = [
  ["0 bytes in 16 bits", "82 7e 0000", "1002 RFC 6455 §5.2 at 2"],
  ["125 bytes in 16 bits", "82 7e 007d", "1002 RFC 6455 §5.2 at 2"],
  ["125 bytes in 16 bits, before the key", "82 fe 007d", "1002 RFC 6455 §5.2 at 2"],
  ["0 bytes in 64 bits", "82 7f 0000000000000000", "1002 RFC 6455 §5.2 at 2"],
  ["126 bytes in 64 bits", "82 7f 000000000000007e", "1002 RFC 6455 §5.2 at 2"],
  ["65,535 bytes in 64 bits", "82 7f 000000000000ffff", "1002 RFC 6455 §5.2 at 2"],
  ["65,535 in 64 bits, before the key", "82 ff 000000000000ffff", "1002 RFC 6455 §5.2 at 2"],
  ["a length of 2^63", "82 7f 8000000000000000", "1002 RFC 6455 §5.2 at 2"],
  ["a length of 2^63 + 5", "82 7f 8000000000000005", "1002 RFC 6455 §5.2 at 2"],
  ["a length of 2^64 - 1", "82 7f ffffffffffffffff", "1002 RFC 6455 §5.2 at 2"],
  ["a length of 2^53", "82 7f 0020000000000000", "1009 RFC 6455 §10.4 at 2"],
  ["a length of 2^53 + 1", "82 7f 0020000000000001", "1009 RFC 6455 §10.4 at 2"],
  ["a length of 2^56 - 1", "82 7f 00ffffffffffffff", "1009 RFC 6455 §10.4 at 2"],
  ["a length of 2^63 - 1", "82 7f 7fffffffffffffff", "1009 RFC 6455 §10.4 at 2"],
];

for (const [what, wire, expected] of REFUSED) {
  test(`readHeader() refuses ${what}: ${wire}`, () => {
    const input = bytes(wire);
    assert.is(violation(() => readHeader(input, 0, input.length, createHeader())), expected);
    const before = createHeader();
    const found = createHeader();
    violation(() => readHeader(input, 0, input.length, found));
    assert.equal(found, before, "and changes nothing");
  });
}

for (const [length, message] of [
  ["0000000000000005", "length 5 must take the fewest bytes possible (§5.2)"],
  ["8000000000000000", "top bit of the 64-bit length is set (§5.2)"],
  ["0020000000000000", "length is above 2^53 - 1 (§10.4)"],
] as const) {
  test(`readHeader() says what is wrong (B07, B09): ${message}`, () => {
    const act = () => readHeader(bytes(`82 7f ${length}`), 0, 10, createHeader());
    assert.is(thrownAs(ProtocolError, act).message, `Cannot accept frame: ${message}`);
  });
}

test("readHeader() counts the offset of a violation from index 0 of the bytes", () => {
  const input = bytes("82 00 82 00 82 7e 0001");
  assert.is(violation(() => readHeader(input, 4, 8, createHeader())), "1002 RFC 6455 §5.2 at 6");
});

test("writeHeader() writes what readHeader() reads, by chance 20,000 times", () => {
  const chance = new Chance();
  const page = new Uint8Array(32);
  for (let round = 0; round < 20_000; round++) {
    const masked = chance.below(2) === 1;
    const expected = header({
      fin: chance.below(2) === 1,
      rsv: chance.below(8),
      opcode: chance.below(16),
      masked,
      key: masked ? chance.below(2 ** 32) | 0 : 0,
      length: Math.floor(2 ** (chance.below(53_000) / 1000)) - 1 + chance.below(2),
    });
    const start = chance.below(8);
    const end = writeHeader(page, start, expected);
    assert.is(end - start, headerSize(expected.length, masked));
    const found = createHeader();
    const size = readHeader(page, start, end, found);
    const what = `${JSON.stringify(expected)}, seed ${chance.seed}`;
    if (size !== end - start || JSON.stringify(found) !== JSON.stringify(expected)) {
      assert.unreachable(what);
    }
  }
});

test("createHeader() is an empty, final continuation, a new one each time", () => {
  assert.equal(createHeader(), header({ opcode: 0 }));
  assert.is.not(createHeader(), createHeader());
});

test("HEADER_SIZE_MAX is the size of the longest header", () => {
  assert.is(HEADER_SIZE_MAX, headerSize(Number.MAX_SAFE_INTEGER, true));
});

test.run();
