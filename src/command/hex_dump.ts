// Bytes as `hexdump -C` shows them: sixteen a line, and beside them the characters of ASCII.
//
//   00000000  48 65 6c 6c 6f 00 ff                             |Hello..|

const BYTES_A_LINE = 16;

/** The lines of a dump of the first `sizeMax` bytes. */
export function hexDump(bytes: Uint8Array, sizeMax: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, sizeMax); at += BYTES_A_LINE) {
    const row = Array.from(bytes.subarray(at, Math.min(at + BYTES_A_LINE, sizeMax)));
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const halves = [hex.slice(0, 8).join(" "), hex.slice(8).join(" ")].join("  ");
    const characters = row.map((byte) => {
      return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
    });
    const place = at.toString(16).padStart(8, "0");
    lines.push(`${place}  ${halves.padEnd(3 * BYTES_A_LINE)}  |${characters.join("")}|`);
  }
  return lines;
}
