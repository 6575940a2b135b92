// The grammar of Sec-WebSocket-Extensions: §9.1.
//
//   extension-list = 1#extension
//   extension      = token *( ";" param )
//   param          = token [ "=" ( token | quoted-string ) ]
//
// A quoted value must be a token once its quotes and escapes are gone. One pass, no regular
// expression: nested quantifiers over this very header have stopped servers for minutes.

import { isSpace, isTokenChar } from "./token.ts";

/** One extension as offered or accepted: §9.1. */
export interface Extension {
  readonly name: string;
  /** In their order, repeated ones too; `null` is a parameter without a value. */
  readonly parameters: readonly (readonly [name: string, value: string | null])[];
}

/**
 * Reads the value of a Sec-WebSocket-Extensions header; several headers are joined by ", " first.
 * Empty list items are left out: RFC 9110 §5.6.1.2.
 *
 * @throws {SyntaxError} When it breaks the grammar, with the index of the character: §9.1 [S18]
 * wants the connection failed at once.
 */
export function parseExtensions(field: string): Extension[] {
  const scanner = new Scanner(field);
  const extensions: Extension[] = [];
  for (;;) {
    while (scanner.take(","));
    if (scanner.done) return extensions;
    extensions.push(readExtension(scanner));
    if (!scanner.done && !scanner.take(",")) throw scanner.unexpected();
  }
}

function readExtension(scanner: Scanner): Extension {
  const name = scanner.token();
  const parameters: [string, string | null][] = [];
  while (scanner.take(";")) {
    const parameter = scanner.token();
    parameters.push([parameter, scanner.take("=") ? scanner.value() : null]);
  }
  return { name, parameters };
}

/** Reads forward only, and stands before the next character that is no white space. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  take(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    this.#skipSpace();
    return true;
  }

  token(): string {
    const start = this.#at;
    while (isTokenChar(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === start) throw this.unexpected();
    const token = this.#text.slice(start, this.#at);
    this.#skipSpace();
    return token;
  }

  value(): string {
    if (this.#text[this.#at] !== '"') return this.token();
    this.#at++;
    let value = "";
    while (this.#text[this.#at] !== '"') {
      if (this.#text[this.#at] === "\\") this.#at++;
      if (!isTokenChar(this.#text.charCodeAt(this.#at))) throw this.unexpected(); // §9.1 [S20]
      value += this.#text[this.#at++];
    }
    if (value === "") throw this.unexpected();
    this.#at++;
    this.#skipSpace();
    return value;
  }

  unexpected(): SyntaxError {
    const found = this.done ? "the end" : JSON.stringify(this.#text[this.#at]);
    return new SyntaxError(
      `Cannot read Sec-WebSocket-Extensions: found ${found} at index ${this.#at} (§9.1)`,
    );
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }
}
