// The head of an HTTP message, from its first byte to the empty line: RFC 9112 §2.1, §5. A server
// has Node to read it; a client and a tap on the line read the bytes themselves.
//
//   HTTP/1.1 101 Switching Protocols CRLF
//   Upgrade: websocket CRLF
//   CRLF
//
// It is bounded, and read by the letter: no bare LF or CR, no folded line, no space before a colon.
// What a lenient reader makes of those, another on the same line makes otherwise.

import { Buffer } from "node:buffer";
import { isToken, trim } from "../message/token.ts";

/** What a head says. */
export interface HttpHead {
  /** The request line or status line, without CRLF. */
  readonly startLine: string;
  /** Names and values in turn, in their order and case, repeated ones too; as Node has them. */
  readonly rawHeaders: readonly string[];
}

/** What may come: the shape of the first line. */
const START_LINE = {
  request: /^[!#$%&'*+.^_`|~\w-]+ [\x21-\x7e\x80-\xff]+ HTTP\/1\.[01]$/,
  response: /^HTTP\/1\.[01] \d{3}(?: [\t\x20-\x7e\x80-\xff]*)?$/,
} as const;

/** A field value: RFC 9110 §5.5. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const LF = 0x0a;
const CR = 0x0d;

/** Gathers one head, wherever TCP cut it. */
export class HeadReader {
  readonly #kind: "request" | "response";
  readonly #sizeMax: number;
  #buffer: Buffer = Buffer.alloc(0);
  #size = 0; // so much of it has come
  #seen = 0; // and so much of that has been looked at
  #lineStart = 0;
  #startLineRead = false;

  constructor(kind: "request" | "response", sizeMax: number) {
    this.#kind = kind;
    this.#sizeMax = sizeMax;
  }

  /** Bytes behind the head, once it is complete; until then what there is of it. */
  get rest(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#size));
  }

  /**
   * Takes what arrived. Returns the head, or `null` while it is not complete. It may be used
   * again then: for the head behind one without a body, which begins with {@linkcode rest}.
   *
   * @throws {SyntaxError} As soon as a line is not as RFC 9112 has it.
   * @throws {RangeError} When it is larger than the limit.
   */
  push(bytes: Uint8Array): HttpHead | null {
    this.#append(bytes);
    const all = this.#buffer;
    for (; this.#seen < Math.min(this.#size, this.#sizeMax); this.#seen++) {
      const at = this.#seen;
      if (at > 0 && all[at - 1] === CR && all[at] !== LF) throw refusal("found a CR without LF");
      if (all[at] !== LF) continue;
      if (at === 0 || all[at - 1] !== CR) throw refusal("found a LF without CR");
      const isEmpty = at - 1 === this.#lineStart;
      if (!this.#startLineRead) this.#checkStartLine(all.toString("latin1", 0, at - 1));
      this.#lineStart = at + 1;
      if (isEmpty) return this.#finish(at + 1);
    }
    if (this.#seen < this.#sizeMax) return null;
    throw new RangeError(`Cannot read HTTP head: it is larger than ${this.#sizeMax} bytes`);
  }

  /** The buffer grows twofold, or each byte that comes by itself would copy all those before it. */
  #append(bytes: Uint8Array): void {
    const needed = this.#size + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(grown, 0, 0, this.#size);
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#size);
    this.#size = needed;
  }

  #checkStartLine(line: string): void {
    if (!START_LINE[this.#kind].test(line)) {
      const found = JSON.stringify(line.slice(0, 80));
      throw refusal(`found ${found}, must be the first line of a ${this.#kind} of HTTP/1.1`);
    }
    this.#startLineRead = true;
  }

  #finish(end: number): HttpHead {
    const head = parse(this.#buffer.toString("latin1", 0, end - 4));
    this.#buffer.copyWithin(0, end, this.#size);
    this.#size -= end;
    this.#seen = 0;
    this.#lineStart = 0;
    this.#startLineRead = false;
    return head;
  }
}

function parse(text: string): HttpHead {
  const [startLine, ...lines] = text.split("\r\n");
  const rawHeaders: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    const value = trim(line.slice(colon + 1));
    if (!isToken(name) || !VALUE.test(value)) {
      throw refusal(`found ${JSON.stringify(line.slice(0, 80))}, must be a header field`);
    }
    rawHeaders.push(name, value);
  }
  return { startLine, rawHeaders };
}

function refusal(what: string): SyntaxError {
  return new SyntaxError(`Cannot read HTTP head: ${what} (RFC 9112 §2)`);
}
