// How a frame is drawn: its colours, and how much of its payload. What is said of it is in
// `explain`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explain } from "../../src/frame/mod.ts";
import { bytes } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";

const test = suite("frame/diagram");

/** The lines of a frame in colour, with `<31:text>` for what is in colour 31. */
function colouredLines(wire: string): string[] {
  const text = explain(bytes(wire), { colour: true });
  return text.replace(/\x1b\[([1-9]\d*)m(.*?)\x1b\[0m/gs, "<$1:$2>").split("\n");
}

test("explain() in colour has bold titles, dim walls, cyan names, green values, red faults", () => {
  const lines = colouredLines("83 01 41");
  assert.is(lines[0], "Frame 1, byte 0: <1:reserved, final, not masked, 1 byte: 41>");
  assert.is(lines[4], "<2:+-+-+-+-+-------+-+-------------+---------------+>");
  const wall = "<2:|>";
  const cells = (...all: readonly string[]): string => `${wall}${all.join(wall)}${wall}`;
  assert.is(
    lines[5],
    cells("<36:F>", "<36:R>", "<36:R>", "<36:R>", "<31:opcode> ", "<36:M>", "<36:length>       ",
      "<36:payload>        "),
  );
  assert.is(
    lines[9],
    cells("<32:1>", "<32:0>", "<32:0>", "<32:0>", "<31:0 0 1 1>", "<32:0>",
      "<32:0 0 0 0 0 0 1>", "<32:0 1 0 0 0 0 0 1>"),
  );
  assert.is(
    lines[10],
    cells(" ", " ", " ", " ", "<31:0x3>    ", " ", "<32:1>            ", "<32:41 A>           "),
  );
  assert.is(lines[11], lines[4]);
  assert.match(lines[13], /^<2:byte  field .* section>$/);
  assert.match(lines[14], /^0 {5}FIN /);
  assert.match(lines[18], /^<31:0 {5}opcode .* §5.2>$/);
  assert.match(lines[23], /^<31:Wrong at byte 0: .*>$/);
  assert.match(lines[24], /^So its reader fails the connection/);
});

/** How many bytes of payload are drawn as bits. */
function drawn(text: string): number {
  return text.match(/\bfe[ |]/g)?.length ?? 0;
}

test("explain() draws 16 bytes of a payload unless told otherwise", () => {
  const wire = bytes(`82 14 ${"fe".repeat(20)}`);
  const cells = (options?: { readonly drawnMax: number }): number => {
    const [diagram] = explain(wire, options).split("\nbyte  field");
    return drawn(diagram.slice(diagram.indexOf("+-")));
  };
  assert.is(cells(), 16);
  assert.is(cells({ drawnMax: 3 }), 3);
  assert.is(cells({ drawnMax: 0 }), 0);
  assert.is(cells({ drawnMax: 20 }), 20);
  assert.match(explain(wire), "… 4 bytes more of payload");
  assert.match(explain(wire, { drawnMax: 19 }), "… 1 byte more of payload");
  assert.not.match(explain(wire, { drawnMax: 20 }), "more of payload");
});

/** The lines of the diagram of the first frame, from its first wall on. */
function diagramOf(wire: string): string[] {
  const lines = explain(bytes(wire)).split("\n");
  return lines.slice(lines.findIndex((line) => line.startsWith("+-")), lines.lastIndexOf(""));
}

const OPCODES: readonly (readonly [first: string, name: string])[] = [
  ["80", "cont.  "],
  ["81", "text   "],
  ["82", "binary "],
  ["83", "0x3    "],
  ["87", "0x7    "],
  ["88", "close  "],
  ["89", "ping   "],
  ["8a", "pong   "],
  ["8b", "0xB    "],
  ["8f", "0xF    "],
];

for (const [first, name] of OPCODES) {
  test(`explain() draws the name of the opcode of ${first}`, () => {
    assert.is(diagramOf(`${first} 00`)[6], `| | | | |${name}| |0            |`);
  });
}

test("explain() draws a length of 64 bits over three rows, with its value once", () => {
  const rows = diagramOf("82 7f 0000000000010000");
  assert.equal(rows.slice(6, 14), [
    "| | | | |binary | |127          |65536                          |",
    "+-+-+-+-+-------+-+-------------+-------------------------------+",
    "|extended length, continued                                     |",
    "|0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1|",
    "+-------------------------------+-------------------------------+",
    "|extended length, continued     |",
    "|0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0|",
    "+-------------------------------+",
  ]);
});

test("explain() draws a masking key that has a row of its own", () => {
  assert.equal(diagramOf("82 fe 007e 01020304").slice(8, 11), [
    "|masking key                                                    |",
    "|0 0 0 0 0 0 0 1 0 0 0 0 0 0 1 0 0 0 0 0 0 0 1 1 0 0 0 0 0 1 0 0|",
    "|01 02 03 04                                                    |",
  ]);
});

test("explain() draws the characters that can be seen", () => {
  const values = diagramOf("82 06 20 21 7e 7f 00 ff")
    .filter((line) => /\|(?:20|7e) /.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()).filter((cell) => cell !== ""));
  assert.equal(values, [["binary", "6", "20", "21 !"], ["7e ~", "7f", "00", "ff"]]);
});

test("explain() says when a single byte is missing", () => {
  assert.match(explain(bytes("81 02 41")), "\n… cut here: 1 byte missing\n");
});

test("explain() has eight bits as they are in its table, and of more their count", () => {
  assert.match(explain(bytes("82 7e 01")), /\n2 +extended length +00000001 /);
  assert.match(explain(bytes("82 7e 0101")), /\n2 +extended length +16 bits /);
});

/** Which fields are red: those that the broken rule is about. */
const FAULTY: readonly (readonly [what: string, wire: string, fields: readonly string[]])[] = [
  ["a control frame in fragments", "09 00", ["FIN"]],
  ["a bit that nobody agreed on", "a1 00", ["RSV2"]],
  ["all bits", "f1 00", ["RSV1", "RSV2", "RSV3"]],
  ["a reserved opcode", "83 00", ["opcode"]],
  ["a continuation of nothing", "80 00", ["opcode"]],
  ["a control frame that is too long", "89 7e 007e", ["length"]],
  ["a length in too many bytes", "82 7e 0005", ["extended length"]],
  ["text that is no UTF-8", "81 01 ff", ["payload"]],
  ["a code that may not travel", "88 02 03ed", ["payload"]],
  ["nothing wrong", "81 01 41", []],
];

for (const [what, wire, fields] of FAULTY) {
  test(`explain() paints the fields at fault: ${what}`, () => {
    const table = colouredLines(wire).filter((line) => /^(?:<31:)?\d+ +\w/.test(line));
    const red = table.filter((line) => line.startsWith("<31:"));
    assert.equal(red.map((line) => /^<31:\d+ +(.*?) {2}/.exec(line)?.[1]), fields);
  });
}

test("explain() paints MASK where a server reads a frame that is not masked", () => {
  const lines = explain(bytes("81 00"), { role: "server", colour: true }).split("\n");
  assert.is(lines.filter((line) => line.startsWith("\x1b[31m1     MASK ")).length, 1);
});

test("explain() paints the byte of a masked payload at which UTF-8 breaks", () => {
  const text = explain(frame("81", bytes("41 ff 41"), "01020304"), { colour: true });
  assert.match(text, "\x1b[31mfd^02=ff\x1b[0m");
  assert.match(text, "\x1b[32m40^01=41 A\x1b[0m");
});

test.run();
