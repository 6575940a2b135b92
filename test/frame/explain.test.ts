// What people are told of frames: whole pages for two of them, then one line for each of many.
//
// Over 250 lines: two pages are here as they are, and a table.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeCodeName } from "../../src/frame/fields.ts";
import { explain, explainFrames } from "../../src/frame/mod.ts";
import type { ExplainOptions } from "../../src/frame/mod.ts";
import { bytes } from "../support/bytes.ts";

const test = suite("frame/explain");

const HELLO_MASKED = `Frame 1, byte 0: text, final, masked, 5 bytes: "Hello"

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-------+-+-------------+-------------------------------+
|F|R|R|R|opcode |M|length       |masking key                    |
|I|S|S|S|       |A|             |                               |
|N|V|V|V|       |S|             |                               |
| |1|2|3|       |K|             |                               |
|1|0|0|0|0 0 0 1|1|0 0 0 0 1 0 1|0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0|
| | | | |text   | |5            |37 fa                          |
+-+-+-+-+-------+-+-------------+---------------+---------------+
|masking key, continued         |payload        |               |
|0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1|0 1 1 1 1 1 1 1|1 0 0 1 1 1 1 1|
|21 3d                          |7f^37=48 H     |9f^fa=65 e     |
+---------------+---------------+---------------+---------------+
|0 1 0 0 1 1 0 1|0 1 0 1 0 0 0 1|0 1 0 1 1 0 0 0|
|4d^21=6c l     |51^3d=6c l     |58^37=6f o     |
+---------------+---------------+---------------+

byte  field           bits     value           meaning                              section
0     FIN             1        1               last frame of its message            §5.2
0     RSV1            0        0               not in use                           §5.2
0     RSV2            0        0               not in use                           §5.2
0     RSV3            0        0               not in use                           §5.2
0     opcode          0001     0x1             text                                 §5.6
1     MASK            1        1               masked, as by a client               §5.1
1     length          0000101  5               bytes of payload                     §5.2
2     masking key     32 bits  37 fa 21 3d     payload byte i XOR key byte i mod 4  §5.3
6     masked payload           7f 9f 4d 51 58  5 bytes                              §5.3
6     payload                  48 65 6c 6c 6f  "Hello"                              §5.2`;

const WRONG = `Frame 1, byte 0: reserved, final, not masked, cut: 1 of 5 bytes: 48

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-------+-+-------------+-------------------------------+
|F|R|R|R|opcode |M|length       |extended length                |
|I|S|S|S|       |A|             |                               |
|N|V|V|V|       |S|             |                               |
| |1|2|3|       |K|             |                               |
|1|1|0|0|0 0 1 1|0|1 1 1 1 1 1 0|0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 1|
| | | | |0x3    | |126          |5                              |
+-+-+-+-+-------+-+-------------+-------------------------------+
|payload        |
|0 1 0 0 1 0 0 0|
|48 H           |
+---------------+
… cut here: 4 bytes missing

byte  field            bits     value  meaning                                  section
0     FIN              1        1      last frame of its message                §5.2
0     RSV1             1        1      no extension gave it a meaning           §5.2
0     RSV2             0        0      not in use                               §5.2
0     RSV3             0        0      not in use                               §5.2
0     opcode           0011     0x3    reserved for further data frames         §5.2
1     MASK             0        0      not masked, as by a server               §5.1
1     length           1111110  126    the next 16 bits are the length          §5.2
2     extended length  16 bits  5      bytes of payload, in network byte order  §5.2
4     payload                   48     1 byte                                   §5.2

Wrong at byte 0: Cannot accept frame: RSV bits are 100, must be 000 (§5.2)
Wrong at byte 0: Cannot accept frame: opcode is 0x3, which is reserved (§5.2)
Wrong at byte 1: Cannot accept frame: client did not mask it (§5.1)
Wrong at byte 2: Cannot accept frame: length 5 must take the fewest bytes possible (§5.2)
So its reader fails the connection: 1002 PROTOCOL_ERROR (§7.1.7)`;

test("explain() draws the masked text of §5.7 with all of its values", () => {
  assert.is(explain(bytes("81 85 37fa213d 7f9f4d5158")), HELLO_MASKED);
});

