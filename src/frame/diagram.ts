// A frame drawn as §5.2 draws it, 32 bits a row, with the values that it has:
//
//   +-+-+-+-+-------+-+-------------+-------------------------------+
//   |F|R|R|R|opcode |M|length       |masking key                    |
//   |1|0|0|0|0 0 0 1|1|0 0 0 0 1 0 1|0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0|
//   | | | | |text   | |5            |37 fa                          |
//   +-+-+-+-+-------+-+-------------+-------------------------------+
//
// A bit takes two columns, so a field of n bits has 2n - 1 between its walls. Below the diagram
// come the fields in words, then what is wrong.

import type { ExplainedFrame } from "./explainer.ts";
import { closeCodeName, hex, opcodeName } from "./fields.ts";
import type { FrameField } from "./fields.ts";
import type { FrameProblem } from "./open_frame.ts";
import { isReserved, Opcode } from "./opcode.ts";
import { countOf } from "./summary.ts";

/** How to draw. */
export interface DrawOptions {
  /** With the colours of a terminal (ANSI). Default: false. */
  readonly colour?: boolean;
  /** Bytes of the payload that are drawn bit by bit. Default: 16. */
  readonly drawnMax?: number;
}

const ROW_BITS = 32;
const DRAWN_MAX = 16;
const RULER = [
  " 0                   1                   2                   3",
  " 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1",
];

/** The frame in one line, its diagram, its fields, and what is wrong with it. */
export function drawFrame(frame: ExplainedFrame, options: DrawOptions = {}): string {
  const paint = options.colour === true ? inColour : asItIs;
  const drawnMax = options.drawnMax ?? DRAWN_MAX;
  return [
    paint("title", frame.summary),
    "",
    ...drawRows(rowsOf(frame, drawnMax), paint),
    ...notDrawn(frame, drawnMax),
    "",
    ...drawTable(frame, paint),
    ...drawProblems(frame.problems, paint),
  ].join("\n");
}

type Style = "title" | "wall" | "label" | "value" | "wrong";
type Paint = (style: Style, text: string) => string;

/** Bold, dim, cyan, green, red. */
const SGR = { title: 1, wall: 2, label: 36, value: 32, wrong: 31 } as const;

const asItIs: Paint = (_style, text) => text;
const inColour: Paint = (style, text) => `\x1b[${SGR[style]}m${text}\x1b[0m`;

/** A field, or the part of it that lies in one row. */
interface Cell {
  readonly bits: string;
  readonly label: string;
  readonly value: string;
  readonly isWrong: boolean;
}

/** The header field by field, then the payload byte by byte. */
function rowsOf(frame: ExplainedFrame, drawnMax: number): Cell[][] {
  const rows: Cell[][] = [];
  let room = 0;
  const push = (cell: Cell): void => {
    if (room === 0) rows.push([]);
    if (room === 0) room = ROW_BITS;
    rows[rows.length - 1].push(cell);
    room -= cell.bits.length;
  };
  for (const field of frame.fields) {
    const isWrong = isFaulty(frame, field);
    let { bits } = field; // none of what is inside the payload
    for (let at = 0; bits !== ""; at++) {
      const part = bits.slice(0, room === 0 ? ROW_BITS : room);
      bits = bits.slice(part.length);
      const label = at === 0 ? field.name : `${field.name}, continued`;
      push({ bits: part, label, value: valueOf(field, part, at), isWrong });
    }
  }
  for (const cell of payloadCells(frame, drawnMax)) push(cell);
  return rows;
}

/** What stands below the bits of a field, or of its `index`th part. */
function valueOf(field: FrameField, part: string, index: number): string {
  if (field.name === "opcode") return shortName(parseInt(part, 2), field.value);
  if (field.name === "masking key") return hex(bytesOf(part));
  return part.length === 1 || index > 0 ? "" : field.value;
}

/** The name of an opcode in seven columns; where it has none, its value. */
function shortName(opcode: number, value: string): string {
  if (isReserved(opcode)) return value;
  return opcode === Opcode.CONTINUATION ? "cont." : opcodeName(opcode);
}

function bytesOf(bits: string): Uint8Array {
  const byteAt = (_: unknown, at: number): number => parseInt(bits.slice(8 * at, 8 * at + 8), 2);
  return Uint8Array.from({ length: bits.length / 8 }, byteAt);
}

/** A byte of a masked payload shows how it is unmasked (§5.3): "7f^37=48 H". */
function payloadCells(frame: ExplainedFrame, drawnMax: number): Cell[] {
  const { bytes, headerSize, header, payload, offset, problems } = frame;
  const key = header?.masked ? bytes.subarray(headerSize - 4, headerSize) : null;
  return Array.from(payload.subarray(0, drawnMax), (plain, index) => {
    const wire = bytes[headerSize + index];
    const unmasking = key === null ? "" : `${hexByte(wire)}^${hexByte(key[index % 4])}=`;
    const at = offset + headerSize + index;
    return {
      bits: wire.toString(2).padStart(8, "0"),
      label: index === 0 ? "payload" : "",
      value: `${unmasking}${hexByte(plain)} ${visible(plain)}`.trimEnd(),
      isWrong: problems.some((problem) => problem.offset === at),
    };
  });
}

