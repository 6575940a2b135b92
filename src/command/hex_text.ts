// Bytes as people write them: hex in any grouping, and the dumps that tools print.
//
//   81 85 37 fa        818537fa        81:85:37:fa        0x81, 0x85, 0x37, 0xfa       \x81\x85
//   00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX      xxd
//   00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58        |..7.!=..MQX|    hexdump -C
//
// A "#" begins a comment. An error says which character, and points at it.

import { UsageError } from "./command.ts";

/** What may stand between bytes, beside white space. */
const MARKS = /[\s,;:._'"[\]{}()<>-]/;

const DIGITS = /[0-9a-fA-F]*/y;
const PREFIX = /0[xX]|\\x/y;

/** How a line of a dump begins. Where no colon says so, the first one begins at zero. */
const WITH_COLON = /^\s*(?:0x)?[0-9a-f]{4,16}:(?=\s|$)/i;
const WITH_SPACES = /^\s*[0-9a-f]{4,16}(?=\s{2}|$)/i;
const FIRST_WITH_SPACES = /^\s*0{4,16}\s{2}/;

/** The bytes that `text` spells. @throws {UsageError} Where it is no hex. */
export function readHexText(text: string): Uint8Array {
  const plain = withoutDump(text).replace(/#.*/g, blank);
  const bytes: number[] = [];
  for (let at = 0; at < plain.length; ) {
    if (MARKS.test(plain[at])) {
      at++;
      continue;
    }
    const prefix = match(PREFIX, plain, at);
    const start = at + prefix.length;
    const digits = match(DIGITS, plain, start);
    at = start + digits.length;
    const isEnd = at === plain.length || MARKS.test(plain[at]) || plain[at] === "\\";
    if (digits === "" || !isEnd) throw notHex(text, at);
    const isWhole = digits.length % 2 === 0 || (digits.length === 1 && prefix !== "");
    if (!isWhole) throw halfByte(text, at - 1);
    for (const [pair] of digits.matchAll(/..?/g)) bytes.push(Number.parseInt(pair, 16));
  }
  return Uint8Array.from(bytes);
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

/** The text with spaces in place of what a dump prints beside the bytes; as long as it was. */
function withoutDump(text: string): string {
  const lines = text.split("\n");
  const first = lines.find((line) => line.trim() !== "") ?? "";
  if (WITH_COLON.test(first)) {
    return lines.map((line) => blankBeside(line, WITH_COLON, /\s{2,}.*/)).join("\n");
  }
  if (!FIRST_WITH_SPACES.test(first)) return text;
  if (lines.some((line) => line.trim() === "*")) {
    throw new UsageError('The dump leaves lines out, as its "*" says: try hexdump -v');
  }
  return lines.map((line) => blankBeside(line, WITH_SPACES, /\s\|.*| {3,}\S.*/)).join("\n");
}

/** Takes away the offset before the bytes, and the column of characters behind them. */
function blankBeside(line: string, offset: RegExp, characters: RegExp): string {
  const start = offset.exec(line)?.[0].length ?? 0;
  const bytes = line.slice(start).trimStart();
  return blank(line.slice(0, line.length - bytes.length)) + bytes.replace(characters, blank);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function notHex(text: string, at: number): UsageError {
  const found = text[at] === undefined ? "the end" : JSON.stringify(text[at]);
  const what = `found ${found}, must be a hex digit`;
  return new UsageError(`${placeOf(text, at)}: ${what}${pointer(text, at)}`);
}

function halfByte(text: string, at: number): UsageError {
  const what = `found ${JSON.stringify(text[at])} alone, must be two hex digits a byte`;
  return new UsageError(`${placeOf(text, at)}: ${what}${pointer(text, at)}`);
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  const column = before[before.length - 1].length + 1;
  return text.includes("\n") ? `Line ${before.length}, character ${column}` : `Character ${column}`;
}

/** How much of the line is shown, before the character and behind it. */
const CONTEXT = 30;

/** The line, and a mark below the character. */
function pointer(text: string, at: number): string {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const start = Math.max(lineStart, at - CONTEXT);
  const [line] = text.slice(start, at + CONTEXT).split("\n");
  return `\n  ${line.replace(/[^\x20-\x7e]/g, " ")}\n  ${" ".repeat(at - start)}^`;
}
