// Bytes as the tests write them: hex, with white space where it helps the eye.

/** The bytes that `text` spells in hex: `bytes("81 05 48656c6c6f")`. */
export function bytes(text: string): Uint8Array {
  const digits = text.replace(/\s/g, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new SyntaxError(`Expected hex, found "${text}"`);
  return new Uint8Array(Buffer.from(digits, "hex"));
}

/** `bytes` in hex, two digits each: what to compare, since `equal` of uvu tells classes apart. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** `text` in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One array of all `parts`, in their order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
