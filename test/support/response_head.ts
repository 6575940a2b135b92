// The head of an HTTP response, read by the letter: RFC 9112 §4, §5.

/** Status line and header fields, in their order. */
export class ResponseHead {
  /** As it came, without CRLF. */
  readonly statusLine: string;
  readonly status: number;
  readonly #fields: readonly (readonly [name: string, value: string])[];
  /** Bytes up to the body. */
  readonly size: number;

  /** Reads `text`, which is one byte a character and ends with the empty line. */
  constructor(text: string) {
    const [statusLine, ...lines] = text.slice(0, -4).split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(statusLine);
    if (status === null) throw new Error(`Expected a status line, found "${statusLine}"`);
    this.size = text.length;
    this.statusLine = statusLine;
    this.status = Number(status[1]);
    this.#fields = lines.map((line) => {
      const field = /^([!#$%&'*+.^_`|~\w-]+): ?([\x20-\x7e\x80-\xff]*)$/.exec(line);
      if (field === null) throw new Error(`Expected a header field, found "${line}"`);
      return [field[1].toLowerCase(), field[2]];
    });
  }

  /** The values of all lines with that name. */
  all(name: string): string[] {
    return this.#fields
      .filter((field) => field[0] === name.toLowerCase())
      .map(([, value]) => value);
  }

  /** The value of the line with that name, `null` without one; throws when there are more. */
  get(name: string): string | null {
    const values = this.all(name);
    if (values.length > 1) throw new Error(`Expected one ${name}, found ${values.join(" and ")}`);
    return values[0] ?? null;
  }
}
