// The head of an HTTP response: RFC 9112 §4, RFC 9112 §5. It reads what it can, and says what is
// wrong with the rest: the verdict is for others.

/** Status line and header fields, in their order. */
export class ResponseHead {
  /** As it came, without CRLF. */
  readonly statusLine: string;
  /** 0 when the status line has none. */
  readonly status: number;
  /** Name and value, as they came, without the white space around the value. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The first line that is none of HTTP, or `null`. */
  readonly malformed: string | null;
  /** Bytes up to the body. */
  readonly size: number;

  /** Reads `text`, which is one byte a character and ends with the empty line. */
  constructor(text: string) {
    const [statusLine, ...lines] = text.slice(0, -4).split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(statusLine);
    const fields: [string, string][] = [];
    let malformed = status === null ? statusLine : null;
    for (const line of lines) {
      const field = /^([!#$%&'*+.^_`|~\w-]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
      if (field !== null) fields.push([field[1], field[2].replace(/^[ \t]+|[ \t]+$/g, "")]);
      else malformed ??= line;
    }
    this.statusLine = statusLine;
    this.status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(statusLine)?.[1] ?? 0);
    this.fields = fields;
    this.malformed = malformed;
    this.size = text.length;
  }

  /** The values of all lines with that name. */
  all(name: string): string[] {
    return this.fields
      .filter(([each]) => each.toLowerCase() === name.toLowerCase())
      .map(([, value]) => value);
  }
}

/** The head at the start of `text`, one byte a character; `null` when it is not all there. */
export function readResponseHead(text: string): ResponseHead | null {
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? null : new ResponseHead(text.slice(0, end + 4));
}
