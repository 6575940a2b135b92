// Masking: §5.3. Each octet with its own of the key, from wherever the payload was cut, and at the
// lengths where a machine that masks several octets at once goes over to the rest.

import { rfc6455 } from "./vector.ts";
import type { Bytes, Vector, VectorFile } from "./vector.ts";
import { HELLO, KEY, repeat, xor } from "./wire.ts";

/** `phase` octets of the payload have come before. */
function vector(what: string, key: string, phase: number, plain: Bytes): Vector {
  const masked = xor(plain, key, phase);
  return { what, section: rfc6455("5.3"), key, phase, plain, expect: { masked } };
}

/** 00 01 02 and so on. */
function counting(size: number): string {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => index & 0xff)).toString("hex");
}

const EXAMPLE: Vector = {
  what: "The text of the examples.",
  section: rfc6455("5.7"),
  key: KEY,
  phase: 0,
  plain: HELLO,
  expect: { masked: "7f9f4d5158" },
};

const KEYS: readonly (readonly [key: string, why: string])[] = [
  ["00000000", "nothing changes"],
  ["ffffffff", "every bit does"],
  ["01020304", "no two octets are the same"],
  ["80000000", "the top bit of 32 is set"],
  ["00000080", "the top bit of the last octet is"],
  ["ff000000", "one octet in four changes"],
  ["000000ff", "the last of four does"],
  ["7f9f4d51", "the key is the masked payload of another"],
  ["48656c6c", "the key is the payload"],
];

const PHASES = [0, 1, 2, 3].flatMap((phase) =>
  [0, 1, 2, 3, 4, 5].map((size) => {
    const what = `${size} octets, of which the first is octet ${phase} of its group of four.`;
    return vector(what, "a1b2c3d4", phase, counting(size));
  }),
);

/** Around words of 8, 16, 32 and 64 octets, and around what only a fast version takes. */
const SIZES = [7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257];

export const masking: VectorFile = {
  name: "masking",
  kind: "masking",
  about: "Payloads, masked and unmasked, for each octet of the key and each length of a fast loop.",
  vectors: [
    EXAMPLE,
    ...KEYS.map(([key, why]) => vector(`The key ${key}: ${why}.`, key, 0, HELLO)),
    ...PHASES,
    ...SIZES.map((size) => vector(`${size} octets.`, KEY, 0, counting(size))),
    ...[1, 2, 3].map((phase) =>
      vector(`70 octets behind ${phase}, so that no word is aligned.`, KEY, phase, counting(70)),
    ),
    ...[0, 1, 2, 3].map((phase) =>
      vector(`Every octet there is, behind ${phase} others.`, "a1b2c3d4", phase, counting(256)),
    ),
    ...[1023, 1024, 1025, 65535, 65536, 65537].map((size) =>
      vector(`${size} octets that are all the same.`, KEY, 0, repeat("2a", size)),
    ),
    vector("Octets that are all ones, with a key of ones.", "ffffffff", 0, "ff".repeat(9)),
    vector("Octets that are zero: the key shows.", "01020304", 2, "00".repeat(9)),
  ],
};
