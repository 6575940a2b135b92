// Frames as a client sends them, written here a second time so that no error of `src/frame` can
// hide behind itself: §5.2.
//
//   FIN RSV opcode | MASK length | length in 16 or 64 bits | key     | payload XOR key
//   81             | 85          |                         | 37fa213d| 7f9f4d5158         "Hello"

import { bytes, concat, utf8 } from "./bytes.ts";

/** A key that leaves the payload readable in a dump. */
const NO_KEY = "00000000";

/**
 * A masked frame. `first` is its first byte in hex: FIN, RSV and opcode, in whatever combination.
 * The length takes the shortest form. `key` is in hex too.
 */
export function frame(
  first: string,
  payload: string | Uint8Array = "",
  key: string = NO_KEY,
): Uint8Array {
  const plain = typeof payload === "string" ? utf8(payload) : payload;
  const header = frameHeader(first, plain.length, key);
  if (key === NO_KEY) return concat(header, plain);
  const keyBytes = bytes(key);
  return concat(
    header,
    plain.map((byte, index) => byte ^ keyBytes[index % 4]),
  );
}

/** The header of a masked frame that announces `length` bytes of payload. */
export function frameHeader(first: string, length: number, key: string = NO_KEY): Uint8Array {
  const hasLong = length > 65535;
  const hasShort = length > 125 && !hasLong;
  const header = Buffer.alloc(2 + (hasShort ? 2 : hasLong ? 8 : 0));
  header[0] = Number.parseInt(first, 16);
  header[1] = 0x80 | (hasShort ? 126 : hasLong ? 127 : length);
  if (hasShort) header.writeUInt16BE(length, 2);
  if (hasLong) header.writeBigUInt64BE(BigInt(length), 2);
  return concat(header, bytes(key));
}

/** A Close frame: `code` in two bytes, then `reason`. Any code, also one that nobody may send. */
export function closeFrame(code: number, reason = ""): Uint8Array {
  return frame("88", concat(Uint8Array.of(code >> 8, code & 0xff), utf8(reason)));
}