function drawRows(rows: readonly (readonly Cell[])[], paint: Paint): string[] {
  const lines = [...RULER];
  rows.forEach((row, index) => {
    lines.push(paint("wall", border(rows[index - 1] ?? [], row)));
    for (const text of labelLines(row)) lines.push(line(row, text, paint, "label"));
    lines.push(line(row, ({ bits }) => bits.split("").join(" "), paint, "value"));
    if (row.some(({ value }) => value !== "")) {
      lines.push(line(row, ({ value }) => value, paint, "value"));
    }
  });
  lines.push(paint("wall", border(rows[rows.length - 1], [])));
  return lines;
}

/** Names of a single bit stand upright, letter by letter, as in §5.2. */
function labelLines(row: readonly Cell[]): ((cell: Cell) => string)[] {
  const upright = row.filter(({ bits }) => bits.length === 1).map(({ label }) => label.length);
  const count = upright.length > 0 ? Math.max(...upright) : row.some(({ label }) => label) ? 1 : 0;
  return Array.from({ length: count }, (_, index) => ({ bits, label }: Cell): string => {
    if (bits.length === 1) return label[index] ?? "";
    return index === 0 ? label : "";
  });
}

function line(
  row: readonly Cell[],
  text: (cell: Cell) => string,
  paint: Paint,
  style: Style,
): string {
  const wall = paint("wall", "|");
  const cells = row.map((cell) => {
    const width = 2 * cell.bits.length - 1;
    const shown = text(cell).slice(0, width);
    const painted = shown === "" ? "" : paint(cell.isWrong ? "wrong" : style, shown);
    return `${painted}${" ".repeat(width - shown.length)}`;
  });
  return `${wall}${cells.join(wall)}${wall}`;
}

/** A corner wherever a wall ends, above or below. */
function border(above: readonly Cell[], below: readonly Cell[]): string {
  const corners = new Set([...walls(above), ...walls(below)]);
  const length = Math.max(...corners) + 1;
  return Array.from({ length }, (_, at) => (corners.has(at) ? "+" : "-")).join("");
}

function walls(row: readonly Cell[]): number[] {
  const found = row.length > 0 ? [0] : [];
  let at = 0;
  for (const { bits } of row) found.push((at += 2 * bits.length));
  return found;
}

function notDrawn({ payload, omitted, missing }: ExplainedFrame, drawnMax: number): string[] {
  const lines: string[] = [];
  const more = Math.max(0, payload.length - drawnMax) + omitted;
  if (more > 0) lines.push(`… ${countOf(more)} more of payload`);
  if (missing > 0) lines.push(`… cut here: ${countOf(missing)} missing`);
  return lines;
}

const COLUMNS = ["byte", "field", "bits", "value", "meaning", "section"] as const;

/** Bits that the table shows as they are; of more it says how many. */
const TABLE_BITS_MAX = 8;

function drawTable(frame: ExplainedFrame, paint: Paint): string[] {
  const { fields } = frame;
  const rows = fields.map(({ offset, name, bits, value, meaning, section }) => {
    const shown = bits.length > TABLE_BITS_MAX ? `${bits.length} bits` : bits;
    return [String(offset), name, shown, value, meaning, section];
  });
  const all = [[...COLUMNS], ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row, index) => {
    const text = row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd();
    if (index === 0) return paint("wall", text);
    return isFaulty(frame, fields[index - 1]) ? paint("wrong", text) : text;
  });
}

/** Words of a problem by which it is about a field, where several share the byte. */
const WORDS: Readonly<Record<string, RegExp>> = {
  FIN: /FIN/,
  RSV1: /RSV/,
  RSV2: /RSV/,
  RSV3: /RSV/,
  opcode: /opcode|continu|follow/,
  MASK: /mask/,
  length: /longer|length/,
  "extended length": /length/,
};

/** Whether a rule is broken by this field. */
function isFaulty({ problems }: ExplainedFrame, { name, offset, value }: FrameField): boolean {
  if (name === "payload") return problems.some((problem) => problem.offset >= offset);
  const words = WORDS[name];
  if (words === undefined || (name.startsWith("RSV") && value === "0")) return false;
  return problems.some((problem) => problem.offset === offset && words.test(problem.message));
}

/** Each rule that is broken; the reader stops at the first for which it fails the connection. */
function drawProblems(problems: readonly FrameProblem[], paint: Paint): string[] {
  if (problems.length === 0) return [];
  const lines = problems.map(({ offset, message }) => `Wrong at byte ${offset}: ${message}`);
  const code = problems.find(({ closeCode }) => closeCode !== null)?.closeCode ?? null;
  const end = code === null ? "ignores it" : `fails the connection: ${code} ${closeCodeName(code)}`;
  const section = code === null ? "§1.4" : "§7.1.7";
  return ["", ...lines.map((text) => paint("wrong", text)), `So its reader ${end} (${section})`];
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** The character of ASCII that it stands for, if that one can be seen. */
function visible(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "";
}