test("explain() tells every rule that one frame breaks, and what is missing of it", () => {
  assert.is(explain(bytes("c3 7e 0005 48"), { role: "server" }), WRONG);
});

test("explain() without bytes says so", () => {
  assert.is(explain(new Uint8Array(0)), "No frame: there are no bytes");
});

test("explain() in colour is the same text, with nothing but colours added", () => {
  const wire = bytes("c3 7e 0005 48");
  const coloured = explain(wire, { role: "server", colour: true });
  assert.is(coloured.replace(/\x1b\[\d+m/g, ""), WRONG);
  const red = coloured.split("\n").filter((line) => line.includes("\x1b[31m"));
  assert.match(red.at(-1) ?? "", "Wrong at byte 2");
});

test("explain() draws the first bytes of a long payload, and counts the others", () => {
  const text = explain(bytes(`82 7e 0100 ${"ab".repeat(256)}`), { drawnMax: 4, payloadMax: 100 });
  assert.is(text.match(/ab {13}\|/g)?.length, 4);
  assert.match(text, "… 252 bytes more of payload");
});

test("explain() escapes what would move a terminal's cursor or turn its text around", () => {
  const text = explain(bytes("81 0c 1b5b324a e280ae c285 0d0a7f"));
  assert.match(text, '"\\u001b[2J\\u202e\\u0085\\r\\n\\u007f"');
  assert.not.match(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test("explain() says that data behind a Close fail nothing", () => {
  const text = explain(bytes("88 00 81 00"));
  assert.ok(text.endsWith(`
Wrong at byte 2: Cannot accept frame: no data may follow a Close (§5.5.1)
So its reader ignores it (§1.4)`));
});

test("explain() counts what is missing as far as a double is exact", () => {
  const missing = (length: string): string | undefined =>
    /… cut here: (.*) missing/.exec(explain(bytes(`82 7f ${length}`)))?.[1];
  assert.is(missing("001fffffffffffff"), "9,007,199,254,740,991 bytes");
  assert.is(missing("0020000000000000"), "2^53 bytes or more");
});

/** Bytes, then the summary of each frame, with what is wrong with it behind " ! ". */
type Line = readonly [wire: string, due: readonly string[], options?: ExplainOptions];

const LINES: readonly Line[] = [
  // §5.7
  ["81 05 48656c6c6f", ['text, final, not masked, 5 bytes: "Hello"']],
  [
    "01 03 48656c 80 02 6c6f",
    [
      'text, first of several, not masked, 3 bytes: "Hel"',
      'continuation of text, final, not masked, 2 bytes: "lo"',
    ],
  ],
  ["89 05 48656c6c6f", ["ping, final, not masked, 5 bytes: 48 65 6c 6c 6f"]],
  ["8a 85 37fa213d 7f9f4d5158", ["pong, final, masked, 5 bytes: 48 65 6c 6c 6f"]],
  // Empty frames.
  ["81 00", ["text, final, not masked, empty"]],
  ["82 80 00000000", ["binary, final, masked, empty"]],
  ["88 00", ["close, final, not masked, empty: no code, so 1005 is reported"]],
  ["89 00 8a 00", ["ping, final, not masked, empty", "pong, final, not masked, empty"]],
  // The three forms of the length.
  ["82 01 ff", ["binary, final, not masked, 1 byte: ff"]],
  ["82 08 0102030405060708", ["binary, final, not masked, 8 bytes: 01 02 03 04 05 06 07 08"]],
  [
    `82 7d ${"ab".repeat(125)}`,
    ["binary, final, not masked, 125 bytes: ab ab ab ab ab ab ab ab …"],
  ],
  [
    `82 7e 007e ${"ab".repeat(126)}`,
    ["binary, final, not masked, 126 bytes: ab ab ab ab ab ab ab ab …"],
  ],
  [
    `82 7f 0000000000010000 ${"ab".repeat(65536)}`,
    ["binary, final, not masked, 65,536 bytes: ab ab ab ab ab ab ab ab …"],
  ],
  // Close.
  ["88 02 03e8", ["close, final, not masked, 2 bytes: 1000 NORMAL_CLOSURE"]],
  [
    "88 05 0fa1 627965",
    ['close, final, not masked, 5 bytes: 4001 of an application "bye"'],
  ],
  [
    "88 01 03",
    ["close, final, not masked, 1 byte: 03 ! 1002 RFC 6455 §5.5.1 at 2"],
  ],
  ["88 02 03ed", ["close, final, not masked, 2 bytes: 03 ed ! 1002 RFC 6455 §7.4 at 2"]],
  ["88 02 03f7", ["close, final, not masked, 2 bytes: 03 f7 ! 1002 RFC 6455 §7.4 at 2"]],
  ["88 02 1388", ["close, final, not masked, 2 bytes: 13 88 ! 1002 RFC 6455 §7.4 at 2"]],
  ["88 03 03e8 ff", ["close, final, not masked, 3 bytes: 03 e8 ff ! 1007 RFC 6455 §5.5.1 at 4"]],
  ["88 03 03e8 c3", ["close, final, not masked, 3 bytes: 03 e8 c3 ! 1007 RFC 6455 §5.5.1 at 0"]],
  [
    "8800 8900 8100 8800 8300",
    [
      "close, final, not masked, empty: no code, so 1005 is reported",
      "ping, final, not masked, empty",
      "text, final, not masked, empty ! ignored RFC 6455 §5.5.1 at 4",
      "close, final, not masked, empty: no code, so 1005 is reported",
      "reserved, final, not masked, empty ! ignored RFC 6455 §5.2 at 8" +
        " ! ignored RFC 6455 §5.5.1 at 8",
    ],
  ],
  // The first byte.
  ["c1 00", ["text, final, not masked, empty ! 1002 RFC 6455 §5.2 at 0"]],
  ["a1 00", ["text, final, not masked, empty ! 1002 RFC 6455 §5.2 at 0"]],
  ["91 00", ["text, final, not masked, empty ! 1002 RFC 6455 §5.2 at 0"]],
  ["83 00", ["reserved, final, not masked, empty ! 1002 RFC 6455 §5.2 at 0"]],
  ["8b 00", ["reserved, final, not masked, empty ! 1002 RFC 6455 §5.2 at 0"]],
  ["8f 00", ["reserved, final, not masked, empty ! 1002 RFC 6455 §5.2 at 0"]],
  [
    "f7 00",
    [
      "reserved, final, not masked, empty ! 1002 RFC 6455 §5.2 at 0" +
        " ! 1002 RFC 6455 §5.2 at 0",
    ],
  ],
  ["09 00", ["ping, more follow, not masked, empty ! 1002 RFC 6455 §5.5 at 0"]],
  ["08 00", ["close, more follow, not masked, empty ! 1002 RFC 6455 §5.5 at 0"]],
  // RSV1, where an extension uses it.
  ["c1 01 00", ["text, final, compressed, not masked, 1 byte: 00"], { rsvAllowed: 4 }],
  [
    "41 01 00 00 01 01 80 00",
    [
      "text, first of several, compressed, not masked, 1 byte: 00",
      "continuation of text, more follow, compressed, not masked, 1 byte: 01",
      "continuation of text, final, compressed, not masked, empty",
    ],
    { rsvAllowed: 4 },
  ],
  [
    "c9 00",
    ["ping, final, not masked, empty ! 1002 RFC 7692 §6.1 at 0"],
    { rsvAllowed: 4 },
  ],
  [
    "41 00 c0 00",
    [
      "text, first of several, compressed, not masked, empty",
      "continuation of text, final, compressed, not masked, empty ! 1002 RFC 7692 §6.1 at 2",
    ],
    { rsvAllowed: 4 },
  ],
  // The second byte.
  [
    "81 01 41",
    ['text, final, not masked, 1 byte: "A" ! 1002 RFC 6455 §5.1 at 1'],
    { role: "server" },
  ],
  [
    "81 81 00000000 41",
    ['text, final, masked, 1 byte: "A" ! 1002 RFC 6455 §5.1 at 1'],
    { role: "client" },
  ],
  ["81 81 00000000 41", ['text, final, masked, 1 byte: "A"'], { role: "server" }],
  ["81 01 41", ['text, final, not masked, 1 byte: "A"'], { role: "client" }],
  ["89 7e 007e", ["ping, final, not masked, cut: 0 of 126 bytes ! 1002 RFC 6455 §5.5 at 1"]],
  // Lengths in more bytes than they need.
  ["82 7e 0000", ["binary, final, not masked, empty ! 1002 RFC 6455 §5.2 at 2"]],
  [
    "82 7e 007d",
    ["binary, final, not masked, cut: 0 of 125 bytes ! 1002 RFC 6455 §5.2 at 2"],
  ],
  [
    "82 7f 000000000000ffff",
    ["binary, final, not masked, cut: 0 of 65,535 bytes ! 1002 RFC 6455 §5.2 at 2"],
  ],
  [
    "82 7f ffffffffffffffff", // a double would say 1 more
    [
      "binary, final, not masked, cut: 0 of 18,446,744,073,709,551,615 bytes" +
        " ! 1002 RFC 6455 §5.2 at 2",
    ],
  ],
  [
    "82 7f 8000000000000000",
    [
      "binary, final, not masked, cut: 0 of 9,223,372,036,854,775,808 bytes" +
        " ! 1002 RFC 6455 §5.2 at 2",
    ],
  ],
  [
    "82 7f 0020000000000000",
    [
      "binary, final, not masked, cut: 0 of 9,007,199,254,740,992 bytes" +
        " ! 1009 RFC 6455 §10.4 at 2",
    ],
  ],
  // Fragments.
  ["80 00", ["continuation, final, not masked, empty ! 1002 RFC 6455 §5.4 at 0"]],
  [
    "01 00 02 00",
    [
      "text, first of several, not masked, empty",
      "binary, first of several, not masked, empty ! 1002 RFC 6455 §5.4 at 2",
    ],
  ],
  [
    "02 01 aa 89 00 80 01 bb",
    [
      "binary, first of several, not masked, 1 byte: aa",
      "ping, final, not masked, empty",
      "continuation of binary, final, not masked, 1 byte: bb",
    ],
  ],
  // UTF-8.
  [
    "01 01 e2 00 01 82 80 01 ac",
    [
      'text, first of several, not masked, 1 byte: ""',
      'continuation of text, more follow, not masked, 1 byte: ""',
      'continuation of text, final, not masked, 1 byte: "€"',
    ],
  ],
  [
    "01 01 e2 89 00 80 02 82ac",
    [
      'text, first of several, not masked, 1 byte: ""',
      "ping, final, not masked, empty",
      'continuation of text, final, not masked, 2 bytes: "€"',
    ],
  ],
  [
    "81 01 e2 81 02 4142",
    [
      "text, final, not masked, 1 byte: e2 ! 1007 RFC 6455 §8.1 at 0",
      'text, final, not masked, 2 bytes: "AB"',
    ],
  ],
  ["81 04 efbbbf41", ['text, final, not masked, 4 bytes: "\\ufeffA"']],
  ["81 02 48ff", ["text, final, not masked, 2 bytes: 48 ff ! 1007 RFC 6455 §8.1 at 3"]],
  ["81 03 eda080", ["text, final, not masked, 3 bytes: ed a0 80 ! 1007 RFC 6455 §8.1 at 3"]],
  ["81 02 c080", ["text, final, not masked, 2 bytes: c0 80 ! 1007 RFC 6455 §8.1 at 2"]],
  ["81 02 48c3", ["text, final, not masked, 2 bytes: 48 c3 ! 1007 RFC 6455 §8.1 at 0"]],
  [
    "01 01 ff 80 01 41",
    [
      "text, first of several, not masked, 1 byte: ff ! 1007 RFC 6455 §8.1 at 2",
      "continuation of text, final, not masked, 1 byte: 41",
    ],
  ],
  [`81 3d ${"61".repeat(59)}c3a9`, [`text, final, not masked, 61 bytes: "${"a".repeat(59)}é"`]],
  [
    `81 40 ${"61".repeat(59)}f09f8c8a 62`, // a pair of UTF-16 is not cut
    [`text, final, not masked, 64 bytes: "${"a".repeat(59)}"…`],
  ],
  // Cut.
  ["81", ["cut in the header: 1 byte, at least 1 missing"]],
  ["83", ["cut in the header: 1 byte, at least 1 missing ! 1002 RFC 6455 §5.2 at 0"]],
  ["81 85 37", ["cut in the header: 3 bytes, at least 3 missing"]],
  ["81 fe 00", ["cut in the header: 3 bytes, at least 5 missing"]],
  ["82 7f 00000000 0000", ["cut in the header: 8 bytes, at least 2 missing"]],
  ["82 fe 0100 01020304 00", ["binary, final, masked, cut: 1 of 256 bytes: 01"]],
  [
    "82 ff 0000000000010000 01020304 00",
    ["binary, final, masked, cut: 1 of 65,536 bytes: 01"],
  ],
  ["81 02 41", ['text, final, not masked, cut: 1 of 2 bytes: "A"']],
  ["81 85 37fa213d 7f9f", ['text, final, masked, cut: 2 of 5 bytes: "He"']],
  [
    "ff ff 8000000000000001 11",
    [
      "cut in the header: 11 bytes, at least 3 missing" +
        " ! 1002 RFC 6455 §5.2 at 0 ! 1002 RFC 6455 §5.2 at 0" +
        " ! 1002 RFC 6455 §5.5 at 1 ! 1002 RFC 6455 §5.2 at 2",
    ],
  ],
];

for (const [wire, due, options] of LINES) {
  const role = options?.role === undefined ? "" : ` to a ${options.role}`;
  test(`explainFrames() knows ${wire.slice(0, 40)}${role}`, () => {
    const found = explainFrames(bytes(wire), options).map(({ summary, problems }) =>
      problems.reduce((line, { closeCode, section, offset }) => {
        return `${line} ! ${closeCode ?? "ignored"} ${section} at ${offset}`;
      }, summary),
    );
    assert.equal(found, due);
  });
}

/** The fields from `name` on, without their bits. */
function fieldsFrom(name: string, wire: string, options?: ExplainOptions): string[] {
  const [{ fields }] = explainFrames(bytes(wire), options);
  return fields
    .slice(fields.findIndex((field) => field.name === name))
    .map(({ offset, name, value, meaning, section }) =>
      `${offset} ${name} ${value}: ${meaning} ${section}`,
    );
}

const FIRST_BYTES: readonly (readonly [wire: string, due: readonly string[], rsv?: number])[] = [
  [
    "09",
    [
      "0 FIN 0: more frames follow §5.2",
      "0 RSV1 0: not in use §5.2",
      "0 RSV2 0: not in use §5.2",
      "0 RSV3 0: not in use §5.2",
      "0 opcode 0x9: ping, a control frame §5.5",
    ],
  ],
  [
    "f0",
    [
      "0 FIN 1: last frame of its message §5.2",
      "0 RSV1 1: the message is compressed RFC 7692 §6",
      "0 RSV2 1: an extension gives it a meaning §5.8",
      "0 RSV3 1: no extension gave it a meaning §5.2",
      "0 opcode 0x0: continuation §5.4",
    ],
    0b110,
  ],
  [
    "80",
    [
      "0 FIN 1: last frame of its message §5.2",
      "0 RSV1 0: not in use §5.2",
      "0 RSV2 0: not in use §5.2",
      "0 RSV3 0: not in use §5.2",
      "0 opcode 0x0: continuation §5.4",
    ],
  ],
  [
    "5b",
    [
      "0 FIN 0: more frames follow §5.2",
      "0 RSV1 1: no extension gave it a meaning §5.2",
      "0 RSV2 0: not in use §5.2",
      "0 RSV3 1: an extension gives it a meaning §5.8",
      "0 opcode 0xB: reserved for further control frames §5.2",
    ],
    0b001,
  ],
];

for (const [wire, due, rsvAllowed = 0] of FIRST_BYTES) {
  test(`explainFrames() says what each bit of ${wire} means, with RSV ${rsvAllowed}`, () => {
    assert.equal(fieldsFrom("FIN", wire, { rsvAllowed }), due);
  });
}

const LENGTHS: readonly (readonly [wire: string, due: readonly string[]])[] = [
  ["82 81", ["1 MASK 1: masked, as by a client §5.1", "1 length 1: bytes of payload §5.2"]],
  [
    "82 80 01020304",
    [
      "1 MASK 1: masked, as by a client §5.1",
      "1 length 0: bytes of payload §5.2",
      "2 masking key 01 02 03 04: payload byte i XOR key byte i mod 4 §5.3",
    ],
  ],
  ["82 7d", ["1 MASK 0: not masked, as by a server §5.1", "1 length 125: bytes of payload §5.2"]],
  [
    "82 fe",
    [
      "1 MASK 1: masked, as by a client §5.1",
      "1 length 126: the next 16 bits are the length §5.2",
    ],
  ],
  [
    "82 ff 0000000000010000 01020304",
    [
      "1 MASK 1: masked, as by a client §5.1",
      "1 length 127: the next 64 bits are the length §5.2",
      "2 extended length 65536: bytes of payload, in network byte order §5.2",
      "10 masking key 01 02 03 04: payload byte i XOR key byte i mod 4 §5.3",
    ],
  ],
];

for (const [wire, due] of LENGTHS) {
  test(`explainFrames() says what the length is in ${wire}`, () => {
    assert.equal(fieldsFrom("MASK", wire), due);
  });
}

test("explainFrames() takes a Close apart", () => {
  assert.equal(fieldsFrom("payload", "88 05 0fa1 627965"), [
    "2 payload 0f a1 62 79 65: 5 bytes §5.2",
    "2 close code 4001: of an application §7.4",
    '4 reason 62 79 65: "bye" §5.5.1',
  ]);
  assert.equal(fieldsFrom("payload", "88 02 03e8"), [
    "2 payload 03 e8: 2 bytes §5.2",
    "2 close code 1000: NORMAL_CLOSURE §7.4",
  ]);
  assert.equal(fieldsFrom("payload", "88 01 03"), ["2 payload 03: 1 byte §5.2"]);
});

const CLOSE_CODES: readonly (readonly [code: number, name: string])[] = [
  [0, "not used"],
  [999, "not used"],
  [1000, "NORMAL_CLOSURE"],
  [1004, "reserved"],
  [1005, "NO_STATUS_RECEIVED, never on the wire"],
  [1006, "ABNORMAL_CLOSURE, never on the wire"],
  [1014, "BAD_GATEWAY"],
  [1015, "TLS_HANDSHAKE, never on the wire"],
  [1016, "not defined"],
  [2999, "not defined"],
  [3000, "of a library or framework"],
  [3999, "of a library or framework"],
  [4000, "of an application"],
  [4999, "of an application"],
  [5000, "not defined"],
];

for (const [code, name] of CLOSE_CODES) {
  test(`closeCodeName() knows ${code}`, () => assert.is(closeCodeName(code), name));
}

const CUT_FIELDS: readonly (readonly [wire: string, due: string])[] = [
  ["82 7e 01", "2 extended length 00000001 = 01, cut: 1 of 2 bytes"],
  ["82 7f 000000", "2 extended length 000000000000000000000000 = 00 00 00, cut: 3 of 8 bytes"],
  ["82 85 37fa", "2 masking key 0011011111111010 = 37 fa, cut: 2 of 4 bytes"],
  ["82 fe 0100 37", "4 masking key 00110111 = 37, cut: 1 of 4 bytes"],
];

for (const [wire, due] of CUT_FIELDS) {
  test(`explain() leaves no byte out where the header is cut: ${wire}`, () => {
    const [{ fields }] = explainFrames(bytes(wire));
    const { offset, name, bits, value, meaning } = fields[fields.length - 1];
    assert.is(`${offset} ${name} ${bits} = ${value}, ${meaning}`, due);
    assert.is(fields.map((field) => field.bits).join("").length, 8 * bytes(wire).length);
    assert.ok(explain(bytes(wire)).includes(bits.slice(0, 16).split("").join(" ")));
  });
}

test.run();
