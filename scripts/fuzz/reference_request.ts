// The head of an HTTP request, read a second time, by the letter: RFC 9112 §2, §3, §5. Bytes are
// characters here, one for one (Latin-1).
//
//   request-line = method SP request-target SP HTTP-version
//   field-line   = field-name ":" OWS field-value OWS
//
// Every line ends in CRLF. No other line ends, no folded lines, no space before a colon.

import { isReferenceToken } from "./reference_extensions.ts";

/** What the head of a request says. */
export interface ReferenceHead {
  readonly method: string;
  readonly target: string;
  /** As in "1.1". */
  readonly version: string;
  /** Names and values, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Bytes up to what follows it. */
  readonly size: number;
}

/** The head at the start of `text`; or that it is none, or not whole, or above `sizeMax`. */
export function readHead(
  text: string,
  sizeMax: number,
): ReferenceHead | "malformed" | "incomplete" | "too large" {
  const lines: string[] = [];
  let line = "";
  for (let at = 0; at < Math.min(text.length, sizeMax); at++) {
    const isLineEnd = line.endsWith("\r");
    if (isLineEnd !== (text[at] === "\n")) return "malformed"; // CR without LF, LF without CR
    line += text[at];
    if (!isLineEnd) continue;
    lines.push(line.slice(0, -2));
    line = "";
    if (lines.length === 1 && requestLine(lines[0]) === null) return "malformed";
    if (lines[lines.length - 1] === "") return headOf(lines.slice(0, -1), at + 1);
  }
  return text.length < sizeMax ? "incomplete" : "too large";
}

function headOf(lines: readonly string[], size: number): ReferenceHead | "malformed" {
  const request = requestLine(lines[0]);
  const fields = lines.slice(1).map(fieldOf);
  if (request === null || fields.includes(null)) return "malformed";
  return { ...request, fields: fields as [string, string][], size };
}

function requestLine(line: string): Pick<ReferenceHead, "method" | "target" | "version"> | null {
  const [method, target, version, ...rest] = line.split(" ");
  if (rest.length > 0 || (version !== "HTTP/1.0" && version !== "HTTP/1.1")) return null;
  if (!isReferenceToken(method) || target === "") return null;
  if (Array.from(target).some((character) => !isVisible(character))) return null;
  return { method, target, version: version.slice(5) };
}

function fieldOf(line: string): [name: string, value: string] | null {
  const colon = line.indexOf(":");
  if (colon < 0 || !isReferenceToken(line.slice(0, colon))) return null;
  const value = withoutSpace(line.slice(colon + 1));
  const isValue = (character: string): boolean =>
    isVisible(character) || character === " " || character === "\t";
  return Array.from(value).every(isValue) ? [line.slice(0, colon), value] : null;
}

/** A character of RFC 5234 VCHAR, or of obs-text. */
function isVisible(character: string): boolean {
  return (character > " " && character < "\x7f") || character >= "\x80";
}

/** `text` without spaces and tabs at its ends. */
export function withoutSpace(text: string): string {
  let rest = text;
  while (rest.startsWith(" ") || rest.startsWith("\t")) rest = rest.slice(1);
  while (rest.endsWith(" ") || rest.endsWith("\t")) rest = rest.slice(0, -1);
  return rest;
}
