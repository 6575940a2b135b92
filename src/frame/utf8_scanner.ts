// UTF-8: §8.1, RFC 3629 §4. The text of a message must be valid as a whole, while frames and TCP
// segments may cut it anywhere, inside a character too. So validity is a state that goes from
// piece to piece, and the first byte that no continuation can save is found when it arrives.
//
//   first byte    second    third     fourth
//   00-7F
//   C2-DF         80-BF
//   E0            A0-BF     80-BF               no overlong forms
//   E1-EC EE EF   80-BF     80-BF
//   ED            80-9F     80-BF               no surrogates
//   F0            90-BF     80-BF     80-BF     no overlong forms
//   F1-F3         80-BF     80-BF     80-BF
//   F4            80-8F     80-BF     80-BF     nothing above U+10FFFF

/** Validates UTF-8 byte by byte. A new one stands between two characters. */
export class Utf8Scanner {
  /** Bytes that the open character still needs: 0 to 3. */
  #missing = 0;
  /** What the next of them must be: its range is narrower after E0, ED, F0 and F4. */
  #low = 0x80;
  #high = 0xbf;

  /** Whether the text may end here: no character is open. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  /** Hot: goes on with `bytes[start..end)`. Returns the index of the first bad byte, or -1. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    let missing = this.#missing;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (missing === 0) {
        if (byte < 0x80) continue;
        if (byte < 0xc2 || byte > 0xf4) return at;
        missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        this.#low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
        this.#high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
      } else {
        if (byte < this.#low || byte > this.#high) return at;
        this.#low = 0x80;
        this.#high = 0xbf;
        missing--;
      }
    }
    this.#missing = missing;
    return -1;
  }

  /** Stands between two characters again, for the next message. */
  reset(): void {
    this.#missing = 0;
  }
}
