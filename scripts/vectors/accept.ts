// Sec-WebSocket-Accept: §4.2.2. SHA-1 of the key as it came, and of the GUID, in base64.

import { createHash } from "node:crypto";
import { rfc6455 } from "./vector.ts";
import type { Vector, VectorFile } from "./vector.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The accept key, as §4.2.2 says it. */
export function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + GUID)
    .digest("base64");
}

function vector(what: string, key: string, accept: string = acceptOf(key)): Vector {
  return { what, section: rfc6455("4.2.2"), key, expect: { accept } };
}

const BYTES: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ["sixteen zeros", new Array<number>(16).fill(0)],
  ["sixteen 0xFF, all slashes in base64", new Array<number>(16).fill(0xff)],
  ["sixteen 0xFB, with plus signs in base64", new Array<number>(16).fill(0xfb)],
  ["1 to 16", Array.from({ length: 16 }, (_, index) => index + 1)],
  ["16 to 1", Array.from({ length: 16 }, (_, index) => 16 - index)],
  ["0x80 to 0x8F", Array.from({ length: 16 }, (_, index) => 0x80 + index)],
];

export const accept: VectorFile = {
  name: "accept",
  kind: "accept",
  about: "Sec-WebSocket-Key to Sec-WebSocket-Accept.",
  vectors: [
    vector(
      "The key of the examples.",
      "dGhlIHNhbXBsZSBub25jZQ==",
      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", // as printed in §1.3
    ),
    ...BYTES.map(([what, bytes]) =>
      vector(`A key of ${what}.`, Buffer.from(bytes).toString("base64")),
    ),
    vector(
      "A key with stray bits before its padding, which is hashed as it came: erratum 3150.",
      "AQIDBAUGBwgJCgsMDQ4PEC==",
    ),
    vector("The same key without them has another answer.", "AQIDBAUGBwgJCgsMDQ4PEA=="),
  ],
};
