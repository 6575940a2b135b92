import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UsageError } from "../../src/command/command.ts";
import { hexDump } from "../../src/command/hex_dump.ts";
import { readHexText } from "../../src/command/hex_text.ts";
import { hex } from "../support/bytes.ts";

const test = suite("command/hex_text");

const HELLO = "818537fa213d7f9f4d5158"; // §5.7

const FORMS: readonly (readonly [what: string, text: string])[] = [
  ["one piece", HELLO],
  ["capitals", HELLO.toUpperCase()],
  ["spaces", "81 85 37 fa 21 3d 7f 9f 4d 51 58"],
  ["groups of any size", "8185 37fa213d 7f9f4d5158"],
  ["colons", "81:85:37:fa:21:3d:7f:9f:4d:51:58"],
  ["dashes", "81-85-37-FA-21-3D-7F-9F-4D-51-58"],
  ["an array of JavaScript", "[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]"],
  ["a string of C", '"\\x81\\x85\\x37\\xfa\\x21\\x3d\\x7f\\x9f\\x4d\\x51\\x58"'],
  ["one prefix for all", `0x${HELLO}`],
  ["lines and comments", "81 85 # a text\r\n37 fa 21 3d # key\n7f9f4d5158\n"],
  ["xxd", "00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX\n"],
  ["xxd -c 4", "00000000: 8185 37fa  ..7.\n00000004: 213d 7f9f  !=..\n00000008: 4d51 58    MQX\n"],
  [
    "hexdump -C",
    "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 |..7.!=..MQX|\n0000000b\n",
  ],
  ["a packet analyser", "0000   81 85 37 fa 21 3d 7f 9f 4d 51 58                  ..7.!=..MQX\n"],
  ["tcpdump -X", "\t0x0000:  8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX\n"],
];

for (const [what, text] of FORMS) {
  test(`readHexText() reads ${what}`, () => {
    assert.is(hex(readHexText(text)), HELLO);
  });
}

test("readHexText() takes no characters beside a dump for bytes", () => {
  const dump = "00000000: 6162 2020 6364  ab  cd\n00000006: 31                1\n";
  assert.is(hex(readHexText(dump)), "616220206364" + "31");
  const other = "00000000  31 7c 32                                          |1|2|\n00000003\n";
  assert.is(hex(readHexText(other)), "317c32");
});

test("readHexText() reads what hexDump() wrote, of any size", () => {
  for (let size = 0; size < 70; size++) {
    const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 37) & 0xff);
    const dump = hexDump(bytes, 1000).join("\n");
    assert.is(hex(readHexText(dump)), hex(bytes), `${size} bytes`);
  }
});

test("hexDump() writes sixteen bytes a line, and no more than it may", () => {
  assert.equal(hexDump(Uint8Array.of(0x48, 0x69, 0, 0xff), 1000), [
    "00000000  48 69 00 ff                                       |Hi..|",
  ]);
  assert.is(hexDump(new Uint8Array(100), 20).length, 2);
  assert.match(hexDump(new Uint8Array(100), 20)[1], /^00000010 ( 00){4} +\|\.{4}\|$/);
});

const HALF = 'found "8" alone, must be two hex digits a byte';

const WRONG: readonly (readonly [what: string, text: string, due: string])[] = [
  ["a letter", "81 8g", 'Character 5: found "g", must be a hex digit\n  81 8g\n      ^'],
  ["half a byte", "81 8", `Character 4: ${HALF}\n  81 8\n     ^`],
  ["three digits", "818", `Character 3: ${HALF}\n  818\n    ^`],
  ["a prefix of nothing", "0x", "Character 3: found the end, must be a hex digit\n  0x\n    ^"],
  ["the second line", "81\n8z", 'Line 2, character 2: found "z", must be a hex digit\n  8z\n   ^'],
  [
    "a place far in",
    `${"00".repeat(50)}x${"00".repeat(50)}`,
    'Character 101: found "x", must be a hex digit\n' +
      `  ${"0".repeat(30)}x${"0".repeat(29)}\n  ${" ".repeat(30)}^`,
  ],
];

for (const [what, text, due] of WRONG) {
  test(`readHexText() points at ${what}`, () => {
    assert.throws(() => readHexText(text), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.is(error.message, due);
      return true;
    });
  });
}

test("readHexText() refuses a dump that leaves lines out", () => {
  const dump = `${hexDump(new Uint8Array(16), 16)[0]}\n*\n00000030\n`;
  assert.throws(() => readHexText(dump), /leaves lines out.*hexdump -v$/);
});

test.run();
