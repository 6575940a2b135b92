// Bytes as the tables of the suite write them, and as its reports show them.

/** The bytes that hex digits stand for; white space between them is for the reader. */
export function bytes(hex: string): Uint8Array {
  const digits = hex.replace(/\s/g, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new SyntaxError(`Bug: "${hex}" is no hex`);
  return new Uint8Array(Buffer.from(digits, "hex"));
}

/** `bytes` in hex, two digits each. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** `text` in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/** `text` with one byte a character, so that it can hold any byte. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** `bytes` with one character a byte. */
export function fromLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** One array of all `parts`, in their order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** `bytes` in pieces of `size`. */
export function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(bytes.subarray(at, at + size));
  return found;
}

/** The first bytes of `text` in quotes, dots for what cannot be printed. */
export function quote(text: string): string {
  const shown = text.slice(0, 24).replace(/[^\x20-\x7e]/g, ".");
  return `"${shown}"${text.length > 24 ? "…" : ""}`;
}
